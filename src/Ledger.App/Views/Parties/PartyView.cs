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
        .Row(RecordStreams.Parties, Row)
        .Rows(RecordStreams.Parties, Names, "party_id")
        .Rows(RecordStreams.Parties, Backers, "investor_id");

    private static PartyRow Row(Party party) => new(
        party.Id.Value, party.Name!, [.. party.Aliases], [.. Values<ClaimValue.InvestorKind>(party).Select(kind => kind.Slug)], [.. Values<ClaimValue.Sector>(party).Select(sector => sector.Slug)]);

    private static IEnumerable<TValue> Values<TValue>(Party party) where TValue : ClaimValue =>
        party.Claims.Select(claim => claim.Claim.Value).OfType<TValue>().Distinct();

    private static IEnumerable<PartyNameRow> Names(Party party) => party.Aliases.Prepend(party.Name!)
        .Select(name => new PartyNameRow(NameKey.Of(name), party.Id.Value, name)).DistinctBy(name => name.Key);

    private static IEnumerable<BackerRow> Backers(Party party) => party.Claims
        .Where(claim => claim.Claim.Value is ClaimValue.Backer)
        .Select(claim => new BackerRow(party.Id.Value, ((ClaimValue.Backer)claim.Claim.Value).Party.Value, claim.Claim.Id.Value, claim.Source.Value));
}

[Table("party")]
[Description("Companies and investors under one id each, with all their names.")]
internal sealed record PartyRow(
    [property: Key] string Id, string Name,
    [Description("Further names, in the order in which they were recorded.")] string[] Aliases,
    [Description("What sort of investor it is: private-equity, corporate, government-backed.")] string[] Kinds,
    [Description("What it does: artificial-intelligence, semiconductors.")] string[] Sectors);

[Table("party_name")]
[Description("What parties are found by.")]
internal sealed record PartyNameRow(
    [property: Key, Description("The name in lower case, with single spaces.")] string Key,
    [property: Key] string PartyId, string Name);

[Table("backer")]
[Description("Investors that articles name as backing a company, in no round that they name.")]
internal sealed record BackerRow(
    [property: Key] string CompanyId, [property: Key] string InvestorId, [property: Key] string ClaimId,
    [Description("Which article says so.")] string ArticleId);
