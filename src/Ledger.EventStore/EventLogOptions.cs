using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ledger.EventStore;

/// <summary>Bounds of an <see cref="EventLog"/>. The defaults suit a server.</summary>
public sealed record EventLogOptions
{
    /// <summary>Events that may wait in this process to be recorded. Further callers wait for room; a larger append waits to be alone.</summary>
    public int QueuedEventsMax { get; init; } = 50_000;

    /// <summary>The same for the bytes of the events' JSON.</summary>
    public long QueuedBytesMax { get; init; } = 64 << 20;

    /// <summary>How long appends are tried again while the database cannot be reached, before their outcome is called unknown.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often followers look for new events when no hint of any reaches them.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long idempotency keys are remembered at least.</summary>
    public TimeSpan KeyRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Where lost connections and the like are told.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
