using Ledger.App.Views.Deals;
using Ledger.Domain.Claims;
using Ledger.Domain.Parties;

namespace Ledger.App.Views.Parties;

/// <summary>What articles say of a party outside deals. A company's and an investor's record hold the same.</summary>
/// <param name="Founded">Null where nothing is said of it.</param>
/// <param name="Kinds">What sort of investor it is: "private-equity", "corporate", "government-backed".</param>
public sealed record PartyProfile(
    IReadOnlyList<string> Aliases, WhenRecord? Founded, IReadOnlyList<string> Kinds, IReadOnlyList<string> Sectors,
    IReadOnlyList<string> Places, IReadOnlyList<AffiliationRecord> Affiliations, IReadOnlyList<ClaimRecord> Claims)
{
    internal static IEnumerable<string> Parties(Party party) =>
        Values<ClaimValue.Affiliation>(party).Select(affiliation => affiliation.With).OfType<Domain.Values.PartyId>().Select(id => id.Value);

    internal static PartyProfile Of(Party party, IReadOnlyDictionary<string, PartyName> names) => new(
        party.Aliases,
        party.Current(Field.Founded) is { Claim: { Value: ClaimValue.Founded founded } claim } ? WhenRecord.Of(founded.When, claim.AsWritten) : null,
        [.. Values<ClaimValue.InvestorKind>(party).Select(kind => kind.Slug)],
        [.. Values<ClaimValue.Sector>(party).Select(sector => sector.Slug)],
        [.. Values<ClaimValue.Place>(party).Select(place => place.Name)],
        [.. Values<ClaimValue.Affiliation>(party).Select(value => new AffiliationRecord(value.Value, value.With is { } with ? names[with.Value] : null))],
        [.. party.Claims.Select(claim => ClaimRecord.Of(claim, party.IsCurrent(claim)))]);

    private static IEnumerable<TValue> Values<TValue>(Party party) where TValue : ClaimValue =>
        party.Claims.Select(claim => claim.Claim.Value).OfType<TValue>().Distinct();
}

/// <param name="With">Null where the article does not say with whom (a state-backed fund of a state not named).</param>
public sealed record AffiliationRecord(AffiliationKind Is, PartyName? With);
