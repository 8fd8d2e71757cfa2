namespace Ledger.EventStore;

/// <summary>
/// Events to record together, all or nothing: in one stream or in several, each at the version its author has seen.
/// </summary>
/// <param name="Author">Who records them. Stands in the header <c>author</c> of every event; never empty.</param>
/// <param name="Streams">At least one; no stream twice. Positions are given in this order.</param>
public sealed record Append(string Author, IReadOnlyList<StreamAppend> Streams)
{
    /// <summary>
    /// Names this append among its author's. Appended again with the same key and the same content (streams, event
    /// names and data; not ids, versions or headers) it records nothing and gets the first answer; with other content
    /// it is refused. Keys are remembered for at least <see cref="EventLogOptions.KeyRetention"/>. Null for none.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>What the events belong to, for example a request or an import. Null for none.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>What brought the events about, for example a command or another event. Null for none.</summary>
    public string? CausationId { get; init; }

    /// <summary>Further headers of every event. <c>author</c> is set from <see cref="Author"/> and may not be among them.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>
    /// When the events were recorded, for restoring a log from an export: not before the last event in the log, in
    /// whole microseconds. Null (as it should be otherwise) for the time of the database's clock.
    /// </summary>
    public DateTimeOffset? RecordedAt { get; init; }
}

/// <summary>Events for one stream.</summary>
/// <param name="Stream">The stream's name, never empty.</param>
/// <param name="ExpectedVersion">
/// The version of the stream that the events were decided on, which is the number of events in it: 0 says that the
/// stream must not exist yet.
/// </param>
/// <param name="Events">At least one.</param>
public sealed record StreamAppend(string Stream, long ExpectedVersion, IReadOnlyList<NewEvent> Events);

/// <summary>An event to record.</summary>
/// <param name="Id">Names this event once for all. Never empty, never given to another event.</param>
/// <param name="Data">What happened: of a type registered in <see cref="EventTypes"/>.</param>
public sealed record NewEvent(Guid Id, object Data);

/// <summary>The answer to an append: it is durable, and every reader after <see cref="LastPosition"/> has passed it.</summary>
/// <param name="FirstPosition">Position of the first event.</param>
/// <param name="LastPosition">Position of the last event. There are no gaps between the two.</param>
/// <param name="RecordedAt">When the events were recorded, by the database's clock; never before an earlier position's.</param>
/// <param name="Versions">The version that each of the streams got.</param>
/// <param name="Repeated">True if the append had been recorded before, and this is the first answer again.</param>
public sealed record Appended(
    long FirstPosition,
    long LastPosition,
    DateTimeOffset RecordedAt,
    IReadOnlyDictionary<string, long> Versions,
    bool Repeated);
