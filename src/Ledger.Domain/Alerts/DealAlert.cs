using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;

namespace Ledger.Domain.Alerts;

/// <summary>A change of a deal that is worth telling: what the deal says, or is to others, has changed for whoever reads the record.</summary>
/// <param name="Change">The deal before and after, and the event that did it.</param>
/// <param name="Happened">That event.</param>
/// <param name="Kinds">At least one.</param>
/// <param name="Fields">The fields that say something else than before; none where only standing or ties changed.</param>
public sealed record DealAlert(DealChange Change, DealEvent Happened, AlertKinds Kinds, ImmutableArray<FieldChange> Fields)
{
    /// <summary>
    /// The changes worth telling of one deal. When another deal is merged into it, that one's history follows as events of its own; these
    /// are one change with the merge. What an article says is one change with the rank that its source has already, which is told of the deal
    /// at once.
    /// </summary>
    /// <param name="initial">The deal before the first of the events.</param>
    /// <param name="events">Events of the deal that follow each other; where the first part of a merge is among them, all of it is.</param>
    /// <param name="root">The party that one was known to be when the change was made, by its position.</param>
    /// <param name="after">What happened up to this position was told before.</param>
    public static IEnumerable<DealAlert> Of(Deal initial, IReadOnlyList<(DealEvent Happened, Cause Cause)> events, Func<long, Func<PartyId, PartyId>> root, long after = 0)
    {
        var deal = initial;
        for (var i = 0; i < events.Count; i++)
        {
            var ((happened, cause), before) = (events[i], deal);
            deal = deal.Evolve(happened, cause);
            if (happened is DealEvent.DealAbsorbed)
            {
                for (; i + 1 < events.Count && events[i + 1].Happened is DealEvent.DealEchoed { First: not null } echo; i++)
                    deal = deal.Evolve(echo, events[i + 1].Cause);
            }
            else if (Itself(happened) is not DealEvent.DealSourceRanked)
            {
                for (; i + 1 < events.Count && Itself(events[i + 1].Happened) is DealEvent.DealSourceRanked && events[i + 1].Cause.RecordedAt == cause.RecordedAt; i++)
                    deal = deal.Evolve(events[i + 1].Happened, events[i + 1].Cause);
            }
            if (cause.Position > after && Of(before, deal, happened, cause, root(cause.Position)) is { } alert)
                yield return alert;
        }
    }

    /// <summary>Whether readers find the deal: what is not in the record for them does not change, either.</summary>
    public static bool IsShown(Deal deal) => deal is { IsKnown: true, IsListed: true, Company: not null, Kind: not null, Status: not null };

    /// <summary>The deal before and after, as far as readers find it.</summary>
    public IEnumerable<Deal> Shown()
    {
        if (IsShown(Change.Before))
            yield return Change.Before;
        if (IsShown(Change.After))
            yield return Change.After;
    }

    /// <summary>Whose deal it is, or was.</summary>
    public HashSet<PartyId> Companies() => [.. Shown().Select(deal => deal.Company!.Value)];

    /// <summary>Who invests in it, or did.</summary>
    public HashSet<PartyId> Investors() => [.. Shown().SelectMany(deal => deal.Investors).Select(investor => investor.Party).OfType<PartyId>()];

    /// <summary>What it is filed under, or was.</summary>
    public HashSet<string> Sectors() => Shown().SelectMany(deal => deal.Sectors).ToHashSet(StringComparer.Ordinal);

    private static DealAlert? Of(Deal before, Deal after, DealEvent happened, Cause cause, Func<PartyId, PartyId> root)
    {
        if (!IsShown(before) && !IsShown(after))
            return null;
        var change = new DealChange(before.Following(root), after.Following(root), cause);
        var fields = change.Fields();
        var kinds = KindsOf(change, Itself(happened), fields);
        return kinds.IsEmpty ? null : new DealAlert(change, happened, kinds, fields);
    }

    /// <summary>What was recorded of a deal that had been merged into another one is told of that one.</summary>
    private static DealEvent Itself(DealEvent happened) => happened is DealEvent.DealEchoed echo ? Itself(echo.Happened) : happened;

    private static AlertKinds KindsOf(DealChange change, DealEvent happened, ImmutableArray<FieldChange> fields)
    {
        var (before, after) = (change.Before, change.After);
        var common = AlertKinds.None
            .With(AlertKind.Valuation, fields.Any(field => field.Slot.Field == Field.Valuation))
            .With(AlertKind.Contest, !AreSame(before.Contested, after.Contested));
        if (!before.IsKnown)
            return common.With(AlertKind.NewDeal);
        var isDecided = happened is DealEvent.DealClaimCorrected or DealEvent.DealClaimWithdrawn or DealEvent.DealClaimRestored or DealEvent.DealClaimPreferred or DealEvent.DealPreferenceEnded
            or DealEvent.DealSourceRanked;
        var isMerge = before.MergedInto != after.MergedInto || before.Absorbed.Length != after.Absorbed.Length;
        var isRetraction = before.Retracted is null != after.Retracted is null;
        var isFiledElsewhere = !AreSame(before.Sectors, after.Sectors) || !AreSame(before.Places, after.Places);
        var kinds = common
            .With(AlertKind.Correction, isDecided && !fields.IsEmpty)
            .With(AlertKind.Status, before.Status != after.Status)
            .With(AlertKind.Retraction, isRetraction)
            .With(AlertKind.Merge, isMerge);
        var isOther = !isDecided && !isMerge && fields.Any(field => field.Slot.Field is not (Field.Status or Field.Valuation))
            || !isMerge && !isRetraction && change.TouchesTies()
            || isFiledElsewhere && fields.IsEmpty;
        return kinds.With(AlertKind.Other, isOther);
    }

    private static bool AreSame<T>(IEnumerable<T> before, IEnumerable<T> after) => before.SequenceEqual(after) || before.ToHashSet().SetEquals(after);
}
