using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Parties;

/// <summary>A party as its events tell it.</summary>
/// <param name="Name">Null while it is not registered.</param>
/// <param name="Aliases">Further names, in the order in which they were recorded; never the name itself.</param>
/// <param name="Claims">What articles say of it; those of affiliations that an editor has ended are withdrawn.</param>
public sealed record Party(PartyId Id, Cause? Last, string? Name, ImmutableArray<string> Aliases, ImmutableArray<RecordedClaim> Claims)
{
    /// <summary>The number of its own last event; 0 while nothing is known of it.</summary>
    public long Version { get; init; }

    /// <summary>The party that it is the same as; null where it stands for itself.</summary>
    public PartyTie? MergedInto { get; init; }

    /// <summary>The parties that were found to be the same as this one.</summary>
    public ImmutableArray<AbsorbedParty> Absorbed { get; init; } = [];

    /// <summary>What editors say that it is to others.</summary>
    public ImmutableArray<EditedAffiliation> Edited { get; init; } = [];

    public bool IsKnown => Last is not null;

    /// <summary>
    /// What it is to other parties, each once: as articles and editors say, with the time that was recorded last where one was.
    /// What is the same party is not affiliated with itself.
    /// </summary>
    public IEnumerable<ClaimValue.Affiliation> Affiliations => Values<ClaimValue.Affiliation>()
        .Concat(Edited.Select(edited => edited.Value)).Where(affiliation => affiliation.With != Id)
        .GroupBy(affiliation => affiliation.Slot).Select(same => same.LastOrDefault(affiliation => affiliation.From is not null) ?? same.Last());

    /// <summary>The current claim about a field of one value; null where nothing is claimed.</summary>
    public RecordedClaim? Current(Field field) =>
        Resolution.Choose([.. Claims.Where(claim => claim.Claim.Value.Slot == new Slot(field, ""))])?.Claim;

    /// <summary>Whether the claim says what its field goes by.</summary>
    public bool IsCurrent(RecordedClaim claim)
    {
        var slot = claim.Claim.Value.Slot;
        return claim.Stands && Resolution.Choose([.. Claims.Where(other => other.Claim.Value.Slot == slot)])!.Claim.Claim.Value == claim.Claim.Value;
    }

    /// <summary>What claims that stand say, each value once.</summary>
    public IEnumerable<TValue> Values<TValue>() where TValue : ClaimValue =>
        Claims.Where(claim => claim.Stands).Select(claim => claim.Claim.Value).OfType<TValue>().Distinct();

    public static Party Unknown(PartyId id) => new(id, null, null, [], []);

    public Party Evolve(PartyEvent happened, Cause cause) => (happened switch
    {
        PartyEvent.PartyRegistered e => this with { Name = e.Name },
        PartyEvent.PartyAliasAdded e => this with { Aliases = Aliases.Add(e.Name) },
        PartyEvent.PartyAliasRemoved e => this with { Aliases = Aliases.Remove(e.Name) },
        PartyEvent.PartyRenamed e => this with { Name = e.Name, Aliases = Aliases.Remove(e.Name).Add(Name!) },
        PartyEvent.PartyDescribed e => this with
        {
            Claims = Claims.AddRange(e.Claims.Select(claim => new RecordedClaim(claim, e.Source, cause))),
        },
        PartyEvent.PartyAffiliated e => this with
        {
            Edited = Edited.RemoveAll(edited => edited.Value.Slot == e.Affiliation.Slot).Add(new EditedAffiliation(e.Affiliation, new Ruling(e.Reason, cause))),
        },
        PartyEvent.PartyAffiliationEnded e => Ended(new ClaimValue.Affiliation(e.Value, e.With).Slot, new Ruling(e.Reason, cause)),
        PartyEvent.PartyAffiliationRestored e => this with
        {
            Claims = Claims.Select(claim => claim.Claim.Id == e.Claim ? claim with { Withdrawn = null, Standing = Standing.Normal } : claim).ToImmutableArray().WithStanding(),
        },
        PartyEvent.PartyMerged e => this with { MergedInto = new PartyTie(e.Into, new Ruling(e.Reason, cause)) },
        PartyEvent.PartyUnmerged => this with { MergedInto = null },
        PartyEvent.PartyAbsorbed e => this with { Absorbed = Absorbed.Add(new AbsorbedParty(e.Party, Id, new Ruling(e.Reason, cause))) },
        PartyEvent.PartyReleased e => this with { Absorbed = Absorbed.RemoveAll(absorbed => absorbed.Party == e.Party) },
        _ => throw new InvalidOperationException($"A party knows no event {happened.GetType().Name}."),
    }) with
    { Last = cause, Version = cause.Version };

    /// <summary>The party with all that is recorded of those that are the same, as whoever asks for any of them is shown it.</summary>
    /// <param name="same">The parties that were merged into it, and into these.</param>
    /// <param name="root">The party that one is the same as; itself where it is not merged.</param>
    public Party With(IReadOnlyCollection<Party> same, Func<PartyId, PartyId> root)
    {
        Party[] all = [this, .. same.OrderBy(party => party.Id.Value, StringComparer.Ordinal)];
        return this with
        {
            Last = all.Select(party => party.Last).MaxBy(last => last?.Position ?? 0),
            Aliases = [.. all.SelectMany(party => party.Aliases.Prepend(party.Name!)).Distinct(StringComparer.Ordinal).Where(name => name != Name)],
            Claims = [.. all.SelectMany(party => party.Claims).Select(claim => claim.Following(root)).OrderBy(claim => claim.Cause.Position)],
            Absorbed = [.. all.SelectMany(party => party.Absorbed)],
            Edited = [.. all.SelectMany(party => party.Edited).Select(edited => edited with { Value = (ClaimValue.Affiliation)edited.Value.Following(root) }).OrderBy(edited => edited.Why.Cause.Position)],
        };
    }

    private Party Ended(Slot slot, Ruling why) => this with
    {
        Edited = Edited.RemoveAll(edited => edited.Value.Slot == slot),
        Claims = Claims.Select(claim => claim.Claim.Value.Slot == slot && claim.Withdrawn is null ? claim with { Withdrawn = why } : claim).ToImmutableArray().WithStanding(),
    };
}

/// <summary>That one party is the same as another one.</summary>
public sealed record PartyTie(PartyId Party, Ruling Why);

/// <summary>The same, told of the other one.</summary>
public sealed record AbsorbedParty(PartyId Party, PartyId Into, Ruling Why);

/// <summary>What an editor says that a party is to another one.</summary>
public sealed record EditedAffiliation(ClaimValue.Affiliation Value, Ruling Why);
