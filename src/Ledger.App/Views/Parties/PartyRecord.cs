using System.Text.Json.Serialization;
using Ledger.App.Views.Deals;
using Ledger.Domain.Claims;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Parties;

/// <summary>What a company's and an investor's record have in common: who the party is, and what articles say of it outside deals.</summary>
public abstract record PartyRecord
{
    private protected PartyRecord(Party party, IReadOnlyDictionary<string, PartyName> names)
    {
        Id = party.Id.Value;
        Name = party.Name!;
        Aliases = party.Aliases;
        Founded = party.Current(Field.Founded) is { Claim: { Value: ClaimValue.Founded founded } claim } ? WhenRecord.Of(founded.When, claim.AsWritten) : null;
        Kinds = KindsOf(party);
        Sectors = SectorsOf(party);
        Places = [.. party.Values<ClaimValue.Place>().Select(place => place.Name)];
        Affiliations = [.. party.Affiliations.Select(value => AffiliationRecord.Of(value, party, names))];
        Version = party.Version;
        MergedFrom = party.Absorbed.IsEmpty ? null : [.. party.Absorbed.Select(merged => new MergedRecord(merged.Party.Value, merged.Into.Value, RulingRecord.Of(merged.Why)!))];
        Claims = [.. party.Claims.Select(claim => ClaimRecord.Of(claim, party.IsCurrent(claim)))];
    }

    [JsonPropertyOrder(-9)]
    public string Id { get; }

    [JsonPropertyOrder(-8)]
    public string Name { get; }

    /// <summary>Further names, in the order in which they were recorded.</summary>
    [JsonPropertyOrder(-7)]
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>Null where nothing is said of it.</summary>
    [JsonPropertyOrder(-6)]
    public WhenRecord? Founded { get; }

    /// <summary>What sort of investor it is: "private-equity", "corporate", "government-backed".</summary>
    [JsonPropertyOrder(-5)]
    public IReadOnlyList<string> Kinds { get; }

    [JsonPropertyOrder(-4)]
    public IReadOnlyList<string> Sectors { get; }

    [JsonPropertyOrder(-3)]
    public IReadOnlyList<string> Places { get; }

    [JsonPropertyOrder(-2)]
    public IReadOnlyList<AffiliationRecord> Affiliations { get; }

    /// <summary>Articles that say something of the party or its deals.</summary>
    [JsonPropertyOrder(1)]
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>What articles say of the party outside deals, each claim whole.</summary>
    [JsonPropertyOrder(2)]
    public IReadOnlyList<ClaimRecord> Claims { get; }

    /// <summary>The parties that were merged into it; left out where none were.</summary>
    [JsonPropertyOrder(3)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MergedRecord>? MergedFrom { get; }

    /// <summary>The number of the party's own last event, without those of merged parties.</summary>
    [JsonPropertyOrder(3)]
    public long Version { get; }

    /// <summary>Of the last event that changed the party or one of its deals.</summary>
    [JsonPropertyOrder(3)]
    public required long Position { get; init; }

    /// <summary>The parties that a record of this one names.</summary>
    internal static IEnumerable<string> Parties(Party party) =>
        party.Affiliations.Select(affiliation => affiliation.With).OfType<PartyId>().Select(id => id.Value);

    internal static IReadOnlyList<string> KindsOf(Party party) => [.. party.Values<ClaimValue.InvestorKind>().Select(kind => kind.Slug)];

    internal static IReadOnlyList<string> SectorsOf(Party party) => [.. party.Values<ClaimValue.Sector>().Select(sector => sector.Slug)];
}

/// <param name="With">Null where the article does not say with whom (a state-backed fund of a state not named).</param>
/// <param name="From">Since when, as precisely as it is known; null where nothing is said of it.</param>
/// <param name="Why">Who decided it, and why; null where articles alone say so.</param>
public sealed record AffiliationRecord(AffiliationKind Is, PartyName? With, string? From, RulingRecord? Why)
{
    internal static AffiliationRecord Of(ClaimValue.Affiliation value, Party party, IReadOnlyDictionary<string, PartyName> names) => new(
        value.Value, value.With is { } with ? names[with.Value] : null, value.From?.ToString(), RulingRecord.Of(party.Edited.LastOrDefault(edited => edited.Value.Slot == value.Slot)?.Why));
}

/// <summary>A party that was found to be the same as another one.</summary>
/// <param name="Into">The one that it was merged into, which may have been merged itself.</param>
public sealed record MergedRecord(string Id, string Into, RulingRecord Why);
