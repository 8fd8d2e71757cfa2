using Npgsql;

namespace Ledger.EventStore;

/// <summary>Makes the tables of projections, when a database is migrated.</summary>
public static class ProjectionSchema
{
    /// <summary>
    /// Brings a group's tables to the versions of these projections, in one transaction: nothing to do while all are as
    /// they were. If any is new, gone or changed, all tables of the group are made anew and its position is 0, since
    /// the views of a group are of one moment; the runner then folds the log again.
    /// </summary>
    /// <param name="owner">An open connection of the tables' owner, outside a transaction.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="projections">All of its projections.</param>
    /// <param name="cancel">Stops, leaving everything as it was.</param>
    /// <returns>True if the tables were made anew.</returns>
    public static async Task<bool> Migrate(
        NpgsqlConnection owner, string group, IReadOnlyList<Projection> projections, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(projections);
        await using NpgsqlTransaction transaction = await owner.BeginTransactionAsync(cancel);
        await Execute("insert into ledger.projection_groups (name) values ($1) on conflict do nothing", group);
        // Whoever folds is done with a batch or has not begun one.
        await Execute("select from ledger.projection_groups where name = $1 for update", group);
        if (await Current(owner, group, cancel) is { } current
            && current.SetEquals(projections.Select(p => (p.Name, p.Version))))
            return false;

        foreach (string script in projections.Select(p => p.Drop).Concat(projections.Select(p => p.Schema)))
        {
            if (!string.IsNullOrWhiteSpace(script))
                await Execute(script);
        }
        await Execute("delete from ledger.projections where group_name = $1", group);
        foreach (Projection projection in projections)
            await Execute("insert into ledger.projections (group_name, name, version) values ($1, $2, $3)", group, projection.Name, projection.Version);
        await Execute("""
            update ledger.projection_groups set position = 0, moved_at = now(),
                failed_at = null, failed_position = null, failed_projection = null, failure = null
            where name = $1
            """, group);
        await transaction.CommitAsync(cancel);
        return true;

        async Task Execute(string sql, params object[] parameters)
        {
            await using var command = new NpgsqlCommand(sql, owner);
            foreach (object parameter in parameters)
                command.Parameters.Add(new NpgsqlParameter { Value = parameter });
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private static async Task<HashSet<(string Name, int Version)>> Current(NpgsqlConnection owner, string group, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select name, version from ledger.projections where group_name = $1", owner);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        HashSet<(string, int)> current = [];
        while (await reader.ReadAsync(cancel))
            current.Add((reader.GetString(0), reader.GetInt32(1)));
        return current;
    }
}
