using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Views;

public sealed class ReplayTests : IAsyncLifetime
{
    private static readonly string[] Counters = ["counters"];
    private readonly LogFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_view_that_is_being_replayed_is_not_replayed_or_rolled_back_by_another_meanwhile()
    {
        ViewRuntime views = await Followed(CounterViews.Counters(), CounterViews.Reasons());
        await Append("a", 0, 1, 2, 3);
        await views.CatchUp(Cancel);
        ViewRuntime other = Runtime(CounterViews.Counters(), CounterViews.Reasons());
        List<string> told = [];
        await views.Replay(["reasons", "counters"], new Told<ReplayProgress>(p =>
        {
            if (p.Phase == "load")
                Task.Run(async () =>
                {
                    told.Add((await Assert.ThrowsAsync<ReplayRefusedException>(() => other.Replay(Counters, cancel: Cancel))).Message);
                    told.Add((await Assert.ThrowsAsync<ReplayRefusedException>(() => other.Rollback("counters", Cancel))).Message);
                    told.Add($"{(await other.Status(Cancel)).Count(v => v.Replay is { IsStopped: false })} are built");
                }).Wait(Cancel);
        }), Cancel);
        Assert.Equal(["View 'counters' is being replayed already.", "View 'counters' is being replayed; it can be rolled back when that is done.", "2 are built"], told);
        await AssertNothingLocked();
        Assert.Equal(3, Assert.Single(await other.Replay(Counters, cancel: Cancel)).Version);
    }

    [Fact]
    public async Task A_replay_that_is_stopped_leaves_the_views_to_others()
    {
        ViewRuntime views = await Followed(CounterViews.Counters());
        await Append("a", 0, 1, 2, 3);
        await views.CatchUp(Cancel);
        foreach (string phase in new[] { "load", "index", "compare", "switch" })
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => views.Replay(Counters, new Told<ReplayProgress>(p =>
            {
                if (p.Phase == phase)
                    stop.Cancel();
            }), stop.Token));
            await AssertNothingLocked();
            Assert.True((await views.Status(Cancel)).Single(v => v.State == ViewState.Building).Replay!.IsStopped);
            Assert.Equal((ViewState.Live, 1), (await views.Status(Cancel)).Where(v => v.State != ViewState.Building).Select(v => (v.State, v.Version)).Single());
        }
        Assert.Empty(Assert.Single(await Runtime(CounterViews.Counters()).Replay(Counters, cancel: Cancel)).Differences!);
    }

    [Fact]
    public async Task A_view_that_is_replayed_while_the_log_is_empty_follows_it_afterwards()
    {
        ViewRuntime views = await Followed(CounterViews.Counters(), CounterViews.Reasons());
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => views.Replay(Counters, new Told<ReplayProgress>(_ => stop.Cancel()), stop.Token));
        await views.Replay(["counters", "reasons"], cancel: Cancel);
        await Append("a", 0, 1, 2);
        await views.CatchUp(Cancel);
        await using ViewSnapshot now = await views.Open(cancel: Cancel);
        Assert.Equal([new Parity(true, 1, 3)], await now.Sums<Parity>("true", [], Cancel));
    }

    [Fact]
    public async Task What_has_drifted_is_shown_from_both_sides_and_what_has_not_is_not()
    {
        ViewRuntime views = await Followed(CounterViews.Counters(), CounterViews.Reasons());
        for (int i = 0; i < 8; i++)
            await Append($"{i}", 0, i, 2);
        await views.CatchUp(Cancel);
        Assert.All(await views.Replay(["counters", "reasons"], cancel: Cancel), o => Assert.Equal((2, 16L, 0), (o.Version, o.Events, o.Differences!.Count)));

        await _fixture.Sql("update view_counters_2.counter set value = 77, moved = false where id = '3' and to_position is null");
        await _fixture.Sql("update view_counters_2.counter set from_position = 99 where id <> '3' and to_position is not null");
        await _fixture.Sql("delete from view_counters_2.parity where odd");
        await _fixture.Sql("insert into view_counters_2.parity values (true, 1, 1)");
        IReadOnlyList<ReplayOutcome> outcomes = await views.Replay(["counters", "reasons"], cancel: Cancel);
        Assert.Empty(outcomes.Single(o => o.View == "reasons").Differences!);
        IReadOnlyList<ViewDifference> found = outcomes.Single(o => o.View == "counters").Differences!;
        // A row that begins after the position at which they are compared is not there.
        Assert.Equal([("counter", false, 1L), ("counter", true, 8L), ("parity", false, 1L), ("parity", true, 1L)], found.Select(d => (d.Table, d.InReplay, d.Rows)));
        Assert.Contains("\"value\": 77", Assert.Single(found[0].Samples));
        Assert.All(found[1].Samples, s => Assert.Contains("\"from_position\": ", s));
        Assert.Equal(5, found[1].Samples.Count);
        Assert.Contains("\"sum\": 1", Assert.Single(found[2].Samples));
        Assert.Contains("\"sum\": 24", Assert.Single(found[3].Samples));

        Assert.All(await views.Replay(["counters", "reasons"], cancel: Cancel), o => Assert.Empty(o.Differences!));
    }

    [Fact]
    public async Task A_live_version_that_can_be_written_no_more_is_replaced_by_its_replay()
    {
        ViewRuntime views = await Followed(CounterViews.Counters(), CounterViews.Reasons());
        await Append("a", 0, 1, 2);
        await Append("b", 0, 1);
        await views.CatchUp(Cancel);
        await _fixture.Sql("delete from view_counters_1.counter where id = 'a' and to_position is null");
        await Append("b", 1, 1);
        await Append("a", 2, 1);
        ReplayOutcome outcome = Assert.Single(await views.Replay(Counters, cancel: Cancel));
        // The live one has come as far as it could.
        Assert.Contains(outcome.Differences!, d => d is { Table: "counter", InReplay: true });
        await views.CatchUp(Cancel);
        Assert.All(await views.Status(Cancel), v => Assert.Equal((v.State == ViewState.Kept ? 4 : 5, v.State == ViewState.Kept ? 5L : null), ((int)v.Position, v.Failure?.Position)));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(6, false)]
    public async Task A_replay_that_fails_at_an_event_says_which_and_leaves_everything_as_it_was(int position, bool twice)
    {
        bool broken = false;
        View counters = new View("counters", "counters").Rows(Counter.Fold, counter => broken && counter.Moves == (position - 1) / 2 + 1 && counter.Id == (position % 2 == 1 ? "a" : "b")
            ? twice ? Enumerable.Repeat(new CounterRow("x", 1, true, null, []), 2) : throw new InvalidOperationException("Not for me.")
            : [new CounterRow(counter.Id, counter.Value, true, null, [])]);
        ViewRuntime views = await Followed(counters, CounterViews.Reasons());
        for (int i = 0; i < 2; i++)
        {
            await Append("a", i, 1);
            await Append("b", i, 1);
        }
        await views.CatchUp(Cancel);
        string before = await Contents.Of(_fixture, "counters", Cancel);
        broken = true;
        // An event after the fourth is met while it catches up.
        bool later = position > 4;
        ViewStoppedException stopped = await Assert.ThrowsAsync<ViewStoppedException>(() => views.Replay(["reasons", "counters"], new Told<ReplayProgress>(p =>
        {
            if (later && p.Phase == "index")
                Task.Run(async () =>
                {
                    await Append("a", 2, 1);
                    await Append("b", 2, 1);
                }).Wait(Cancel);
        }), Cancel));
        Assert.Equal(position, stopped.Position);
        Assert.Contains("counters", stopped.View, StringComparison.Ordinal);
        Assert.Contains(twice ? "two rows have the key (x)" : "Not for me.", stopped.Message, StringComparison.Ordinal);
        await AssertNothingLocked();
        Assert.Equal(before, await Contents.Of(_fixture, "counters", Cancel));
        broken = false;
        await views.CatchUp(Cancel);
        Assert.All(await views.Replay(["reasons", "counters"], cancel: Cancel), o => Assert.Empty(o.Differences!));
    }

    [Fact]
    public async Task Views_with_folds_of_their_own_over_the_same_streams_are_replayed_together()
    {
        View again = new View("again", "again").Row(
            new StreamFold<Thing>("counter-", s => new Thing(s, 0, [], false), (thing, e) => thing with { Value = thing.Value + ((CounterMoved)e.Data).By }),
            thing => new TagRow("value", thing.Id, thing.Value));
        ViewRuntime views = await Followed(CounterViews.Counters(), again);
        await Append("a", 0, 1, 2);
        await views.CatchUp(Cancel);
        Assert.All(await views.Replay(["counters", "again"], cancel: Cancel), o => Assert.Empty(o.Differences!));
        await using ViewSnapshot now = await views.Open(cancel: Cancel);
        Assert.Equal(new TagRow("value", "counter-a", 3), Assert.Single(await now.Rows<TagRow>("", [], Cancel)));
    }

    private async Task AssertNothingLocked()
    {
        // The server notices a moment later that a connection was dropped.
        while ((long)(await _fixture.Sql("select count(*) from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database() where l.locktype = 'advisory'"))! > 0)
            await Task.Delay(10, Cancel);
        await _fixture.Sql("begin; set local lock_timeout = '5s'; select 1 from ledger.view_positions p for update; lock ledger.view_versions; commit");
    }

    private async Task<ViewRuntime> Followed(params View[] views)
    {
        ViewRuntime runtime = Runtime(views);
        await runtime.Prepare(cancel: Cancel);
        return runtime;
    }

    private ViewRuntime Runtime(params View[] views) => new(_fixture.Log, _fixture.Database, views);

    private Task<Appended> Append(string counter, long version, params int[] by) =>
        _fixture.Log.Append(Samples.To($"counter-{counter}", version, [.. by.Select(b => Samples.Moved(b, "why"))]), Cancel);
}
