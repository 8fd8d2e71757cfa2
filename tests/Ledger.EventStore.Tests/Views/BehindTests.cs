using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests.Views;

/// <summary>A view that stands still, is frozen, or is not there yet does not take the others with it.</summary>
public sealed class BehindTests : IAsyncLifetime
{
    private readonly LogFixture _fixture = new();
    private bool _refuses = true;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Views_are_read_at_the_position_that_they_have_followed_to_though_one_stands_still_before_it()
    {
        ViewRuntime views = Runtime(Counters(), CounterViews.Reasons());
        await views.Prepare(cancel: Cancel);
        await Append("a", 0, 5);
        await Append("a", 1, 2);
        await Append("b", 0, 1);
        await Assert.ThrowsAsync<ViewStoppedException>(() => views.CatchUp(Cancel));

        Assert.Equal((3, 1, false), await Positions(views, null));
        Assert.Equal((2, 1, true), await Positions(views, 2));
        Assert.Equal((1, 1, true), await Positions(views, 1));
        await using ViewSnapshot now = await views.Open(cancel: Cancel), then = await views.Open(1, cancel: Cancel);
        Assert.Equal(new ViewBehind("counters", 1), Assert.Single(now.Behind));
        Assert.Empty(then.Behind);
    }

    [Fact]
    public async Task Views_are_read_at_the_position_that_they_have_followed_to_though_one_is_frozen_before_it()
    {
        ViewRuntime old = Runtime(CounterViews.Counters(), CounterViews.Reasons());
        await old.Prepare(cancel: Cancel);
        await Append("a", 0, 5);
        await old.CatchUp(Cancel);
        ViewRuntime changed = Runtime(CounterViews.Counters(plus: 1), CounterViews.Reasons());
        Appended answer = await Append("a", 1, 2);
        await changed.CatchUp(Cancel);

        Assert.Equal((2, 1, false), await Positions(changed, null));
        // What is frozen is not waited for.
        await changed.WaitFor(answer.LastPosition, Cancel);
        await changed.Prepare(cancel: Cancel);
        Assert.Equal((2, 2, false), await Positions(changed, null));
    }

    [Fact]
    public async Task A_view_that_is_still_to_be_built_is_missing_alone()
    {
        ViewRuntime old = Runtime(CounterViews.Reasons());
        await old.Prepare(cancel: Cancel);
        ViewRuntime more = Runtime(CounterViews.Reasons(), CounterViews.Counters());
        Appended answer = await Append("a", 0, 5, "why");
        await old.CatchUp(Cancel);

        await more.WaitFor(answer.LastPosition, Cancel);
        await using ViewSnapshot now = await more.Open(cancel: Cancel);
        Assert.Equal(("why", 1), ((await now.Rows<ReasonRow>("", [], Cancel)).Single().Reason, now.Position));
        await Assert.ThrowsAsync<ViewsMissingException>(() => now.Rows<CounterRow>("", [], Cancel));
    }

    [Fact]
    public async Task Of_changed_definitions_those_are_replayed_that_can_be_and_the_other_says_why_not_until_it_can()
    {
        ViewRuntime old = Runtime(CounterViews.Counters(), CounterViews.Reasons());
        await old.Prepare(cancel: Cancel);
        for (int counter = 0; counter < 5; counter++)
        {
            await Append($"{counter}", 0, 5, "x");
            await Append($"{counter}", 1, counter == 3 ? 2 : 1, "y");
        }
        await old.CatchUp(Cancel);
        ViewRuntime changed = Runtime(Counters(), new View("reasons", "changed").Rows(Counter.Fold, c => c.Reasons.Distinct().Select(reason => new ReasonRow(c.Id, reason))));

        ViewStoppedException stopped = await Assert.ThrowsAsync<ViewStoppedException>(() => changed.Prepare(cancel: Cancel));

        Assert.Equal(("counters", 8), (stopped.View, (int)stopped.Position));
        Assert.Equal([("counters", 1, ViewState.Frozen, null), ("counters", 2, ViewState.Building, "7 is not for me."), ("reasons", 1, ViewState.Kept, null), ("reasons", 2, ViewState.Live, null)],
            (await changed.Status(Cancel)).Select(v => (v.View, v.Version, v.State, v.Failure?.Message)));
        await Append("6", 0, 1, "z");
        await changed.CatchUp(Cancel);
        await using (ViewSnapshot now = await changed.Open(cancel: Cancel))
            Assert.Equal((11, 11), (now.Position, (await now.Rows<ReasonRow>("", [], Cancel)).Count));

        _refuses = false;
        Assert.Equal(2, Assert.Single(await changed.Prepare(cancel: Cancel)).Version);
        Assert.All((await changed.Status(Cancel)).Where(v => v.State == ViewState.Live), v => Assert.Equal((2, 11, null), (v.Version, v.Position, v.Failure)));
        Assert.All(await changed.Replay(["counters", "reasons"], cancel: Cancel), o => Assert.Empty(o.Differences!));
    }

    [Fact]
    public async Task A_table_of_one_program_does_not_take_the_place_of_anothers()
    {
        ViewRuntime first = Runtime(CounterViews.Counters());
        await first.Prepare(cancel: Cancel);
        await Append("a", 0, 5);
        await first.CatchUp(Cancel);
        // Its schema would come before the other one's.
        ViewRuntime[] others =
        [
            Runtime(new View("a", "").Row(Counter.Fold, c => new CounterRow(c.Id, -1, true, null, []))),
            Runtime(new View("a", "").Row(Counter.Fold, c => new TakenRow(c.Id))),
        ];

        foreach (ViewRuntime other in others)
            Assert.Contains("of view 'counters'", (await Assert.ThrowsAsync<ArgumentException>(() => other.Prepare(cancel: Cancel))).Message, StringComparison.Ordinal);

        await using ViewSnapshot now = await first.Open(cancel: Cancel);
        Assert.Equal(5, Assert.Single(await now.Rows<CounterRow>("", [], Cancel)).Value);
        Assert.Equal(5, await _fixture.Sql("select value from views.counter"));
    }

    [Fact]
    public async Task A_table_may_go_over_from_one_view_of_a_program_to_another()
    {
        await Runtime(CounterViews.Counters()).Prepare(cancel: Cancel);
        await Append("a", 0, 5);
        ViewRuntime changed = Runtime(
            new View("counters", "moved").Rows(Counter.Fold, c => c.Reasons.Distinct().Select(reason => new ReasonRow(c.Id, reason))),
            new View("values", "new").Row(Counter.Fold, c => new CounterRow(c.Id, c.Value, true, null, [])));
        await changed.Prepare(cancel: Cancel);
        await changed.CatchUp(Cancel);
        Assert.Equal(5, await _fixture.Sql("select value from views.counter"));
    }

    private View Counters() => CounterViews.Counters(plus: 1, refuses: value => _refuses && value == 7);

    private static async Task<(long Position, long HeldByAll, bool IsPast)> Positions(ViewRuntime views, long? asOf)
    {
        await using ViewSnapshot open = await views.Open(asOf, cancel: Cancel);
        return (open.Position, open.HeldByAll, open.IsPast);
    }

    private ViewRuntime Runtime(params View[] views) => new(_fixture.Log, _fixture.Database, views, null, ViewRuntime.StoppedAfter, 500, 2);

    private Task<Appended> Append(string counter, long version, int by, string? why = null) =>
        _fixture.Log.Append(Samples.To($"counter-{counter}", version, Samples.Moved(by, why)), Cancel);
}

/// <summary>A table that is called as what another one's rows of the past are shown as.</summary>
[Table("counter_history")]
public sealed record TakenRow([property: Key] string Id);
