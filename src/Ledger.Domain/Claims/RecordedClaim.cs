using System.Collections.Immutable;
using Ledger.Domain.Values;

namespace Ledger.Domain.Claims;

/// <summary>A claim with where it comes from and which event recorded it.</summary>
public sealed record RecordedClaim(Claim Claim, ArticleId Source, Cause Cause);

internal static class RecordedClaims
{
    /// <summary>Those that are not among the recorded ones, each once: what a repeated announcement has to add.</summary>
    public static ImmutableArray<Claim> News(this ImmutableArray<RecordedClaim> recorded, ImmutableArray<Claim> claims)
    {
        var known = recorded.Select(claim => claim.Claim.Id).ToHashSet();
        return [.. claims.Where(claim => known.Add(claim.Id))];
    }

    /// <summary>The refusal of the first claim about a field that its subject does not have; null where there is none.</summary>
    public static Refusal? Misplaced(this ImmutableArray<Claim> claims, ImmutableHashSet<Field> fields, string subject, string kind)
    {
        var misplaced = claims.FirstOrDefault(claim => !fields.Contains(claim.Value.Slot.Field));
        return misplaced is null ? null
            : new Refusal($"field-not-of-{kind}", $"{subject}: {misplaced.Value.Slot} is not a field of {kind.Replace('-', ' ')}.", IsOfInput: true);
    }
}
