using FsCheck;
using FsCheck.Fluent;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests.Views;

public sealed class HistoryTests
{
    private static readonly string[] Things = ["things"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// A failure prints its seed: <c>LEDGER_REPLAY=seed,gamma,size</c> runs the failing history again.
    /// </summary>
    [Fact]
    public void Whatever_way_a_history_is_folded_the_rows_are_the_same()
    {
        Config config = Config.QuickThrowOnFailure.WithMaxTest(Soak.Of(50)).WithStartSize(10).WithEndSize(Soak.Of(400));
        if (Environment.GetEnvironmentVariable("LEDGER_REPLAY")?.Split(',') is [string seed, string gamma, string size])
            config = config.WithReplay(ulong.Parse(seed), ulong.Parse(gamma), int.Parse(size));
        Check.One(config, Prop.ForAll(Histories.Arbitrary, history => Task.Run(() => Run(history)).GetAwaiter().GetResult()));
    }

    private static async Task Run(Happening[] history)
    {
        LogFixture one = new(), other = new();
        await using var _ = one;
        await using var __ = other;
        await Task.WhenAll(one.InitializeAsync().AsTask(), other.InitializeAsync().AsTask());
        ViewRuntime small = Runtime(one, batchMax: 3, chunkMax: 5), large = Runtime(other, batchMax: 500, chunkMax: 10_000);
        await small.Prepare(cancel: Cancel);
        await large.Prepare(cancel: Cancel);

        // One is folded as it goes and read meanwhile: what a ledger has that has no more events than these.
        Teller teller = new(one.Log), otherTeller = new(other.Log);
        var seen = new Dictionary<long, string>();
        for (int i = 0; i < history.Length; i++)
        {
            await teller.Tell(history[i], Cancel);
            await otherTeller.Tell(history[i], Cancel);
            if (i % 6 == 5)
                await See(small, seen);
            // A process that has seen nothing yet goes on.
            if (i % 10 == 9)
                small = Runtime(one, batchMax: 3, chunkMax: 5);
        }
        await See(small, seen);
        await CheckPast(small, seen);
        await large.CatchUp(Cancel);
        string rows = await Contents.Of(one, "things", Cancel);
        Assert.Equal(rows, await Contents.Of(other, "things", Cancel));
        await Replay(small, one, rows);
        await CheckPast(small, seen);
        await Replay(large, other, rows);
        await ReplayInPieces(other, history.Length % 3 + 2, rows);
        await CheckPast(large, seen);
        Assert.All(await small.Status(Cancel), v => Assert.Equal((0L, null), (v.Lag, v.Failure)));
    }

    /// <summary>Catches up and notes what readers see.</summary>
    private static async Task See(ViewRuntime views, Dictionary<long, string> seen)
    {
        await views.CatchUp(Cancel);
        await using ViewSnapshot now = await views.Open(cancel: Cancel);
        seen[now.Position] = await Contents.Things(now, Cancel);
    }

    private static async Task CheckPast(ViewRuntime views, Dictionary<long, string> seen)
    {
        foreach ((long position, string rows) in seen)
        {
            await using ViewSnapshot past = await views.Open(position, cancel: Cancel);
            Assert.Equal(position, past.Position);
            Assert.Equal(rows, await Contents.Things(past, Cancel));
        }
    }

    private static async Task Replay(ViewRuntime views, LogFixture fixture, string rows)
    {
        ReplayOutcome outcome = Assert.Single(await views.Replay(Things, cancel: Cancel));
        Assert.Empty(outcome.Differences!);
        Assert.Equal(rows, await Contents.Of(fixture, "things", Cancel));
    }

    /// <summary>A replay is stopped after every few chunks, and another one goes on, each in a process that knows nothing.</summary>
    private static async Task ReplayInPieces(LogFixture fixture, int chunks, string rows)
    {
        for (int piece = 0; ; piece++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            int left = chunks;
            // Each gets on by a chunk at least, or it would never end.
            var progress = new Told<ReplayProgress>(_ =>
            {
                if (--left == 0)
                    stop.Cancel();
            });
            try
            {
                await Runtime(fixture, batchMax: 500, chunkMax: 7 + piece).Replay(Things, piece < 8 ? progress : null, stop.Token);
                break;
            }
            catch (OperationCanceledException)
            {
                // The next one goes on.
            }
        }
        Assert.Equal(rows, await Contents.Of(fixture, "things", Cancel));
    }

    private static ViewRuntime Runtime(LogFixture fixture, int batchMax, int chunkMax) =>
        new(fixture.Log, fixture.Database, [ThingViews.Things()], null, ViewRuntime.StoppedAfter, batchMax, chunkMax);
}

/// <summary>Is told at once, by whoever has something to tell.</summary>
internal sealed class Told<T>(Action<T> act) : IProgress<T>
{
    public void Report(T value) => act(value);
}
