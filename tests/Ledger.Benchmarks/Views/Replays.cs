using System.Diagnostics;
using System.Text.Json;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.EventStore;
using Ledger.Testing;
using Npgsql;
using EventLog = Ledger.EventStore.EventLog;

namespace Ledger.Benchmarks.Views;

/// <summary>What one replay came to.</summary>
/// <param name="Events">How many events were folded.</param>
/// <param name="Seconds">How long that took.</param>
/// <param name="PeakMegabytes">The most memory that the process had until then.</param>
internal sealed record ReplayRun(long Events, double Seconds, double PeakMegabytes)
{
    public double Rate => Events / Seconds;

    public static ReplayRun Since(long started, long events)
    {
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        using var process = Process.GetCurrentProcess();
        return new ReplayRun(events, seconds, process.PeakWorkingSet64 / (1024.0 * 1024.0));
    }
}

/// <summary>Replays of three views, each in a process of its own, whose memory is then that of the replay.</summary>
internal static class Replays
{
    /// <summary>What this program does for one replay: <c>replay figure|floor WARM-UP DATABASE</c>.</summary>
    public const string Command = "replay";

    /// <summary>So many events are replayed first, for what is compiled while it runs.</summary>
    private const int EventsOfWarmUp = 20_000;

    private static readonly string[] Together = ["deal", "company", "investor"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>Rates of the replays so far, by how many events there were.</summary>
    private static readonly Dictionary<int, List<double>> Measured = [];

    public static IMeasurement AgainstFloor(int events, int turns)
    {
        var peaks = new List<double>();
        var comparison = new Comparison($"replay of deals, companies and investors, {events:N0} events", "events/s",
            async () => new Benchmarks.Measured((await InProcess("floor", events)).Rate),
            async () =>
            {
                ReplayRun run = await InProcess("figure", events);
                peaks.Add(run.PeakMegabytes);
                return new Benchmarks.Measured(run.Rate);
            })
        { RateAtLeast = 1.0, Runs = turns, WarmsUp = false };
        return new Trial(comparison.Name, async say =>
        {
            IReadOnlyList<Figure> figures = await comparison.Run(say);
            return [.. figures, Figure.AtMost($"memory of a replay, {events:N0} events", Quantiles.Median(peaks), "MB", 400)];
        });
    }

    /// <summary>Ten times the events take ten times as long, within a fifth.</summary>
    /// <param name="events">A tenth of them is replayed in turns with all.</param>
    /// <param name="turns">How often.</param>
    /// <param name="large">Whether five times as many are replayed too, once.</param>
    public static IMeasurement Growth(int events, int turns, bool large) => new Trial("replays of logs that grow", async say =>
    {
        const double Least = 1 / 1.2;
        double floor = await Rate(events / 10, turns, say), rate = await Rate(events, turns, say);
        List<Figure> figures = [Against(events, rate, rate / floor)];
        if (large)
        {
            ReplayRun run = await InProcess("figure", events * 5);
            figures.Add(Against(events * 5, run.Rate, run.Rate / floor));
            figures.Add(Figure.AtMost($"memory of a replay, {events * 5:N0} events", run.PeakMegabytes, "MB", 400));
        }
        return figures;

        Figure Against(int count, double rate, double ratio) =>
            new($"replay of {count:N0} events, against {events / 10:N0}", rate, "events/s", floor, ratio, Least, ratio >= Least);
    });

    /// <summary>The rate of replays of so many events, which may have been measured before.</summary>
    private static async Task<double> Rate(int events, int turns, Action<string> say)
    {
        for (int run = Measured.GetValueOrDefault(events, []).Count + 1; run <= turns; run++)
            say($"replay of {events:N0} events, run {run} of {turns}: {(await InProcess("figure", events)).Rate:N0} events/s");
        return Quantiles.Median(Measured[events]);
    }

    /// <summary>One replay in this process.</summary>
    public static async Task<int> Run(string what, string warmUp, string database)
    {
        await Once(what, warmUp);
        ReplayRun run = await Once(what, database);
        Console.WriteLine(JsonSerializer.Serialize(run, BenchmarksJson.Default.ReplayRun));
        return 0;
    }

    private static async Task<ReplayRun> InProcess(string what, int events)
    {
        RecordDatabase warmUp = await RecordDatabase.Of(EventsOfWarmUp), database = await RecordDatabase.Of(events);
        await warmUp.ForgetViews();
        await database.ForgetViews();
        await using LedgerProgram process = LedgerProgram.StartAssembly(
            "Ledger.Benchmarks.dll", [Command, what, warmUp.ServerConnection, database.ServerConnection], new LedgerProgramOptions());
        LedgerRun ended = await process.End(Patience);
        if (ended.ExitCode != 0)
            throw new InvalidOperationException(ended.Errors);
        ReplayRun run = JsonSerializer.Deserialize(ended.Output, BenchmarksJson.Default.ReplayRun)!;
        if (what == "figure")
        {
            if (!Measured.TryGetValue(events, out List<double>? rates))
                Measured[events] = rates = [];
            rates.Add(run.Rate);
        }
        return run;
    }

    private static async Task<ReplayRun> Once(string what, string connection)
    {
        await using NpgsqlDataSource database = NpgsqlDataSource.Create(connection + ";Command Timeout=0");
        await using var log = new EventLog(database, StoredEvents.Types);
        if (what == "floor")
            return await PlainFold.Run(log, database, [.. RecordViews.All.Where(v => Together.Contains(v.Name))]);
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<ReplayOutcome> outcomes = await new ViewRuntime(log, database, RecordViews.All).Replay(Together);
        return ReplayRun.Since(started, outcomes[0].Events);
    }
}
