namespace Ledger.App.Jobs;

/// <summary>A job, and how it stands.</summary>
/// <param name="Does">What it does, in one sentence.</param>
/// <param name="Cron">When, as Quartz writes it: seconds, minutes, hours, day of the month, month, day of the week.</param>
/// <param name="TimeZone">The IANA zone whose clocks the schedule goes by.</param>
/// <param name="Enabled">Whether the clock starts it.</param>
/// <param name="NextAt">When it is due next; null where the clock does not start it, or it is paused.</param>
/// <param name="PausedBy">Null where it is not paused.</param>
/// <param name="Now">The run that goes on, or else the one that waits; null where there is none.</param>
/// <param name="Last">The last one that ended.</param>
/// <param name="Failing">The run that failed for good, until somebody acknowledges that or a later one succeeds; null where all is well.</param>
public sealed record JobRecord(
    string Name, string Does, string Cron, string TimeZone, bool Enabled, DateTime? NextAt, string? PausedBy, DateTime? PausedAt, RunRecord? Now, RunRecord? Last, long? Failing)
{
    /// <summary>Whether a run goes on, or begins as soon as a server takes it: soon this record says something else.</summary>
    internal bool IsMoving => Now is { State: RunState.Running } || IsDue;

    /// <summary>Whether nothing stands in the way of running it now: what waits does so for a later time, or for the end of a pause.</summary>
    internal bool MayRun => Now is not { State: RunState.Running } && !IsDue;

    private bool IsDue => Now is { State: RunState.Waiting } run && run.NotBefore <= DateTime.UtcNow && (PausedBy is null || run.Cause == RunCause.Request);
}

/// <summary>A run of a job.</summary>
/// <param name="Cause">Why there is one.</param>
/// <param name="AskedBy">Who asked for it; null for the clock.</param>
/// <param name="DueAt">The time by its schedule; null where somebody asked.</param>
/// <param name="NotBefore">It waits until then.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="NextRun">What follows where it did not succeed; null where nothing does.</param>
/// <param name="Server">Where it ran; null until it began.</param>
/// <param name="Seconds">How long it took, or has taken so far; null until it began.</param>
/// <param name="Done">How much of it is done; null where it does not say.</param>
/// <param name="Total">Of how much; null where that is not known.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="Changed">How many things it has changed.</param>
/// <param name="Result">What it came to, in one sentence.</param>
/// <param name="Failure">Why it did not succeed, in one sentence.</param>
public sealed record RunRecord(
    long Id, string Job, RunState State, RunCause Cause, string? AskedBy, DateTime AskedAt, DateTime? DueAt, DateTime NotBefore, int Attempt, long? NextRun, string? Server,
    DateTime? BeganAt, DateTime? EndedAt, double? Seconds, long? Done, long? Total, string? Unit, long Changed, string? Result, string? Failure, string? CancelledBy,
    string? AcknowledgedBy, DateTime? AcknowledgedAt);

/// <summary>A run with what it said.</summary>
/// <param name="Lines">In their order.</param>
public sealed record RunWithLines(RunRecord Run, IReadOnlyList<RunLine> Lines);
