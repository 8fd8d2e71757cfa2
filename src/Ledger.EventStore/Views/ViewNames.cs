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
            await Patiently(connection, view, version.Schema, cancel);
        }
    }

    /// <summary>Names that do not show the live version, and what depends on them.</summary>
    public static async Task<IReadOnlyList<StaleName>> Stale(NpgsqlConnection connection, IEnumerable<View> views, CancellationToken cancel)
    {
        List<ViewVersion> live = [.. (await ViewVersion.ReadAll(connection, cancel)).Where(v => v.State == ViewVersion.Live)];
        var stale = new List<StaleName>();
        foreach (View view in views)
        {
            if (live.SingleOrDefault(v => v.View == view.Name) is not { } version || await IsPublished(connection, view, version.Schema, cancel))
                continue;
            if (version.Layout != view.Layout)
            {
                // Until it is replayed, names show it as they did before; but not where it was gone back to.
                stale.AddRange((await Shown(connection, view, cancel)).Where(name => name.Schema != version.Schema)
                    .Select(name => new StaleName(view.Name, "views." + name.Name, []) { OfOtherColumns = true }));
                continue;
            }
            List<(string Name, string User)> users = await Users(connection, view, cancel);
            stale.AddRange(users.Count == 0 ? [new StaleName(view.Name, "views." + view.StableNames.First(), [])]
                : users.GroupBy(u => u.Name).Select(u => new StaleName(view.Name, u.Key, [.. u.Select(x => x.User)])));
        }
        return stale;
    }

    /// <summary>What others have made of stable names.</summary>
    private static async Task<List<(string Name, string User)>> Users(NpgsqlConnection connection, View view, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select distinct 'views.' || name.relname, format('%I.%I', space.nspname, other.relname)
            from pg_class name join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = name.oid and d.classid = 'pg_rewrite'::regclass
                join pg_rewrite rule on rule.oid = d.objid join pg_class other on other.oid = rule.ev_class and other.oid <> name.oid
                join pg_namespace space on space.oid = other.relnamespace
            where name.relnamespace = (select oid from pg_namespace where nspname = 'views') and name.relname = any($1)
            order by 1, 2
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = view.StableNames.ToArray() });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        var users = new List<(string, string)>();
        while (await reader.ReadAsync(cancel))
            users.Add((reader.GetString(0), reader.GetString(1)));
        return users;
    }

    /// <summary>Removes the schemas of versions that are gone, unless somebody still reads them: then the next time.</summary>
    public static async Task Sweep(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var left = new NpgsqlCommand("""
            select nspname from pg_namespace
            where nspname ~ '^view_[a-z0-9_]+_[0-9]+$'
                and not exists (select from ledger.view_versions v where v.schema_name = nspname)
                -- A name that could not follow yet shows one of its tables, and somebody may read it.
                and not exists (
                    select from pg_class shown join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = shown.oid and d.classid = 'pg_rewrite'::regclass
                        join pg_rewrite rule on rule.oid = d.objid join pg_class name on name.oid = rule.ev_class
                    where shown.relnamespace = pg_namespace.oid and name.relnamespace <> pg_namespace.oid)
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

    /// <summary>A stable name of a view that a view of another program has, and that one's name; null where there is none.</summary>
    /// <param name="connection">To the database.</param>
    /// <param name="view">The view.</param>
    /// <param name="program">The views of this program; what was a table of one may become a table of another.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<(string Name, string View)?> Taken(NpgsqlConnection connection, View view, string[] program, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select t.relname::text, v.view
            from ledger.view_versions v join pg_namespace n on n.nspname = v.schema_name join pg_class t on t.relnamespace = n.oid and t.relkind = 'r'
            where v.view <> all($1) and (t.relname = any($2) or t.relname || '_history' = any($2))
            order by 1, 2 limit 1
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = program });
        command.Parameters.Add(new NpgsqlParameter { Value = view.StableNames.ToArray() });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetString(0), reader.GetString(1)) : null;
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

    private static async Task<bool> IsPublished(NpgsqlConnection connection, View view, string schema, CancellationToken cancel) =>
        (await Shown(connection, view, cancel)).Count(name => name.Schema == schema) == view.Tables.Count();

    /// <summary>The names of a view's tables that are there, each with the schema of the version that it shows.</summary>
    private static async Task<List<(string Name, string Schema)>> Shown(NpgsqlConnection connection, View view, CancellationToken cancel)
    {
        // By what they depend on: their text cannot be had while somebody else makes them anew.
        await using var command = new NpgsqlCommand("""
            select distinct name.relname::text, space.nspname::text
            from pg_class name join pg_rewrite rule on rule.ev_class = name.oid
                join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = rule.oid and d.refclassid = 'pg_class'::regclass
                join pg_class shown on shown.oid = d.refobjid and shown.oid <> name.oid join pg_namespace space on space.oid = shown.relnamespace
            where name.relnamespace = (select oid from pg_namespace where nspname = 'views') and name.relname = any($1)
            order by 1, 2
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = view.Tables.Select(t => t.Name).ToArray() });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        var names = new List<(string, string)>();
        while (await reader.ReadAsync(cancel))
            names.Add((reader.GetString(0), reader.GetString(1)));
        return names;
    }

    /// <summary>
    /// Names are shown anew in place, so that what others have made of them and may do with them stays. Where the columns are
    /// other ones they are made anew, for the same readers; if somebody's view is in the way they stay as they are, and are tried again later.
    /// </summary>
    private static async Task Patiently(NpgsqlConnection connection, View view, string schema, CancellationToken cancel)
    {
        bool replace = true;
        for (int attempt = 0; attempt < AttemptsMax;)
        {
            try
            {
                await Once(connection, ViewTables.Publish(view, schema, replace) + (replace ? "" : await Grants(connection, view, cancel)), cancel);
                return;
            }
            catch (PostgresException problem) when (replace && problem.SqlState is PostgresErrorCodes.InvalidTableDefinition)
            {
                replace = false;
            }
            catch (PostgresException problem) when (problem.SqlState is PostgresErrorCodes.DependentObjectsStillExist)
            {
                return;
            }
            catch (PostgresException problem) when (problem.SqlState is PostgresErrorCodes.LockNotAvailable)
            {
                await Task.Delay(Failures.Pause(attempt++), cancel);
            }
        }
    }

    /// <summary>Statements that give again what others may do with names that are made anew.</summary>
    private static async Task<string> Grants(NpgsqlConnection connection, View view, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select string_agg(format(E'\ngrant %s on views.%I to %s%s;', privilege_type, relname,
                case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end, case when is_grantable then ' with grant option' end), '')
            from pg_class, aclexplode(relacl)
            where relnamespace = (select oid from pg_namespace where nspname = 'views') and relname = any($1) and grantee <> relowner
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = view.StableNames.ToArray() });
        return await command.ExecuteScalarAsync(cancel) as string ?? "";
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
