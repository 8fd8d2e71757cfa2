namespace Ledger.EventStore;

/// <summary>A stream was not at the version the append was decided on. Nothing was recorded.</summary>
public sealed class VersionConflictException(string stream, long expected, long actual)
    : Exception($"Stream '{stream}' is at version {actual}, not at {expected}.")
{
    /// <summary>The stream that has moved.</summary>
    public string Stream { get; } = stream;

    /// <summary>The version the append expected; 0 for a stream that was not to exist.</summary>
    public long Expected { get; } = expected;

    /// <summary>The version the stream had; 0 if it does not exist.</summary>
    public long Actual { get; } = actual;
}

/// <summary>The author has used the idempotency key before, for other content. Nothing was recorded.</summary>
public sealed class KeyReusedException(string author, string key)
    : Exception($"'{author}' has used the key '{key}' before, for other content.")
{
    /// <summary>Whose key it is.</summary>
    public string Author { get; } = author;

    /// <summary>The key.</summary>
    public string Key { get; } = key;
}

/// <summary>An event has more bytes than a leaf of the tree takes, and so could not be proved. Nothing was recorded.</summary>
public sealed class EventTooLongException(string type, int length, int lengthMax)
    : ArgumentException($"A {type} has {length} bytes of data, but no more than {lengthMax} can be proved: keep long texts elsewhere, and their hash in the event.")
{
    /// <summary>The name that the event would be stored under.</summary>
    public string Type { get; } = type;

    /// <summary>The bytes of its data, as PostgreSQL stores it.</summary>
    public int Length { get; } = length;

    /// <summary>The most that there is room for.</summary>
    public int LengthMax { get; } = lengthMax;
}

/// <summary>
/// The caller stopped waiting, or the database could not be reached for long, while the append was on its way: it may
/// have been recorded, or may still be. To learn which, append the very same again (the same ids, expected versions
/// and key): an append is recorded at most once, and the answer is the first one if it was.
/// <see cref="EventLog.Find"/> asks by key without appending.
/// </summary>
public sealed class AppendOutcomeUnknownException(Append append, Exception? cause)
    : OperationCanceledException("It is not known whether the append was recorded; append the same again to learn it.", cause)
{
    /// <summary>What was to be appended.</summary>
    public Append Append { get; } = append;
}

/// <summary>An event is stored under a name that this program does not know.</summary>
public sealed class UnknownEventTypeException(string type, long position)
    : Exception($"The event at position {position} is of type '{type}', which this program does not know.")
{
    /// <summary>The name the event is stored under.</summary>
    public string Type { get; } = type;

    /// <summary>The event's position.</summary>
    public long Position { get; } = position;
}
