using Ledger.Testing;
using Npgsql;

namespace Ledger.EventStore.Tests.Support;

/// <summary>A database with a log, one for each test class.</summary>
public sealed class LogFixture : IAsyncLifetime
{
    private TestDatabase _test = null!;

    /// <summary>Connects as the server does: with the rights of <c>ledger_app</c>.</summary>
    public NpgsqlDataSource Database { get; private set; } = null!;

    /// <summary>Connects as a superuser, who owns the tables.</summary>
    public NpgsqlDataSource Owner { get; private set; } = null!;

    /// <summary>How the server connects.</summary>
    public string ConnectionString => _test.AppConnectionString;

    public EventLog Log { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.Create("event-log", [.. EventLogSchema.Migrations.Select(m => m.Sql), "alter role ledger_app login"]);
        Database = NpgsqlDataSource.Create(_test.AppConnectionString);
        Owner = NpgsqlDataSource.Create(_test.OwnerConnectionString);
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
        await _test.DisposeAsync();
    }
}
