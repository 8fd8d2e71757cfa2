namespace Ledger.EventStore;

/// <summary>How far a group of projections has come.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Position">The position up to which its views hold.</param>
/// <param name="Head">The position of the log's last event, read in the same snapshot.</param>
/// <param name="MovedAt">When the position last moved.</param>
/// <param name="Failure">Why the group stands still, or null.</param>
public sealed record ProjectionStatus(string Group, long Position, long Head, DateTimeOffset MovedAt, ProjectionFailure? Failure)
{
    /// <summary>How many events the views are behind the log.</summary>
    public long Lag => Head - Position;
}

/// <summary>An event that could not be folded.</summary>
/// <param name="Position">The event's position.</param>
/// <param name="Projection">The projection that refused it; empty if the event could not be read.</param>
/// <param name="Message">Why.</param>
/// <param name="FailedAt">When it was last tried.</param>
public sealed record ProjectionFailure(long Position, string Projection, string Message, DateTimeOffset FailedAt);
