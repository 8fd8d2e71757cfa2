using Npgsql;

namespace Ledger.App.Tests.Support;

/// <summary>What stands in tables, for comparing.</summary>
internal static class Rows
{
    /// <summary>All rows of all tables and views of the schemas, each as "schema.table: row", in an order that only depends on what they hold.</summary>
    public static async Task<IReadOnlyList<string>> Of(string connectionString, CancellationToken cancel, params string[] schemas)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        var tables = await Ask(connection, "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = any($1) union select format('%I.%I', schemaname, viewname) from pg_views where schemaname = any($1) order by 1", cancel, (object)schemas);
        var rows = new List<string>();
        foreach (var table in tables)
            rows.AddRange(await Ask(connection, $"select '{table}: ' || to_jsonb(t)::text from {table} t order by to_jsonb(t)::text", cancel));
        return rows;
    }

    /// <summary>
    /// What a ledger records, without what differs from one run to the next: ids, times, and who ran it. Positions are left out too,
    /// so that the order of streams does not matter, only that of each stream's events.
    /// </summary>
    public static async Task<IReadOnlyList<string>> Record(string connectionString, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        return await Ask(connection, "select format('%s %s %s %s', stream_id, version, type, data) from ledger.mt_events order by stream_id, version", cancel);
    }

    private static async Task<List<string>> Ask(NpgsqlConnection connection, string sql, CancellationToken cancel, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var answers = new List<string>();
        while (await reader.ReadAsync(cancel))
            answers.Add(reader.GetString(0));
        return answers;
    }
}
