namespace Ledger.Benchmarks.Log;

/// <summary>What the log is held to.</summary>
internal static class LogFigures
{
    public static IReadOnlyList<Comparison> All { get; } =
    [
        new("single appends, 8 callers", "appends/s", SingleAppends.Floor(8), SingleAppends.Figure(8))
        {
            RateAtLeast = 1.15,
            P99AtMost = 1.0,
        },
        new("single appends, 64 callers", "appends/s", SingleAppends.Floor(64), SingleAppends.Figure(64)) { RateAtLeast = 2.0 },
    ];
}
