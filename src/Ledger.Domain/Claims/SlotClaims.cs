using System.Collections.Immutable;

namespace Ledger.Domain.Claims;

/// <summary>All claims of one slot, in the order in which they were recorded.</summary>
internal sealed class SlotClaims(Slot slot, RecordedClaim[] claims)
{
    private static readonly object Nothing = new();
    private static readonly object Contested = new();

    private object? _choice;
    private object? _contested;

    public Slot Slot => slot;

    /// <summary>What the slot goes by, found out when it is first asked for; null where nothing stands.</summary>
    public Choice? Choice => (_choice ??= Resolution.Choose(claims) ?? Nothing) as Choice;

    /// <summary>Likewise.</summary>
    public bool IsContested => ReferenceEquals(_contested ??= Resolution.Contested(claims) ? Contested : Nothing, Contested);

    /// <summary>The slots with further claims, each slot where it was first claimed. Those that gain none are the same objects.</summary>
    public static ImmutableArray<SlotClaims> Add(ImmutableArray<SlotClaims> slots, ReadOnlySpan<RecordedClaim> claims)
    {
        var all = slots.ToBuilder();
        foreach (var claim in claims)
        {
            var slot = claim.Claim.Value.Slot;
            var at = 0;
            while (at < all.Count && all[at].Slot != slot)
                at++;
            if (at == all.Count)
                all.Add(new SlotClaims(slot, [claim]));
            else
                all[at] = all[at].With(claim);
        }
        return all.ToImmutable();
    }

    private SlotClaims With(RecordedClaim claim) => new(slot, [.. claims, claim]);
}
