using System.Collections.Immutable;
using Ledger.App.Views;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Rates;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Rates;
using Ledger.Domain.Values;

namespace Ledger.App.Deals.Same;

/// <summary>Why two deals may be one, or may not.</summary>
/// <param name="Says">For people: "Both in April 2020".</param>
/// <param name="Points">Above 0 for it, below 0 against it.</param>
public sealed record ReasonRecord(string Says, int Points);

/// <summary>Tells evidence in words.</summary>
internal static class Reasons
{
    /// <summary>What speaks for it first, the strongest before the others.</summary>
    /// <param name="evidence">Of the two.</param>
    /// <param name="a">One deal.</param>
    /// <param name="b">The other one.</param>
    /// <param name="name">A party's name.</param>
    /// <param name="sharedName">The name that both companies go by, where they are two.</param>
    public static IReadOnlyList<ReasonRecord> Of(ImmutableArray<Evidence> evidence, DealSketch a, DealSketch b, Func<PartyId, string> name, string? sharedName) =>
        [.. evidence.OrderByDescending(one => one.Points).Select(one => new ReasonRecord(Say(one, a, b, name, sharedName), one.Points))];

    private static string Say(Evidence evidence, DealSketch a, DealSketch b, Func<PartyId, string> name, string? sharedName) => evidence.Of switch
    {
        EvidenceOf.SameCompany => "Same company",
        EvidenceOf.CompanyOfThatName => $"Two companies that go by the name “{sharedName}”",
        EvidenceOf.SameRound => $"Same round: {Round(a)}",
        EvidenceOf.SameSeries => $"Same series, and only one says more of it: {Round(a)} and {Round(b)}",
        EvidenceOf.OtherModifier or EvidenceOf.OtherSeries => $"Other rounds: {Round(a)} and {Round(b)}",
        EvidenceOf.OtherInstrument => $"Other instruments: {Shown.Words(a.Round!.Instrument!.Value)} and {Shown.Words(b.Round!.Instrument!.Value)}",
        EvidenceOf.OtherKind => $"Other kinds of deal: {Shown.Words(a.Kind)} and {Shown.Words(b.Kind)}",
        EvidenceOf.SameAmount => $"Same amount: {Shown.Amount(a.Amount)}",
        EvidenceOf.AmountsOverlap => $"Amounts fit: {Shown.Amount(a.Amount)} and {Shown.Amount(b.Amount)}",
        EvidenceOf.AmountsDiffer => $"Amounts differ: {Shown.Amount(a.Amount)} and {Shown.Amount(b.Amount)}",
        EvidenceOf.DollarsOverlap => $"Amounts fit: {Reported(a)} and {Reported(b)}",
        EvidenceOf.DollarsDiffer => $"Amounts differ: {Reported(a)} and {Reported(b)}",
        EvidenceOf.ReckonedOverlap => $"Amounts overlap: {Reckoned(a, evidence.Rate)}, and {Reckoned(b, evidence.OtherRate)}",
        EvidenceOf.ReckonedDiffer => $"Amounts differ: {Reckoned(a, evidence.Rate)}, and {Reckoned(b, evidence.OtherRate)}",
        EvidenceOf.AmountsNotComparable => $"Amounts cannot be compared: {Shown.Amount(a.Amount)} and {Shown.Amount(b.Amount)}, and no reference rate of the time is known",
        EvidenceOf.SameDay => $"Both on {Shown.Day(a.Announced)}",
        EvidenceOf.SameTime => $"Both in {Shown.Day(Wider(a, b))}",
        EvidenceOf.PerhapsSameTime => $"Perhaps of the same time: {Shown.Day(a.Announced)} and {Shown.Day(b.Announced)}",
        EvidenceOf.DaysApart => $"{Shown.Count(Sameness.DaysBetween(a.Announced, b.Announced)!.Value, "day")} apart: {Shown.Day(a.Announced)} and {Shown.Day(b.Announced)}",
        EvidenceOf.FarApart => $"Of other times: {Shown.Day(a.Announced)} and {Shown.Day(b.Announced)}",
        EvidenceOf.SharedInvestors => Shared(a, b, name),
        EvidenceOf.OtherInvestors => $"No investor in common: {Names(a.Investors, name)}; and {Names(b.Investors, name)}",
        EvidenceOf.OneArticle => "One article tells of both",
        _ => throw new InvalidOperationException($"Nothing is said of {evidence.Of}."),
    };

    private static string Round(DealSketch deal) => Shown.Meaning(deal.Round! with { Instrument = null }, "", id => id.Value);

    private static string Reported(DealSketch deal) =>
        deal.Amount.Currency == Currency.Usd || deal.Usd is null ? Shown.Amount(deal.Amount) : $"{Shown.Amount(deal.Amount)}, which its source gives as {Shown.Amount(deal.Usd)}";

    private static string Reckoned(DealSketch deal, DollarRate? rate)
    {
        if (rate is null)
            return Shown.Amount(deal.Amount);
        var (low, high) = rate.Dollars(deal.Amount.Low, deal.Amount.High);
        var record = new AmountRecord(deal.Amount.Qualifier, deal.Amount.Currency?.Code, deal.Amount.Low, deal.Amount.High, null, null)
        {
            ComputedUsd = new ComputedUsdRecord(low, high, DollarRateRecord.Of(rate)!),
        };
        return $"{Shown.Amount(deal.Amount)} is {Shown.Computed(record)}";
    }

    private static When Wider(DealSketch a, DealSketch b) => a.Announced.Precision > b.Announced.Precision ? a.Announced : b.Announced;

    private static string Shared(DealSketch a, DealSketch b, Func<PartyId, string> name)
    {
        var shared = a.Investors.Intersect(b.Investors);
        return $"{Shown.Count(shared.Count, "investor")} in common: {Names(shared, name)}";
    }

    private static string Names(IEnumerable<PartyId> parties, Func<PartyId, string> name) =>
        string.Join(", ", parties.Select(name).Order(StringComparer.Ordinal));
}
