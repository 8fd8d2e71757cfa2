namespace Ledger.EventStore.Writing;

/// <summary>
/// Appends that are recorded by one statement, as the arrays it takes. No stream and no key may stand in two of them:
/// the queue sees to that.
/// </summary>
internal sealed class AppendBatch
{
    private readonly List<PendingAppend> _appends = [];

    public IReadOnlyList<PendingAppend> Appends => _appends;
    public long Bytes { get; private set; }
    public DateTimeOffset? RecordedAt { get; private set; }

    public List<Guid> EventIds { get; } = [];
    public List<string> EventStreams { get; } = [];
    public List<long> EventVersions { get; } = [];
    public List<string> EventTypes { get; } = [];
    public List<byte[]> EventData { get; } = [];
    public List<int> EventAppends { get; } = [];
    public List<string?> Correlations { get; } = [];
    public List<string?> Causations { get; } = [];
    public List<byte[]> Headers { get; } = [];
    public List<string> Grown { get; } = [];
    public List<long> GrownFrom { get; } = [];
    public List<long> GrownTo { get; } = [];
    public List<string> Started { get; } = [];
    public List<long> StartedTo { get; } = [];
    public List<string> KeyAuthors { get; } = [];
    public List<string> KeyNames { get; } = [];
    public List<byte[]> KeyContents { get; } = [];
    public List<long> KeyFirsts { get; } = [];
    public List<long> KeyLasts { get; } = [];

    public AppendBatch()
    {
    }

    public AppendBatch(IEnumerable<PendingAppend> appends)
    {
        foreach (PendingAppend pending in appends)
            Add(pending);
    }

    /// <summary>Whether an append is to be recorded at the same time as the others.</summary>
    public bool Fits(PendingAppend pending) => _appends.Count == 0 || pending.Append.RecordedAt == RecordedAt;

    public void Add(PendingAppend pending)
    {
        Append append = pending.Append;
        RecordedAt = append.RecordedAt;
        if (append.Key is { } key)
        {
            KeyAuthors.Add(append.Author);
            KeyNames.Add(key);
            KeyContents.Add(pending.Content!);
            KeyFirsts.Add(EventIds.Count + 1);
            KeyLasts.Add(EventIds.Count + pending.Data.Length);
        }
        _appends.Add(pending);
        Bytes += pending.Bytes;
        Correlations.Add(append.CorrelationId);
        Causations.Add(append.CausationId);
        Headers.Add(pending.Headers);
        int next = 0;
        foreach (StreamAppend stream in append.Streams)
            AddStream(pending, stream, ref next);
    }

    private void AddStream(PendingAppend pending, StreamAppend stream, ref int next)
    {
        long version = stream.ExpectedVersion;
        foreach (NewEvent e in stream.Events)
        {
            EventIds.Add(e.Id);
            EventStreams.Add(stream.Stream);
            EventVersions.Add(++version);
            EventTypes.Add(pending.Types[next]);
            EventData.Add(pending.Data[next]);
            EventAppends.Add(_appends.Count);
            next++;
        }
        if (stream.ExpectedVersion == 0)
        {
            Started.Add(stream.Stream);
            StartedTo.Add(version);
        }
        else
        {
            Grown.Add(stream.Stream);
            GrownFrom.Add(stream.ExpectedVersion);
            GrownTo.Add(version);
        }
    }

    /// <summary>Gives every append its answer.</summary>
    /// <param name="position">The position before the first event.</param>
    /// <param name="at">When the batch was recorded.</param>
    public void Succeed(long position, DateTimeOffset at)
    {
        foreach (PendingAppend pending in _appends)
        {
            long first = position + 1;
            position += pending.Data.Length;
            pending.Succeed(new Appended(first, position, at, VersionsAfter(pending.Append), Repeated: false));
        }
    }

    private static Dictionary<string, long> VersionsAfter(Append append)
    {
        var versions = new Dictionary<string, long>(append.Streams.Count, StringComparer.Ordinal);
        foreach (StreamAppend stream in append.Streams)
            versions.Add(stream.Stream, stream.ExpectedVersion + stream.Events.Count);
        return versions;
    }
}
