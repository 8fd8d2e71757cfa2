using Ledger.Domain.Values;

namespace Ledger.App.Views.Rollups;

/// <summary>What deals are told apart by.</summary>
public enum RollupDimension
{
    Month,
    Quarter,
    Year,
    Sector,
    Series,
    Instrument,
    Status,

    /// <summary>As announced; what is undisclosed has none.</summary>
    Currency,
    Place,

    /// <summary>What sort of investor those are that the deal names.</summary>
    InvestorKind,
}

/// <summary>Where dollars come from, where a deal is not in dollars itself.</summary>
public enum DollarsBy
{
    /// <summary>From the source, which gives them beside the sum.</summary>
    Reported,

    /// <summary>From the source, or else reckoned by reference rates.</summary>
    Rates,
}

internal static class RollupDimensions
{
    public static string Name(this RollupDimension dimension) => Written.Name(dimension);

    public static bool IsPeriod(this RollupDimension dimension) => dimension is RollupDimension.Month or RollupDimension.Quarter or RollupDimension.Year;

    /// <summary>Whether a deal may have several of them, and then counts in each.</summary>
    public static bool MayBeSeveral(this RollupDimension dimension) => dimension is RollupDimension.Sector or RollupDimension.Place or RollupDimension.InvestorKind;

    /// <summary>Dimensions separated by commas, in the order in which they are given.</summary>
    /// <exception cref="InvalidValueException">One is none, or stands twice.</exception>
    public static IReadOnlyList<RollupDimension> Parse(string? by)
    {
        List<RollupDimension> dimensions = [.. (by ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name => Written.Parse<RollupDimension>("by", name))];
        return dimensions.Count == dimensions.Distinct().Count() ? dimensions : throw new InvalidValueException("by", $"'{by}' names a dimension twice");
    }

    /// <exception cref="InvalidValueException">It is neither.</exception>
    public static DollarsBy ParseDollars(string? dollars) => dollars is null ? DollarsBy.Reported : Written.Parse<DollarsBy>("dollars", dollars);
}
