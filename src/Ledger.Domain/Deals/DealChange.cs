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
        var (was, current) = Deal.Changed(Before, After);
        var before = was.ToDictionary(slot => slot.Key, slot => slot.Value);
        var changes = ImmutableArray.CreateBuilder<FieldChange>();
        foreach (var (slot, claim) in current)
        {
            if (!before.Remove(slot, out var old) || old.Claim.Value != claim.Claim.Value || IsInWords(slot) && old.Claim.AsWritten != claim.Claim.AsWritten)
                changes.Add(new FieldChange(slot, old, claim));
        }
        foreach (var (slot, claim) in before)
            changes.Add(new FieldChange(slot, claim, null));
        return changes.ToImmutable();
    }

    /// <summary>The claims that the deal did not have before.</summary>
    public ImmutableArray<RecordedClaim> Added()
    {
        var known = Before.Claims.Select(claim => claim.Claim.Id).ToHashSet();
        return [.. After.Claims.Where(claim => !known.Contains(claim.Claim.Id))];
    }

    /// <summary>Whether it did anything to what is claimed of a field, or filed under it: more than what the field goes by.</summary>
    public bool Touches(Field field)
    {
        return !Of(Before).SequenceEqual(Of(After));

        IEnumerable<(string, Standing, int)> Of(Deal deal) =>
            deal.Claims.Where(claim => claim.Claim.Value.Slot.Field == field).Select(claim => (claim.Claim.Id.Value, claim.Standing, claim.Rank))
                .Concat(deal.Tags.Where(tag => tag.Value.Slot.Field == field).Select(tag => (tag.Value.Slot.Key, Standing.Normal, 0)));
    }

    /// <summary>Whether it did anything to what the deal is to others, or to its being in the record at all.</summary>
    public bool TouchesTies() =>
        Before.IsListed != After.IsListed || Before.MergedInto != After.MergedInto || Before.Whole != After.Whole || Before.CoveredBy != After.CoveredBy
        || !Before.Parts.SequenceEqual(After.Parts) || !Before.Covers.SequenceEqual(After.Covers) || Before.Absorbed.Length != After.Absorbed.Length
        || !Before.Distinct.SequenceEqual(After.Distinct);

    private static bool IsInWords(Slot slot) => slot.Field == Field.UseOfProceeds;
}

/// <param name="From">The claim that held before; null where none did.</param>
/// <param name="To">The claim that holds now; null where none does.</param>
public sealed record FieldChange(Slot Slot, RecordedClaim? From, RecordedClaim? To);
