namespace Ledger.EventStore;

/// <summary>Which part of the log to read. The default is all of it, forwards.</summary>
public sealed record LogQuery
{
    /// <summary>Only events at positions above this one.</summary>
    public long After { get; init; }

    /// <summary>Only events up to this position, inclusive. Null for the head at the moment the reading begins.</summary>
    public long? UpTo { get; init; }

    /// <summary>From the highest position down instead of from the lowest up.</summary>
    public bool Backwards { get; init; }

    /// <summary>Only events of these types, by their present names; old names that are read as one of them are meant too. Null for all.</summary>
    public IReadOnlyCollection<string>? Types { get; init; }

    /// <summary>Only events recorded at this time or later.</summary>
    public DateTimeOffset? RecordedFrom { get; init; }

    /// <summary>Only events recorded before this time.</summary>
    public DateTimeOffset? RecordedBefore { get; init; }

    /// <summary>At most this many events. Null for no limit.</summary>
    public int? Limit { get; init; }
}
