using Ledger.EventStore.Tests.Processes;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests.Views;

public sealed class KillTests : IAsyncLifetime
{
    private static readonly string[] All = ["things", "counters", "reasons"];
    private readonly LogFixture _fixture = new();
    private readonly Random _random = new(1);
    private readonly Lock _lock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Processes_that_fold_and_replay_are_killed_and_the_rows_are_those_of_a_fresh_replay()
    {
        ViewRuntime views = Runtime();
        await views.Prepare(cancel: Cancel);
        await Write(1_500);
        await views.CatchUp(Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task writing = Writing(stop.Token);
        int switched = await KilledReplays(Soak.Of(60));
        await stop.CancelAsync();
        await writing;
        Assert.True(switched > 0, "No replay came to its end.");

        await views.CatchUp(Cancel);
        var live = new List<string>();
        foreach (string view in All)
            live.Add(await Contents.Of(_fixture, view, Cancel));
        Assert.All(await views.Replay(All, cancel: Cancel), o => Assert.Empty(o.Differences!));
        for (int i = 0; i < All.Length; i++)
            Assert.Equal(live[i], await Contents.Of(_fixture, All[i], Cancel));
        Assert.All(await views.Status(Cancel), v => Assert.Null(v.Failure));
        TestContext.Current.SendDiagnosticMessage($"{await _fixture.Log.Head(Cancel)} events, {switched} switches");
    }

    /// <summary>
    /// A stopped process holds a transaction of one statement or another, or none: whichever it is, others fold on after the time
    /// that is stated, and it goes on itself when it is let.
    /// </summary>
    [Fact]
    public async Task A_process_stopped_at_any_moment_of_folding_delays_others_no_longer_than_stated()
    {
        var stoppedAfter = TimeSpan.FromSeconds(1);
        ViewRuntime views = ViewingProcess.Runtime(_fixture.Log, _fixture.Database, stoppedAfter, 1_000);
        await views.Prepare(cancel: Cancel);
        using OtherProcess other = await Follower(stoppedAfter);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task following = views.Run(stop.Token);
        Task writing = Writing(stop.Token);
        for (int time = 0; time < Soak.Of(60); time++)
        {
            await Task.Delay(Next(1, 60), Cancel);
            await other.Signal("STOP", Cancel);
            // What the database takes to notice, and a busy machine for the rest.
            await views.WaitFor(await _fixture.Log.Head(Cancel), Cancel).WaitAsync(stoppedAfter + TimeSpan.FromSeconds(9), Cancel);
            await other.Signal("CONT", Cancel);
        }
        await stop.CancelAsync();
        await Task.WhenAll(writing, following);
        Assert.False(other.HasEnded);
        // It follows still, alone.
        await views.WaitFor(await _fixture.Log.Head(Cancel), Cancel);
        Assert.All(await views.Replay(All, cancel: Cancel), o => Assert.Empty(o.Differences!));
    }

    [Fact]
    public async Task A_view_is_free_again_when_the_process_that_replays_it_is_killed()
    {
        ViewRuntime views = Runtime();
        await views.Prepare(cancel: Cancel);
        await Write(300);
        await views.CatchUp(Cancel);
        using OtherProcess first = OtherProcess.Replaying(_fixture.ConnectionString, chunkMax: 10);
        Assert.Equal("load", await first.Line(Cancel));
        await first.Signal("STOP", Cancel);
        using OtherProcess second = OtherProcess.Replaying(_fixture.ConnectionString, chunkMax: 10);
        Assert.Equal(("View 'things' is being replayed already.", 1), await second.End(Cancel));
        await first.Kill(Cancel);
        // The server notices a moment later.
        while ((long)(await _fixture.Sql("select count(*) from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database() where l.locktype = 'advisory'"))! > 0)
            await Task.Delay(10, Cancel);
        Assert.All(await views.Replay(All, cancel: Cancel), o => Assert.Empty(o.Differences!));
    }

    /// <summary>
    /// Has processes replay the views, while another one folds them, and kills both, the one after some of its words. Returns
    /// how many replays came to their end.
    /// </summary>
    private async Task<int> KilledReplays(int kills)
    {
        int ended = 0;
        Task<OtherProcess> follower = Follower(ViewRuntime.StoppedAfter);
        string[] last = ["load", "index", "catch up", "compare", "switch", "replayed"];
        for (int kill = 0; kill < kills; kill++)
        {
            using OtherProcess replay = OtherProcess.Replaying(_fixture.ConnectionString, Next(50, 1_000));
            string until = last[kill % last.Length];
            while (await replay.Line(Cancel) is { } line)
            {
                ended += line.StartsWith("replayed", StringComparison.Ordinal) ? 1 : 0;
                if (line.StartsWith(until, StringComparison.Ordinal))
                    break;
            }
            await Task.Delay(Next(0, 25), Cancel);
            await replay.Kill(Cancel);
            using OtherProcess victim = await follower;
            Assert.False(victim.HasEnded, "It has ended by itself.");
            await victim.Kill(Cancel);
            if (kill < kills - 1)
                follower = Follower(ViewRuntime.StoppedAfter);
        }
        return ended;
    }

    private async Task<OtherProcess> Follower(TimeSpan stoppedAfter)
    {
        OtherProcess follower = OtherProcess.Following(_fixture.ConnectionString, stoppedAfter);
        Assert.Equal("following", await follower.Line(Cancel));
        return follower;
    }

    private async Task Writing(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Write(20);
            await Task.Delay(5, CancellationToken.None);
        }
    }

    private readonly Dictionary<string, long> _versions = [];

    private async Task Write(int events)
    {
        for (int left = events; left > 0; left -= 5)
        {
            string stream = $"{(Next(0, 2) == 0 ? "counter" : "crate")}-{Next(0, 40)}";
            long version = _versions.GetValueOrDefault(stream);
            await _fixture.Log.Append(Samples.To(stream, version, [.. Enumerable.Range(0, 5).Select(i => Samples.Moved(Next(-3, 4), Next(0, 3) == 0 ? $"{i}" : null))]), Cancel);
            _versions[stream] = version + 5;
        }
    }

    private int Next(int from, int to)
    {
        lock (_lock)
            return _random.Next(from, to);
    }

    private ViewRuntime Runtime() => ViewingProcess.Runtime(_fixture.Log, _fixture.Database, ViewRuntime.StoppedAfter, 1_000);
}
