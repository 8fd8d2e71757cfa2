using Ledger.EventStore.Reading;
using Npgsql;

namespace Ledger.EventStore;

/// <summary>A batch that could not be folded; of one event if it is to tell which.</summary>
internal sealed class FoldException(long position, int events, string projection, Exception cause)
    : Exception(cause.Message, cause)
{
    public long Position { get; } = position;
    public int Events { get; } = events;
    public string Projection { get; } = projection;
}

/// <summary>One step of a group of projections: a batch of events, the views and the position, in one transaction.</summary>
internal sealed class Fold(
    LogReader log, NpgsqlDataSource database, string group, IReadOnlyList<Projection> projections, TimeSpan stoppedAfter)
{
    private readonly string _versions = string.Join(',', projections.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{p.Name}:{p.Version}"));
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when this process next moves the group.</summary>
    public Task Moved => _moved.Task;

    /// <summary>Folds the next batch. Returns the position then reached, or null if another process is folding.</summary>
    /// <exception cref="FoldException">The batch cannot be folded; nothing has changed.</exception>
    public async Task<long?> Next(int batchMax, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancel);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        await BoundWaiting(connection, cancel);
        if (await Lock(connection, cancel) is not { } position)
            return null;
        List<RecordedEvent> events = await ReadAfter(position, batchMax, cancel);
        if (events.Count == 0)
            return position;
        foreach (Projection projection in projections)
            await Apply(projection, events, connection, cancel);
        await using (var move = new NpgsqlCommand("""
            update ledger.projection_groups set position = $2, moved_at = clock_timestamp(),
                failed_at = null, failed_position = null, failed_projection = null, failure = null
            where name = $1 and position = $3
            """, connection))
        {
            move.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group });
            move.Parameters.Add(new NpgsqlParameter<long> { TypedValue = events[^1].Position });
            move.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
            await move.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return events[^1].Position;
    }

    /// <summary>Stores why the group stands still, unless it has moved on meanwhile.</summary>
    public async Task Fail(FoldException problem, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand("""
            update ledger.projection_groups
            set failed_at = clock_timestamp(), failed_position = $2, failed_projection = $3, failure = $4
            where name = $1 and position < $2
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = problem.Position });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = problem.Projection });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = problem.Message });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>A process that is stopped between two statements loses its transaction, and the lock with it.</summary>
    private async Task BoundWaiting(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"set local idle_in_transaction_session_timeout = '{stoppedAfter.TotalMilliseconds}'", connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<long?> Lock(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select g.position,
                   (select string_agg(p.name || ':' || p.version, ',' order by p.name collate "C")
                    from ledger.projections p where p.group_name = g.name)
            from ledger.projection_groups g where g.name = $1 order by g.position desc limit 1 for update skip locked
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        // A program that is older or newer than the tables must not fold into them.
        string made = reader.IsDBNull(1) ? "" : reader.GetString(1);
        if (made != _versions)
            throw new InvalidOperationException($"The tables of '{group}' are of '{made}', but this program folds '{_versions}'.");
        return reader.GetInt64(0);
    }

    private async Task<List<RecordedEvent>> ReadAfter(long position, int batchMax, CancellationToken cancel)
    {
        try
        {
            return await log.After(position, batchMax, cancel);
        }
        catch (Exception problem) when (problem is UnknownEventTypeException or InvalidDataException)
        {
            throw new FoldException(position + 1, batchMax, "", problem);
        }
    }

    private static async Task Apply(
        Projection projection, List<RecordedEvent> events, NpgsqlConnection connection, CancellationToken cancel)
    {
        try
        {
            await projection.Apply(events, connection, cancel);
        }
        catch (Exception problem) when (!cancel.IsCancellationRequested && !Failures.MayPass(problem))
        {
            throw new FoldException(events[0].Position, events.Count, projection.Name, problem);
        }
    }
}
