using System.Collections;

namespace Ledger.EventStore;

/// <summary>Events that follow each other in the log, and how far their reader is behind its head.</summary>
public sealed class LogBatch : IReadOnlyList<RecordedEvent>
{
    private readonly IReadOnlyList<RecordedEvent> _events;

    internal LogBatch(IReadOnlyList<RecordedEvent> events, long head)
    {
        _events = events;
        Head = Math.Max(head, events[^1].Position);
    }

    /// <summary>The head of the log as known when the batch was read.</summary>
    public long Head { get; }

    /// <summary>How many events the log holds after this batch.</summary>
    public long Behind => Head - _events[^1].Position;

    /// <summary>The number of events; never 0.</summary>
    public int Count => _events.Count;

    /// <summary>The events in the order of their positions.</summary>
    /// <param name="index">From 0.</param>
    public RecordedEvent this[int index] => _events[index];

    /// <inheritdoc/>
    public IEnumerator<RecordedEvent> GetEnumerator() => _events.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
