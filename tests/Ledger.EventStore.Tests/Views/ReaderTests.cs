using System.Collections.Concurrent;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests.Views;

public sealed class ReaderTests : IAsyncLifetime
{
    private static readonly string[] Counters = ["counters"];
    private readonly LogFixture _fixture = new();
    private readonly ConcurrentDictionary<int, int> _snapshots = new();
    private long _written;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Readers_see_one_moment_after_the_other_through_replays_switches_and_rollbacks()
    {
        ViewRuntime views = Runtime();
        await views.Prepare(cancel: Cancel);
        for (int i = 0; i < 10; i++)
            await Write(i);
        await views.CatchUp(Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task following = Runtime().Run(stop.Token);
        Task others = Task.WhenAll([Writing(stop.Token), .. Enumerable.Range(0, 3).Select(n => Task.Run(() => UntilWrong(n, stop)))]);
        for (int i = 0; i < Soak.Of(60) && !stop.IsCancellationRequested; i++)
        {
            IReadOnlyList<ReplayOutcome> outcomes = await views.Replay(i % 3 == 0 ? ["counters", "reasons"] : Counters, new Told<ReplayProgress>(p => Await(p.Phase == "load" ? 0 : 1, stop.Token)), Cancel);
            Assert.All(outcomes, o => Assert.Empty(o.Differences!));
            await Read(more: 5);
            if (i % 2 == 0)
                await Runtime().Rollback("counters", Cancel);
            await Read(more: 5);
        }
        await stop.CancelAsync();
        await following;
        await others;
        Assert.Equal(3, _snapshots.Count);

        async Task Read(int more)
        {
            int from = _snapshots.Values.Sum();
            while (_snapshots.Values.Sum() < from + more && !stop.IsCancellationRequested)
                await Task.Delay(2, Cancel);
        }

        // More is written while the replay does its work.
        void Await(int more, CancellationToken stopped)
        {
            long from = Volatile.Read(ref _written);
            SpinWait.SpinUntil(() => Volatile.Read(ref _written) >= from + more || stopped.IsCancellationRequested, TimeSpan.FromSeconds(20));
        }
    }

    private async Task Writing(CancellationToken stop)
    {
        for (int i = 0; !stop.IsCancellationRequested; i++)
            await Write(i);
    }

    /// <summary>Every event moves a counter by one, so that all together stand at the position.</summary>
    private async Task Write(int i)
    {
        string stream = $"counter-{i % 7}";
        await _fixture.Log.Append(new Append("tester", [new StreamAppend(stream, _versions[i % 7]++, [Samples.Moved(1, $"{i % 5}")])]), Cancel);
        Interlocked.Increment(ref _written);
    }

    private readonly long[] _versions = new long[7];

    /// <summary>A reader that sees something wrong ends it all.</summary>
    private async Task UntilWrong(int reader, CancellationTokenSource stop)
    {
        try
        {
            await Reading(reader, stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private async Task Reading(int reader, CancellationToken stop)
    {
        ViewRuntime views = Runtime();
        long position = 0;
        while (!stop.IsCancellationRequested)
        {
            await using ViewSnapshot now = await views.Open(cancel: Cancel);
            Assert.True(now.Position >= position, $"It stood at {position} and stands at {now.Position}.");
            position = now.Position;
            List<CounterRow> counters = await now.Rows<CounterRow>("order by r.id", [], Cancel);
            Assert.Equal(position, counters.Sum(c => c.Value));
            Assert.Equal(
                ViewSnapshot.SumUp<CounterRow, Parity>(CounterViews.Counters(), counters).OrderBy(p => p.Odd),
                (await now.Sums<Parity>("true", [], Cancel)).OrderBy(p => p.Odd));
            Assert.Equal(
                counters.SelectMany(c => c.Reasons.Distinct().Select(reason => $"{c.Id} {reason}")).Order(StringComparer.Ordinal),
                (await now.Rows<ReasonRow>("", [], Cancel)).Select(r => $"{r.CounterId} {r.Reason}").Order(StringComparer.Ordinal));
            _snapshots.AddOrUpdate(reader, 1, (_, n) => n + 1);
        }
    }

    private ViewRuntime Runtime() => new(_fixture.Log, _fixture.Database, [CounterViews.Counters(), CounterViews.Reasons()], null, ViewRuntime.StoppedAfter, 50, 20);
}
