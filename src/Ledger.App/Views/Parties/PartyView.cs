using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.App.Log;
using Ledger.Domain.Claims;
using Ledger.Domain.Parties;
using Ledger.EventStore;

namespace Ledger.App.Views.Parties;

/// <summary>Parties under all their names, and who articles say backs them.</summary>
internal static class PartyView
{
    public static View Definition { get; } = new View("party", RecordViews.SourceOf(nameof(PartyView)))
        .Row(RecordStreams.Parties, Row, "merged_into", PartyNames.Order)
        .Rows(RecordStreams.Parties, Names, "party_id")
        .Rows(RecordStreams.Parties, Backers, "investor_id")
        .Rows(RecordStreams.Parties, Affiliations, "with_id");

    internal static PartyRow Row(Party party) => new(
        party.Id.Value, party.Name!, [.. party.Aliases], [.. party.Values<ClaimValue.InvestorKind>().Select(kind => kind.Slug)],
        [.. party.Values<ClaimValue.Sector>().Select(sector => sector.Slug)],
        [.. party.Values<ClaimValue.Place>().Select(place => place.Name)], party.MergedInto?.Party.Value);

    private static IEnumerable<PartyNameRow> Names(Party party) => party.Aliases.Prepend(party.Name!)
        .Select(name => new PartyNameRow(NameKey.Of(name), party.Id.Value, name)).DistinctBy(name => name.Key);

    private static IEnumerable<BackerRow> Backers(Party party) => party.Claims
        .Where(claim => claim.Claim.Value is ClaimValue.Backer)
        .Select(claim => new BackerRow(party.Id.Value, ((ClaimValue.Backer)claim.Claim.Value).Party.Value, claim.Claim.Id.Value, claim.Source.Value));

    private static IEnumerable<AffiliationRow> Affiliations(Party party) => party.Affiliations
        .Select(affiliation => new AffiliationRow(party.Id.Value, Written.Name(affiliation.Value), affiliation.With?.Value ?? "", affiliation.From?.ToString()));
}

[Table("party")]
[Description("Companies and investors under one id each, with all their names.")]
internal sealed record PartyRow(
    [property: Key, Description("What other views call the party by; it never changes.")] string Id,
    [Description("What it is shown as.")] string Name,
    [Description("Further names, in the order in which they were recorded.")] string[] Aliases,
    [Description("What sort of investor it is: private-equity, corporate, government-backed.")] string[] Kinds,
    [Description("What it does: artificial-intelligence, semiconductors.")] string[] Sectors,
    [Description("Where it is, as the source names it.")] string[] Places,
    [Description("The party that it was found to be the same as, which may have been merged further itself; null where it stands for itself.")] string? MergedInto);

[Table("party_name")]
[Description("What parties are found by, under the party ids that the names were recorded of.")]
internal sealed record PartyNameRow(
    [property: Key, Description("The name in lower case, its accents composed, with single spaces.")] string Key,
    [property: Key, Description("The party that goes by it.")] string PartyId,
    [Description("The name as it was recorded.")] string Name);

[Table("backer")]
[Description("Investors that articles name as backing a company, in no round that they name.")]
internal sealed record BackerRow(
    [property: Key, Description("The party that is backed.")] string CompanyId,
    [property: Key, Description("The party that backs it.")] string InvestorId,
    [property: Key, Description("The claim that says so.")] string ClaimId,
    [Description("Which article says so.")] string ArticleId);

[Table("affiliation")]
[Description("What parties are to others, as articles and editors say.")]
internal sealed record AffiliationRow(
    [property: Key, Description("The party that is something to the other one.")] string PartyId,
    [property: Key, Description("fundOf, subsidiaryOf, stateBacked or corporateVentureOf.")] string Kind,
    [property: Key, Description("The other party; empty where only the nature is told.")] string WithId,
    [Description("Since when, as precisely as it is known; null where nothing is said of it.")] string? Since);
