namespace Ledger.EventStore.Proof;

/// <summary>
/// Judges a log by folding two trees side by side: one of the events, one of the hashes that were stored when they were
/// recorded.
/// </summary>
/// <remarks>
/// Where they differ, the next checkpoint tells which of them was signed. If the stored hashes were, the events that
/// differ are the ones that were changed. If the events were, the stored tree was damaged. If neither was, both were
/// rewritten, somewhere since the last checkpoint that holds.
/// </remarks>
internal sealed class TwoTrees
{
    public const int FaultsMax = 1_000;

    private readonly List<LogFault> _faults = [];
    private readonly List<LogFault> _suspects = [];
    private readonly Queue<Checkpoint> _checkpoints;
    private CompactRange _stored = new();
    private bool _storedLost;

    // The tree of the events while it differs from the stored one.
    private CompactRange? _events;
    private bool _eventsLost;
    private long _lastHeld;
    private bool _rewritten;

    public TwoTrees(IEnumerable<Checkpoint> checkpoints)
    {
        _checkpoints = new Queue<Checkpoint>(checkpoints.OrderBy(c => c.Size));
        LastSigned = _checkpoints.Count == 0 ? 0 : _checkpoints.Last().Size;
        CheckSigned();
    }

    /// <summary>How many checkpoints were reached.</summary>
    public long Checked { get; private set; }

    public long Size => _stored.Size;

    /// <summary>The largest size that was signed; 0 if none was.</summary>
    public long LastSigned { get; }

    public void Fault(long first, long last, string what)
    {
        if (_faults.Count < FaultsMax)
            _faults.Add(new LogFault(first, last, what));
    }

    /// <summary>Adds the next position.</summary>
    /// <param name="eventHash">The hash of the event as it is, or empty if there is none.</param>
    /// <param name="storedHash">The hash in the stored tree, or empty if there is none.</param>
    /// <param name="id">The event's id, for naming it.</param>
    /// <param name="completed">Told of the subtrees that the stored hashes make.</param>
    public void Add(ReadOnlySpan<byte> eventHash, ReadOnlySpan<byte> storedHash, Guid id, CompactRange.Completed completed)
    {
        if (!eventHash.SequenceEqual(storedHash))
            Suspect(eventHash.IsEmpty, storedHash.IsEmpty, id);
        Span<byte> none = stackalloc byte[Merkle.HashSize];
        none.Clear();
        ReadOnlySpan<byte> stored = !storedHash.IsEmpty ? storedHash : !eventHash.IsEmpty ? eventHash : none;
        _events?.Add(eventHash.IsEmpty ? stored : eventHash);
        _stored.Add(stored, completed);
        CheckSigned();
    }

    /// <summary>The log has ended. Returns what does not hold, in the order of positions.</summary>
    public IReadOnlyList<LogFault> End()
    {
        // No checkpoint speaks of these, so the stored hashes stand for what was recorded.
        Confirm();
        if (_checkpoints.Count > 0)
        {
            long signed = _checkpoints.Last().Size;
            Fault(Size + 1, signed, $"The log ends at position {Size}, but a checkpoint of {signed} events was signed.");
        }
        return [.. _faults.OrderBy(f => f.FirstPosition)];
    }

    private void Suspect(bool eventMissing, bool storedMissing, Guid id)
    {
        _events ??= _stored.Clone();
        _eventsLost |= eventMissing;
        _storedLost |= storedMissing;
        long position = Size + 1;
        if (!eventMissing && storedMissing)
            return;
        if (!eventMissing)
            AddSuspect(position, position, $"The event {id} at position {position} is not what was recorded.");
        else if (_suspects is [.., { } last] && last.LastPosition == position - 1 && last.What.EndsWith("missing.", StringComparison.Ordinal))
            _suspects[^1] = new LogFault(last.FirstPosition, position, $"The events at positions {last.FirstPosition} to {position} are missing.");
        else
            AddSuspect(position, position, $"The event at position {position} is missing.");
    }

    private void AddSuspect(long first, long last, string what)
    {
        if (_suspects.Count < FaultsMax)
            _suspects.Add(new LogFault(first, last, what));
    }

    private void CheckSigned()
    {
        while (_checkpoints.TryPeek(out Checkpoint? next) && next.Size == Size)
        {
            _checkpoints.Dequeue();
            Checked++;
            // After the first that fails all others fail, and tell nothing more.
            if (!_rewritten)
                Check(next);
        }
    }

    private void Check(Checkpoint signed)
    {
        if (!_storedLost && signed.Root.AsSpan().SequenceEqual(_stored.Root()))
        {
            Confirm();
        }
        else if (_events is { } events && !_eventsLost && signed.Root.AsSpan().SequenceEqual(events.Root()))
        {
            Fault(_lastHeld + 1, signed.Size,
                $"The stored tree is damaged between positions {_lastHeld + 1} and {signed.Size}; the events there are what was signed.");
            _stored = events;
        }
        else
        {
            _rewritten = true;
            Fault(_lastHeld + 1, signed.Size,
                $"The log was rewritten between positions {_lastHeld + 1} and {signed.Size}: the checkpoint of {_lastHeld} events holds, that of {signed.Size} does not.");
            return;
        }
        _suspects.Clear();
        _events = null;
        _eventsLost = _storedLost = false;
        _lastHeld = signed.Size;
    }

    private void Confirm()
    {
        foreach (LogFault suspect in _suspects)
            Fault(suspect.FirstPosition, suspect.LastPosition, suspect.What);
    }
}
