using System.Text.Json.Serialization;

namespace Ledger.Benchmarks;

/// <summary>A figure, beside its floor if it has one, which was measured in the same run.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The median of the runs.</param>
/// <param name="Unit">What value and floor count.</param>
/// <param name="Floor">The median of what the figure is held against; null where there is nothing.</param>
/// <param name="Ratio">The median of the turns' ratios of value to floor.</param>
/// <param name="Target">
/// What the ratio must reach; of a latency, what it may reach. Where <see cref="IsOfValue"/>, the same of the value itself.
/// Null where the figure is only told.
/// </param>
/// <param name="Met">Whether it does.</param>
internal sealed record Figure(string Name, double Value, string Unit, double? Floor, double? Ratio, double? Target, bool Met)
{
    /// <summary>Whether the target is one of the value, in its unit, and not of the ratio.</summary>
    [JsonIgnore]
    public bool IsOfValue { get; private init; }

    /// <summary>A value that may not be above a target; a floor is told beside it.</summary>
    public static Figure AtMost(string name, double value, string unit, double target, double? floor = null) =>
        new(name, value, unit, floor, value / floor, target, value <= target) { IsOfValue = true };

    /// <summary>A value that may not be below a target.</summary>
    public static Figure AtLeast(string name, double value, string unit, double target) =>
        new(name, value, unit, null, null, target, value >= target) { IsOfValue = true };

    /// <summary>A value without a target.</summary>
    public static Figure Told(string name, double value, string unit) => new(name, value, unit, null, null, null, true);

    public override string ToString() =>
        $"{(Target is null ? "    " : Met ? "met " : "MISS")} {Name}: {Value:N1} {Unit}"
        + (Floor is { } floor ? $", floor {floor:N1}, ratio {Ratio:N2}" : "")
        + (Target is not { } target ? "" : IsOfValue ? $", target {target:N0} {Unit}" : $", target {target:N2}");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<Figure>))]
[JsonSerializable(typeof(Views.ReplayRun))]
internal sealed partial class BenchmarksJson : JsonSerializerContext;
