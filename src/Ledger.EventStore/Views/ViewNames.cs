using System.Globalization;
using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>The stable names in schema <c>views</c>, which follow the live versions, and schemas that nobody needs any more.</summary>
internal static class ViewNames
{
    private const int AttemptsMax = 20;

    /// <summary>
    /// Lets the stable names show the live versions. Whoever reads a name at the moment holds it up; nobody waits behind it
    /// for longer than the lock's timeout.
    /// </summary>
    public static async Task Publish(NpgsqlConnection connection, IEnumerable<View> views, CancellationToken cancel)
    {
        List<ViewVersion> live = [.. (await ViewVersion.ReadAll(connection, cancel)).Where(v => v.State == ViewVersion.Live)];
        foreach (View view in views)
        {
            // A version with other columns than this program knows keeps its names.
            if (live.SingleOrDefault(v => v.View == view.Name && v.Layout == view.Layout) is not { } version
                || await IsPublished(connection, view, version.Schema, cancel))
                continue;
            await Patiently(connection, ViewTables.Publish(view, version.Schema), cancel);
        }
    }

    /// <summary>Removes the schemas of versions that are gone, unless somebody still reads them: then the next time.</summary>
    public static async Task Sweep(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var left = new NpgsqlCommand("""
            select nspname from pg_namespace
            where nspname ~ '^view_[a-z0-9_]+_[0-9]+$'
                and not exists (select from ledger.view_versions v where v.schema_name = nspname)
            """, connection);
        var schemas = new List<string>();
        await using (NpgsqlDataReader reader = await left.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
                schemas.Add(reader.GetString(0));
        }
        foreach (string schema in schemas)
        {
            try
            {
                await Once(connection, ViewTables.Drop(schema), cancel);
            }
            catch (PostgresException problem) when (problem.SqlState is PostgresErrorCodes.LockNotAvailable)
            {
                // Read at the moment.
            }
        }
    }

    /// <summary>The highest version of which there is a schema.</summary>
    public static async Task<int> LastSchema(NpgsqlConnection connection, View view, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select nspname from pg_namespace where nspname ~ $1", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"^view_{view.Name}_[0-9]+$" });
        int last = 0;
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            last = Math.Max(last, int.Parse(reader.GetString(0).Split('_')[^1], CultureInfo.InvariantCulture));
        return last;
    }

    private static async Task<bool> IsPublished(NpgsqlConnection connection, View view, string schema, CancellationToken cancel)
    {
        // By what they depend on: their text cannot be had while somebody else makes them anew.
        await using var command = new NpgsqlCommand("""
            select count(distinct name.relname)
            from pg_class name join pg_rewrite rule on rule.ev_class = name.oid
                join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = rule.oid and d.refclassid = 'pg_class'::regclass
                join pg_class shown on shown.oid = d.refobjid
            where name.relnamespace = (select oid from pg_namespace where nspname = 'views') and name.relname = any($1)
                and shown.relnamespace = (select oid from pg_namespace where nspname = $2)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = view.Tables.Select(t => t.Name).ToArray() });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = schema });
        return (long)(await command.ExecuteScalarAsync(cancel))! == view.Tables.Count();
    }

    private static async Task Patiently(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await Once(connection, sql, cancel);
                return;
            }
            catch (PostgresException problem) when (problem.SqlState is PostgresErrorCodes.LockNotAvailable && attempt < AttemptsMax)
            {
                await Task.Delay(Failures.Pause(attempt), cancel);
            }
        }
    }

    private static async Task Once(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        await ViewTables.EndIfStopped(connection, ViewRuntime.StoppedAfter, cancel);
        // Programs that start at once make the same names, one after the other.
        await ViewTables.Execute(connection, "set local lock_timeout = '200ms'; select pg_advisory_xact_lock(hashtextextended('ledger.views named', 0))", cancel);
        await ViewTables.Execute(connection, sql, cancel);
        await transaction.CommitAsync(cancel);
    }
}
