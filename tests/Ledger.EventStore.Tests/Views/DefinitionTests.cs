using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests.Views;

public sealed class DefinitionTests : IAsyncLifetime
{
    private readonly LogFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_changed_definition_is_replayed_by_itself_and_the_old_version_serves_until_then()
    {
        await Followed(CounterViews.Counters(), CounterViews.Reasons());
        ViewRuntime changed = Runtime(CounterViews.Counters(plus: 1), CounterViews.Reasons());
        Assert.Equal(ViewState.Frozen, await StateOf(changed, 1));
        await Append("a", 2, 4);
        await changed.CatchUp(Cancel);
        Assert.Equal([("a", 3)], await Rows(changed));

        ReplayOutcome outcome = Assert.Single(await changed.Prepare(cancel: Cancel));
        Assert.Equal(("counters", 2), (outcome.View, outcome.Version));
        Assert.NotEmpty(outcome.Differences!);
        Assert.Equal((ViewState.Kept, ViewState.Live), (await StateOf(changed, 1), await StateOf(changed, 2)));
        Assert.Equal([("a", 8)], await Rows(changed));
        Assert.Empty(await changed.Prepare(cancel: Cancel));
    }

    [Fact]
    public async Task A_running_program_replays_what_has_changed_and_goes_on_with_it()
    {
        await Followed(CounterViews.Counters(), CounterViews.Reasons());
        ViewRuntime changed = Runtime(CounterViews.Counters(plus: 1), CounterViews.Reasons());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task running = changed.Run(stop.Token);
        while ((await changed.Status(Cancel)).All(v => (v.View, v.Version, v.State) != ("counters", 2, ViewState.Live)))
            await Task.Delay(10, Cancel);
        Appended answer = await Append("a", 2, 4);
        await changed.WaitFor(answer.LastPosition, Cancel);
        Assert.Equal([("a", 8)], await Rows(changed));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task After_a_rollback_the_old_version_stands_still_and_nothing_replays_by_itself()
    {
        await Followed(CounterViews.Counters(), CounterViews.Reasons());
        ViewRuntime changed = await Followed(CounterViews.Counters(plus: 1), CounterViews.Reasons());
        await changed.Rollback("counters", Cancel);
        Assert.Equal((ViewState.Frozen, ViewState.Kept), (await StateOf(changed, 1), await StateOf(changed, 2)));
        Assert.Equal([("a", 3)], await Rows(changed));
        Assert.Equal(3, await _fixture.Sql("select value from views.counter"));
        Assert.Empty(await changed.Prepare(cancel: Cancel));
        await Append("a", 2, 4);
        await changed.CatchUp(Cancel);
        Assert.Equal([("a", 3)], await Rows(changed));

        // And forth again, to where the log has come meanwhile.
        await changed.Rollback("counters", Cancel);
        await changed.CatchUp(Cancel);
        Assert.Equal([("a", 8)], await Rows(changed));
        await changed.Rollback("counters", Cancel);
        await changed.Replay(["counters"], cancel: Cancel);
        Assert.Equal([("a", 8)], await Rows(changed));
        await Assert.ThrowsAsync<ReplayRefusedException>(() => changed.Rollback("reasons", Cancel));
    }

    [Fact]
    public async Task A_program_whose_definition_was_live_before_the_last_switch_replays_it_again()
    {
        await Followed(CounterViews.Counters());
        await Followed(CounterViews.Counters(plus: 1));
        ViewRuntime back = Runtime(CounterViews.Counters());
        await Append("a", 2, 4);
        Assert.Equal(3, Assert.Single(await back.Prepare(cancel: Cancel)).Version);
        Assert.Equal([("a", 7)], await Rows(back));
    }

    [Fact]
    public async Task A_definition_with_other_columns_is_replayed_and_compared_with_nothing()
    {
        ViewRuntime old = await Followed(CounterViews.Counters());
        View wide = new View("counters", "counters 0").Row(Counter.Fold, c => new WideRow(c.Id, c.Value, c.Reasons.Length));
        ViewRuntime changed = Runtime(wide);
        Assert.Null(Assert.Single(await changed.Prepare(cancel: Cancel)).Differences);
        await using (ViewSnapshot now = await changed.Open(cancel: Cancel))
            Assert.Equal([new WideRow("a", 3, 2)], await now.Rows<WideRow>("", [], Cancel));
        Assert.Equal(2, await _fixture.Sql("select reasons from views.counter"));

        // The old program still follows what it knows, and brings it back when it is started again.
        Assert.Equal(ViewState.Frozen, (await old.Status(Cancel)).Single(v => v.SwitchedAt is not null && v.State != ViewState.Kept).State);
        Assert.Null(Assert.Single(await old.Prepare(cancel: Cancel)).Differences);
        Assert.Equal([("a", 3)], await Rows(old));
        Assert.Equal(3, await _fixture.Sql("select value from views.counter where id = 'a' and moved"));

        await old.Rollback("counters", Cancel);
        await using (ViewSnapshot now = await changed.Open(cancel: Cancel))
            Assert.Equal([new WideRow("a", 3, 2)], await now.Rows<WideRow>("", [], Cancel));
    }

    /// <summary>A server of before may still fold while one of after replays: what readers see is not behind what they saw.</summary>
    [Fact]
    public async Task What_a_program_of_before_has_folded_meanwhile_is_there_after_the_switch()
    {
        ViewRuntime old = await Followed(CounterViews.Counters(), CounterViews.Reasons());
        ViewRuntime changed = Runtime(CounterViews.Counters(plus: 1), CounterViews.Reasons());
        await changed.Prepare(new Told<ReplayProgress>(p =>
        {
            if (p.Phase == "switch")
                Task.Run(async () =>
                {
                    await Append("a", 2, 4);
                    await old.CatchUp(Cancel);
                }).Wait(Cancel);
        }), Cancel);
        await using ViewSnapshot now = await changed.Open(cancel: Cancel);
        Assert.Equal(3, now.Position);
        Assert.Equal(8, Assert.Single(await now.Rows<CounterRow>("", [], Cancel)).Value);
    }

    /// <summary>The views of a program hold the same position after a switch, though one of them stood still before it.</summary>
    [Fact]
    public async Task A_view_is_switched_to_where_the_others_are()
    {
        await Followed(CounterViews.Counters(), CounterViews.Reasons());
        ViewRuntime changed = Runtime(CounterViews.Counters(plus: 1), CounterViews.Reasons());
        await changed.Prepare(new Told<ReplayProgress>(p =>
        {
            if (p.Phase == "switch")
                Task.Run(async () =>
                {
                    await Append("a", 2, 4);
                    await changed.CatchUp(Cancel);
                }).Wait(Cancel);
        }), Cancel);
        Assert.All((await changed.Status(Cancel)).Where(v => v.State == ViewState.Live), v => Assert.Equal(3, v.Position));
    }

    /// <summary>Follows the log with some views, with three moves of a counter in it.</summary>
    private async Task<ViewRuntime> Followed(params View[] views)
    {
        if (await _fixture.Log.Head(Cancel) == 0)
            await Append("a", 0, 1, 2);
        ViewRuntime runtime = Runtime(views);
        await runtime.Prepare(cancel: Cancel);
        await runtime.CatchUp(Cancel);
        return runtime;
    }

    private static async Task<ViewState> StateOf(ViewRuntime views, int version) =>
        (await views.Status(Cancel)).Single(v => v.View == "counters" && v.Version == version).State;

    private static async Task<List<(string, int)>> Rows(ViewRuntime views)
    {
        await using ViewSnapshot now = await views.Open(cancel: Cancel);
        return [.. (await now.Rows<CounterRow>("order by r.id", [], Cancel)).Select(r => (r.Id, r.Value))];
    }

    private ViewRuntime Runtime(params View[] views) => new(_fixture.Log, _fixture.Database, views);

    private Task<Appended> Append(string counter, long version, params int[] by) =>
        _fixture.Log.Append(Samples.To($"counter-{counter}", version, [.. by.Select(b => Samples.Moved(b, "why"))]), Cancel);
}

[Table("counter")]
public sealed record WideRow([property: Key] string Id, int Value, int Reasons);
