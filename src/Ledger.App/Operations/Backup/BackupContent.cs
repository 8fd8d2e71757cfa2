using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Operations.Backup;

/// <summary>What of a database belongs in a backup: all that cannot be made from something else.</summary>
internal static class BackupContent
{
    // The migrator writes its own table when it lays out the new database; views are folded from the log again, and so their
    // positions must start from zero. What Quartz keeps it makes anew by the schedules that the program has, and servers tell of themselves.
    private const string Ours =
        """
        c.relpersistence = 'p' and n.nspname <> 'information_schema' and n.nspname !~ '^(pg_|views$|view_)'
        and (n.nspname, c.relname) not in (('ledger', 'migration'), ('ledger', 'view_versions'), ('ledger', 'view_positions'), ('jobs', 'server'))
        and (n.nspname, c.relname) not in (select 'jobs', relname from pg_class where relname like 'qrtz\_%')
        """;

    public static Task<List<BackupManifest.MigrationRun>> Migrations(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.Query("select name, sha256 from ledger.migration order by applied_at, name", row => new BackupManifest.MigrationRun(row.GetString(0), row.GetString(1)), cancel);

    /// <param name="Name">With its schema, quoted where SQL wants that.</param>
    /// <param name="Columns">Those that can be loaded, quoted likewise.</param>
    /// <param name="IsOneRow">Whether the layout itself puts one row there, which can be changed but neither added to nor taken away.</param>
    internal sealed record Table(string Name, string[] Columns, bool IsOneRow);

    /// <summary>Tables and their columns, those that others refer to first.</summary>
    public static async Task<List<Table>> Tables(NpgsqlConnection connection, CancellationToken cancel)
    {
        var tables = await connection.Query(
            $"""
            select format('%I.%I', n.nspname, c.relname),
                   array(select quote_ident(attname) from pg_attribute
                         where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum),
                   array(select format('%I.%I', rn.nspname, r.relname)
                         from pg_constraint k join pg_class r on r.oid = k.confrelid join pg_namespace rn on rn.oid = r.relnamespace
                         where k.contype = 'f' and k.conrelid = c.oid and k.confrelid <> c.oid),
                   exists (select from pg_trigger where tgrelid = c.oid and tgname = 'one_row')
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and {Ours}
            order by 1
            """,
            row => (Table: new Table(row.GetString(0), row.GetFieldValue<string[]>(1), row.GetBoolean(3)), Needs: row.GetFieldValue<string[]>(2)), cancel);
        var ordered = new List<Table>();
        var known = tables.Select(one => one.Table.Name).ToHashSet(StringComparer.Ordinal);
        while (tables.Count > 0)
        {
            var next = tables.FindIndex(one => !one.Needs.Any(known.Contains));
            if (next < 0) throw new InvalidOperationException($"Foreign keys go round in a circle: {string.Join(", ", tables.Select(one => one.Table.Name))}.");
            ordered.Add(tables[next].Table);
            known.Remove(tables[next].Table.Name);
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
