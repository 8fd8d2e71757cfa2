using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>What commands come to, given what is known of a deal. Pure: time and identity arrive with the command.</summary>
public static class DealDecisions
{
    /// <summary>An announcement must say whose deal it is, what sort, and how far it has come.</summary>
    private static readonly ImmutableArray<Field> Required = [Field.Company, Field.Kind, Field.Status];

    /// <summary>What claims about deals are made about.</summary>
    public static readonly ImmutableHashSet<Field> OfDeals =
    [
        .. Required, Field.Round, Field.Amount, Field.UsdAsReported, Field.Valuation, Field.Investor, Field.OthersUndisclosed,
        Field.Announced, Field.UseOfProceeds, Field.Period, Field.Sector, Field.Place, Field.ReportedBy,
    ];

    /// <summary>How far a deal comes, in its order.</summary>
    private static readonly ImmutableArray<DealStatus> Course =
        [DealStatus.Rumoured, DealStatus.Planned, DealStatus.Pledged, DealStatus.Announced, DealStatus.Closed];

    /// <param name="deal">The deal, with those that were merged into it.</param>
    /// <param name="command">What is wanted.</param>
    /// <param name="named">
    /// The deal that the command names: the deal itself, or one that was merged into it. What is said of that one is told of both,
    /// so that it has it should they turn out to be two.
    /// </param>
    public static Decision<DealEvent> Decide(Deal deal, DealCommand command, DealId? named = null) => command switch
    {
        DealCommand.Announce announce => Announce(deal, announce, named ?? deal.Id),
        _ when !deal.IsKnown => Refuse("deal-unknown", $"Deal {deal.Id} is not recorded.", isOfInput: true),
        DealCommand.Advance c => Advance(deal, c, named ?? deal.Id),
        DealCommand.Correct c => ClaimDecisions.Correct(deal, c),
        DealCommand.Withdraw c => ClaimDecisions.Withdraw(deal, c),
        DealCommand.Restore c => ClaimDecisions.Restore(deal, c),
        DealCommand.Prefer c => ClaimDecisions.Prefer(deal, c),
        DealCommand.EndPreference c => ClaimDecisions.EndPreference(deal, c),
        DealCommand.TagWith c => Tag(deal, c, named ?? deal.Id),
        DealCommand.Untag c => Untag(deal, c),
        DealCommand.Retract or DealCommand.Reinstate when named is { } other && other != deal.Id =>
            Refuse("deal-merged", $"Deal {other} was merged into {deal.Id}; undo that first, or name {deal.Id}."),
        DealCommand.Retract when deal.Retracted is not null => Decision<DealEvent>.Nothing,
        DealCommand.Retract c => TieDecisions.TiesOf(deal) is { } tie ? Refuse("deal-tied", $"Deal {deal.Id} {tie}; end that first.") : Happened(new DealEvent.DealRetracted(c.Reason)),
        DealCommand.Reinstate when deal.Retracted is null => Decision<DealEvent>.Nothing,
        DealCommand.Reinstate c => Happened(new DealEvent.DealReinstated(c.Reason)),
        DealCommand.RankSource c => Rank(deal, c),
        _ => throw new InvalidOperationException($"A deal knows no command {command.GetType().Name}."),
    };

    private static Decision<DealEvent> Announce(Deal deal, DealCommand.Announce announce, DealId named)
    {
        if (announce.Claims.Misplaced(OfDeals, $"Deal {named}", "a-deal") is { } refusal)
            return new Decision<DealEvent>.Refuse(refusal);
        var news = deal.Claims.News(announce.Claims);
        if (news.IsEmpty)
            return deal.IsKnown ? Decision<DealEvent>.Nothing : Refuse("deal-without-claims", $"Deal {deal.Id}: the announcement claims nothing.", isOfInput: true);
        if (deal.IsKnown)
            return Happened(deal.Told(named, new DealEvent.DealCorroborated(announce.Source, news)));
        foreach (var field in Required)
        {
            if (!news.Any(claim => claim.Value.Slot.Field == field))
                return Refuse($"deal-without-{field.ToString().ToLowerInvariant()}", $"Deal {deal.Id}: no claim says its {field.ToString().ToLowerInvariant()}.", isOfInput: true);
        }
        return Happened(new DealEvent.DealAnnounced(announce.Source, news));
    }

    private static Decision<DealEvent> Advance(Deal deal, DealCommand.Advance c, DealId named)
    {
        if (c.Claim.Value is not ClaimValue.Status { Value: var next })
            return Refuse("no-status", $"Deal {named}: a claim of {c.Claim.Value.Slot} advances no status.", isOfInput: true);
        if (deal.Find(c.Claim.Id) is { } known)
        {
            return known.Stands ? Decision<DealEvent>.Nothing
                : Refuse("claim-not-standing", $"Deal {named}: claim {c.Claim.Id}, which says the same, was {Word(known.Standing)}; restore it.");
        }
        if (deal.Status is { } now && !Follows(now, next))
            return Refuse("status-not-advanced", $"Deal {named} is {Word(now)}, from where it does not advance to {Word(next)}; if a claim of its status is wrong, correct or withdraw that.");
        var happened = deal.Told(named, new DealEvent.DealStatusAdvanced(c.Source, c.Claim));
        return deal.Evolve(happened, NotYet(deal)).Claim(Field.Status)?.Claim.Id == c.Claim.Id ? Happened(happened)
            : Refuse("status-too-late", $"Deal {named} is {Word(deal.Status!.Value)} since a later time than {((ClaimValue.Status)c.Claim.Value).Effective}.");
    }

    private static bool Follows(DealStatus now, DealStatus next) => (Course.IndexOf(now), Course.IndexOf(next)) switch
    {
        (var from, -1) => now != next && (from < 0 || now != DealStatus.Closed),
        (-1, _) => true,
        var (from, to) => to > from,
    };

    private static Decision<DealEvent> Tag(Deal deal, DealCommand.TagWith c, DealId named)
    {
        if (c.Tag is not (ClaimValue.Sector or ClaimValue.Place))
            return NoTag(deal, c.Tag);
        return deal.Current(c.Tag.Slot) is not null || deal.Tags.Any(tag => tag.Value == c.Tag) ? Decision<DealEvent>.Nothing
            : Happened(deal.Told(named, new DealEvent.DealTagged(c.Tag, c.Reason)));
    }

    private static Decision<DealEvent> Untag(Deal deal, DealCommand.Untag c)
    {
        if (c.Tag is not (ClaimValue.Sector or ClaimValue.Place))
            return NoTag(deal, c.Tag);
        var events = deal.WithAbsorbed().Where(holder => holder.HasTag(c.Tag)).Select(holder => deal.Told(holder.Id, new DealEvent.DealUntagged(c.Tag, c.Reason))).ToList();
        // A claim that is withdrawn gives its place back to one that it corrected, which may say the same.
        for (var left = deal; left.Claims.FirstOrDefault(claim => claim.Stands && claim.Claim.Value.Slot == c.Tag.Slot) is { } claim; left = left.Evolve(events[^1], NotYet(left)))
            events.Add(deal.Told(left.Holder(claim.Claim.Id)!.Id, new DealEvent.DealClaimWithdrawn(claim.Claim.Id, c.Reason)));
        return new Decision<DealEvent>.Record([.. events]);
    }

    private static Decision<DealEvent> Rank(Deal deal, DealCommand.RankSource c)
    {
        var told = deal.WithAbsorbed().Select(holder => (holder.Id, Articles: c.Articles
                .Where(article => holder.OwnClaims.Any(claim => claim.Source == article) && (holder.RankOf(article) ?? 0) != c.Rank).ToImmutableArray()))
            .Where(part => !part.Articles.IsEmpty)
            .Select(part => deal.Told(part.Id, new DealEvent.DealSourceRanked(c.Source, part.Articles, c.Rank, c.Reason)));
        return new Decision<DealEvent>.Record([.. told]);
    }

    private static Decision<DealEvent> NoTag(Deal deal, ClaimValue value) =>
        Refuse("no-tag", $"Deal {deal.Id}: {value.Slot} is neither a sector nor a place.", isOfInput: true);

    /// <summary>Stands for the cause of an event that is only tried: later than everything recorded.</summary>
    internal static Cause NotYet(Deal deal) => new(long.MaxValue, deal.Version + 1, DateTimeOffset.UnixEpoch, "");

    internal static string Word<T>(T name) where T : struct, Enum => name.ToString().ToLowerInvariant();

    internal static Decision<DealEvent> Happened(params ImmutableArray<DealEvent> events) => new Decision<DealEvent>.Record(events);

    internal static Decision<DealEvent> Refuse(string type, string sentence, bool isOfInput = false) =>
        new Decision<DealEvent>.Refuse(new Refusal(type, sentence, isOfInput));
}
