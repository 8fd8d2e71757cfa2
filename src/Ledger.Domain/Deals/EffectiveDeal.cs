using Ledger.Domain.Claims;

namespace Ledger.Domain.Deals;

/// <summary>
/// What a deal was on a day, by what articles say of when its statuses began. A status that may have begun later does not hold yet;
/// one whose time nobody says counts from the first.
/// </summary>
public static class EffectiveDeal
{
    /// <summary>The deal without the statuses that begin after a day; its status is null where none is left.</summary>
    public static Deal Until(this Deal deal, DateOnly day) =>
        deal.Without(claim => Begins(claim) > day);

    /// <summary>The first day on which the deal has a status; null where it has had one from the first.</summary>
    public static DateOnly? StatusFrom(this Deal deal)
    {
        DateOnly? first = null;
        foreach (var claim in deal.Claims)
        {
            if (claim.Claim.Value is not ClaimValue.Status || !claim.Stands)
                continue;
            if (Begins(claim) is not { } begins)
                return null;
            if (first is null || begins < first)
                first = begins;
        }
        return first;
    }

    /// <summary>
    /// The last day on which its present status can have begun, as the source of the status dates it; or else as the deal itself is dated;
    /// or else the day, UTC, on which it was recorded. The deal has a status.
    /// </summary>
    public static DateOnly StatusSince(this Deal deal)
    {
        var status = deal.Claim(Field.Status)!;
        return Begins(status) ?? deal.Value<ClaimValue.Announced>(Field.Announced)?.When.To ?? DateOnly.FromDateTime(status.Cause.RecordedAt.UtcDateTime);
    }

    /// <summary>
    /// Which status the deal had from which day on, the first of them from ever; null while it had none. Empty where no status has a
    /// time, so that the present one holds on every day.
    /// </summary>
    public static IEnumerable<(DateOnly From, DealStatus? Status)> StatusSteps(this Deal deal)
    {
        SortedSet<DateOnly>? days = null;
        foreach (var claim in deal.Claims)
        {
            if (Begins(claim) is { } begins)
                (days ??= []).Add(begins);
        }
        return days is null ? [] : days.Prepend(DateOnly.MinValue).Select(day => (day, deal.Until(day).Status));
    }

    /// <summary>The last day that a status may have begun on; null of an unknown one, and of other claims.</summary>
    private static DateOnly? Begins(RecordedClaim claim) => (claim.Claim.Value as ClaimValue.Status)?.Effective.To;
}
