using EventLog = Ledger.EventStore.EventLog;

namespace Ledger.Benchmarks.Log;

/// <summary>Single appends while an import runs, against the same without it.</summary>
internal static class Latency
{
    private const int Callers = 8;

    public static Task<Measured> Alone() => Measure(importing: false);

    public static Task<Measured> WhileImporting() => Measure(importing: true);

    private static async Task<Measured> Measure(bool importing)
    {
        await using BenchmarkDatabase database = await BenchmarkDatabase.Create(Callers * SingleAppends.StreamsEach);
        await using var log = new EventLog(database.Server, SampleEvents.Types);
        await using SigningTree tree = SigningTree.Keep(database);
        using var enough = new CancellationTokenSource();
        Task import = importing ? Loads.Import(log, long.MaxValue / 2, enough.Token) : Task.CompletedTask;
        Measured measured = await SingleAppends.Run(log, Callers);
        await enough.CancelAsync();
        await import;
        return measured;
    }
}
