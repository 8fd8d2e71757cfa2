using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Views;

public sealed class ViewTests : IAsyncLifetime
{
    private readonly LogFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Views_follow_the_log_and_are_read_as_of_any_position()
    {
        ViewRuntime views = Runtime(CounterViews.Counters(), CounterViews.Reasons());
        await views.Prepare(cancel: Cancel);
        await Append("a", 0, 3, "first");
        await Append("b", 0, 4);
        await Append("a", 1, 1, "second");
        await views.CatchUp(Cancel);

        await using (ViewSnapshot now = await views.Open(cancel: Cancel))
        {
            Assert.Equal((3, false), (now.Position, now.IsPast));
            Assert.Equal([("a", 4, "second"), ("b", 4, null)], await Counters(now));
            Assert.Equal([new Parity(false, 2, 8)], await now.Sums<Parity>("true", [], Cancel));
            Assert.Equal([("first", 1), ("second", 3)], (await Reasons(now)).Select(r => (r.Reason, r.FromPosition)));
        }
        await using (ViewSnapshot past = await views.Open(2, cancel: Cancel))
        {
            Assert.Equal((2, true), (past.Position, past.IsPast));
            List<CounterRow> rows = await past.Rows<CounterRow>("order by r.id", [], Cancel);
            Assert.Equal([3, 4], rows.Select(r => r.Value));
            Assert.Equal([new Parity(false, 1, 4), new Parity(true, 1, 3)],
                ViewSnapshot.SumUp<CounterRow, Parity>(CounterViews.Counters(), rows).OrderBy(p => p.Odd));
            Assert.Equal("first", Assert.Single(await Reasons(past)).Reason);
        }
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => views.Open(4, cancel: Cancel));
        Assert.Equal(2L, await _fixture.Sql("select count(*) from views.counter"));
        Assert.Equal(3L, await _fixture.Sql("select count(*) from views.counter_history"));
        Assert.Equal("What it stands at.", await _fixture.Sql("select col_description('views.counter'::regclass, 2)"));
    }

    [Fact]
    public async Task A_row_that_comes_to_nothing_is_gone_and_so_is_a_sum()
    {
        ViewRuntime views = Runtime(new View("odd", "odd")
            .Row(Counter.Fold, counter => counter.Value % 2 != 0 ? new CounterRow(counter.Id, counter.Value, true, null, []) : null)
            .Sum((CounterRow row) => new Parity(true, 1, row.Value)));
        await views.Prepare(cancel: Cancel);
        await Append("a", 0, 3);
        await views.CatchUp(Cancel);
        await using (ViewSnapshot now = await views.Open(cancel: Cancel))
            Assert.Equal([new Parity(true, 1, 3)], await now.Sums<Parity>("true", [], Cancel));
        await Append("a", 1, 1);
        await views.CatchUp(Cancel);
        await using (ViewSnapshot now = await views.Open(cancel: Cancel))
        {
            Assert.Empty(await Counters(now));
            Assert.Empty(await now.Sums<Parity>("true", [], Cancel));
        }
    }

    [Fact]
    public async Task A_sum_is_the_same_to_the_letter_whatever_fractions_came_and_went()
    {
        ViewRuntime views = Runtime(new View("quarters", "quarters")
            .Row(Counter.Fold, counter => new CounterRow(counter.Id, counter.Value, true, null, []))
            .Sum((CounterRow row) => new Parity(true, 1, row.Value / 4.0m)));
        await views.Prepare(cancel: Cancel);
        const string Sum = "select sum::text from views.parity";
        await Append("a", 0, 4);
        await views.CatchUp(Cancel);
        Assert.Equal("1", await _fixture.Sql(Sum));
        await Append("b", 0, 1);
        await views.CatchUp(Cancel);
        Assert.Equal("1.25", await _fixture.Sql(Sum));
        await Append("b", 1, 3);
        await views.CatchUp(Cancel);
        Assert.Equal("2", await _fixture.Sql(Sum));
        await views.Replay(["quarters"], cancel: Cancel);
        Assert.Equal("2", await _fixture.Sql(Sum));
    }

    [Fact]
    public async Task Two_processes_follow_and_every_event_is_folded_once()
    {
        ViewRuntime one = Runtime(CounterViews.Counters(), CounterViews.Reasons()), two = Runtime(CounterViews.Counters(), CounterViews.Reasons());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task running = Task.WhenAll(one.Run(stop.Token), two.Run(stop.Token));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async n =>
        {
            for (int version = 0; version < 20; version++)
                await Append($"{n}", version, 1);
        }));
        long head = await _fixture.Log.Head(Cancel);
        while ((await one.Status(Cancel)).Count < 2)
            await Task.Delay(20, Cancel);
        await one.WaitFor(head, Cancel);
        await using (ViewSnapshot now = await two.Open(cancel: Cancel))
            Assert.Equal([new Parity(false, 20, 400)], await now.Sums<Parity>("true", [], Cancel));
        Assert.All(await one.Status(Cancel), v => Assert.Equal((ViewState.Live, 0L, null, null), (v.State, v.Lag, v.Failure, v.OldestWaiting)));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_view_that_cannot_take_an_event_stays_behind_alone_says_why_and_goes_on_after_a_fix()
    {
        bool broken = true;
        ViewRuntime views = Runtime(CounterViews.Counters(refuses: value => broken && value == 7), CounterViews.Reasons());
        await views.Prepare(cancel: Cancel);
        await Append("a", 0, 5, "x");
        await Append("a", 1, 2, "y");
        await Append("b", 0, 1, "z");
        ViewStoppedException stopped = await Assert.ThrowsAsync<ViewStoppedException>(() => views.CatchUp(Cancel));
        Assert.Equal(("counters", 2L), (stopped.View, stopped.Position));
        Dictionary<string, ViewStatus> status = (await views.Status(Cancel)).ToDictionary(v => v.View);
        Assert.Equal((1L, 2L, "7 is not for me."), (status["counters"].Position, status["counters"].Failure!.Position, status["counters"].Failure!.Message));
        Assert.Equal((3L, null), (status["reasons"].Position, status["reasons"].Failure));
        await using (ViewSnapshot now = await views.Open(cancel: Cancel))
        {
            Assert.Equal([("a", 5, "x")], await Counters(now));
            Assert.Equal(3, (await Reasons(now)).Count);
        }

        broken = false;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task running = views.Run(stop.Token);
        await Append("b", 1, 1);
        while ((await views.Status(Cancel)).Any(v => v.Lag > 0))
            await Task.Delay(50, Cancel);
        Assert.All(await views.Status(Cancel), v => Assert.Null(v.Failure));
        await using (ViewSnapshot now = await views.Open(cancel: Cancel))
            Assert.Equal([("a", 7, "y"), ("b", 2, "z")], await Counters(now));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task An_event_that_no_fold_can_take_stops_all_views_before_it()
    {
        ViewRuntime views = Runtime(CounterViews.Counters(), CounterViews.Reasons());
        await views.Prepare(cancel: Cancel);
        await Append("a", 0, 5);
        await Append("a", 1, Counter.Impossible);
        await Assert.ThrowsAsync<ViewStoppedException>(() => views.CatchUp(Cancel));
        Assert.All(await views.Status(Cancel), v => Assert.Equal((1L, 2L), (v.Position, v.Failure!.Position)));
    }

    [Fact]
    public async Task Rows_with_the_same_key_and_rows_the_database_refuses_stop_a_view()
    {
        ViewRuntime views = Runtime(
            new View("twice", "twice").Rows(Counter.Fold, c => Enumerable.Repeat(new CounterRow(c.Id, c.Value, true, null, []), c.Value == 2 ? 2 : 1)),
            new View("nul", "nul").Row(Counter.Fold, c => new ReasonRow(c.Id, c.Value == 3 ? "a\0" : "fine")));
        await views.Prepare(cancel: Cancel);
        for (int version = 0; version < 6; version++)
            await Append("a", version, 1);
        await Assert.ThrowsAsync<ViewStoppedException>(() => views.CatchUp(Cancel));
        Dictionary<string, ViewStatus> status = (await views.Status(Cancel)).ToDictionary(v => v.View);
        Assert.Equal((1L, 2L, "Table counter: two rows have the key (a)."), (status["twice"].Position, status["twice"].Failure!.Position, status["twice"].Failure!.Message));
        Assert.Equal((2L, 3L), (status["nul"].Position, status["nul"].Failure!.Position));
    }

    [Fact]
    public async Task A_process_stopped_in_the_middle_of_a_batch_loses_it_to_another()
    {
        using var thaw = new ManualResetEventSlim();
        bool frozen = false;
        var stopped = new ViewRuntime(_fixture.Log, _fixture.Database, [CounterViews.Counters(refuses: _ =>
        {
            frozen = true;
            thaw.Wait(Cancel);
            return false;
        })], null, TimeSpan.FromMilliseconds(300), 500, 100);
        await stopped.Prepare(cancel: Cancel);
        await Append("a", 0, 1);
        Task folding = Task.Run(() => stopped.CatchUp(Cancel), Cancel);
        while (!frozen)
            await Task.Delay(5, Cancel);
        ViewRuntime other = Runtime(CounterViews.Counters());
        await other.CatchUp(Cancel).WaitAsync(TimeSpan.FromSeconds(5), Cancel);
        thaw.Set();
        await Assert.ThrowsAnyAsync<Exception>(() => folding);
        await using ViewSnapshot now = await other.Open(cancel: Cancel);
        Assert.Equal([new Parity(true, 1, 1)], await now.Sums<Parity>("true", [], Cancel));
    }

    [Fact]
    public void A_definition_that_cannot_work_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new View("Not A Name", ""));
        Assert.Throws<ArgumentException>(() => CounterViews.Reasons().Sum((CounterRow row) => new Parity(true, 1, 1)));
        Assert.Throws<ArgumentException>(() => CounterViews.Counters().Sum((CounterRow row) => row));
        Assert.Throws<ArgumentException>(() => Runtime(CounterViews.Counters(), new View("again", "").Row(Counter.Fold, c => (CounterRow?)null)));
    }

    private static async Task<List<(string, int, string?)>> Counters(ViewSnapshot snapshot) =>
        [.. (await snapshot.Rows<CounterRow>("order by r.id", [], Cancel)).Select(r => (r.Id, r.Value, r.LastReason))];

    private static Task<List<ReasonRow>> Reasons(ViewSnapshot snapshot) => snapshot.Rows<ReasonRow>("order by r.from_position, r.reason", [], Cancel);

    private ViewRuntime Runtime(params View[] views) => new(_fixture.Log, _fixture.Database, views);

    private Task<Appended> Append(string counter, long version, int by, string? why = null) =>
        _fixture.Log.Append(Samples.To($"counter-{counter}", version, Samples.Moved(by, why)), Cancel);
}
