using System.Globalization;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Rollups;

/// <summary>How rollups are shown to people, in tables and on pages alike.</summary>
internal static class RollupShown
{
    public static string Name(RollupDimension dimension) => dimension == RollupDimension.InvestorKind ? "Kind of investor" : Shown.Capital(Shown.Words(dimension));

    /// <summary>"Q2 2020", "Series B", "none named".</summary>
    public static string Value(RollupDimension dimension, string? value) => (dimension, value) switch
    {
        (RollupDimension.Currency, null) => "undisclosed",
        (RollupDimension.InvestorKind, null) => "not known",
        (_, null) => "none named",
        (RollupDimension.Month or RollupDimension.Quarter or RollupDimension.Year, _) => Period(dimension, value),
        (RollupDimension.Sector or RollupDimension.InvestorKind, _) => Shown.Capital(Shown.Slug(value)),
        (RollupDimension.Series, { Length: 1 }) => $"Series {value.ToUpperInvariant()}",
        (RollupDimension.Series, _) => Shown.Capital(Shown.Slug(value)).Replace("ipo", "IPO", StringComparison.Ordinal),
        (RollupDimension.Instrument or RollupDimension.Status, _) => Shown.Capital(Shown.Words(value)),
        _ => value,
    };

    /// <summary>"Series: Series B", "Amount from: 1000000".</summary>
    public static string Condition(string field, string value)
    {
        var dimension = Enum.GetValues<RollupDimension>().Where(one => one.Name() == field).Select(one => (RollupDimension?)one).FirstOrDefault();
        return dimension is { } known ? $"{Name(known)}: {Told(known, value)}" : $"{Shown.Capital(Shown.Words(field))}: {value}";
    }

    /// <summary>As sums are: "CNY 300M", "CNY 100M – 300M", "CNY 100M or more"; empty where there is none.</summary>
    public static string Median(string currency, decimal? low, decimal? high) => low is { } bottom ? Shown.Range(currency, bottom, high) : "";

    /// <summary>"USD 300M of 2 deals, 1 of them by rates (ECB, 1 April 2020 to 3 April 2020)".</summary>
    public static string Dollars(RollupDollars usd) => $"{Shown.Range("USD", usd.Low, usd.High)} of {Shown.Count(usd.Deals, "deal")}{(Rates(usd) is { } rates ? $", {rates}" : "")}";

    /// <summary>Null where nothing was reckoned.</summary>
    public static string? Rates(RollupDollars usd) => usd.Rates is not { } rates ? null
        : $"{usd.Deals - usd.Reported} by rates ({rates.Source}, {Shown.Date(rates.From)}{(rates.From == rates.To ? "" : $" to {Shown.Date(rates.To)}")})";

    /// <summary>"January 2024", or the time itself of the moment that is asked for.</summary>
    public static string KnownAt(Vintage vintage) => IsMonthsEnd(vintage) ? vintage.KnownAt.UtcDateTime.ToString("MMMM yyyy", CultureInfo.InvariantCulture) : $"{Shown.Date(vintage.KnownAt)}, so far";

    public static bool IsMonthsEnd(Vintage vintage) => vintage.KnownAt.AddTicks(TimeSpan.TicksPerMicrosecond).UtcDateTime is { Day: 1, TimeOfDay.Ticks: 0 };

    /// <summary>What has to be known to read a rollup right.</summary>
    public static IEnumerable<string> Notes(Rollup rollup)
    {
        yield return $"{Shown.Count(rollup.Total.Deals, "deal")} in all, {rollup.Total.Undisclosed.ToString("#,0", CultureInfo.InvariantCulture)} with an undisclosed amount.";
        if (rollup.Several.Count > 0)
            yield return $"A deal with several {string.Join(" or ", rollup.Several.Select(Plural))} counts in each of them, so these rows do not add up to the whole.";
        if (!rollup.By.Contains(RollupDimension.Status))
            yield return "Deals count that were pledged, announced or closed, unless a status is asked for.";
    }

    /// <summary>As somebody has typed it, where that is no value.</summary>
    private static string Told(RollupDimension dimension, string value)
    {
        try
        {
            return Value(dimension, value == RollupWhere.None ? null : value);
        }
        catch (InvalidValueException)
        {
            return value;
        }
    }

    private static string Plural(RollupDimension dimension) => dimension == RollupDimension.InvestorKind ? "kinds of investors" : Shown.Words(dimension) + "s";

    private static string Period(RollupDimension dimension, string value)
    {
        var when = RollupPeriod.Parse(dimension, value);
        var isCoarser = dimension switch
        {
            RollupDimension.Month => when.Precision > Precision.Month,
            RollupDimension.Quarter => when.Precision > Precision.Quarter,
            _ => false,
        };
        return when == When.Unknown ? "Date unknown" : isCoarser ? $"{Shown.Day(when)}, {dimension.Name()} not given" : Shown.Day(when);
    }
}
