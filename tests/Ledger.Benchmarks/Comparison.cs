namespace Ledger.Benchmarks;

/// <summary>What one run measures.</summary>
/// <param name="Rate">Things a second.</param>
/// <param name="P99">The latency that 99 of 100 stay below, in milliseconds; null where none was taken.</param>
internal sealed record Measured(double Rate, double? P99 = null);

/// <summary>A figure and its floor, run in turns so that a machine which slows down slows both.</summary>
internal sealed class Comparison(string name, string unit, Func<Task<Measured>> floor, Func<Task<Measured>> figure) : IMeasurement
{
    public string Name => name;

    /// <summary>How many turns are measured.</summary>
    public int Runs { get; init; } = 5;

    /// <summary>Whether floor and figure get a first turn that does not count, for what is compiled while it runs.</summary>
    public bool WarmsUp { get; init; } = true;

    /// <summary>The least ratio of the rates; null if they are not held against each other.</summary>
    public double? RateAtLeast { get; init; }

    /// <summary>The highest ratio of the latencies; null if they are not held against each other.</summary>
    public double? P99AtMost { get; init; }

    public async Task<IReadOnlyList<Figure>> Run(Action<string> say)
    {
        if (WarmsUp)
        {
            await floor();
            await figure();
        }
        List<Measured> floors = [], figures = [];
        for (int run = 1; run <= Runs; run++)
        {
            floors.Add(await floor());
            figures.Add(await figure());
            say($"{name}, run {run} of {Runs}: floor {Describe(floors[^1])}, figure {Describe(figures[^1])}");
        }
        List<Figure> results = [];
        if (RateAtLeast is { } least)
            results.Add(Held(name, unit, m => m.Rate, least, ratio => ratio >= least));
        if (P99AtMost is { } most)
            results.Add(Held(name + ", p99", "ms", m => m.P99!.Value, most, ratio => ratio <= most));
        return results;

        Figure Held(string what, string counted, Func<Measured, double> value, double target, Func<double, bool> met)
        {
            // Each turn's own ratio: what slows the machine for a while slows both of a turn.
            double ratio = Quantiles.Median(figures.Zip(floors, (figure, floor) => value(figure) / value(floor)));
            return new Figure(what, Quantiles.Median(figures.Select(value)), counted, Quantiles.Median(floors.Select(value)), ratio, target, met(ratio));
        }
    }

    private string Describe(Measured m) => $"{m.Rate:N0} {unit}" + (m.P99 is { } p99 ? $" (p99 {p99:N1} ms)" : "");
}
