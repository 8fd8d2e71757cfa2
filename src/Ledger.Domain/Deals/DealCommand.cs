using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>Something that somebody wants recorded of one deal. The set is closed. Repeated, each of them changes nothing.</summary>
public abstract record DealCommand
{
    private DealCommand() { }

    /// <summary>An article announces the deal, or says more of it.</summary>
    public sealed record Announce(ArticleId Source, ImmutableArray<Claim> Claims) : DealCommand;

    /// <summary>The deal has come further, or to a halt; the claim is of its status. Undone by withdrawing the claim.</summary>
    public sealed record Advance(ArticleId Source, Claim Claim) : DealCommand;

    /// <summary>A claim is wrong, and another one right. Undone by <see cref="Restore"/>.</summary>
    public sealed record Correct(ClaimId Claim, ArticleId Source, Claim By, Reason Reason) : DealCommand;

    /// <summary>A claim is taken back. Undone by <see cref="Restore"/>.</summary>
    public sealed record Withdraw(ClaimId Claim, Reason Reason) : DealCommand;

    /// <summary>A claim that was withdrawn or corrected stands again.</summary>
    public sealed record Restore(ClaimId Claim, Reason Reason) : DealCommand;

    /// <summary>Of claims that disagree, this one is believed. Undone by <see cref="EndPreference"/>.</summary>
    public sealed record Prefer(ClaimId Claim, Reason Reason) : DealCommand;

    public sealed record EndPreference(ClaimId Claim, Reason Reason) : DealCommand;

    /// <summary>The deal belongs to a sector or a place. Undone by <see cref="Untag"/>.</summary>
    public sealed record TagWith(ClaimValue Tag, Reason Reason) : DealCommand;

    /// <summary>The deal does not belong to a sector or a place, whoever says so.</summary>
    public sealed record Untag(ClaimValue Tag, Reason Reason) : DealCommand;

    /// <summary>The deal has no place in the record. Undone by <see cref="Reinstate"/>.</summary>
    public sealed record Retract(Reason Reason) : DealCommand;

    public sealed record Reinstate(Reason Reason) : DealCommand;

    /// <summary>The publisher of some of the deal's articles is believed more or less than others, whose rank is 0.</summary>
    /// <param name="Source">The publisher's name.</param>
    /// <param name="Articles">Those of its articles that the deal cites.</param>
    /// <param name="Rank">From now on.</param>
    /// <param name="Reason">Why an editor ranks it; null where it has its rank already.</param>
    public sealed record RankSource(string Source, ImmutableArray<ArticleId> Articles, int Rank, Reason? Reason = null) : DealCommand;
}

/// <summary>Something that somebody wants recorded of two deals at once. The set is closed.</summary>
public abstract record TieCommand
{
    private TieCommand() { }

    /// <summary>The deal is a part of the other one.</summary>
    public sealed record Join(PartKind As, Reason Reason) : TieCommand;

    public sealed record Leave(Reason Reason) : TieCommand;

    /// <summary>The deal is among those that the other one, an aggregate, sums up.</summary>
    /// <param name="Covered">The deals that it sums up already.</param>
    public sealed record Cover(ImmutableArray<Deal> Covered, Reason Reason) : TieCommand;

    public sealed record Uncover(Reason Reason) : TieCommand;

    /// <summary>The deal is the same as the other one.</summary>
    /// <param name="History">The deal's events.</param>
    public sealed record Merge(ImmutableArray<PastEvent> History, Reason Reason) : TieCommand;

    public sealed record Unmerge(Reason Reason) : TieCommand;

    /// <summary>The two look alike, and are two.</summary>
    public sealed record Distinguish(Reason Reason) : TieCommand;

    public sealed record EndDistinction(Reason Reason) : TieCommand;
}

/// <summary>An event of a deal, and when it was recorded.</summary>
public sealed record PastEvent(DealEvent Happened, Cause Cause);

/// <summary>An event, and the deal of which it is to be recorded.</summary>
public sealed record DealFact(DealId Deal, DealEvent Happened);
