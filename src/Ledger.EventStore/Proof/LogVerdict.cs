namespace Ledger.EventStore;

/// <summary>What the verification of a log has found.</summary>
/// <param name="Events">How many events were checked against the tree.</param>
/// <param name="Unproven">How many events at the end of the log no checkpoint covers yet.</param>
/// <param name="Checkpoints">How many signed checkpoints were checked.</param>
/// <param name="Faults">What does not hold, in the order of positions; at most the first thousand of them.</param>
public sealed record LogVerdict(long Events, long Unproven, long Checkpoints, IReadOnlyList<LogFault> Faults)
{
    /// <summary>True if the log is what was signed.</summary>
    public bool Holds => Faults.Count == 0;
}

/// <summary>Something that is not as it was recorded.</summary>
/// <param name="FirstPosition">The first position concerned.</param>
/// <param name="LastPosition">The last position concerned.</param>
/// <param name="What">A sentence.</param>
public sealed record LogFault(long FirstPosition, long LastPosition, string What);
