using Ledger.EventStore.Tests.Support;
using Ledger.EventStore.Tests.Views;
using Npgsql;

namespace Ledger.EventStore.Tests.Processes;

/// <summary>A process that folds views, or replays them.</summary>
internal static class ViewingProcess
{
    private const int BatchMax = 20;
    private static readonly string[] All = ["things", "counters", "reasons"];

    /// <summary>The views that all these processes have.</summary>
    public static ViewRuntime Runtime(EventLog log, NpgsqlDataSource database, TimeSpan stoppedAfter, int chunkMax) =>
        new(log, database, [ThingViews.Things(), CounterViews.Counters(), CounterViews.Reasons()], null, stoppedAfter, BatchMax, chunkMax);

    public static async Task<int> Follow(string connection, int stoppedAfterMs)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var log = new EventLog(database, Samples.Types());
        Console.WriteLine("following");
        await Runtime(log, database, TimeSpan.FromMilliseconds(stoppedAfterMs), chunkMax: 1_000).Run(CancellationToken.None);
        return 0;
    }

    public static async Task<int> Prepare(string connection, int chunkMax)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var log = new EventLog(database, Samples.Types());
        var views = new ViewRuntime(log, database, [CounterViews.Counters(plus: 1)], null, ViewRuntime.StoppedAfter, BatchMax, chunkMax);
        IReadOnlyList<ReplayOutcome> outcomes = await views.Prepare(new Told<ReplayProgress>(p => Console.WriteLine(p.Phase)));
        await views.CatchUp();
        ViewStatus serves = (await views.Status()).Single(v => v.State is ViewState.Live or ViewState.Frozen);
        Console.WriteLine($"replayed {outcomes.Count}, version {serves.Version} {serves.State}");
        return 0;
    }

    public static async Task<int> Replay(string connection, int chunkMax)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var log = new EventLog(database, Samples.Types());
        try
        {
            IReadOnlyList<ReplayOutcome> outcomes = await Runtime(log, database, ViewRuntime.StoppedAfter, chunkMax)
                .Replay(All, new Told<ReplayProgress>(p => Console.WriteLine(p.Phase)));
            Console.WriteLine($"replayed, {outcomes.Sum(o => o.Differences?.Count ?? 0)} differences");
            return 0;
        }
        catch (ReplayRefusedException problem)
        {
            Console.WriteLine(problem.Message);
            return 1;
        }
    }
}
