using System.Globalization;
using Ledger.App.Views.Deals;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.App.Views;

/// <summary>How values are shown to people, in tables and on pages alike.</summary>
public static class Shown
{
    private static readonly (decimal Unit, string Suffix)[] Units =
        [(1_000_000_000_000m, "T"), (1_000_000_000m, "B"), (1_000_000m, "M"), (1_000m, "K")];

    /// <summary>"CNY 700M", "≈ USD 300M", "over CNY 2.5B", "USD 100M to under 1B", "undisclosed".</summary>
    public static string Amount(AmountQualifier qualifier, string? currency, decimal? low, decimal? high) => qualifier switch
    {
        AmountQualifier.Exact => $"{currency} {Figure(low!.Value)}",
        AmountQualifier.Approximately => $"≈ {currency} {Figure(low!.Value)}",
        AmountQualifier.Over => $"over {currency} {Figure(low!.Value)}",
        AmountQualifier.UpTo => $"up to {currency} {Figure(high!.Value)}",
        AmountQualifier.OrderOfMagnitude when high is { } below => $"{currency} {Figure(low!.Value)} to under {Figure(below)}",
        AmountQualifier.OrderOfMagnitude => $"at least {currency} {Figure(low!.Value)}",
        _ => "undisclosed",
    };

    public static string Amount(Amount amount) => Amount(amount.Qualifier, amount.Currency?.Code, amount.Low, amount.High);

    public static string Amount(AmountRecord amount) => Amount(amount.Qualifier, amount.Currency, amount.Low, amount.High);

    /// <summary>"CNY 3B", "USD 100M – 1B", "CNY 1M or more".</summary>
    public static string Range(string currency, decimal low, decimal? high) => high switch
    {
        null => $"{currency} {Figure(low)} or more",
        { } top when top == low => $"{currency} {Figure(low)}",
        { } top => $"{currency} {Figure(low)} – {Figure(top)}",
    };

    /// <summary>Three digits where they say it all, all digits where they do not: "98.6M", "24,879,465".</summary>
    public static string Figure(decimal figure)
    {
        foreach (var (unit, suffix) in Units)
        {
            if (figure < unit)
                continue;
            var scaled = figure / unit;
            return scaled == decimal.Round(scaled, 2)
                ? scaled.ToString("0.##", CultureInfo.InvariantCulture) + suffix
                : figure.ToString("#,0.##", CultureInfo.InvariantCulture);
        }
        return figure.ToString("#,0.##", CultureInfo.InvariantCulture);
    }

    /// <summary>What a deal is called beside its company: the round as the source writes it, or else its kind.</summary>
    public static string Round(DealRecord deal) => deal.Round?.AsWritten ?? Words(deal.Kind);

    /// <summary>A date as precisely as it is known, with the source's words where they say more.</summary>
    public static string Date(WhenRecord when) => (when.Date, when.AsWritten) switch
    {
        (null, null) => "unknown",
        (null, var words) => $"“{words}”",
        (var date, null) => date,
        var (date, words) => $"{date} (“{words}”)",
    };

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>An enum's name as words: "others undisclosed".</summary>
    public static string Words<T>(T value) where T : struct, Enum => Words(value.ToString());

    /// <summary>A field's or an event's name as words: "othersUndisclosed" and "deal_announced" lose their joints.</summary>
    public static string Words(string name) =>
        string.Concat(name.Replace('_', ' ').Select((c, i) => char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>What a claim says, with the source's words for it.</summary>
    public static string Value(ClaimValue value, string asWritten) => value switch
    {
        ClaimValue.Kind v => Words(v.Value),
        ClaimValue.Status { Effective.Precision: Precision.Unknown } v => Words(v.Value),
        ClaimValue.Status v => $"{Words(v.Value)} ({v.Effective})",
        ClaimValue.Raised v => $"{Amount(v.Amount)} (“{asWritten}”)",
        ClaimValue.UsdAsReported v => $"{Amount(v.Amount)} (“{asWritten}”)",
        ClaimValue.Valuation v => $"{Amount(v.Amount)}, {Words(v.Basis)} (“{asWritten}”)",
        ClaimValue.Investor v => $"{asWritten} ({Words(v.Role)}{(v.Existing ? ", existing" : "")})",
        ClaimValue.Announced v => Date(WhenRecord.Of(v.When, asWritten)),
        ClaimValue.Period v => Date(WhenRecord.Of(v.When, asWritten)),
        ClaimValue.Founded v => Date(WhenRecord.Of(v.When, asWritten)),
        ClaimValue.Sector v => v.Slug,
        ClaimValue.Place v => v.Name,
        ClaimValue.InvestorKind v => v.Slug,
        ClaimValue.Affiliation v => $"{Words(v.Value)} {v.With}".TrimEnd(),
        ClaimValue.MarketFigure v => $"{v.Measure}: {Amount(v.Amount)} (“{asWritten}”)",
        _ => asWritten,
    };
}
