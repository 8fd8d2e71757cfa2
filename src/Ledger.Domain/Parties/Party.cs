using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Parties;

/// <summary>A party as its events tell it.</summary>
/// <param name="Name">Null while it is not registered.</param>
/// <param name="Aliases">Further names, in the order in which they were recorded; never the name itself.</param>
public sealed record Party(PartyId Id, Cause? Last, string? Name, ImmutableArray<string> Aliases, ImmutableArray<RecordedClaim> Claims)
{
    public bool IsKnown => Last is not null;

    public long Version => Last?.Version ?? 0;

    /// <summary>The current claim about a field of one value; null where nothing is claimed.</summary>
    public RecordedClaim? Current(Field field)
    {
        var claims = Claims.Where(claim => claim.Claim.Value.Slot == new Slot(field, "")).ToList();
        return claims.Count == 0 ? null : Resolution.Current(claims);
    }

    /// <summary>Whether the claim says what its field goes by.</summary>
    public bool IsCurrent(RecordedClaim claim)
    {
        var slot = claim.Claim.Value.Slot;
        return Resolution.Current([.. Claims.Where(other => other.Claim.Value.Slot == slot)]).Claim.Value == claim.Claim.Value;
    }

    public static Party Unknown(PartyId id) => new(id, null, null, [], []);

    public Party Evolve(PartyEvent happened, Cause cause) => happened switch
    {
        PartyEvent.PartyRegistered e => this with { Last = cause, Name = e.Name },
        PartyEvent.PartyAliasAdded e => this with { Last = cause, Aliases = Aliases.Add(e.Name) },
        PartyEvent.PartyDescribed e => this with
        {
            Last = cause,
            Claims = Claims.AddRange(e.Claims.Select(claim => new RecordedClaim(claim, e.Source, cause))),
        },
        _ => throw new InvalidOperationException($"A party knows no event {happened.GetType().Name}."),
    };
}
