using Ledger.App.Operations.EmbeddedPostgres;
using Npgsql;

namespace Ledger.App.Operations;

/// <summary>
/// One connection as the owner of the ledger's tables, for what the server's role may not do; the database is left as it is,
/// not even migrated. Another server's connection string must be its owner's.
/// </summary>
internal sealed class OwnerConnection : IAsyncDisposable
{
    private readonly EmbeddedCluster? _cluster;

    private OwnerConnection(EmbeddedCluster? cluster, NpgsqlConnection connection) => (_cluster, Connection) = (cluster, connection);

    public NpgsqlConnection Connection { get; }

    /// <exception cref="ClusterUnavailableException">The embedded cluster cannot be had.</exception>
    public static async Task<OwnerConnection> Open(DatabaseChoice choice, ILogger log, CancellationToken cancel)
    {
        var cluster = choice.Connection is null ? await EmbeddedCluster.Open(choice.DataFolder, cancel, log) : null;
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(choice.Connection ?? cluster!.ConnectionString(EmbeddedCluster.OwnerRole))
        {
            Pooling = false,
            // A table is copied in one command, however long it takes.
            CommandTimeout = 0,
        }.ConnectionString);
        var opened = new OwnerConnection(cluster, connection);
        try
        {
            await connection.OpenAsync(cancel);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
    }
}
