using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.App.Log;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.EventStore;

namespace Ledger.App.Views.Companies;

/// <summary>What companies have raised: what each deal gives, and the sums of it.</summary>
internal static class CompanyView
{
    public static View Definition { get; } = new View("company", RecordViews.SourceOf(nameof(CompanyView)))
        .Row(RecordStreams.Deals, Row, "company_id")
        .Sum((CompanyDealRow deal) => new CompanyRow(deal.CompanyId, 1, deal.Counts ? 1 : 0, deal.Counts && deal.Currency is null ? 1 : 0))
        .Sum((CompanyDealRow deal) => deal is { Counts: true, Currency: { } currency }
            ? new CompanyTotalRow(deal.CompanyId, currency, deal.Pledged, 1, deal.Low ?? 0, deal.High ?? 0, deal.High is null ? 1 : 0)
            : null);

    /// <summary>What the deals of some companies give: as it is kept, or where a status may be another one on the day that is asked for, from the deals.</summary>
    public static async Task<List<CompanyDealRow>> Deals(Snapshot snapshot, string[] companies, CancellationToken cancel)
    {
        var rows = await snapshot.Rows<CompanyDealRow>("and r.company_id = any($1)", cancel, (object)companies);
        return snapshot.EffectiveUntil is null ? rows : [.. (await snapshot.Deals(rows.Select(row => row.DealId), cancel)).Select(Row).OfType<CompanyDealRow>()];
    }

    private static CompanyDealRow? Row(Deal deal) => !deal.IsListed ? null : new(
        deal.Id.Value, deal.Company!.Value.Value, deal.Counts, deal.Status == DealStatus.Pledged,
        deal.Amount.Currency?.Code, deal.Amount.Low, deal.Amount.High);
}

[Table("company_deal")]
[Description("What each deal gives to its company; what was retracted or merged into another deal gives nothing.")]
internal sealed record CompanyDealRow(
    [property: Key, Description("The deal, as in deal.id.")] string DealId,
    [Description("The party that the deal names.")] string CompanyId,
    [Description("Whether the sum counts as money raised: pledged, announced or closed, no aggregate, and without parts that count themselves.")] bool Counts,
    [Description("Whether it is only pledged.")] bool Pledged,
    [Description("ISO 4217, as announced; null where the amount is undisclosed.")] string? Currency,
    [Description("Whole units of currency; null where there is no lower bound.")] decimal? Low,
    [Description("Null where there is no upper bound.")] decimal? High);

[Table("company")]
[Description("Companies that have deals, under the party ids that the deals name.")]
internal sealed record CompanyRow(
    [property: Key, Description("The company: a party, as in party.id.")] string Id,
    [Description("All deals, whatever their kind and status.")] long Deals,
    [Description("Deals whose sum counts as money raised.")] long Counted,
    [Description("Of these, deals whose amount is undisclosed.")] long Undisclosed);

[Table("company_total")]
[Description("Money raised by company and currency as announced, what is only pledged apart.")]
internal sealed record CompanyTotalRow(
    [property: Key, Description("The party that the deals name.")] string CompanyId,
    [property: Key, Description("ISO 4217.")] string Currency,
    [property: Key, Description("Whether it is only pledged.")] bool Pledged,
    [Description("How many deals are summed up.")] long Deals,
    [Description("Sum of the lower bounds; an amount without one adds nothing.")] decimal Low,
    [Description("Sum of the upper bounds of those deals that have one.")] decimal High,
    [Description("Deals without an upper bound; while there are any, the total has none.")] long Unbounded);
