using System.Globalization;
using Npgsql;

namespace Ledger.EventStore.Proof;

/// <summary>
/// Extends the tree by the events that were committed since, and signs what it has then. One process at a time does so:
/// the one that holds the lock on the tree's head.
/// </summary>
internal sealed class TreeKeeper(NpgsqlDataSource database, LogKey key, TimeSpan stoppedAfter)
{
    /// <summary>How many events one step takes at most.</summary>
    private const int StepMax = 50_000;

    /// <summary>How many of them are read before the lock is held on to.</summary>
    private const int PageSize = 5_000;

    private TreeEdge? _edge;
    private Checkpoint? _own;

    /// <summary>Takes one step.</summary>
    /// <param name="wait">Whether to wait for another process that is at it.</param>
    /// <param name="cancel">Leaves everything as it was.</param>
    /// <returns>The size of the tree and the head of the log, or null if another process is at it.</returns>
    /// <exception cref="InvalidDataException">The log or the tree is not what was signed before: nothing more is signed.</exception>
    public async Task<(long Size, long Head)?> Step(bool wait, CancellationToken cancel)
    {
        try
        {
            return await TryStep(wait, cancel);
        }
        catch
        {
            // It may be ahead of what was committed.
            _edge = null;
            throw;
        }
    }

    private async Task<(long Size, long Head)?> TryStep(bool wait, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancel);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        await using (var bound = new NpgsqlCommand(
            $"set local idle_in_transaction_session_timeout = {stoppedAfter.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}", connection))
            await bound.ExecuteNonQueryAsync(cancel);
        if (await Number(connection, $"select size from ledger.tree_head order by size desc limit 1 for update{(wait ? "" : " skip locked")}", cancel) is not { } size)
            return null;
        long head = await Number(connection, "select position from ledger.log_head order by position desc limit 1", cancel) ?? 0;
        if (head < size)
            throw new InvalidDataException($"The log ends at {head}, but its tree holds {size} events.");
        await Open(connection, size, cancel);
        if (size < head)
            await Extend(connection, size, Math.Min(head, size + StepMax), cancel);
        await Sign(connection, head, cancel);
        await transaction.CommitAsync(cancel);
        return (_edge!.Size, head);
    }

    /// <summary>Takes up the tree where it is, unless that is where this process left it, and holds it against the own file.</summary>
    private async Task Open(NpgsqlConnection connection, long size, CancellationToken cancel)
    {
        if (_edge?.Size == size)
            return;
        _edge = await TreeEdge.Load(connection, size, cancel);
        await CopyOthers(connection, cancel);
        _own = CheckpointFile.Last(key);
        if (_own is { } own && own.Size <= size)
        {
            byte[] root = await new TreeReader(connection).Root(0, own.Size, cancel);
            if (!root.AsSpan().SequenceEqual(own.Root))
                throw NotWhatWasSigned(own);
        }
    }

    /// <summary>Keeps what other holders of the key have signed in the own file too.</summary>
    private async Task CopyOthers(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select note from ledger.tree_checkpoints where size > $1 order by size", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = CheckpointFile.Last(key)?.Size ?? -1 });
        List<string> notes = [];
        await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
                notes.Add(reader.GetString(0));
        }
        notes.RemoveAll(note => !Checkpoint.TryVerify(note, key.Origin, key.Ecdsa, out _));
        if (notes.Count > 0)
            CheckpointFile.Append(key, notes);
    }

    private async Task Extend(NpgsqlConnection connection, long size, long upTo, CancellationToken cancel)
    {
        // The lock's own connection stays idle meanwhile: only so does the database cut off a process that was stopped.
        await using NpgsqlConnection reading = await database.OpenConnectionAsync(cancel);
        for (long expected = size; expected < upTo;)
        {
            long pageEnd = Math.Min(upTo, expected + PageSize);
            await StoredLeaves.Read(reading, expected, pageEnd, leaf =>
            {
                if (leaf.Position != ++expected)
                    throw new InvalidDataException($"The event at position {expected} is missing.");
                Span<byte> hash = stackalloc byte[Merkle.HashSize];
                Merkle.Leaf(leaf.Prefixed, hash);
                _edge!.Add(hash);
                if (_own is { } own && own.Size == _edge.Size && !own.Root.AsSpan().SequenceEqual(_edge.Root()))
                    throw NotWhatWasSigned(own);
            }, cancel);
            if (expected != pageEnd)
                throw new InvalidDataException($"The event at position {expected + 1} is missing.");
            await Number(connection, "select 1::bigint", cancel);
        }
        await _edge!.Save(connection, cancel);
        await using var move = new NpgsqlCommand("update ledger.tree_head set size = $2 where size = $1", connection);
        move.Parameters.Add(new NpgsqlParameter<long> { TypedValue = size });
        move.Parameters.Add(new NpgsqlParameter<long> { TypedValue = upTo });
        await move.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Signs the tree as it is, into the file first: what anybody may have seen must stand there.</summary>
    private async Task Sign(NpgsqlConnection connection, long head, CancellationToken cancel)
    {
        if (_own is { } own && own.Size > _edge!.Size)
        {
            // Signed by a step that was not committed, or of a log that was longer.
            if (own.Size > head)
                throw NotWhatWasSigned(own);
            return;
        }
        if (_own?.Size == _edge!.Size && await Number(connection, $"select size from ledger.tree_checkpoints where size = {_edge.Size}", cancel) is not null)
            return;
        var checkpoint = new Checkpoint(key.Origin, _edge.Size, _edge.Root());
        string note = checkpoint.Sign(key.Ecdsa);
        CheckpointFile.Append(key, [note]);
        _own = checkpoint;
        await using var command = new NpgsqlCommand("insert into ledger.tree_checkpoints (size, note) values ($1, $2) on conflict do nothing", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = checkpoint.Size });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = note });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static InvalidDataException NotWhatWasSigned(Checkpoint own) =>
        new($"The log is not the one whose checkpoint at {own.Size} events was signed. Nothing is signed until it is verified.");

    private static async Task<long?> Number(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long?)await command.ExecuteScalarAsync(cancel);
    }
}
