using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Ledger.Testing;

/// <summary>
/// A database of a test's own on the real PostgreSQL, copied from a template that is migrated once for each content of the
/// migrations. Make one for each test class; it is dropped when disposed.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    // Any number that nothing else on this cluster locks.
    private const long TemplateLock = 0x6c6564676572;
    private const string Owner = "ledger";
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(1);

    private static readonly Lazy<Task> Swept = new(DropLeftovers);

    private TestDatabase(string name, string owner, string app) => (Name, OwnerConnectionString, AppConnectionString) = (name, owner, app);

    public string Name { get; }

    /// <summary>As the role that owns the tables, a superuser.</summary>
    public string OwnerConnectionString { get; }

    /// <summary>As <c>ledger_app</c>, the role the server logs in with; the migrations make it.</summary>
    public string AppConnectionString { get; }

    /// <summary>A database without anything in it.</summary>
    public static Task<TestDatabase> CreateEmpty(CancellationToken cancel = default) => CreateFrom("template0", cancel);

    /// <summary>A copy of the template in which these scripts have run, in order.</summary>
    public static Task<TestDatabase> Create(string name, IReadOnlyList<string> scripts, CancellationToken cancel = default) =>
        Create($"{name}-{Fingerprint(scripts)}", (connection, stop) => RunScripts(connection, scripts, stop), cancel);

    /// <summary>A copy of the named template.</summary>
    /// <param name="template">Must change with whatever <paramref name="migrate"/> does: put a hash of the scripts in it.</param>
    /// <param name="migrate">Runs once for each name, as the owner, in an empty database.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async Task<TestDatabase> Create(string template, Func<NpgsqlConnection, CancellationToken, Task> migrate, CancellationToken cancel = default)
    {
        await Swept.Value;
        var database = "template_" + Fingerprint([template]);
        await using (var connection = await Maintenance(cancel))
        {
            // Held until the connection closes: of several processes one makes the template, the others find it.
            await Execute(connection, $"select pg_advisory_lock({TemplateLock})", cancel);
            if (!await Exists(connection, database, cancel)) await MakeTemplate(connection, template, database, migrate, cancel);
        }

        return await CreateFrom(database, cancel);
    }

    public static string Fingerprint(IEnumerable<string> contents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var content in contents)
        {
            // A separator, so that text moved from one script to the next counts as a change.
            hash.AppendData(Encoding.UTF8.GetBytes(content));
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..20];
    }

    public async ValueTask DisposeAsync()
    {
        await ClearPool(OwnerConnectionString);
        await ClearPool(AppConnectionString);
        await using var connection = await Maintenance(CancellationToken.None);
        await Execute(connection, $"drop database if exists {Name} with (force)", CancellationToken.None);
    }

    private static async Task MakeTemplate(
        NpgsqlConnection maintenance, string template, string database, Func<NpgsqlConnection, CancellationToken, Task> migrate, CancellationToken cancel)
    {
        // Built under another name, so that a template is whole or not there at all.
        var building = NewName("building");
        await Execute(maintenance, $"create database {building} template template0", cancel);
        try
        {
            await using (var connection = new NpgsqlConnection(await Unpooled(building)))
            {
                await connection.OpenAsync(cancel);
                await migrate(connection, cancel);
            }

            await Execute(maintenance, $"comment on database {building} is '{UnixSeconds()} {template.Replace("'", "''", StringComparison.Ordinal)}'", cancel);
            await Execute(maintenance, $"alter database {building} with allow_connections false", cancel);
            await Execute(maintenance, $"alter database {building} rename to {database}", cancel);
        }
        catch
        {
            await Execute(maintenance, $"drop database if exists {building} with (force)", CancellationToken.None);
            throw;
        }
    }

    private static async Task<TestDatabase> CreateFrom(string template, CancellationToken cancel)
    {
        await Swept.Value;
        var name = NewName("test");
        await using var connection = await Maintenance(cancel);
        await Execute(connection, $"create database {name} template {template}", cancel);
        return new TestDatabase(name, await TestCluster.ConnectionString(Owner, name), await TestCluster.ConnectionString("ledger_app", name));
    }

    /// <summary>What runs that were killed have left, and templates that no run has made anew for a day.</summary>
    internal static async Task DropLeftovers()
    {
        await using var connection = await Maintenance(CancellationToken.None);
        await Execute(connection, $"select pg_advisory_lock({TemplateLock})", CancellationToken.None);
        await using var find = new NpgsqlCommand(
            """
            select name from (
              select datname as name,
                     case when datname ~ '^(test|building)_\d+_' then split_part(datname, '_', 2)::bigint
                          when datname ~ '^template_[0-9a-f]{20}$' then split_part(shobj_description(oid, 'pg_database'), ' ', 1)::bigint end as made
              from pg_database) as ours
            where made < $1
            """, connection)
        { Parameters = { new() { Value = UnixSeconds() - (long)LeftoverAge.TotalSeconds } } };
        var names = new List<string>();
        await using (var reader = await find.ExecuteReaderAsync())
            while (await reader.ReadAsync()) names.Add(reader.GetString(0));
        foreach (var name in names)
            await Execute(connection, $"drop database if exists {name} with (force)", CancellationToken.None);
    }

    private static async Task RunScripts(NpgsqlConnection connection, IReadOnlyList<string> scripts, CancellationToken cancel)
    {
        foreach (var script in scripts) await Execute(connection, script, cancel);
    }

    private static async Task<bool> Exists(NpgsqlConnection connection, string database, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select exists (select from pg_database where datname = $1)", connection) { Parameters = { new() { Value = database } } };
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    internal static async Task<NpgsqlConnection> Maintenance(CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(await Unpooled("postgres"));
        await connection.OpenAsync(cancel);
        return connection;
    }

    // A pooled connection would outlive its use and be in the way of renaming, copying and dropping.
    private static async Task<string> Unpooled(string database) =>
        new NpgsqlConnectionStringBuilder(await TestCluster.ConnectionString(Owner, database)) { Pooling = false }.ConnectionString;

    private static async Task ClearPool(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    private static string NewName(string kind) => $"{kind}_{UnixSeconds()}_{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..12]}";

    private static long UnixSeconds() => DateTimeOffset.UtcNow.ToUnixTimeSeconds();
}
