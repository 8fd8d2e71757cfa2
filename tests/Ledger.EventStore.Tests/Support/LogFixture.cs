using Npgsql;

namespace Ledger.EventStore.Tests.Support;

/// <summary>A database with a log, one for each test class.</summary>
public sealed class LogFixture(Cluster cluster) : IAsyncLifetime
{
    private string _name = "";

    public Cluster Cluster => cluster;

    /// <summary>Connects as the server does: with the rights of <c>ledger_app</c>.</summary>
    public NpgsqlDataSource Database { get; private set; } = null!;

    /// <summary>Connects as the superuser, who owns the tables.</summary>
    public NpgsqlDataSource Owner { get; private set; } = null!;

    public string ConnectionString => cluster.ConnectionString(_name);

    public EventLog Log { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _name = await cluster.Create();
        Database = NpgsqlDataSource.Create(ConnectionString);
        Owner = NpgsqlDataSource.Create(cluster.ConnectionString(_name, "postgres"));
        Log = new EventLog(Database, Samples.Types());
    }

    /// <summary>Runs a statement as the owner and returns its first value.</summary>
    public async Task<object?> Sql(string sql)
    {
        await using NpgsqlCommand command = Owner.CreateCommand(sql);
        object? value = await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        return value is DBNull ? null : value;
    }

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        await Database.DisposeAsync();
        await Owner.DisposeAsync();
    }
}
