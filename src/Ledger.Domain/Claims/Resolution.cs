namespace Ledger.Domain.Claims;

/// <summary>Why a claim is the one that its slot goes by. In the order in which the rule asks.</summary>
public enum ChosenBy
{
    /// <summary>No claim that stands says otherwise.</summary>
    Agreement,

    /// <summary>An editor preferred it.</summary>
    Preference,

    /// <summary>It corrects another claim.</summary>
    Correction,

    /// <summary>Its source has a higher rank.</summary>
    Rank,

    /// <summary>It was recorded last.</summary>
    Last,

    /// <summary>Of a status: it was effective last.</summary>
    Time,
}

/// <param name="Claim">The claim that its slot goes by.</param>
public sealed record Choice(RecordedClaim Claim, ChosenBy By);

/// <summary>
/// Which of several claims about a field is its current value, the same for whoever asks. Claims that were withdrawn or
/// corrected never are. Of the others: the one that an editor preferred last; then those that correct another claim; then
/// those whose source has the highest rank; then the one recorded last. A status advances by time instead: one that was
/// effective before one that is recorded already comes too late to count; one without an effective time goes by its
/// position. Claims of one event count in the order in which the event names them.
/// </summary>
public static class Resolution
{
    /// <param name="claims">Claims of one slot, all of which stand, in the order in which they were recorded; at least one.</param>
    public static RecordedClaim Current(IReadOnlyList<RecordedClaim> claims) => Choose(claims)!.Claim;

    /// <summary>The claim that the slot goes by, and why; null where none stands.</summary>
    /// <param name="claims">All claims of one slot, in the order in which they were recorded.</param>
    public static Choice? Choose(IReadOnlyList<RecordedClaim> claims)
    {
        if (claims is [{ Stands: true }])
            return new Choice(claims[0], ChosenBy.Agreement);
        var standing = claims.All(claim => claim.Stands) ? claims : [.. claims.Where(claim => claim.Stands)];
        if (standing.Count == 0)
            return null;
        if (standing[0].Claim.Value is ClaimValue.Status)
            return Explained(Latest(standing), ChosenBy.Time, standing);
        if (standing.Any(claim => claim.Preferred is not null))
            return Explained(standing.Where(claim => claim.Preferred is not null).MaxBy(claim => claim.Preferred!.Cause.Position)!, ChosenBy.Preference, standing);
        var corrections = standing.Where(claim => claim.IsCorrection).ToList();
        IReadOnlyList<RecordedClaim> left = corrections.Count > 0 ? corrections : standing;
        var rank = left.Max(claim => claim.Rank);
        var ranked = left.Where(claim => claim.Rank == rank).ToList();
        var last = ranked[^1];
        return Explained(last, Differ(last, standing, left) ? ChosenBy.Correction : Differ(last, left, ranked) ? ChosenBy.Rank : ChosenBy.Last, standing);
    }

    /// <summary>
    /// Whether claims of one slot that stand cannot all be true, and no editor has decided between them. Editors of deals that
    /// were merged may have decided differently.
    /// </summary>
    public static bool Contested(IReadOnlyList<RecordedClaim> claims)
    {
        if (claims.Count == 1)
            return false;
        var isDecided = claims.Any(claim => claim.Standing == Standing.Preferred);
        for (var i = 1; i < claims.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (IsSide(claims[i]) && IsSide(claims[j]) && !claims[i].Claim.Value.Agrees(claims[j].Claim.Value))
                    return true;
            }
        }
        return false;

        bool IsSide(RecordedClaim claim) => isDecided ? claim.Standing == Standing.Preferred : claim.Stands;
    }

    private static RecordedClaim Latest(IReadOnlyList<RecordedClaim> claims)
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

    private static Choice Explained(RecordedClaim chosen, ChosenBy by, IReadOnlyList<RecordedClaim> standing) =>
        new(chosen, standing.All(claim => claim.Claim.Value == chosen.Claim.Value) ? ChosenBy.Agreement : by);

    /// <summary>Whether a step of the rule left out a claim that says otherwise than the one chosen.</summary>
    private static bool Differ(RecordedClaim chosen, IReadOnlyList<RecordedClaim> before, IReadOnlyList<RecordedClaim> after) =>
        before.Count > after.Count && before.Any(claim => claim.Claim.Value != chosen.Claim.Value && !after.Contains(claim));
}
