using System.Runtime.CompilerServices;
using System.Text;
using Ledger.EventStore.Proof;
using Ledger.EventStore.Reading;
using Ledger.EventStore.Writing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ledger.EventStore;

/// <summary>
/// An append-only log of typed events in PostgreSQL, in one total order without gaps.
/// </summary>
/// <remarks>
/// <para>Thread-safe. One instance a process serves all its callers best, since it gathers their appends into common
/// transactions; any number of processes may share a database.</para>
/// <para>Positions are 1, 2, 3 … in the order of commits. Whoever has read everything up to a position has missed
/// nothing before it, and waits for nothing that will not come.</para>
/// </remarks>
public sealed class EventLog : IAsyncDisposable
{
    private readonly EventLogOptions _options;
    private readonly NpgsqlDataSource _database;
    private readonly LogReader _reader;
    private readonly Tail _tail;
    private readonly Writers _writers;

    /// <summary>Opens a log. Nothing is read or written before the first call.</summary>
    /// <param name="database">A database that holds <see cref="EventLogSchema"/>. It stays its owner's to dispose.</param>
    /// <param name="types">The events that may be in the log.</param>
    /// <param name="options">Bounds; null for the defaults.</param>
    public EventLog(NpgsqlDataSource database, EventTypes types, EventLogOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(types);
        _options = options ?? new EventLogOptions();
        _database = database;
        _reader = new LogReader(database, types);
        _tail = new Tail(database, _options);
        _writers = new Writers(database, types, _options, _tail);
    }

    /// <summary>Records events, all of them or none. When it returns they are durable and visible to every reader.</summary>
    /// <param name="append">What to record, and at which versions.</param>
    /// <param name="cancel">
    /// Stops waiting. An append that was still queued is withdrawn, with an <see cref="OperationCanceledException"/>
    /// that is no <see cref="AppendOutcomeUnknownException"/>: it was not recorded and will not be.
    /// </param>
    /// <exception cref="ArgumentException">The append cannot be stored; nothing was recorded.</exception>
    /// <exception cref="EventTooLongException">An event could not be proved; nothing was recorded.</exception>
    /// <exception cref="VersionConflictException">A stream has moved; nothing was recorded.</exception>
    /// <exception cref="KeyReusedException">The key was used for other content; nothing was recorded.</exception>
    /// <exception cref="AppendOutcomeUnknownException">It may have been recorded: append the same again to learn it.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses; nothing was recorded.</exception>
    public Task<Appended> Append(Append append, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(append);
        return cancel.IsCancellationRequested ? Task.FromCanceled<Appended>(cancel) : _writers.Append(append, cancel);
    }

    /// <summary>The first answer to an append with this key, or null if none was recorded up to now.</summary>
    public async Task<Appended?> Find(string author, string key, CancellationToken cancel = default)
    {
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(
            "select first_position, last_position from ledger.idempotency_keys where author = $1 and key = $2", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = author });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
        long first, last;
        await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel))
        {
            if (!await reader.ReadAsync(cancel))
                return null;
            (first, last) = (reader.GetInt64(0), reader.GetInt64(1));
        }
        return await Verdicts.Recorded(connection, first, last, repeated: true, cancel);
    }

    /// <summary>
    /// Forgets idempotency keys that are older than <see cref="EventLogOptions.KeyRetention"/>. To be called once a day or
    /// so; an append with a key that was forgotten counts as new.
    /// </summary>
    /// <returns>How many keys were forgotten.</returns>
    public async Task<long> ForgetOldKeys(CancellationToken cancel = default)
    {
        const int Chunk = 10_000;
        long forgotten = 0;
        for (int deleted = Chunk; deleted == Chunk; forgotten += deleted)
        {
            // In pieces, so that no append waits long for a page that is being cleared.
            await using NpgsqlCommand command = _database.CreateCommand($"""
                delete from ledger.idempotency_keys where ctid = any (array(
                    select ctid from ledger.idempotency_keys where recorded_at < now() - $1 limit {Chunk}))
                """);
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = _options.KeyRetention });
            deleted = await command.ExecuteNonQueryAsync(cancel);
        }
        return forgotten;
    }

    /// <summary>Reads a stream. A stream that does not exist has no events.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="fromVersion">The lowest version to read.</param>
    /// <param name="toVersion">The highest version to read; null for all there are.</param>
    /// <param name="backwards">From the highest version down.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="UnknownEventTypeException">An event is of a type that is not registered.</exception>
    public IAsyncEnumerable<RecordedEvent> ReadStream(
        string stream, long fromVersion = 1, long? toVersion = null, bool backwards = false, CancellationToken cancel = default) =>
        _reader.ReadStream(stream, fromVersion, toVersion ?? long.MaxValue, backwards, cancel);

    /// <summary>Reads several streams at once, whole, in one snapshot; a stream that does not exist has no events.</summary>
    /// <param name="streams">Their names. All their events are held in memory: ask for as many as one command touches.</param>
    /// <param name="upTo">Leaves out what stands after this position.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <returns>Events stream by stream, each in the order of its versions.</returns>
    /// <exception cref="UnknownEventTypeException">An event is of a type that is not registered.</exception>
    public Task<List<RecordedEvent>> ReadStreams(IReadOnlyCollection<string> streams, long upTo = long.MaxValue, CancellationToken cancel = default) =>
        _reader.Streams(streams, upTo, cancel);

    /// <summary>The states of several streams, in the order in which they are named. A stream that does not exist has none.</summary>
    /// <param name="fold">How their events are folded.</param>
    /// <param name="streams">Their names.</param>
    /// <param name="upTo">Leaves out what stands after this position.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="UnknownEventTypeException">An event is of a type that is not registered.</exception>
    public async Task<List<TState>> Fold<TState>(
        StreamFold<TState> fold, IReadOnlyCollection<string> streams, long upTo = long.MaxValue, CancellationToken cancel = default) where TState : class
    {
        var states = new Dictionary<string, object>(streams.Count, StringComparer.Ordinal);
        foreach (RecordedEvent e in await _reader.Streams(streams, upTo, cancel))
            states[e.Stream] = fold.Evolve(states.GetValueOrDefault(e.Stream) ?? fold.Initial(e.Stream), e);
        return [.. streams.Where(states.ContainsKey).Select(stream => (TState)states[stream])];
    }

    /// <summary>The position of the last event recorded at a time or before; 0 if there is none.</summary>
    public async Task<long> PositionAt(DateTimeOffset at, CancellationToken cancel = default)
    {
        await using NpgsqlCommand command = _database.CreateCommand("select ledger.position_at($1)");
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = at.UtcDateTime });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Reads the log, up to the head it has when the reading begins.</summary>
    /// <param name="query">Which part, in which direction.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="UnknownEventTypeException">An event is of a type that is not registered.</exception>
    public IAsyncEnumerable<RecordedEvent> Read(LogQuery query, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _reader.Read(query, cancel);
    }

    /// <summary>
    /// Events as canonical lines, as the tree hashes them: exactly what is stored, whether this program knows it or not.
    /// <see cref="LogImport.Continue"/> adds them to a copy.
    /// </summary>
    /// <param name="after">The position before the first.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<List<string>> Lines(long after, int limit, CancellationToken cancel = default)
    {
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        var lines = new List<string>();
        await StoredLeaves.Read(connection, after, after > long.MaxValue - limit ? long.MaxValue : after + limit, leaf => lines.Add(Encoding.UTF8.GetString(leaf.Bytes)), cancel);
        return lines;
    }

    /// <summary>The position of the last event; 0 while there is none.</summary>
    public Task<long> Head(CancellationToken cancel = default) => _reader.Head(cancel);

    /// <summary>
    /// Reads the log from a position and goes on as it grows. It ends only when it is cancelled; while the database is
    /// out of reach it waits, and goes on where it was.
    /// </summary>
    /// <param name="after">The position already read up to; 0 for all.</param>
    /// <param name="batchMax">At most this many events at a time.</param>
    /// <param name="cancel">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="UnknownEventTypeException">An event is of a type that is not registered.</exception>
    public async IAsyncEnumerable<LogBatch> Follow(
        long after, int batchMax = 500, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchMax);
        int attempt = 0;
        while (true)
        {
            await _tail.WaitForMore(after, cancel);
            List<RecordedEvent> events;
            try
            {
                events = await _reader.After(after, batchMax, cancel);
                attempt = 0;
            }
            catch (Exception problem) when (Failures.MayPass(problem))
            {
                _options.Logger.LogWarning(problem, "The log after {Position} is out of reach, attempt {Attempt}", after, attempt + 1);
                await Task.Delay(Failures.Pause(attempt++), cancel);
                continue;
            }
            if (events.Count == 0)
            {
                // Only if the database was put back to an earlier state: the log never shrinks.
                await Task.Delay(_options.PollInterval, cancel);
                continue;
            }
            after = events[^1].Position;
            yield return new LogBatch(events, _tail.Known);
        }
    }

    internal Tail Tail => _tail;

    internal LogReader Reader => _reader;

    /// <summary>Records what is queued, then lets go of the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writers.DisposeAsync();
        await _tail.DisposeAsync();
    }
}
