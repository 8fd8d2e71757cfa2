using Ledger.App.Operations.EmbeddedPostgres;
using Ledger.App.Operations.Migrate;
using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Operations;

/// <summary>Which database a command works on.</summary>
/// <param name="Connection">A PostgreSQL connection string; null for the embedded cluster.</param>
/// <param name="DataFolder">Where the embedded cluster, keys and logs are kept.</param>
internal sealed record DatabaseChoice(string? Connection, string DataFolder);

/// <summary>
/// The ledger's database, open under the role of the server. The embedded one is migrated when it is opened, since nobody
/// else could; another server's only where its owner asks for it.
/// </summary>
internal sealed class LedgerDatabase : IAsyncDisposable
{
    private readonly EmbeddedCluster? _cluster;

    private LedgerDatabase(EmbeddedCluster? cluster, NpgsqlDataSource data, bool isOwners) => (_cluster, Data, IsOwners) = (cluster, data, isOwners);

    /// <summary>Connections as the server's role.</summary>
    public NpgsqlDataSource Data { get; }

    /// <summary>Whether whoever opened it owns it: for the embedded one, whoever may open it at all.</summary>
    public bool IsOwners { get; }

    /// <param name="migrate">Whether to bring another server's database to what this program needs; takes its owner's connection.</param>
    /// <exception cref="ClusterUnavailableException">The embedded cluster cannot be had.</exception>
    /// <exception cref="MigrationRefusedException">Program and database do not fit together.</exception>
    public static async Task<LedgerDatabase> Open(DatabaseChoice choice, bool migrate, ILogger log, CancellationToken cancel)
    {
        if (choice.Connection is { } connection)
            return await OpenElsewhere(Parse(connection), migrate, log, cancel);
        var cluster = await EmbeddedCluster.Open(choice.DataFolder, cancel, log);
        try
        {
            await using (var owner = new NpgsqlConnection(Unpooled(cluster.ConnectionString(EmbeddedCluster.OwnerRole))))
            {
                await owner.OpenAsync(cancel);
                await LedgerSchema.Migrate(owner, cancel, log);
            }
            return new LedgerDatabase(cluster, NpgsqlDataSource.Create(cluster.ConnectionString(LedgerSchema.AppRole)), isOwners: true);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The migrations that ran in another server's database, by its owner's connection.</summary>
    public static async Task<IReadOnlyList<string>> Migrate(string connection, ILogger log, CancellationToken cancel)
    {
        await using var owner = new NpgsqlConnection(Unpooled(Parse(connection).ConnectionString));
        await owner.OpenAsync(cancel);
        return await LedgerSchema.Migrate(owner, cancel, log);
    }

    public async ValueTask DisposeAsync()
    {
        await Data.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    private static async Task<LedgerDatabase> OpenElsewhere(NpgsqlConnectionStringBuilder connection, bool migrate, ILogger log, CancellationToken cancel)
    {
        await using var first = new NpgsqlConnection(Unpooled(connection.ConnectionString));
        await first.OpenAsync(cancel);
        if (migrate)
            await LedgerSchema.Migrate(first, cancel, log);
        else if (await Migrator.Pending(first, LedgerSchema.Migrations, cancel) is { Count: > 0 } pending)
            throw new MigrationRefusedException($"The database lacks {pending.Count} migrations, the first of them '{pending[0].Name}': run 'ledger migrate' with its owner's connection.");
        // Who owns the tables could rewrite them: for the work of the server an owner puts on the server's role.
        var isOwners = await OwnsTables(first, cancel);
        if (isOwners)
            connection.Options = $"{connection.Options} -c role={LedgerSchema.AppRole}".Trim();
        return new LedgerDatabase(null, NpgsqlDataSource.Create(connection.ConnectionString), isOwners);
    }

    /// <summary>Whether the connection's role could rewrite the log.</summary>
    public static async Task<bool> OwnsTables(NpgsqlConnection connection, CancellationToken cancel)
    {
        var owns = await connection.Query(
            """
            select bool_or(pg_has_role(current_user, relowner, 'usage')) from pg_class
            where oid in (to_regclass('ledger.mt_events'), to_regclass('ledger.mt_streams'))
            """,
            row => !row.IsDBNull(0) && row.GetBoolean(0), cancel);
        return owns.Single();
    }

    private static NpgsqlConnectionStringBuilder Parse(string connection)
    {
        try
        {
            // Plans are kept with a connection; a reset on every return to the pool would throw them away.
            return new NpgsqlConnectionStringBuilder(connection) { NoResetOnClose = true, MaxAutoPrepare = 200, ApplicationName = "ledger" };
        }
        catch (ArgumentException e)
        {
            throw new ClusterUnavailableException($"The connection string cannot be read: {e.Message}", e);
        }
    }

    private static string Unpooled(string connection) => new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString;
}
