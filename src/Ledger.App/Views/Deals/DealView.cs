using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.App.Log;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Deals;

/// <summary>Deals, a row a version.</summary>
internal static class DealView
{
    public static View Definition { get; } = new View("deal", RecordViews.SourceOf(nameof(DealView)))
        .Row(RecordStreams.Deals, Row, "company_id", "from_position");

    private static DealRow Row(Deal deal)
    {
        var round = deal.Value<ClaimValue.Round>(Field.Round);
        var usd = deal.Value<ClaimValue.UsdAsReported>(Field.UsdAsReported)?.Amount;
        var valuation = deal.Value<ClaimValue.Valuation>(Field.Valuation);
        var announced = deal.Value<ClaimValue.Announced>(Field.Announced)?.When ?? When.Unknown;
        var amount = deal.Amount;
        return new DealRow(
            deal.Id.Value, deal.Version, deal.Last!.RecordedAt, deal.Last.Author, Written.Name(deal.Kind!.Value), deal.Company!.Value.Value,
            Written.Name(deal.Status!.Value), deal.StatusFrom(), deal.StatusSince(), round?.Series, round?.Modifier, round?.Instrument is { } instrument ? Written.Name(instrument) : null,
            deal.Claim(Field.Round)?.Claim.AsWritten, Written.Name(amount.Qualifier), amount.Currency?.Code, amount.Low, amount.High,
            deal.Claim(Field.Amount)?.Claim.AsWritten, usd?.Low, usd?.High,
            valuation is null ? null : Written.Name(valuation.Basis), valuation?.Amount.Currency?.Code, valuation?.Amount.Low, valuation?.Amount.High,
            announced.ToString(), announced.From, announced.To,
            [.. deal.Sectors],
            [.. deal.Places],
            deal.Counts, [.. deal.Contested.Select(Written.Name)], [.. deal.Sources.Select(source => source.Value)],
            deal.Retracted is not null, deal.MergedInto?.Deal.Value, deal.Whole?.Deal.Value, deal.Whole is { } whole ? Written.Name(whole.As) : null, deal.CoveredBy?.Deal.Value,
            deal.Distinct.IsEmpty ? [] : [.. deal.Distinct.Select(other => other.Deal.Value)]);
    }
}

[Table("deal")]
[Description("Deals. Who invested stands in investor_deal.")]
internal sealed record DealRow(
    [property: Key, Description("What other views call the deal by; it never changes.")] string Id,
    [Description("Counted from 1 by the deal's events.")] long Version,
    [Description("When the event that made this version was recorded.")] DateTimeOffset RecordedAt,
    [Description("Who recorded it.")] string Author,
    [Description("round, aggregate, fund or listing.")] string Kind,
    [Description("The party that raises, or sponsors a fund.")] string CompanyId,
    [Description("rumoured, planned, pledged, announced, closed, withdrawn or postponed.")] string Status,
    [Description("The day by which the first of its statuses holds for certain; null where one is claimed without a date.")] DateOnly? StatusFrom,
    [Description("The last day on which its present status can have begun, as the status is dated, or else the deal; or else the day on which it was recorded, UTC.")] DateOnly StatusSince,
    [Description("b, seed, pre-ipo; null where none is named.")] string? Series,
    [Description("What the source adds to the series: extension, plus.")] string? Modifier,
    [Description("equity, debt, convertible; null where none is named.")] string? Instrument,
    [Description("The round in the source's words.")] string? RoundAsWritten,
    [Description("exact, approximately, over, upTo, orderOfMagnitude or undisclosed.")] string Qualifier,
    [Description("ISO 4217, as announced.")] string? Currency,
    [Description("Whole units of currency; null where there is no lower bound.")] decimal? AmountLow,
    [Description("Null where there is no upper bound; left out of the interval where the qualifier is orderOfMagnitude.")] decimal? AmountHigh,
    [Description("The amount in the source's words.")] string? AmountAsWritten,
    [Description("Dollars as the source itself gives them beside another currency; never computed.")] decimal? UsdLow,
    [Description("The upper bound of these.")] decimal? UsdHigh,
    [Description("post, pre or unknown, where the source does not say which; null where no valuation is named.")] string? ValuationBasis,
    [Description("ISO 4217.")] string? ValuationCurrency,
    [Description("Whole units of the valuation's currency.")] decimal? ValuationLow,
    [Description("Null where there is no upper bound.")] decimal? ValuationHigh,
    [Description("As precisely as the source says: 2020-04-03, 2020-04, 2020-Q2, 2020, XXXX-04-03, XXXX-04 or unknown.")] string Announced,
    [Description("The first day that this can mean; null where no year is known.")] DateOnly? AnnouncedFrom,
    [Description("The last day that it can mean.")] DateOnly? AnnouncedTo,
    [Description("artificial-intelligence, semiconductors.")] string[] Sectors,
    [Description("As the source names them.")] string[] Places,
    [Description("Whether the sum counts as money raised: pledged, announced or closed, no aggregate, without parts that count themselves, neither retracted nor merged into another deal.")] bool Counts,
    [Description("Fields whose claims cannot all be true, and between which no editor has decided.")] string[] Contested,
    [Description("The ids of the articles that say something of the deal.")] string[] Sources,
    [Description("Whether it was taken out of the record; it is in no list and no total.")] bool Retracted,
    [Description("The deal where its claims stand, since the two are one; null where it stands for itself. It is in no list and no total.")] string? MergedInto,
    [Description("The deal that it is a part of; null where it is of none.")] string? PartOf,
    [Description("tranche or extension.")] string? PartAs,
    [Description("The aggregate that sums it up; null where none does.")] string? CoveredBy,
    [Description("Deals that it looks like, and that an editor has found to be others.")] string[] DistinctFrom);
