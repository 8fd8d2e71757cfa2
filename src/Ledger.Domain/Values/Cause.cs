namespace Ledger.Domain.Values;

/// <summary>Which recorded event made something so.</summary>
/// <param name="Position">Its place in the log, from 1.</param>
/// <param name="Version">Its place in its stream, from 1.</param>
/// <param name="RecordedAt">The recorded clock: when the log took it in, UTC.</param>
/// <param name="Author">Who recorded it.</param>
public sealed record Cause(long Position, long Version, DateTimeOffset RecordedAt, string Author);
