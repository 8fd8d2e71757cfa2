using Ledger.App.Intake.Announce;

namespace Ledger.App.Deals.Change;

// The written form of a change, as a file, a request body or a form. Property names are the names of its fields.

/// <summary>A list of changes that are made together.</summary>
public sealed class ChangeListFields : Written
{
    /// <summary>Why, where a change does not say it itself.</summary>
    public string? Reason { get; set; }

    public List<ChangeFields> Changes { get; set; } = [];
}

/// <summary>One change of a deal: what to do, and what it needs for that.</summary>
public sealed class ChangeFields : Written
{
    public string? Deal { get; set; }

    /// <summary>correct, withdraw, restore, prefer, unprefer, advance, join, leave, cover, uncover, merge, unmerge, distinguish, undistinguish, retract, reinstate, tag or untag.</summary>
    public string? Do { get; set; }

    /// <summary>The id of the claim that it is about.</summary>
    public string? Claim { get; set; }

    /// <summary>The claim that is right, or of the new status, as in an announcement.</summary>
    public ClaimFields? By { get; set; }

    /// <summary>The id of the article that carries it; left out of a correction from the article that was misread.</summary>
    public string? Article { get; set; }

    /// <summary>The whole, the aggregate, the deal to merge into, or the one that it looks like.</summary>
    public string? Other { get; set; }

    /// <summary>What a part is: tranche or extension.</summary>
    public string? As { get; set; }

    public string? Sector { get; set; }

    public string? Place { get; set; }

    public string? Reason { get; set; }

    /// <summary>The version of the deal that the editor has seen: should its field have been changed since, nothing is recorded.</summary>
    public long? IfVersion { get; set; }
}
