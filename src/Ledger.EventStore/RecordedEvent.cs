namespace Ledger.EventStore;

/// <summary>An event as it stands in the log.</summary>
/// <param name="Position">Its place in the log: 1, 2, 3 … without gaps, in the order of commits.</param>
/// <param name="Id">The id it was recorded with.</param>
/// <param name="Stream">The stream it belongs to.</param>
/// <param name="Version">Its place in its stream: 1, 2, 3 … without gaps.</param>
/// <param name="Type">The name it is stored under, which is an old name if it was recorded in an old shape.</param>
/// <param name="RecordedAt">When it was recorded, UTC, in whole microseconds; never decreases with the position.</param>
/// <param name="Data">What happened, in its present shape.</param>
/// <param name="Headers">Who recorded it (<c>author</c>) and whatever else was said about the append.</param>
public sealed record RecordedEvent(
    long Position,
    Guid Id,
    string Stream,
    long Version,
    string Type,
    DateTimeOffset RecordedAt,
    object Data,
    IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>What the event belongs to, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>What brought the event about, or null.</summary>
    public string? CausationId { get; init; }

    /// <summary>Who recorded the event: the header <c>author</c>, or empty if the event was recorded without one.</summary>
    public string Author => Headers.GetValueOrDefault("author", "");
}
