using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>
/// A fact about one deal. The set is closed: its cases live in this file. Where an editor decided something, the event says why.
/// What concerns two deals is recorded of both at once, since whatever is shown of a deal follows from its own events.
/// </summary>
public abstract record DealEvent
{
    private DealEvent() { }

    /// <summary>The deal became known. Always a deal's first event, never repeated.</summary>
    /// <param name="Source">The article that announces it.</param>
    /// <param name="Claims">What the article says, the company and the kind of deal among it, each with the quote that carries it.</param>
    public sealed record DealAnnounced(ArticleId Source, ImmutableArray<Claim> Claims) : DealEvent;

    /// <summary>One more article, or the same one read again, said more of a known deal.</summary>
    /// <param name="Claims">Only what was not recorded before from this source.</param>
    public sealed record DealCorroborated(ArticleId Source, ImmutableArray<Claim> Claims) : DealEvent;

    /// <summary>A claim was found to be wrong, and another one stands in its place.</summary>
    /// <param name="Claim">The one that was wrong.</param>
    /// <param name="Source">The article that shows what is right.</param>
    /// <param name="By">What is right, with the quote that carries it: a claim of the same field. It may be known already; if it was withdrawn, it stands again.</param>
    public sealed record DealClaimCorrected(ClaimId Claim, ArticleId Source, Claim By, Reason Reason) : DealEvent;

    /// <summary>A claim was taken back. A claim that it corrected stands again.</summary>
    public sealed record DealClaimWithdrawn(ClaimId Claim, Reason Reason) : DealEvent;

    /// <summary>A claim that was withdrawn or corrected stands again as it did before.</summary>
    /// <param name="Withdrawn">The claims that were recorded to correct it, which are taken back with that.</param>
    public sealed record DealClaimRestored(ClaimId Claim, ImmutableArray<ClaimId> Withdrawn, Reason Reason) : DealEvent;

    /// <summary>An editor decided for a claim, against the others of its slot; an earlier preference there ends.</summary>
    public sealed record DealClaimPreferred(ClaimId Claim, Reason Reason) : DealEvent;

    public sealed record DealPreferenceEnded(ClaimId Claim, Reason Reason) : DealEvent;

    /// <summary>The deal came further, or to a halt.</summary>
    /// <param name="Claim">Of its status, with the time from which it holds.</param>
    public sealed record DealStatusAdvanced(ArticleId Source, Claim Claim) : DealEvent;

    /// <summary>The deal is a part of another one.</summary>
    public sealed record DealPartJoined(DealId Whole, PartKind As, Reason Reason) : DealEvent;

    public sealed record DealPartLeft(DealId Whole, Reason Reason) : DealEvent;

    /// <summary>Another deal is a part of this one, which from then on does not count itself.</summary>
    public sealed record DealWholeJoined(DealId Part, PartKind As, Reason Reason) : DealEvent;

    public sealed record DealWholeLeft(DealId Part, Reason Reason) : DealEvent;

    /// <summary>The deal is among those that an aggregate sums up.</summary>
    public sealed record DealCovered(DealId By, Reason Reason) : DealEvent;

    public sealed record DealUncovered(DealId By, Reason Reason) : DealEvent;

    /// <summary>Another deal is among those that this one sums up.</summary>
    public sealed record DealCoverGained(DealId Deal, Reason Reason) : DealEvent;

    public sealed record DealCoverLost(DealId Deal, Reason Reason) : DealEvent;

    /// <summary>The deal was found to be the same as another one, where its claims stand from then on.</summary>
    public sealed record DealMerged(DealId Into, Reason Reason) : DealEvent;

    public sealed record DealUnmerged(DealId Into, Reason Reason) : DealEvent;

    /// <summary>Another deal was found to be this one. Its events follow, each as <see cref="DealEchoed"/>.</summary>
    public sealed record DealAbsorbed(DealId Deal, Reason Reason) : DealEvent;

    /// <summary>The other deal is not this one after all, and takes all that came from it with it.</summary>
    public sealed record DealReleased(DealId Deal, Reason Reason) : DealEvent;

    /// <summary>What happened to a deal that was merged into this one.</summary>
    /// <param name="First">When it was recorded of that deal, before the merge; null where it is recorded of both at once.</param>
    public sealed record DealEchoed(DealId Deal, DealEvent Happened, Cause? First) : DealEvent;

    /// <summary>The deal is another one than a deal that it looks like. It is told of both.</summary>
    public sealed record DealDistinguished(DealId From, Reason Reason) : DealEvent;

    /// <summary>The deal may be that other one after all. It is told of both.</summary>
    public sealed record DealDistinctionEnded(DealId From, Reason Reason) : DealEvent;

    /// <summary>There is no such deal, or it has no place in the record. Its history stays.</summary>
    public sealed record DealRetracted(Reason Reason) : DealEvent;

    public sealed record DealReinstated(Reason Reason) : DealEvent;

    /// <summary>An editor filed the deal under a sector or a place that no article says.</summary>
    /// <param name="Tag">A sector or a place.</param>
    public sealed record DealTagged(ClaimValue Tag, Reason Reason) : DealEvent;

    public sealed record DealUntagged(ClaimValue Tag, Reason Reason) : DealEvent;

    /// <summary>The source of some of the deal's articles has a rank from now on.</summary>
    /// <param name="Source">The publisher's name.</param>
    /// <param name="Articles">Those of the deal's articles that it published.</param>
    /// <param name="Reason">Why an editor ranked it; null of one that had its rank when the deal came to cite it, and where none was recorded.</param>
    public sealed record DealSourceRanked(string Source, ImmutableArray<ArticleId> Articles, int Rank, Reason? Reason = null) : DealEvent;
}

/// <summary>What a part is to the whole deal.</summary>
public enum PartKind
{
    /// <summary>A share of the sum, paid in by itself.</summary>
    Tranche,

    /// <summary>More money on the same terms, later.</summary>
    Extension,
}
