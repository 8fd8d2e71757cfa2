using Ledger.EventStore.Tests.Processes;
using Ledger.EventStore.Tests.Support;
using Ledger.Testing;
using Npgsql;

namespace Ledger.EventStore.Tests.Views;

/// <summary>Programs that start with what is there: other definitions, long logs, and each other.</summary>
public sealed class StartTests : IAsyncLifetime
{
    private readonly LogFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    /// <summary>The first is stopped in the middle of its replay, as by SIGSTOP of a whole machine: others serve, follow and start meanwhile.</summary>
    [Fact]
    public async Task Of_programs_that_start_with_a_changed_definition_one_replays_and_the_others_serve_what_is_there()
    {
        ViewRuntime old = Runtime(CounterViews.Counters());
        await old.Prepare(cancel: Cancel);
        await Write(0, 200);
        await old.CatchUp(Cancel);
        using OtherProcess first = OtherProcess.Preparing(_fixture.ConnectionString, chunkMax: 10);
        Assert.Equal("load", await first.Line(Cancel));
        await first.Signal("STOP", Cancel);

        using OtherProcess second = OtherProcess.Preparing(_fixture.ConnectionString, chunkMax: 10);
        Assert.Equal(("replayed 0, version 1 Frozen", 0), await second.End(Cancel));
        await Write(200, 20);
        await old.CatchUp(Cancel);
        Assert.Equal(220L, await _fixture.Sql("select sum(value) from views.counter"));

        await first.Signal("CONT", Cancel);
        (string said, int exitCode) = await first.End(Cancel);
        Assert.EndsWith("replayed 1, version 2 Live", said, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
        // Each counter stands one higher.
        Assert.Equal(230L, await _fixture.Sql("select sum(value) from views.counter"));
        using OtherProcess third = OtherProcess.Preparing(_fixture.ConnectionString, chunkMax: 10);
        Assert.Equal(("replayed 0, version 2 Live", 0), await third.End(Cancel));
    }

    [Fact]
    public async Task A_program_whose_views_are_not_there_waits_for_the_one_that_builds_them()
    {
        await Long();
        using OtherProcess first = OtherProcess.Preparing(_fixture.ConnectionString, chunkMax: 1_000);
        Assert.Equal("load", await first.Line(Cancel));
        using OtherProcess second = OtherProcess.Preparing(_fixture.ConnectionString, chunkMax: 1_000);
        Assert.EndsWith("replayed 1, version 1 Live", (await first.End(Cancel)).Said, StringComparison.Ordinal);
        Assert.Equal(("replayed 0, version 1 Live", 0), await second.End(Cancel));
    }

    [Fact]
    public async Task A_log_that_is_long_is_replayed_into_views_that_are_new()
    {
        await Long();
        ViewRuntime views = Runtime(CounterViews.Counters(), CounterViews.Reasons());
        await Assert.ThrowsAsync<ViewsMissingException>(() => views.Open(cancel: Cancel));

        IReadOnlyList<ReplayOutcome> outcomes = await views.Prepare(cancel: Cancel);

        Assert.Equal([(1, 20_500L, true), (1, 20_500L, true)], outcomes.Select(o => (o.Version, o.Events, o.Differences is null)));
        await using (ViewSnapshot now = await views.Open(cancel: Cancel))
            Assert.Equal((20_500L, 20_500), (now.Position, (await now.Rows<CounterRow>("", [], Cancel)).Sum(c => c.Value)));
        Assert.All(await views.Replay(["counters", "reasons"], cancel: Cancel), o => Assert.Empty(o.Differences!));
    }

    [Fact]
    public async Task Readers_of_both_definitions_see_no_error_through_a_switch_to_other_columns()
    {
        ViewRuntime old = Runtime(CounterViews.Counters());
        await old.Prepare(cancel: Cancel);
        await Write(0, 100);
        await old.CatchUp(Cancel);
        ViewRuntime wide = Runtime(CounterViews.Wide());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        int[] seen = new int[3];
        Task reading = Task.WhenAll(
            Poll(0, async now => Assert.Equal(100, (await now.Rows<CounterRow>("", [], Cancel)).Sum(c => c.Value)), old),
            Poll(1, async now =>
            {
                Assert.Equal([100m], (await now.Sums<Parity>("true", [], Cancel)).GroupBy(_ => 1).Select(p => p.Sum(x => x.Sum)));
                try
                {
                    Assert.Equal(100, (await now.Rows<WideCounterRow>("", [], Cancel)).Sum(c => c.Moves));
                    seen[2]++;
                }
                catch (ViewsMissingException)
                {
                    Assert.True(now.IsOfOtherTables);
                }
            }, wide));
        await Both(5);
        Assert.Equal(0, seen[2]);
        Assert.Equal(2, Assert.Single(await wide.Prepare(cancel: Cancel)).Version);
        seen[2] = 0;
        await Both(5);
        Assert.NotEqual(0, seen[2]);
        await stop.CancelAsync();
        await reading;

        async Task Both(int more)
        {
            (int a, int b) = (seen[0] + more, seen[1] + more);
            while ((seen[0] < a || seen[1] < b) && !reading.IsCompleted)
                await Task.Delay(2, Cancel);
        }

        async Task Poll(int reader, Func<ViewSnapshot, Task> read, ViewRuntime views)
        {
            while (!stop.IsCancellationRequested)
            {
                await using ViewSnapshot now = await views.Open(cancel: Cancel);
                await read(now);
                seen[reader]++;
            }
        }
    }

    [Fact]
    public async Task A_replay_goes_on_after_the_database_was_killed_and_started_again()
    {
        await using PrivateCluster cluster = await PrivateCluster.Create(Cancel);
        await using (var owner = NpgsqlDataSource.Create(cluster.ConnectionString("ledger")))
        {
            foreach (string sql in EventLogSchema.Migrations.Select(m => m.Sql).Append("alter role ledger_app login"))
            {
                await using NpgsqlCommand migrate = owner.CreateCommand(sql);
                await migrate.ExecuteNonQueryAsync(Cancel);
            }
        }
        await using var database = NpgsqlDataSource.Create(cluster.ConnectionString("ledger_app"));
        await using var log = new EventLog(database, Samples.Types());
        var views = new ViewRuntime(log, database, [CounterViews.Counters()], null, ViewRuntime.StoppedAfter, 50, 10);
        await views.Prepare(cancel: Cancel);
        for (int i = 0; i < 20; i++)
            await log.Append(Samples.To($"counter-{i}", 0, [.. Enumerable.Range(0, 10).Select(_ => Samples.Moved(1, "why"))]), Cancel);
        await views.CatchUp(Cancel);
        int chunks = 0;
        await Assert.ThrowsAnyAsync<Exception>(() => views.Replay(["counters"], new Told<ReplayProgress>(p =>
        {
            if (p.Phase == "load" && ++chunks == 5)
                Task.Run(async () =>
                {
                    await cluster.Kill();
                    await cluster.Start(Cancel);
                }).Wait(Cancel);
        }), Cancel));
        ReplayOutcome outcome = Assert.Single(await Patiently(() => views.Replay(["counters"], cancel: Cancel)));
        Assert.Equal((2, 200L), (outcome.Version, outcome.Events));
        Assert.Empty(outcome.Differences!);
    }

    /// <summary>Connections that were in the pool are broken, one after the other; the server notices that the first replay is gone.</summary>
    private static async Task<T> Patiently<T>(Func<Task<T>> work)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception e) when (e is NpgsqlException or ReplayRefusedException)
            {
                await Task.Delay(50, Cancel);
            }
        }
    }

    /// <summary>More than is followed from the beginning.</summary>
    private async Task Long()
    {
        for (int i = 0; i < 41; i++)
            await _fixture.Log.Append(Samples.To($"counter-{i}", 0, [.. Enumerable.Range(0, 500).Select(n => Samples.Moved(1, n % 100 == 0 ? $"{n}" : null))]), Cancel);
    }

    /// <summary>Moves ten counters by one in turn.</summary>
    private async Task Write(int from, int count)
    {
        for (int i = from; i < from + count; i++)
            await _fixture.Log.Append(Samples.To($"counter-{i % 10}", i / 10, Samples.Moved()), Cancel);
    }

    private ViewRuntime Runtime(params View[] views) => new(_fixture.Log, _fixture.Database, views);
}
