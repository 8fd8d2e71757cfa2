using System.Globalization;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Rates;
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

    /// <summary>A rate of exchange, with as many digits as it is computed with.</summary>
    public static string Rate(decimal rate) => rate.ToString("0.##########", CultureInfo.InvariantCulture);

    /// <summary>"about USD 98.5M at 7.10446 CNY a dollar (ECB, 3 April 2020)".</summary>
    public static string Computed(AmountRecord amount) => amount.ComputedUsd is not { } usd ? ""
        : $"{ComputedDollars(amount)} at {Rate(usd.Rate)} {amount.Currency} a dollar ({RatesOf(usd.Rate)})";

    /// <summary>"about USD 98.5M": three digits, since no more can be meant.</summary>
    public static string ComputedDollars(AmountRecord amount) => "about " + ((Short(amount.ComputedUsd?.Low), Short(amount.ComputedUsd?.High)) switch
    {
        ({ } low, null) => $"USD {low} or more",
        (null, { } high) => $"up to USD {high}",
        var (low, high) when low == high => $"USD {low}",
        var (low, high) => $"USD {low} {(amount.Qualifier == AmountQualifier.OrderOfMagnitude ? "to under" : "–")} {high}",
    });

    /// <summary>"The two figures imply 7.1 CNY a dollar; the reference rate was 7.10446 (ECB, 3 April 2020)."</summary>
    public static string Implied(AmountRecord amount)
    {
        var implied = amount.ImpliedRate!;
        var rate = (implied.Low, implied.High) switch
        {
            ({ } low, { } high) => Rate(low, high),
            ({ } low, null) => $"at least {Rate(low)}",
            (null, { } high) => $"at most {Rate(high)}",
            _ => "",
        };
        return $"The two figures imply {rate} {amount.Currency} a dollar"
            + (implied.Reference is { } reference ? $"; the reference rate was {Rate(reference)} ({RatesOf(reference)})" : "")
            + (implied.Implausible == true ? ", so one of them is hardly right." : ".");
    }

    /// <summary>"ECB, 3 April 2020", "ECB, 1 April 2020 to 30 April 2020".</summary>
    public static string RatesOf(DollarRateRecord rate) => $"{rate.Source}, {Date(rate.From)}{(rate.To == rate.From ? "" : $" to {Date(rate.To)}")}";

    /// <summary>"7.10446", "7.0532 to 7.1201".</summary>
    public static string Rate(DollarRateRecord rate) => Rate(rate.Low, rate.High);

    private static string Rate(decimal low, decimal high) => low == high ? Rate(low) : $"{Rate(low)} to {Rate(high)}";

    private static string? Short(decimal? figure)
    {
        if (figure is not { } whole)
            return null;
        var unit = 1m;
        while (whole / unit >= 1000)
            unit *= 10;
        return Figure(decimal.Round(whole / unit, 0, MidpointRounding.AwayFromZero) * unit);
    }

    /// <summary>What a deal is called beside its company: the round as the source writes it, or else its kind.</summary>
    public static string Round(DealRecord deal) => deal.Round?.AsWritten ?? Kind(deal.Kind).ToLowerInvariant();

    /// <summary>A date as precisely as it is known, with the source's words where they say more.</summary>
    public static string Date(WhenRecord when) => (when.Date, when.AsWritten) switch
    {
        (null, null) => "unknown",
        (null, var words) => $"“{words}”",
        (var date, null) => date,
        var (date, words) => $"{date} (“{words}”)",
    };

    /// <summary>The day on which something was recorded, UTC.</summary>
    public static string Date(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    public static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

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
        ClaimValue.Affiliation v => $"{Words(v.Value)} {v.With}".TrimEnd() + (v.From is { } from ? $", from {from}" : ""),
        ClaimValue.MarketFigure v => $"{v.Measure}{(v.During.Precision == Precision.Unknown ? "" : $" ({v.During})")}: {Amount(v.Amount)} (“{asWritten}”)",
        _ => asWritten,
    };

    /// <summary>"1 deal", "13 deals", "11 companies".</summary>
    public static string Count(long number, string one, string? many = null) =>
        $"{number.ToString("#,0", CultureInfo.InvariantCulture)} {(number == 1 ? one : many ?? one + "s")}";

    /// <summary>What a deal is called: "Enflame Technology: Series B".</summary>
    public static string Title(DealRecord deal) => $"{deal.Company.Name}: {Round(deal)}";

    public static string Kind(DealKind kind) => kind switch
    {
        DealKind.Round => "Funding round",
        DealKind.Aggregate => "Sum over several rounds",
        DealKind.Fund => "Fund",
        DealKind.Listing => "Public listing",
        _ => Capital(Words(kind)),
    };

    /// <summary>A date for reading, as precisely as it is known: "3 April 2020", "September, year not given", "unknown".</summary>
    public static string Day(WhenRecord when) => when.Date is { } date ? Day(When.Parse("date", date)) : "unknown";

    public static string Day(When when)
    {
        var month = when.Month is { } number ? CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(number) : null;
        return when.Precision switch
        {
            Precision.Day => $"{when.Day} {month} {when.Year}",
            Precision.Month => $"{month} {when.Year}",
            Precision.Quarter => $"Q{((when.Month - 1) / 3) + 1} {when.Year}",
            Precision.Year => $"{when.Year}",
            Precision.Partial when when.Day is { } day => $"{day} {month}, year not given",
            Precision.Partial => $"{month}, year not given",
            _ => "unknown",
        };
    }

    /// <summary>A sector or a kind of investor as words: "artificial intelligence".</summary>
    public static string Slug(string slug) => slug.Replace('-', ' ');

    /// <summary>A field's name for readers; of <c>investor/tencent</c> it is that of the field.</summary>
    public static string Field(string slot) => slot.Split('/')[0] switch
    {
        "kind" => "Kind of deal",
        "usdAsReported" => "Dollars, as reported",
        "othersUndisclosed" => "Others",
        "investorKind" => "Kind of investor",
        var name => Capital(Words(name)),
    };

    /// <summary>What happened, by an event's stored name.</summary>
    public static string Event(string? type) => type switch
    {
        "deal_announced" => "New deal",
        "deal_corroborated" => "More said of the deal",
        "party_registered" => "New party",
        "party_alias_added" => "New alias",
        "party_described" => "Party described",
        "article_recorded" => "New article",
        "article_described" => "Article described",
        "article_claimed" => "Market figures",
        null => "Changed",
        _ when type.StartsWith("deal_", StringComparison.Ordinal) => Capital(Words(type["deal_".Length..])),
        _ => Capital(Words(type)),
    };

    /// <summary>What a claim means, beside the source's words for it.</summary>
    /// <param name="value">What is claimed.</param>
    /// <param name="asWritten">The source's words, where they are the value themselves.</param>
    /// <param name="name">A party's name by its id.</param>
    public static string Meaning(ClaimValue value, string asWritten, Func<PartyId, string> name) => value switch
    {
        ClaimValue.Company v => name(v.Party),
        ClaimValue.Kind v => Kind(v.Value),
        ClaimValue.Round v => Axes(v),
        ClaimValue.Status { Effective.Precision: Precision.Unknown } v => Capital(Words(v.Value)),
        ClaimValue.Status v => $"{Capital(Words(v.Value))}, {Day(v.Effective)}",
        ClaimValue.Raised v => Amount(v.Amount),
        ClaimValue.UsdAsReported v => Amount(v.Amount),
        ClaimValue.Valuation v => $"{Amount(v.Amount)}, {Basis(v.Basis)}",
        ClaimValue.Investor v => $"{(v.Party is { } party ? name(party) : $"“{asWritten}”")}, {Words(v.Role)}{(v.Existing ? ", had invested before" : "")}",
        ClaimValue.OthersUndisclosed => "More investors, not named",
        ClaimValue.Announced v => Capital(Day(v.When)),
        ClaimValue.Period v => Capital(Day(v.When)),
        ClaimValue.Founded v => Capital(Day(v.When)),
        ClaimValue.Sector v => Capital(Slug(v.Slug)),
        ClaimValue.Place v => v.Name,
        ClaimValue.ReportedBy v => v.Name,
        ClaimValue.InvestorKind v => Capital(Slug(v.Slug)),
        ClaimValue.Affiliation v => v.With is { } with ? $"{Affiliation(v.Value)} {name(with)}" : "State-backed",
        ClaimValue.Backer v => name(v.Party),
        ClaimValue.MarketFigure v => $"{Amount(v.Amount)}{(v.During.Precision == Precision.Unknown ? "" : $", {Day(v.During)}")}",
        _ => asWritten,
    };

    /// <summary>What a party is to another one, up to the other one's name.</summary>
    public static string Affiliation(AffiliationKind kind) => kind switch
    {
        AffiliationKind.FundOf => "Fund of",
        AffiliationKind.SubsidiaryOf => "Subsidiary of",
        AffiliationKind.StateBacked => "State-backed, by",
        AffiliationKind.CorporateVentureOf => "Corporate venture of",
        _ => Capital(Words(kind)),
    };

    public static string Basis(ValuationBasis basis) => basis switch
    {
        ValuationBasis.Post => "after the money came in",
        ValuationBasis.Pre => "before the money came in",
        _ => "not said whether before or after the money",
    };

    /// <summary>What parts come to, and what the whole has beyond them: "CNY 270M of CNY 280M; the difference is CNY 10M".</summary>
    public static string Sum(SumRecord sum)
    {
        if (sum.Currency is not { } currency)
            return "the amount is undisclosed";
        var difference = (sum.DifferenceLow, sum.DifferenceHigh) switch
        {
            ({ } low, { } high) when low == high => $"; the difference to it is {currency} {Signed(low)}",
            ({ } low, { } high) => $"; the difference to it is {currency} {Signed(low)} to {Signed(high)}",
            ({ } low, null) => $"; the difference to it is {currency} {Signed(low)} or more",
            (null, { } high) => $"; the difference to it is {currency} {Signed(high)} or less",
            _ => "",
        };
        var leftOut = sum.LeftOut > 0 ? $", without {Count(sum.LeftOut, "deal")} in other currencies or undisclosed" : "";
        return $"together {Range(currency, sum.Low, sum.High)}{leftOut}{difference}";

        static string Signed(decimal figure) => figure < 0 ? $"−{Figure(-figure)}" : Figure(figure);
    }

    /// <summary>Why a field goes by a claim rather than by another one.</summary>
    public static string Why(ChosenBy by) => by switch
    {
        ChosenBy.Preference => "an editor preferred it",
        ChosenBy.Correction => "it corrects another claim",
        ChosenBy.Rank => "its source ranks higher",
        ChosenBy.Last => "it was recorded last",
        ChosenBy.Time => "it was effective last",
        _ => "nothing says otherwise",
    };

    public static string Capital(string words) => words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];

    private static string Axes(ClaimValue.Round round)
    {
        var series = round.Series switch
        {
            null => null,
            { Length: 1 } letter => $"Series {letter.ToUpperInvariant()}",
            var other => Capital(other).Replace("ipo", "IPO", StringComparison.Ordinal),
        };
        var modified = string.Join(' ', new[] { series, round.Modifier }.OfType<string>());
        return Capital(string.Join(", ", new[] { modified.Length == 0 ? "no series named" : modified, round.Instrument is { } i ? Words(i) : null }.OfType<string>()));
    }
}
