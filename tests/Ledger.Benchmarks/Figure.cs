using System.Text.Json.Serialization;

namespace Ledger.Benchmarks;

/// <summary>A figure beside its floor, which was measured in the same run.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The median of the runs.</param>
/// <param name="Unit">What value and floor count.</param>
/// <param name="Floor">The median of what the figure is held against.</param>
/// <param name="Ratio">The median of the turns' ratios of value to floor.</param>
/// <param name="Target">What the ratio must reach; of a latency, what it may reach.</param>
/// <param name="Met">Whether it does.</param>
internal sealed record Figure(string Name, double Value, string Unit, double Floor, double Ratio, double Target, bool Met)
{
    public override string ToString() =>
        $"{(Met ? "met " : "MISS")} {Name}: {Value:N1} {Unit}, floor {Floor:N1}, ratio {Ratio:N2}, target {Target:N2}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<Figure>))]
internal sealed partial class BenchmarksJson : JsonSerializerContext;
