using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ledger.EventStore;

/// <summary>Bounds of an <see cref="EventLog"/>. The defaults suit a server.</summary>
public sealed record EventLogOptions
{
    /// <summary>Appends that may wait in this process. Further callers wait until there is room.</summary>
    public int QueuedAppendsMax { get; init; } = 4_096;

    /// <summary>How long appends are tried again while the database cannot be reached, before their outcome is called unknown.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often followers look for new events when no hint of any reaches them.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long idempotency keys are remembered at least.</summary>
    public TimeSpan KeyRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Where lost connections and the like are told.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
