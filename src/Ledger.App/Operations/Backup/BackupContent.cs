using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Operations.Backup;

/// <summary>What of a database belongs in a backup: all that cannot be made from something else.</summary>
internal static class BackupContent
{
    // The migrator writes its own table when it lays out the new database; views are folded from the log again, and so their
    // positions must start from zero.
    private const string Ours =
        """
        c.relpersistence = 'p' and n.nspname <> 'information_schema' and n.nspname !~ '^(pg_|views)'
        and (n.nspname, c.relname) not in (('ledger', 'migration'), ('ledger', 'projections'), ('ledger', 'projection_groups'))
        """;

    public static Task<List<BackupManifest.MigrationRun>> Migrations(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.Query("select name, sha256 from ledger.migration order by applied_at, name", row => new BackupManifest.MigrationRun(row.GetString(0), row.GetString(1)), cancel);

    /// <summary>Tables and their columns, those that others refer to first.</summary>
    public static async Task<List<(string Name, string[] Columns)>> Tables(NpgsqlConnection connection, CancellationToken cancel)
    {
        var tables = await connection.Query(
            $"""
            select format('%I.%I', n.nspname, c.relname),
                   array(select quote_ident(attname) from pg_attribute
                         where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum),
                   array(select format('%I.%I', rn.nspname, r.relname)
                         from pg_constraint k join pg_class r on r.oid = k.confrelid join pg_namespace rn on rn.oid = r.relnamespace
                         where k.contype = 'f' and k.conrelid = c.oid and k.confrelid <> c.oid)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and {Ours}
            order by 1
            """,
            row => (Name: row.GetString(0), Columns: row.GetFieldValue<string[]>(1), Needs: row.GetFieldValue<string[]>(2)), cancel);
        var ordered = new List<(string, string[])>();
        var known = tables.Select(table => table.Name).ToHashSet(StringComparer.Ordinal);
        while (tables.Count > 0)
        {
            var next = tables.FindIndex(table => !table.Needs.Any(known.Contains));
            if (next < 0) throw new InvalidOperationException($"Foreign keys go round in a circle: {string.Join(", ", tables.Select(table => table.Name))}.");
            ordered.Add((tables[next].Name, tables[next].Columns));
            known.Remove(tables[next].Name);
            tables.RemoveAt(next);
        }

        return ordered;
    }

    public static async Task<List<BackupManifest.Sequence>> Sequences(NpgsqlConnection connection, CancellationToken cancel)
    {
        var names = await connection.Query(
            $"""
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'S' and {Ours} order by 1
            """,
            row => row.GetString(0), cancel);
        var sequences = new List<BackupManifest.Sequence>();
        foreach (var name in names)
            sequences.AddRange(await connection.Query(
                $"select last_value, is_called from {name}", row => new BackupManifest.Sequence(name, row.GetInt64(0), row.GetBoolean(1)), cancel));
        return sequences;
    }
}
