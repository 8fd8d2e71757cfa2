using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>What is recorded of a deal, event by event, before anything is resolved.</summary>
internal sealed record DealState(DealId Id)
{
    public Cause? Last { get; init; }

    public ImmutableArray<RecordedClaim> Claims { get; init; } = [];

    public ImmutableArray<Deal> Absorbed { get; init; } = [];

    public ImmutableArray<Tag> Tags { get; init; } = [];

    public ImmutableDictionary<ArticleId, int> Ranks { get; init; } = ImmutableDictionary<ArticleId, int>.Empty;

    public Tie? MergedInto { get; init; }

    public PartTie? Whole { get; init; }

    public ImmutableArray<PartTie> Parts { get; init; } = [];

    public Tie? CoveredBy { get; init; }

    public ImmutableArray<Tie> Covers { get; init; } = [];

    public ImmutableArray<Tie> Distinct { get; init; } = [];

    public Ruling? Retracted { get; init; }

    public DealState Evolve(DealEvent happened, Cause cause) => (happened switch
    {
        DealEvent.DealAnnounced e => Add(e.Source, e.Claims, cause),
        DealEvent.DealCorroborated e => Add(e.Source, e.Claims, cause),
        DealEvent.DealStatusAdvanced e => Add(e.Source, [e.Claim], cause),
        DealEvent.DealClaimCorrected e => Correct(e, cause),
        DealEvent.DealClaimWithdrawn e => Rule(e.Claim, claim => claim with { Withdrawn = new Ruling(e.Reason, cause) }),
        DealEvent.DealClaimRestored e => Restore(e, cause),
        DealEvent.DealClaimPreferred e => Prefer(e, cause),
        DealEvent.DealPreferenceEnded e => Rule(e.Claim, claim => claim with { Preferred = null }),
        DealEvent.DealPartJoined e => this with { Whole = new PartTie(e.Whole, e.As, new Ruling(e.Reason, cause)) },
        DealEvent.DealPartLeft => this with { Whole = null },
        DealEvent.DealWholeJoined e => this with { Parts = Parts.Add(new PartTie(e.Part, e.As, new Ruling(e.Reason, cause))) },
        DealEvent.DealWholeLeft e => this with { Parts = Parts.RemoveAll(part => part.Deal == e.Part) },
        DealEvent.DealCovered e => this with { CoveredBy = new Tie(e.By, new Ruling(e.Reason, cause)) },
        DealEvent.DealUncovered => this with { CoveredBy = null },
        DealEvent.DealCoverGained e => this with { Covers = Covers.Add(new Tie(e.Deal, new Ruling(e.Reason, cause))) },
        DealEvent.DealCoverLost e => this with { Covers = Covers.RemoveAll(covered => covered.Deal == e.Deal) },
        DealEvent.DealMerged e => this with { MergedInto = new Tie(e.Into, new Ruling(e.Reason, cause)) },
        DealEvent.DealUnmerged => this with { MergedInto = null },
        DealEvent.DealAbsorbed e => this with { Absorbed = Absorbed.Add(Deal.Unknown(e.Deal)) },
        DealEvent.DealReleased e => this with { Absorbed = Absorbed.RemoveAll(absorbed => absorbed.Id == e.Deal) },
        DealEvent.DealEchoed e => this with { Absorbed = [.. Absorbed.Select(deal => deal.Id == e.Deal ? deal.Evolve(e.Happened, e.First ?? cause) : deal)] },
        DealEvent.DealDistinguished e => this with { Distinct = Distinct.Add(new Tie(e.From, new Ruling(e.Reason, cause))) },
        DealEvent.DealDistinctionEnded e => this with { Distinct = Distinct.RemoveAll(other => other.Deal == e.From) },
        DealEvent.DealRetracted e => this with { Retracted = new Ruling(e.Reason, cause) },
        DealEvent.DealReinstated => this with { Retracted = null },
        DealEvent.DealTagged e => this with { Tags = Tags.RemoveAll(tag => tag.Value == e.Tag).Add(new Tag(e.Tag, new Ruling(e.Reason, cause))) },
        DealEvent.DealUntagged e => this with { Tags = Tags.RemoveAll(tag => tag.Value == e.Tag) },
        DealEvent.DealSourceRanked e => this with { Ranks = Ranks.SetItems(e.Articles.Select(article => KeyValuePair.Create(article, e.Rank))) },
        _ => throw new InvalidOperationException($"A deal knows no event {happened.GetType().Name}."),
    }) with
    { Last = cause };

    /// <summary>Whether what it says differs from what an earlier state says by further claims at the most.</summary>
    public bool Adds(DealState before) => Ranks == before.Ranks && Absorbed == before.Absorbed && Claims.Length >= before.Claims.Length
        && (Claims == before.Claims || Claims.AsSpan(..before.Claims.Length).SequenceEqual(before.Claims.AsSpan(), ReferenceEqualityComparer.Instance));

    private DealState Add(ArticleId source, ImmutableArray<Claim> claims, Cause cause) =>
        this with { Claims = Claims.AddRange(claims.Select(claim => new RecordedClaim(claim, source, cause))) };

    private DealState Correct(DealEvent.DealClaimCorrected e, Cause cause)
    {
        var known = Claims.Any(claim => claim.Claim.Id == e.By.Id)
            ? Rule(e.By.Id, claim => claim with { Withdrawn = null, Corrected = null })
            : this with { Claims = Claims.Add(new RecordedClaim(e.By, e.Source, cause) { Corrects = e.Claim }) };
        return known.Rule(e.Claim, claim => claim with { Corrected = new Correction(e.By.Id, new Ruling(e.Reason, cause)) });
    }

    private DealState Restore(DealEvent.DealClaimRestored e, Cause cause)
    {
        var restored = Rule(e.Claim, claim => claim with { Withdrawn = null, Corrected = null });
        return e.Withdrawn.Aggregate(restored, (state, id) => state.Rule(id, claim => claim with { Withdrawn = new Ruling(e.Reason, cause) }));
    }

    private DealState Prefer(DealEvent.DealClaimPreferred e, Cause cause)
    {
        var slot = Claims.FirstOrDefault(claim => claim.Claim.Id == e.Claim)?.Claim.Value.Slot;
        return this with
        {
            Claims =
            [
                .. Claims.Select(claim => claim.Claim.Id == e.Claim ? claim with { Preferred = new Ruling(e.Reason, cause) }
                    : claim.Claim.Value.Slot == slot ? claim with { Preferred = null }
                    : claim),
            ],
        };
    }

    private DealState Rule(ClaimId id, Func<RecordedClaim, RecordedClaim> rule) =>
        this with { Claims = [.. Claims.Select(claim => claim.Claim.Id == id ? rule(claim) : claim)] };
}

/// <summary>What an editor filed a deal under.</summary>
/// <param name="Value">A sector or a place.</param>
public sealed record Tag(ClaimValue Value, Ruling Why);

/// <summary>What one deal is to another one.</summary>
public sealed record Tie(DealId Deal, Ruling Why);

public sealed record PartTie(DealId Deal, PartKind As, Ruling Why);
