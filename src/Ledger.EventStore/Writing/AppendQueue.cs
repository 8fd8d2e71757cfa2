using System.Diagnostics;

namespace Ledger.EventStore.Writing;

/// <summary>
/// Appends that wait to be recorded, in the order they came. Of those on the same stream, or with the same key, one is
/// on its way at a time, so that each is judged by what the one before it has left.
/// </summary>
/// <param name="batchMax">How many events a batch holds at most.</param>
/// <param name="batchMaxBeside">The same while the other queue is in use.</param>
/// <param name="givesWayTo">A queue whose appends are not to wait long for this one's.</param>
internal sealed class AppendQueue(int batchMax, int batchMaxBeside, AppendQueue? givesWayTo = null)
{
    private const long BatchBytesMax = 8 << 20;

    /// <summary>For how long after an append a queue counts as in use.</summary>
    private static readonly TimeSpan InUse = TimeSpan.FromMilliseconds(50);

    /// <summary>How many appends that have to wait are passed over in search of others.</summary>
    private const int PassedOverMax = 1_000;

    /// <summary>How many events must be queued before a second writer is worth its while.</summary>
    private readonly int _backlogForHelp = batchMax / 4;

    private readonly Lock _lock = new();
    private readonly LinkedList<PendingAppend> _queued = [];
    private readonly Claims _onTheWay = new();
    private readonly Signal _changed = new();
    private readonly Signal _backlog = new();
    private long _events;
    private long _lastAdded;
    private bool _closed;

    /// <summary>How many appends are queued.</summary>
    public int Count => _queued.Count;

    /// <summary>Whether its appends are small: then a batch is worth a moment's wait for one more.</summary>
    public bool IsForFew => givesWayTo is null;

    /// <summary>Whether the queue that this one gives way to is in use.</summary>
    public bool GivesWay => givesWayTo is { } other
        && Volatile.Read(ref other._lastAdded) is var last and > 0 && Stopwatch.GetElapsedTime(last) < InUse;

    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public void Add(PendingAppend pending)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(EventLog));
            pending.Place = _queued.AddLast(pending);
            _events += pending.Data.Length;
            Volatile.Write(ref _lastAdded, Stopwatch.GetTimestamp());
            _changed.Give();
            if (_events >= _backlogForHelp)
                _backlog.Give();
        }
    }

    /// <summary>Returns when there is something to take, or false when there never will be.</summary>
    /// <param name="helper">True for a writer that only takes what the first one cannot keep up with.</param>
    public async ValueTask<bool> WaitForWork(bool helper)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (helper ? _events >= _backlogForHelp : _queued.Count > 0)
                    return true;
                if (_closed && (helper || _queued.Count == 0))
                    return false;
                changed = (helper ? _backlog : _changed).Next();
            }
            await changed;
        }
    }

    /// <summary>Takes the next batch. It is empty if all that is queued must wait for appends on their way.</summary>
    public AppendBatch Take(out Task changed)
    {
        lock (_lock)
        {
            var batch = new AppendBatch();
            var passedOver = new Claims();
            int passed = 0;
            int max = GivesWay ? batchMaxBeside : batchMax;
            LinkedListNode<PendingAppend>? next = _queued.First;
            while (next is { } node && passed < PassedOverMax && HasRoom(batch, node.Value, max))
            {
                next = node.Next;
                PendingAppend pending = node.Value;
                if (!_onTheWay.Allow(pending) || !passedOver.Allow(pending) || !batch.Fits(pending))
                {
                    passedOver.Add(pending);
                    passed++;
                }
                else
                {
                    Remove(node);
                    _onTheWay.Add(pending);
                    batch.Add(pending);
                }
            }
            // Nothing that is still to be answered will change an empty queue.
            changed = _queued.Count == 0 ? Task.CompletedTask : _changed.Next();
            return batch;
        }
    }

    /// <summary>Takes an append out again, and lets go of it. False if a writer has taken it already.</summary>
    public bool Withdraw(PendingAppend pending)
    {
        lock (_lock)
        {
            if (pending.Place is not { List: not null } place)
                return false;
            Remove(place);
            return true;
        }
    }

    /// <summary>The batch has been answered: what waited for it may go.</summary>
    public void Done(IEnumerable<PendingAppend> appends)
    {
        lock (_lock)
        {
            foreach (PendingAppend pending in appends)
                _onTheWay.Remove(pending);
            _changed.Give();
        }
    }

    /// <summary>Takes no more; what is queued is still to be recorded.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _changed.Give();
            _backlog.Give();
        }
    }

    private static bool HasRoom(AppendBatch batch, PendingAppend next, int max) => batch.Appends.Count == 0
        || (batch.EventIds.Count + next.Data.Length <= max && batch.Bytes + next.Bytes <= BatchBytesMax);

    private void Remove(LinkedListNode<PendingAppend> node)
    {
        _events -= node.Value.Data.Length;
        _queued.Remove(node);
    }

    /// <summary>Wakes whoever waits for it; costs nothing while nobody does. Used under the lock.</summary>
    private sealed class Signal
    {
        private TaskCompletionSource? _waited;

        public Task Next() => (_waited ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public void Give()
        {
            _waited?.SetResult();
            _waited = null;
        }
    }

    /// <summary>Streams and keys that are spoken for.</summary>
    private sealed class Claims
    {
        private readonly HashSet<string> _streams = new(StringComparer.Ordinal);
        private readonly HashSet<(string Author, string Key)> _keys = [];

        public bool Allow(PendingAppend pending)
        {
            if (_streams.Count == 0 && _keys.Count == 0)
                return true;
            if (pending.Append.Key is { } key && _keys.Contains((pending.Append.Author, key)))
                return false;
            foreach (StreamAppend stream in pending.Append.Streams)
            {
                if (_streams.Contains(stream.Stream))
                    return false;
            }
            return true;
        }

        public void Add(PendingAppend pending)
        {
            if (pending.Append.Key is { } key)
                _keys.Add((pending.Append.Author, key));
            foreach (StreamAppend stream in pending.Append.Streams)
                _streams.Add(stream.Stream);
        }

        public void Remove(PendingAppend pending)
        {
            if (pending.Append.Key is { } key)
                _keys.Remove((pending.Append.Author, key));
            foreach (StreamAppend stream in pending.Append.Streams)
                _streams.Remove(stream.Stream);
        }
    }
}
