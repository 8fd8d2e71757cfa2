using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>
/// What one event did to one deal. Everything that reads is a function of such changes: it takes away what
/// <paramref name="Before"/> gave and adds what <paramref name="After"/> gives.
/// </summary>
public sealed record DealChange(Deal Before, Deal After, Cause Cause)
{
    public static DealChange Fold(Deal before, DealEvent happened, Cause cause) => new(before, before.Evolve(happened, cause), cause);

    /// <summary>The fields whose current value became another one.</summary>
    public ImmutableArray<FieldChange> Fields()
    {
        var before = Before.CurrentClaims().ToDictionary(slot => slot.Key, slot => slot.Value);
        var changes = ImmutableArray.CreateBuilder<FieldChange>();
        foreach (var (slot, claim) in After.CurrentClaims())
        {
            if (!before.Remove(slot, out var was) || was.Claim.Value != claim.Claim.Value || IsInWords(slot) && was.Claim.AsWritten != claim.Claim.AsWritten)
                changes.Add(new FieldChange(slot, was, claim));
        }
        foreach (var (slot, claim) in before)
            changes.Add(new FieldChange(slot, claim, null));
        return changes.ToImmutable();
    }

    private static bool IsInWords(Slot slot) => slot.Field == Field.UseOfProceeds;
}

/// <param name="From">The claim that held before; null where none did.</param>
/// <param name="To">The claim that holds now; null where none does.</param>
public sealed record FieldChange(Slot Slot, RecordedClaim? From, RecordedClaim? To);
