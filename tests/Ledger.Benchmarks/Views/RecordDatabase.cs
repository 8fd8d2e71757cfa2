using Ledger.App.Log;
using Ledger.App.Operations.Migrate;
using Ledger.EventStore;
using Ledger.Testing;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Benchmarks.Views;

/// <summary>A ledger's database on disk with a sample record in it, made when it is first asked for.</summary>
internal sealed class RecordDatabase : IAsyncDisposable
{
    /// <summary>How many events can be added.</summary>
    private const int Further = 100_000;

    private static readonly DateTime FirstRecorded = new(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(20);
    private static readonly byte[] Headers = "{\"author\": \"benchmark\"}"u8.ToArray();
    private static readonly Dictionary<int, RecordDatabase> Made = [];

    private readonly TestDatabase _test;
    private readonly IEnumerator<SampleEvent> _coming;

    private RecordDatabase(TestDatabase test, int events)
    {
        _test = test;
        Owner = NpgsqlDataSource.Create(test.OwnerConnectionString + ";Command Timeout=0");
        Server = NpgsqlDataSource.Create(test.AppConnectionString);
        Record = new SampleRecord(events, Further);
        _coming = Record.Events().GetEnumerator();
    }

    public NpgsqlDataSource Owner { get; }

    public NpgsqlDataSource Server { get; }

    public SampleRecord Record { get; }

    /// <summary>What a process of its own opens the database with.</summary>
    public string ServerConnection => _test.AppConnectionString;

    /// <summary>The record of so many events; the same one for whoever asks.</summary>
    public static async Task<RecordDatabase> Of(int events)
    {
        if (Made.TryGetValue(events, out RecordDatabase? made))
            return made;
        var database = new RecordDatabase(await TestDatabase.Create(
            "benchmark-record-" + TestDatabase.Fingerprint(LedgerSchema.Migrations.Select(m => m.Sql)),
            async (connection, cancel) => await LedgerSchema.Migrate(connection, cancel)), events);
        await database.Grow(events);
        await database.Execute("vacuum analyze");
        await database.Execute("checkpoint");
        return Made[events] = database;
    }

    /// <summary>Adds the next events of the record to the log, faster than by appending them.</summary>
    public async Task Grow(int events)
    {
        await using NpgsqlConnection connection = await Owner.OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        // Streams come after their events, and the check that they are there would take as long as the rest.
        await Execute(connection, "set local session_replication_role = replica");
        long last = await Head(connection);
        var grown = new Dictionary<string, long>();
        await using (NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(
            "copy ledger.mt_events (seq_id, id, stream_id, version, data, type, timestamp, headers) from stdin (format binary)"))
        {
            for (int n = 0; n < events && _coming.MoveNext(); n++)
            {
                SampleEvent next = _coming.Current;
                grown[next.Stream] = next.Version;
                await Write(copy, ++last, next);
            }
            await copy.CompleteAsync();
        }
        await Execute(connection, """
            insert into ledger.mt_streams as s (id, version) select * from unnest($1, $2) on conflict (id) do update set version = excluded.version
            """, new() { Value = grown.Keys.ToArray() }, new() { Value = grown.Values.ToArray() });
        await Execute(connection, "update ledger.log_head set position = $1, recorded_at = $2", new() { Value = last }, new() { Value = RecordedAt(last) });
        await Execute(connection, "select setval('ledger.mt_events_sequence', $1)", new NpgsqlParameter { Value = last });
        await transaction.CommitAsync();
    }

    /// <summary>Leaves no view, so that a replay builds the first version and has nothing to compare it with.</summary>
    public async Task ForgetViews()
    {
        await Execute("""
            do $$
            declare
                name text;
            begin
                delete from ledger.view_versions;
                for name in select nspname from pg_namespace where nspname ~ '^view_[a-z0-9_]+_[0-9]+$' loop
                    execute format('drop schema %I cascade', name);
                end loop;
            end $$
            """);
        await Execute("checkpoint");
    }

    public async Task Execute(string sql)
    {
        await using NpgsqlConnection connection = await Owner.OpenConnectionAsync();
        await Execute(connection, sql);
    }

    /// <summary>The one number that a query gives.</summary>
    public async Task<long> Count(string sql)
    {
        await using NpgsqlCommand command = Owner.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public static async Task Clear()
    {
        foreach (RecordDatabase database in Made.Values)
            await database.DisposeAsync();
        Made.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        _coming.Dispose();
        await Owner.DisposeAsync();
        await Server.DisposeAsync();
        await _test.DisposeAsync();
    }

    private static async Task Write(NpgsqlBinaryImporter copy, long position, SampleEvent e)
    {
        (string type, byte[] json) = StoredEvents.Types.Write(e.Data);
        await copy.StartRowAsync();
        await copy.WriteAsync(position, NpgsqlDbType.Bigint);
        await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid);
        await copy.WriteAsync(e.Stream, NpgsqlDbType.Text);
        await copy.WriteAsync(e.Version, NpgsqlDbType.Bigint);
        await copy.WriteAsync(json, NpgsqlDbType.Jsonb);
        await copy.WriteAsync(type, NpgsqlDbType.Text);
        await copy.WriteAsync(RecordedAt(position), NpgsqlDbType.TimestampTz);
        await copy.WriteAsync(Headers, NpgsqlDbType.Jsonb);
    }

    private static DateTime RecordedAt(long position) => FirstRecorded + position * Apart;

    private static async Task<long> Head(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select position from ledger.log_head", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync();
    }
}
