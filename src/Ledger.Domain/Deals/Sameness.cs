using System.Collections.Immutable;
using Ledger.Domain.Rates;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>What speaks for or against two deals being one.</summary>
public enum EvidenceOf
{
    SameCompany,
    CompanyOfThatName,
    SameRound,
    SameSeries,
    OtherModifier,
    OtherSeries,
    OtherInstrument,
    OtherKind,
    SameAmount,
    AmountsOverlap,
    AmountsDiffer,
    DollarsOverlap,
    DollarsDiffer,
    ReckonedOverlap,
    ReckonedDiffer,
    AmountsNotComparable,
    SameDay,
    SameTime,
    PerhapsSameTime,
    DaysApart,
    FarApart,
    SharedInvestors,
    OtherInvestors,
    OneArticle,
}

/// <param name="Points">Above 0 for the two being one, below 0 against it; 0 where it only says that nothing can be said.</param>
/// <param name="Rate">What the first one's amount was reckoned in dollars by; null where it was not.</param>
/// <param name="OtherRate">The same of the second one.</param>
public readonly record struct Evidence(EvidenceOf Of, int Points, DollarRate? Rate = null, DollarRate? OtherRate = null);

/// <summary>
/// How likely it is that two deals of one company are one deal. Every point that is known of both is weighed; what only one of them says
/// counts for nothing. The weights are judgements: a company has few deals of the same series, sum or day, articles round sums, reckon them in dollars,
/// and name months for days, and a source that is wrong about one of these is right about the others.
/// </summary>
public static class Sameness
{
    /// <summary>From here on two deals are worth somebody's look: the same company, and one strong point more with nothing against it.</summary>
    public const int Likely = 40;

    private const int AmountsMax = 20;
    private const int CurrenciesMax = 15;
    private const int TimesMax = 15;
    private const int InvestorsMax = 20;

    /// <summary>How far rounded figures, and figures reckoned in another currency, may lie apart, as a part of the larger.</summary>
    private const decimal Rounding = 0.05m;

    private const int NearDays = 14;
    private const int FarDays = 45;
    private const int OtherDealDays = 180;

    /// <summary>What is for and against it.</summary>
    /// <param name="a">One deal.</param>
    /// <param name="b">Another one.</param>
    /// <param name="byName">Whether they are of two companies that share a name, and not of the same one.</param>
    /// <param name="rates">What a dollar cost at a time; null where that is not known.</param>
    public static ImmutableArray<Evidence> Weigh(DealSketch a, DealSketch b, bool byName, Func<Currency, When, DollarRate?> rates)
    {
        Evidence?[] all =
        [
            byName ? new(EvidenceOf.CompanyOfThatName, 15) : new(EvidenceOf.SameCompany, 25), Kinds(a, b), Rounds(a, b), Instruments(a, b), Amounts(a, b, rates), Times(a, b), Investors(a, b),
            a.Sources.Overlaps(b.Sources) ? new(EvidenceOf.OneArticle, -15) : null,
        ];
        return [.. all.OfType<Evidence>()];
    }

    /// <summary>
    /// Whether two deals could be likely to be one, whatever investors they have in common, and whatever rates make of their amounts. It costs far
    /// less than weighing them, and of most pairs it says no.
    /// </summary>
    public static bool MayBeLikely(DealSketch a, DealSketch b, bool byName)
    {
        var points = (byName ? 15 : 25) + (Kinds(a, b)?.Points ?? 0) + (Rounds(a, b)?.Points ?? 0) + (Instruments(a, b)?.Points ?? 0) + InvestorsMax;
        if (points + AmountsMax + TimesMax < Likely)
            return false;
        var amounts = Amounts(a, b, static (_, _) => null);
        points += amounts is { Of: EvidenceOf.AmountsNotComparable } ? CurrenciesMax : amounts?.Points ?? 0;
        return points + TimesMax >= Likely && points + (Times(a, b)?.Points ?? 0) >= Likely;
    }

    /// <summary>The points of all evidence together, from 0 to 100.</summary>
    public static int Score(ImmutableArray<Evidence> evidence) => Math.Clamp(evidence.Sum(one => one.Points), 0, 100);

    private static Evidence? Kinds(DealSketch a, DealSketch b) => a.Kind == b.Kind ? null : new(EvidenceOf.OtherKind, -40);

    private static Evidence? Rounds(DealSketch a, DealSketch b) => (a.Round, b.Round) switch
    {
        ({ Series: { } one }, { Series: { } other }) when one != other => new(EvidenceOf.OtherSeries, -40),
        ({ Series: { }, Modifier: { } one }, { Series: { }, Modifier: { } other }) when one != other => new(EvidenceOf.OtherModifier, -25),
        ({ Series: { } } one, { Series: { } } other) => one.Modifier == other.Modifier ? new(EvidenceOf.SameRound, 20) : new(EvidenceOf.SameSeries, 10),
        _ => null,
    };

    private static Evidence? Instruments(DealSketch a, DealSketch b) =>
        a.Round?.Instrument is { } one && b.Round?.Instrument is { } other && one != other ? new(EvidenceOf.OtherInstrument, -15) : null;

    private static Evidence? Amounts(DealSketch a, DealSketch b, Func<Currency, When, DollarRate?> rates)
    {
        if (a.Amount.Currency is not { } one || b.Amount.Currency is not { } other)
            return null;
        if (one == other)
        {
            return a.Amount.Agrees(b.Amount) ? a.Amount is { Low: { } low, High: { } high } && low == high && a.Amount == b.Amount ? new(EvidenceOf.SameAmount, AmountsMax) : new(EvidenceOf.AmountsOverlap, 15)
                : IsRounded(a) || IsRounded(b) ? Fit(Bounds(a.Amount), Bounds(b.Amount)) ? new(EvidenceOf.AmountsOverlap, 15) : new(EvidenceOf.AmountsDiffer, -20)
                : new(EvidenceOf.AmountsDiffer, -20);
        }
        // Dollars that a source gives come before any that we reckon.
        if (Reported(a) is { } dollars && Reported(b) is { } others)
            return Fit(Bounds(dollars), Bounds(others)) ? new(EvidenceOf.DollarsOverlap, CurrenciesMax) : new(EvidenceOf.DollarsDiffer, -20);
        var (rate, otherRate) = (RateOf(a, b, rates), RateOf(b, a, rates));
        if (one != Currency.Usd && rate is null || other != Currency.Usd && otherRate is null)
            return new(EvidenceOf.AmountsNotComparable, 0);
        return Fit(InDollars(a, rate), InDollars(b, otherRate)) ? new(EvidenceOf.ReckonedOverlap, CurrenciesMax, rate, otherRate) : new(EvidenceOf.ReckonedDiffer, -20, rate, otherRate);
    }

    /// <summary>An amount in dollars by a rate; as it is where there is none, which is of dollars.</summary>
    private static (decimal? Low, decimal? High) InDollars(DealSketch deal, DollarRate? rate) => rate?.Dollars(deal.Amount.Low, deal.Amount.High) ?? Bounds(deal.Amount);

    /// <summary>The rate of the deal's own time, or else of the other one's, since they would be one.</summary>
    private static DollarRate? RateOf(DealSketch deal, DealSketch other, Func<Currency, When, DollarRate?> rates) =>
        deal.Amount.Currency is not { } currency || currency == Currency.Usd ? null : rates(currency, TimeOfRate(deal, other));

    /// <summary>When a deal's amount is reckoned in dollars as of, to be compared with another one's.</summary>
    public static When TimeOfRate(DealSketch deal, DealSketch other) => DollarRate.Days(deal.Announced) is null ? other.Announced : deal.Announced;

    private static Amount? Reported(DealSketch deal) => deal.Amount.Currency == Currency.Usd ? deal.Amount : deal.Usd;

    private static (decimal? Low, decimal? High) Bounds(Amount amount) => (amount.Low, amount.High);

    private static bool IsRounded(DealSketch deal) => deal.Amount.Qualifier == AmountQualifier.Approximately;

    private static bool Fit((decimal? Low, decimal? High) a, (decimal? Low, decimal? High) b) =>
        !(a.High < b.Low * (1 - Rounding)) && !(b.High < a.Low * (1 - Rounding));

    private static Evidence? Times(DealSketch a, DealSketch b)
    {
        var (one, other) = (a.Announced, b.Announced);
        if (one.Precision == Precision.Unknown || other.Precision == Precision.Unknown)
            return null;
        if (one.Agrees(other))
        {
            return (one.Precision, other.Precision) switch
            {
                (Precision.Day, Precision.Day) => new(EvidenceOf.SameDay, TimesMax),
                (Precision.Partial, _) or (_, Precision.Partial) or (Precision.Year, _) or (_, Precision.Year) => new(EvidenceOf.PerhapsSameTime, 6),
                _ => new(EvidenceOf.SameTime, 12),
            };
        }
        return DaysBetween(one, other) switch
        {
            null => new(EvidenceOf.FarApart, -10),
            <= NearDays => new(EvidenceOf.DaysApart, 8),
            <= FarDays => new(EvidenceOf.DaysApart, 0),
            <= OtherDealDays => new(EvidenceOf.FarApart, -10),
            _ => new(EvidenceOf.FarApart, -30),
        };
    }

    /// <summary>The fewest days that two times can lie apart; null where the year of one is not known.</summary>
    public static int? DaysBetween(When a, When b) => (a.From, a.To, b.From, b.To) switch
    {
        ({ } from, { } to, { } otherFrom, { } otherTo) => Math.Max(0, Math.Max(from.DayNumber - otherTo.DayNumber, otherFrom.DayNumber - to.DayNumber)),
        _ => null,
    };

    private static Evidence? Investors(DealSketch a, DealSketch b)
    {
        if (a.Investors.IsEmpty || b.Investors.IsEmpty)
            return null;
        return a.Investors.Intersect(b.Investors).Count switch
        {
            0 => new(EvidenceOf.OtherInvestors, -10),
            1 => new(EvidenceOf.SharedInvestors, 10),
            2 => new(EvidenceOf.SharedInvestors, 16),
            _ => new(EvidenceOf.SharedInvestors, InvestorsMax),
        };
    }
}
