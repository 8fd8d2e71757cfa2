using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>A version of a view as it stands in the database.</summary>
internal sealed record ViewVersion(
    string View, int Version, string Schema, string State, string Fingerprint, string Layout, DateTimeOffset MadeAt, DateTimeOffset? SwitchedAt,
    long? ReplayTo, string? ReplayCursor, long? ReplayDone, long? ReplayOf, long Position, DateTimeOffset MovedAt,
    DateTimeOffset? FailedAt, long? FailedPosition, string? Failure)
{
    public const string Live = "live";
    public const string Building = "building";
    public const string Kept = "kept";

    private const string Columns = """
        v.view, v.version, v.schema_name, v.state, v.fingerprint, v.layout, v.made_at, v.switched_at,
        v.replay_to, v.replay_cursor, v.replay_done, v.replay_of, p.position, p.moved_at, v.failed_at, v.failed_position, v.failure
        """;

    private const string From = "from ledger.view_versions v join ledger.view_heads() p on p.view = v.view and p.version = v.version";

    public const string All = $"select {Columns} {From} order by v.view, v.version";

    public static ViewVersion Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
        row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset?>(7), row.GetFieldValue<long?>(8), row.IsDBNull(9) ? null : row.GetString(9),
        row.GetFieldValue<long?>(10), row.GetFieldValue<long?>(11), row.GetInt64(12), row.GetFieldValue<DateTimeOffset>(13),
        row.GetFieldValue<DateTimeOffset?>(14), row.GetFieldValue<long?>(15), row.IsDBNull(16) ? null : row.GetString(16));

    public static async Task<List<ViewVersion>> ReadAll(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(All, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        return await ReadAll(reader, cancel);
    }

    /// <summary>
    /// Locks the positions of the live versions of some views for the caller's transaction. Returns all of these versions,
    /// and the names of those that were locked: without waiting, all that nobody else has locked.
    /// </summary>
    public static async Task<(List<ViewVersion> Live, string[] Locked)> LockLive(NpgsqlConnection connection, string[] views, bool wait, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        LockLive(batch, views, wait);
        await batch.PrepareAsync(cancel);
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancel);
        return await ReadLocked(reader, cancel);
    }

    /// <summary>Adds the statements that lock and read the live versions; <see cref="ReadLocked"/> reads their results.</summary>
    public static void LockLive(NpgsqlBatch batch, string[] views, bool wait)
    {
        var @lock = new NpgsqlBatchCommand("select ledger.lock_live_views($1, $2)");
        @lock.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = views });
        @lock.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = wait });
        batch.BatchCommands.Add(@lock);
        // A statement of its own: it sees what those who held the locks have done.
        var read = new NpgsqlBatchCommand($"select {Columns} {From} where v.view = any($1) and v.state = 'live' order by v.view");
        read.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = views });
        batch.BatchCommands.Add(read);
    }

    public static async Task<(List<ViewVersion> Live, string[] Locked)> ReadLocked(NpgsqlDataReader reader, CancellationToken cancel)
    {
        await reader.ReadAsync(cancel);
        string[] locked = reader.GetFieldValue<string[]>(0);
        await reader.NextResultAsync(cancel);
        return (await ReadAll(reader, cancel), locked);
    }

    /// <summary>Moves the positions of versions which are locked, and ends the failures that they have come past.</summary>
    /// <param name="versions">Which.</param>
    /// <param name="from">Where they all stand.</param>
    /// <param name="to">Where they come to.</param>
    public static NpgsqlBatchCommand Move(IReadOnlyList<ViewVersion> versions, long from, long to)
    {
        var move = new NpgsqlBatchCommand("""
            with moved as (
                update ledger.view_positions p set position = $3, moved_at = clock_timestamp()
                from unnest($1, $2) v (view, version) where p.view = v.view and p.version = v.version and p.position = $4
                returning p.view, p.version)
            update ledger.view_versions v set failed_at = null, failed_position = null, failure = null
            from moved m where v.view = m.view and v.version = m.version and v.failed_position <= $3
            """);
        move.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. versions.Select(v => v.View)] });
        move.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. versions.Select(v => v.Version)] });
        move.Parameters.Add(new NpgsqlParameter<long> { TypedValue = to });
        move.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
        return move;
    }

    /// <summary>Makes a version, its tables empty: without indexes if a replay is to load rows into them.</summary>
    /// <exception cref="ArgumentException">A view of another program has a table of the same name.</exception>
    public static async Task Make(NpgsqlConnection connection, View view, string[] program, string state, long? replayTo, long? replayOf, CancellationToken cancel)
    {
        // Names are one schema's, and readers look tables up by their bare names in all versions at once.
        if (await ViewNames.Taken(connection, view, program, cancel) is { } taken)
            throw new ArgumentException($"View '{view.Name}' cannot have a table that is called as '{taken.Name}' of view '{taken.View}' is; name it another way.", nameof(view));
        await using var next = new NpgsqlCommand("select coalesce(max(version), 0) + 1 from ledger.view_versions where view = $1", connection);
        next.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view.Name });
        // A schema may be left over of a version whose row is gone already.
        int version = Math.Max((int)(await next.ExecuteScalarAsync(cancel))!, await ViewNames.LastSchema(connection, view, cancel) + 1);
        string schema = ViewTables.SchemaName(view, version);
        await ViewTables.Execute(connection, ViewTables.Create(view, schema), cancel);
        if (state == Live || replayTo == 0)
            await ViewTables.Execute(connection, ViewTables.Index(view, schema), cancel);
        await ViewTables.Execute(connection, """
            insert into ledger.view_versions (view, version, schema_name, state, fingerprint, layout, switched_at, replay_to, replay_of)
            values ($1, $2, $3, $4, $5, $6, case when $4 = 'live' then now() end, $7, $8)
            """, cancel,
            new NpgsqlParameter<string> { TypedValue = view.Name }, new NpgsqlParameter<int> { TypedValue = version },
            new NpgsqlParameter<string> { TypedValue = schema }, new NpgsqlParameter<string> { TypedValue = state },
            new NpgsqlParameter<string> { TypedValue = view.Fingerprint }, new NpgsqlParameter<string> { TypedValue = view.Layout },
            new NpgsqlParameter<long?> { TypedValue = replayTo }, new NpgsqlParameter<long?> { TypedValue = replayOf });
        await ViewTables.Execute(connection, "insert into ledger.view_positions (view, version, position) values ($1, $2, 0)", cancel,
            new NpgsqlParameter<string> { TypedValue = view.Name }, new NpgsqlParameter<int> { TypedValue = version });
    }

    /// <summary>Lets the kept version of a view be live and the live one kept. Returns 0 if none is kept.</summary>
    public static async Task<int> SwapLiveAndKept(NpgsqlConnection connection, string view, CancellationToken cancel)
    {
        await using var swap = new NpgsqlCommand("""
            update ledger.view_versions v
            set state = case state when 'live' then 'kept' else 'live' end,
                switched_at = case state when 'live' then switched_at else clock_timestamp() end
            where view = $1 and state in ('live', 'kept')
                and exists (select from ledger.view_versions k where k.view = $1 and k.state = 'kept')
            """, connection);
        swap.Parameters.Add(new NpgsqlParameter<string> { TypedValue = view });
        return await swap.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Removes a version that nobody reads.</summary>
    public static async Task Remove(NpgsqlConnection connection, ViewVersion version, CancellationToken cancel)
    {
        await ViewTables.Execute(connection, "delete from ledger.view_versions where view = $1 and version = $2", cancel,
            new NpgsqlParameter<string> { TypedValue = version.View }, new NpgsqlParameter<int> { TypedValue = version.Version });
        await ViewTables.Execute(connection, ViewTables.Drop(version.Schema), cancel);
    }

    private static async Task<List<ViewVersion>> ReadAll(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var versions = new List<ViewVersion>();
        while (await reader.ReadAsync(cancel))
            versions.Add(Read(reader));
        return versions;
    }
}
