using Ledger.App.Intake.Announce;
using Ledger.App.Intake.RecordArticle;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;

namespace Ledger.App.Deals.Change;

/// <summary>What can be done to a deal that is recorded.</summary>
public enum DealVerb
{
    Correct,
    Withdraw,
    Restore,
    Prefer,
    Unprefer,
    Advance,
    Join,
    Leave,
    Cover,
    Uncover,
    Merge,
    Unmerge,
    Distinguish,
    Undistinguish,
    Retract,
    Reinstate,
    Tag,
    Untag,
}

/// <summary>One change that somebody wants, checked as far as that goes without the record.</summary>
/// <param name="Where">What refusals name: the file and the line, or the deal.</param>
public sealed record DealChangeRequest(DealId Deal, DealVerb Verb, string Where)
{
    /// <summary>The claim that it is about; null of what is about a whole deal.</summary>
    public ClaimId? Claim { get; init; }

    /// <summary>What to correct it by, or the status to advance to.</summary>
    public ClaimFields? By { get; init; }

    /// <summary>The article that carries this; null for that of the claim which is corrected.</summary>
    public ArticleId? Article { get; init; }

    /// <summary>The same, to be recorded first.</summary>
    public ArticleFile? ArticleFile { get; init; }

    /// <summary>A claim that is known already, to correct by.</summary>
    public RecordedClaim? Known { get; init; }

    public DealId? Other { get; init; }

    public PartKind? As { get; init; }

    public ClaimValue? Tag { get; init; }

    /// <summary>Null only where a quote says it all.</summary>
    public Reason? Reason { get; init; }

    /// <summary>The version of the deal that its editor has seen: should what it is about have been changed since, it is refused.</summary>
    public long? IfVersion { get; init; }

    /// <summary>Whether anything else that was done to the deal since then stands in its way, too.</summary>
    public bool IfUntouched { get; init; }
}
