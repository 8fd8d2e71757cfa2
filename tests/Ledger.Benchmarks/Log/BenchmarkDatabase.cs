using Ledger.EventStore;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Benchmarks.Log;

/// <summary>An empty log on disk, as its owner and as the server see it.</summary>
internal sealed class BenchmarkDatabase : IAsyncDisposable
{
    private readonly TestDatabase _test;

    private BenchmarkDatabase(TestDatabase test)
    {
        _test = test;
        Owner = NpgsqlDataSource.Create(test.OwnerConnectionString);
        Server = NpgsqlDataSource.Create(test.AppConnectionString);
    }

    public NpgsqlDataSource Owner { get; }

    public NpgsqlDataSource Server { get; }

    public static async Task<BenchmarkDatabase> Create(int streams = 0)
    {
        var database = new BenchmarkDatabase(await TestDatabase.Create(
            "event-log", [.. EventLogSchema.Migrations.Select(m => m.Sql), "alter role ledger_app login"]));
        await database.Execute($"""
            insert into ledger.mt_streams (id, version) select 'stream-' || n, 1 from generate_series(1, {streams}) n;
            insert into ledger.mt_events (seq_id, id, stream_id, version, data, type)
                select n, gen_random_uuid(), 'stream-' || n, 1, '{SampleEvents.OpeningJson}', 'deal_opened' from generate_series(1, {streams}) n;
            update ledger.log_head set position = {streams}, recorded_at = now();
            select setval('ledger.mt_events_sequence', {Math.Max(1, streams)}, {streams} > 0);
            """);
        await database.Execute("vacuum analyze");
        await database.Execute("checkpoint");
        return database;
    }

    public async Task Execute(string sql)
    {
        await using NpgsqlCommand command = Owner.CreateCommand(sql);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Owner.DisposeAsync();
        await Server.DisposeAsync();
        await _test.DisposeAsync();
    }
}
