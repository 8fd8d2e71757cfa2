namespace Ledger.Benchmarks.Log;

/// <summary>What the log is held to.</summary>
internal static class LogFigures
{
    public static IReadOnlyList<IMeasurement> All { get; } =
    [
        new Comparison("single appends, 8 callers", "appends/s", SingleAppends.Floor(8), SingleAppends.Figure(8)) { RateAtLeast = 1.15, P99AtMost = 1.0 },
        new Comparison("single appends, 64 callers", "appends/s", SingleAppends.Floor(64), SingleAppends.Figure(64)) { RateAtLeast = 2.0 },
        new Comparison("bulk appends to existing streams", "events/s", Loads.BulkFloor, Loads.Bulk) { RateAtLeast = 0.75 },
        new Comparison("load of new streams", "events/s", Loads.ImportFloor, Loads.Import) { RateAtLeast = 0.85 },
        new Comparison("single appends while such a load runs", "appends/s", Latency.Alone, Latency.WhileImporting) { P99AtMost = 5.0 },
        new Comparison("reading the whole log into typed events", "events/s", Scans.ReadFloor, Scans.Read) { RateAtLeast = 0.95 },
        new Comparison("full verify", "events/s", Scans.VerifyFloor, Scans.Verify) { RateAtLeast = 0.6 },
    ];
}
