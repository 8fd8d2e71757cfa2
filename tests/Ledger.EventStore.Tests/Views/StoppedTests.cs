using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests.Views;

public sealed class StoppedTests : IAsyncLifetime
{
    private static readonly TimeSpan StoppedAfter = TimeSpan.FromMilliseconds(300);

    /// <summary>What the database needs to notice, on a busy machine.</summary>
    private static readonly TimeSpan Bound = StoppedAfter + TimeSpan.FromSeconds(9);
    private readonly LogFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_process_that_is_stopped_while_it_writes_a_row_holds_nobody_up()
    {
        View slow = new View("slow", "slow").Row(Counter.Fold, c => new SlowRow(c.Id, $"{c.Value}"));
        using var freeze = new Freeze(Cancel);
        ViewRuntime stopped = Runtime(StoppedAfter, slow), other = Runtime(ViewRuntime.StoppedAfter, slow);
        await stopped.Prepare(cancel: Cancel);
        await Append(0, 1);
        SlowRow.Reading = freeze.Once;
        Task folding = Task.Run(() => stopped.CatchUp(Cancel), Cancel);
        await freeze.Frozen.WaitAsync(Cancel);
        await other.CatchUp(Cancel).WaitAsync(Bound, Cancel);
        freeze.Thaw();
        await Assert.ThrowsAnyAsync<Exception>(() => folding);
        await stopped.CatchUp(Cancel);
        await using ViewSnapshot now = await other.Open(cancel: Cancel);
        Assert.Equal("1", Assert.Single(await now.Rows<SlowRow>("", [], Cancel)).Text);
    }

    [Theory]
    [InlineData("compare")]
    [InlineData("switch")]
    public async Task A_replay_that_is_stopped_while_the_views_stand_for_it_holds_nobody_up(string phase)
    {
        using var freeze = new Freeze(Cancel);
        bool armed = false;
        View counters = CounterViews.Counters(refuses: _ =>
        {
            if (armed)
                freeze.Once();
            return false;
        });
        ViewRuntime stopped = Runtime(StoppedAfter, counters), other = Runtime(ViewRuntime.StoppedAfter, CounterViews.Counters());
        await stopped.Prepare(cancel: Cancel);
        await Append(0, 1);
        await other.CatchUp(Cancel);
        Task replay = Task.Run(() => stopped.Replay(["counters"], new Told<ReplayProgress>(p =>
        {
            if (p.Phase != phase)
                return;
            // The live version goes on, so that there is something left to fold while it stands.
            Task.Run(async () =>
            {
                await Append(1, 2);
                await other.CatchUp(Cancel);
            }).Wait(Cancel);
            armed = true;
        }), Cancel), Cancel);
        await freeze.Frozen.WaitAsync(Cancel);
        await Append(2, 4);
        await other.CatchUp(Cancel).WaitAsync(Bound, Cancel);
        armed = false;
        freeze.Thaw();
        await Assert.ThrowsAnyAsync<Exception>(() => replay);
        Assert.Empty(Assert.Single(await stopped.Replay(["counters"], cancel: Cancel)).Differences!);
        await using ViewSnapshot now = await other.Open(cancel: Cancel);
        Assert.Equal([new Parity(true, 1, 7)], await now.Sums<Parity>("true", [], Cancel));
    }

    [Fact]
    public async Task A_program_that_does_not_know_an_event_stands_still_after_it_until_another_goes_on()
    {
        await using var oldLog = new EventLog(_fixture.Database, new EventTypes().Add("counter_moved", () => SamplesJson.Default.CounterMoved));
        var old = new ViewRuntime(oldLog, _fixture.Database, [CounterViews.Counters()]);
        ViewRuntime knowing = Runtime(ViewRuntime.StoppedAfter, CounterViews.Counters());
        await knowing.Prepare(cancel: Cancel);
        await _fixture.Log.Append(Samples.To("counter-b", 0, new NewEvent(Guid.CreateVersion7(), new CounterOpened("b", 5))), Cancel);
        await knowing.CatchUp(Cancel);
        await Append(0, 1);
        await old.CatchUp(Cancel);
        await _fixture.Log.Append(Samples.To("counter-b", 1, Samples.Moved(2)), Cancel);
        Assert.Equal(3, (await Assert.ThrowsAsync<ViewStoppedException>(() => old.CatchUp(Cancel))).Position);
        ViewStoppedException stopped = await Assert.ThrowsAsync<ViewStoppedException>(() => old.Replay(["counters"], cancel: Cancel));
        Assert.Equal(("counters", 1L), (stopped.View, stopped.Position));
        // The view rests for some seconds after a failure.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task running = knowing.Run(stop.Token);
        while ((await knowing.Status(Cancel)).Any(v => v.State == ViewState.Live && v.Lag > 0))
            await Task.Delay(20, Cancel);
        await stop.CancelAsync();
        await running;
        await using ViewSnapshot now = await old.Open(cancel: Cancel);
        Assert.Equal([1, 7], (await now.Rows<CounterRow>("order by r.id", [], Cancel)).Select(r => r.Value));
    }

    private ViewRuntime Runtime(TimeSpan stoppedAfter, View view) => new(_fixture.Log, _fixture.Database, [view], null, stoppedAfter, 500, 100);

    private Task<Appended> Append(long version, int by) => _fixture.Log.Append(Samples.To("counter-a", version, Samples.Moved(by)), Cancel);

    /// <summary>Stops whoever comes by first until it is thawed.</summary>
    private sealed class Freeze(CancellationToken cancel) : IDisposable
    {
        private readonly ManualResetEventSlim _thaw = new();
        private readonly TaskCompletionSource _frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Frozen => _frozen.Task;

        public void Once()
        {
            if (_frozen.TrySetResult())
                _thaw.Wait(cancel);
        }

        public void Thaw() => _thaw.Set();

        public void Dispose()
        {
            SlowRow.Reading = () => { };
            _thaw.Dispose();
        }
    }
}

/// <summary>Tells when it is written.</summary>
[Table("slow")]
public sealed record SlowRow([property: Key] string Id, string Text)
{
    internal static Action Reading { get; set; } = () => { };

    public string Text
    {
        get
        {
            Reading();
            return field;
        }
    } = Text;
}
