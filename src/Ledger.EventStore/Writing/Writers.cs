using Ledger.EventStore.Reading;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Writing;

/// <summary>
/// The way of appends into the log. Few events go together in common transactions; many events have a lane of their own,
/// which gives way to the first, so that who appends a little does not queue behind who appends a lot.
/// </summary>
internal sealed class Writers : IAsyncDisposable
{
    /// <summary>From this number of events on an append takes the lane of the many.</summary>
    private const int ManyEvents = 64;

    /// <summary>What a batch may hold, unless one append is larger.</summary>
    private const int BatchMax = 2_000;

    /// <summary>
    /// What a batch of large appends may hold while there are small ones: the lock is held for about 25 µs an event, and
    /// they wait for it.
    /// </summary>
    private const int BatchMaxBesideFew = 100;

    private readonly Gate _events;
    private readonly Gate _bytes;
    private readonly AppendQueue _few = new(BatchMax, BatchMax);
    private readonly AppendQueue _many;
    private readonly NpgsqlDataSource _database;
    private readonly EventTypes _types;
    private readonly Task _running;

    public Writers(NpgsqlDataSource database, EventTypes types, EventLogOptions options, Tail tail)
    {
        _database = database;
        _types = types;
        _events = new Gate(options.QueuedEventsMax);
        _bytes = new Gate(options.QueuedBytesMax);
        _many = new AppendQueue(BatchMax, BatchMaxBesideFew, givesWayTo: _few);
        _running = Task.WhenAll(Start(_few, helper: false), Start(_few, helper: true), Start(_many, helper: false), Start(_many, helper: true));

        Task Start(AppendQueue queue, bool helper) => Task.Run(new Writer(queue, database, options, tail, helper).Run);
    }

    /// <summary>Records an append. Waits for room before it serialises, so that memory is bounded however many callers there are.</summary>
    public async Task<Appended> Append(Append append, CancellationToken cancel)
    {
        int events = append.Streams.Sum(s => s.Events.Count);
        await _events.Enter(events, cancel);
        try
        {
            PendingAppend pending = PendingAppend.From(append, _types);
            await RefuseTooLong(pending, cancel);
            await _bytes.Enter(pending.Bytes, cancel);
            try
            {
                return await Queue(pending, cancel);
            }
            finally
            {
                _bytes.Exit(pending.Bytes);
            }
        }
        finally
        {
            _events.Exit(events);
        }
    }

    /// <summary>Asks PostgreSQL how long events become which may be too long for a leaf; most can not.</summary>
    private async Task RefuseTooLong(PendingAppend pending, CancellationToken cancel)
    {
        foreach ((int index, int dataMax) in pending.PerhapsTooLong())
        {
            await using NpgsqlCommand command = _database.CreateCommand("select octet_length($1::text)");
            command.Parameters.Add(new NpgsqlParameter { Value = pending.Data[index], NpgsqlDbType = NpgsqlDbType.Jsonb });
            int length;
            try
            {
                length = (int)(await command.ExecuteScalarAsync(cancel))!;
            }
            catch (PostgresException problem) when (AppendCommand.IsUnstorable(problem))
            {
                throw new ArgumentException($"A {pending.Types[index]} cannot be stored: {problem.Message}", problem);
            }
            if (length > dataMax)
                throw new EventTooLongException(pending.Types[index], length, dataMax);
        }
    }

    private async Task<Appended> Queue(PendingAppend pending, CancellationToken cancel)
    {
        AppendQueue queue = pending.Data.Length < ManyEvents ? _few : _many;
        queue.Add(pending);
        await using CancellationTokenRegistration withdrawal = cancel.Register(() => pending.Fail(queue.Withdraw(pending)
            ? new OperationCanceledException(cancel)
            : new AppendOutcomeUnknownException(pending.Append, null)));
        return await pending.Answer;
    }

    /// <summary>Records what is queued, then lets go of the database.</summary>
    public async ValueTask DisposeAsync()
    {
        _few.Close();
        _many.Close();
        await _running;
    }
}
