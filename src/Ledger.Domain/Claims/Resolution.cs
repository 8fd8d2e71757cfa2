using System.Collections.Immutable;

namespace Ledger.Domain.Claims;

/// <summary>
/// Which of several claims about a field is its current value: the one recorded last. A status that was effective before
/// one that is recorded already comes too late to count; one without an effective time goes by its position. Claims of
/// one event count in the order in which the event names them.
/// </summary>
public static class Resolution
{
    /// <param name="claims">All claims of one slot, in the order in which they were recorded; at least one.</param>
    public static RecordedClaim Current(IReadOnlyList<RecordedClaim> claims)
    {
        var current = claims[0];
        DateOnly? latest = null;
        foreach (var claim in claims)
        {
            var effective = (claim.Claim.Value as ClaimValue.Status)?.Effective;
            if (effective?.To < latest)
                continue;
            current = claim;
            if (latest is null || effective?.From > latest)
                latest = effective?.From;
        }
        return current;
    }

    /// <summary>Whether claims of one slot cannot all be true.</summary>
    public static bool Contested(IReadOnlyList<RecordedClaim> claims)
    {
        for (var i = 1; i < claims.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (!claims[i].Claim.Value.Agrees(claims[j].Claim.Value))
                    return true;
            }
        }
        return false;
    }

    /// <summary>Claims by slot, the slots in the order in which they were first claimed.</summary>
    internal static ImmutableArray<KeyValuePair<Slot, IReadOnlyList<RecordedClaim>>> BySlot(ImmutableArray<RecordedClaim> claims)
    {
        var slots = new Dictionary<Slot, List<RecordedClaim>>();
        foreach (var claim in claims)
        {
            if (!slots.TryGetValue(claim.Claim.Value.Slot, out var held))
                slots.Add(claim.Claim.Value.Slot, held = []);
            held.Add(claim);
        }
        return [.. slots.Select(slot => KeyValuePair.Create(slot.Key, (IReadOnlyList<RecordedClaim>)slot.Value))];
    }
}
