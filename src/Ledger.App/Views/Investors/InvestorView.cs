using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.App.Log;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.EventStore;

namespace Ledger.App.Views.Investors;

/// <summary>Who is in which deal, in which role, and how often.</summary>
internal static class InvestorView
{
    public static View Definition { get; } = new View("investor", RecordViews.SourceOf(nameof(InvestorView)))
        .Rows(RecordStreams.Deals, Rows, "deal_id")
        .Sum((InvestorDealRow held) => new InvestorRow(held.InvestorId, 1, Is(held, InvestorRole.Lead), Is(held, InvestorRole.Participant), Is(held, InvestorRole.Backer)));

    private static IEnumerable<InvestorDealRow> Rows(Deal deal) => deal.Investors.Where(investor => deal.IsListed && investor.Party is not null)
        .Select(investor => new InvestorDealRow(
            investor.Party!.Value.Value, deal.Id.Value, deal.Company!.Value.Value, Written.Name(investor.Role), investor.Existing));

    private static long Is(InvestorDealRow held, InvestorRole role) => held.Role == Written.Name(role) ? 1 : 0;
}

[Table("investor_deal")]
[Description("Who is in which deal.")]
internal sealed record InvestorDealRow(
    [property: Key, Description("The party that the deal names.")] string InvestorId,
    [property: Key, Description("The deal, as in deal.id.")] string DealId,
    [Description("The party that raises.")] string CompanyId,
    [Description("lead, participant or backer: named as backing the company, in no round that the source names.")] string Role,
    [Description("The source says that the investor had invested in the company before.")] bool Existing);

[Table("investor")]
[Description("Investors that are named in deals, under the party ids that the deals name.")]
internal sealed record InvestorRow(
    [property: Key, Description("The investor: a party, as in party.id.")] string Id,
    [Description("Led, joined and backed together.")] long Deals,
    [Description("Deals in the role lead.")] long Led,
    [Description("Deals in the role participant.")] long Joined,
    [Description("Deals in the role backer.")] long Backed);
