using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using System.Globalization;
using Ledger.App.Log;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Rollups;

/// <summary>What each deal gives to rollups. A row is written only when a deal comes to say something else of it, which most events do not.</summary>
internal static class RollupView
{
    public static View Definition { get; } = new View("rollup", RecordViews.SourceOf(nameof(RollupView)))
        .Row(RecordStreams.Deals, Row);

    private static RollupFactRow? Row(Deal deal)
    {
        if (!deal.IsSingle)
            return null;
        var round = deal.Value<ClaimValue.Round>(Field.Round);
        var usd = deal.Value<ClaimValue.UsdAsReported>(Field.UsdAsReported)?.Amount;
        var announced = deal.Value<ClaimValue.Announced>(Field.Announced)?.When ?? When.Unknown;
        var amount = deal.Amount;
        return new RollupFactRow(
            deal.Id.Value, deal.Company!.Value.Value, Written.Name(deal.Status!.Value), [.. deal.StatusSteps().Select(Step)],
            round?.Series, round?.Instrument is { } instrument ? Written.Name(instrument) : null,
            Written.Name(amount.Qualifier), amount.Currency?.Code, amount.Low, amount.High, usd?.Low, usd?.High,
            announced.From, announced.To, [.. deal.Sectors], [.. deal.Places.DistinctBy(NameKey.Of)]);
    }

    private static string Step((DateOnly From, DealStatus? Status) step) =>
        $"{step.From.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} {(step.Status is { } status ? Written.Name(status) : "")}";
}

[Table("rollup_fact")]
[Description("What each deal gives to rollups. Aggregates, deals with parts, and what was retracted or merged into another deal give nothing.")]
internal sealed record RollupFactRow(
    [property: Key, Description("The deal, as in deal.id.")] string DealId,
    [Description("The party that the deal names.")] string CompanyId,
    [Description("rumoured, planned, pledged, announced, closed, withdrawn or postponed; money counts as raised of pledged, announced and closed ones.")] string Status,
    [Description("From which day on it had which status: '2020-04-03 announced'; the first one from ever. Empty where no status has a time.")] string[] StatusSteps,
    [Description("b, seed, pre-ipo; null where none is named.")] string? Series,
    [Description("equity, debt, convertible; null where none is named.")] string? Instrument,
    [Description("exact, approximately, over, upTo, orderOfMagnitude or undisclosed.")] string Qualifier,
    [Description("ISO 4217, as announced; null where the amount is undisclosed.")] string? Currency,
    [Description("Whole units of currency; null where there is no lower bound.")] decimal? AmountLow,
    [Description("Null where there is no upper bound.")] decimal? AmountHigh,
    [Description("Dollars as the source itself gives them beside another currency; never computed.")] decimal? UsdLow,
    [Description("The upper bound of these.")] decimal? UsdHigh,
    [Description("The first day that the date of the deal can mean; null where no year is known.")] DateOnly? AnnouncedFrom,
    [Description("The last day that it can mean.")] DateOnly? AnnouncedTo,
    [Description("artificial-intelligence, semiconductors.")] string[] Sectors,
    [Description("As the source names them.")] string[] Places);
