namespace Ledger.Benchmarks;

/// <summary>What one run measures.</summary>
/// <param name="Rate">Things a second.</param>
/// <param name="P99">The latency that 99 of 100 stay below, in milliseconds; null where none was taken.</param>
internal sealed record Measured(double Rate, double? P99 = null);

/// <summary>A figure and its floor, run in turns so that a machine which slows down slows both.</summary>
internal sealed class Comparison(string name, string unit, Func<Task<Measured>> floor, Func<Task<Measured>> figure)
{
    private const int Runs = 3;

    public string Name => name;

    /// <summary>The least ratio of the rates; null if they are not held against each other.</summary>
    public double? RateAtLeast { get; init; }

    /// <summary>The highest ratio of the latencies; null if they are not held against each other.</summary>
    public double? P99AtMost { get; init; }

    public async Task<IReadOnlyList<Figure>> Run(Action<string> say)
    {
        List<Measured> floors = [], figures = [];
        for (int run = 1; run <= Runs; run++)
        {
            floors.Add(await floor());
            figures.Add(await figure());
            say($"{name}, run {run} of {Runs}: floor {Describe(floors[^1])}, figure {Describe(figures[^1])}");
        }
        List<Figure> results = [];
        if (RateAtLeast is { } least)
        {
            (double value, double low) = (Median(figures.Select(f => f.Rate)), Median(floors.Select(f => f.Rate)));
            results.Add(new Figure(name, value, unit, low, value / low, least, value / low >= least));
        }
        if (P99AtMost is { } most)
        {
            (double value, double low) = (Median(figures.Select(f => f.P99!.Value)), Median(floors.Select(f => f.P99!.Value)));
            results.Add(new Figure(name + ", p99", value, "ms", low, value / low, most, value / low <= most));
        }
        return results;
    }

    private string Describe(Measured m) => $"{m.Rate:N0} {unit}" + (m.P99 is { } p99 ? $" (p99 {p99:N1} ms)" : "");

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
