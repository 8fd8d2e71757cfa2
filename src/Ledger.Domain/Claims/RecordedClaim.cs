using System.Collections.Immutable;
using Ledger.Domain.Values;

namespace Ledger.Domain.Claims;

/// <summary>What a claim counts for.</summary>
public enum Standing
{
    /// <summary>An editor has decided for it, against the others of its slot.</summary>
    Preferred,
    Normal,

    /// <summary>Another claim was recorded in its place; it counts for nothing.</summary>
    Corrected,

    /// <summary>Taken back; it counts for nothing.</summary>
    Withdrawn,
}

/// <summary>A claim with where it comes from and which event recorded it.</summary>
public sealed record RecordedClaim(Claim Claim, ArticleId Source, Cause Cause)
{
    /// <summary>Why it was taken back; null where it was not.</summary>
    public Ruling? Withdrawn { get; init; }

    /// <summary>What was recorded in its place; null where nothing was. It holds while that claim is not withdrawn itself.</summary>
    public Correction? Corrected { get; init; }

    /// <summary>Why an editor decided for it; null where none did.</summary>
    public Ruling? Preferred { get; init; }

    /// <summary>The claim that it was recorded to correct; null where an announcement recorded it.</summary>
    public ClaimId? Corrects { get; init; }

    /// <summary>Follows from the above and from the other claims.</summary>
    public Standing Standing { get; init; } = Standing.Normal;

    /// <summary>Whether it stands in the place of another claim.</summary>
    public bool IsCorrection { get; init; }

    /// <summary>The rank of its source; 0 where none was given.</summary>
    public int Rank { get; init; }

    /// <summary>The deal that it was recorded of, where that one was merged into this one; null of a deal's own.</summary>
    public DealId? Of { get; init; }

    /// <summary>What was recorded, where parties that it names are known by now to be others; null where it is what the claim says.</summary>
    public ClaimValue? Named { get; init; }

    /// <summary>Whether it counts for anything.</summary>
    public bool Stands => Standing is Standing.Normal or Standing.Preferred;

    /// <summary>The claim as one about the parties that the named ones are known to be by now.</summary>
    public RecordedClaim Following(Func<PartyId, PartyId> root)
    {
        var value = Claim.Value.Following(root);
        return ReferenceEquals(value, Claim.Value) ? this : this with { Claim = new Claim(Claim.Id, value, Claim.AsWritten, Claim.Quote), Named = Named ?? Claim.Value };
    }
}

/// <param name="By">The claim that stands in its place.</param>
public sealed record Correction(ClaimId By, Ruling Why);

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

    /// <summary>The claims with the standing that follows from what was decided about each and about those that correct them.</summary>
    public static ImmutableArray<RecordedClaim> WithStanding(this ImmutableArray<RecordedClaim> claims)
    {
        if (!claims.Any(claim => claim.Withdrawn is not null || claim.Corrected is not null || claim.Preferred is not null))
            return claims;
        var withdrawn = claims.Where(claim => claim.Withdrawn is not null).Select(claim => claim.Claim.Id).ToHashSet();
        var corrections = claims.Where(claim => claim.Corrected is { By: var by } && !withdrawn.Contains(by)).Select(claim => claim.Corrected!.By).ToHashSet();
        return
        [
            .. claims.Select(claim => claim with
            {
                Standing = claim.Withdrawn is not null ? Standing.Withdrawn
                    : claim.Corrected is { By: var by } && !withdrawn.Contains(by) ? Standing.Corrected
                    : claim.Preferred is not null ? Standing.Preferred
                    : Standing.Normal,
                IsCorrection = corrections.Contains(claim.Claim.Id),
            }),
        ];
    }
}
