using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Ledger.EventStore;
using Npgsql;
using EventLog = Ledger.EventStore.EventLog;

namespace Ledger.Benchmarks.Log;

/// <summary>Reading and verifying a whole log of 200,000 events, which is made once.</summary>
internal static class Scans
{
    private static BenchmarkDatabase? _database;
    private static EventLog? _log;
    private static SigningTree? _tree;

    /// <summary>The same SELECT with the same deserialisation, and nothing else.</summary>
    public static async Task<Measured> ReadFloor()
    {
        (BenchmarkDatabase database, _, _) = await Made();
        long started = Stopwatch.GetTimestamp();
        await using NpgsqlCommand select = database.Server.CreateCommand("""
            select seq_id, id, stream_id, version, type, timestamp, data, headers, correlation_id, causation_id
            from ledger.mt_events order by seq_id
            """);
        await using NpgsqlDataReader reader = await select.ExecuteReaderAsync();
        long events = 0;
        while (await reader.ReadAsync())
        {
            var read = new RecordedEvent(reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4),
                reader.GetFieldValue<DateTimeOffset>(5),
                JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(6), SampleEventsJson.Default.DealChanged)!,
                JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(7), SampleEventsJson.Default.DictionaryStringString)!)
            {
                CorrelationId = reader.IsDBNull(8) ? null : reader.GetString(8),
                CausationId = reader.IsDBNull(9) ? null : reader.GetString(9),
            };
            events += read.Version > 0 ? 1 : 0;
        }
        return new Measured(events / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    public static async Task<Measured> Read()
    {
        (_, EventLog log, _) = await Made();
        long started = Stopwatch.GetTimestamp();
        long events = 0;
        await foreach (RecordedEvent read in log.Read(new LogQuery()))
            events += read.Version > 0 ? 1 : 0;
        return new Measured(events / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>SHA-256 over the bytes of the same columns as they come from the database.</summary>
    public static async Task<Measured> VerifyFloor()
    {
        (BenchmarkDatabase database, EventLog log, _) = await Made();
        long head = await log.Head();
        long started = Stopwatch.GetTimestamp();
        await using NpgsqlConnection connection = await database.Server.OpenConnectionAsync();
        await using NpgsqlRawCopyStream rows = await connection.BeginRawBinaryCopyAsync("""
            copy (select seq_id, id, stream_id, version, type, timestamp, correlation_id, causation_id, headers, data
                  from ledger.mt_events order by seq_id) to stdout (format binary)
            """);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[256 << 10];
        while (await rows.ReadAsync(buffer.AsMemory(), CancellationToken.None) is var read and > 0)
            hash.AppendData(buffer, 0, read);
        return new Measured(head / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    public static async Task<Measured> Verify()
    {
        (_, _, SigningTree tree) = await Made();
        long started = Stopwatch.GetTimestamp();
        LogVerdict verdict = await tree.Tree.Verify();
        return verdict.Holds
            ? new Measured(verdict.Events / Stopwatch.GetElapsedTime(started).TotalSeconds)
            : throw new InvalidDataException(string.Join('\n', verdict.Faults.Select(f => f.What)));
    }

    private static async Task<(BenchmarkDatabase, EventLog, SigningTree)> Made()
    {
        if (_database is null)
        {
            _database = await BenchmarkDatabase.Create();
            _log = new EventLog(_database.Server, SampleEvents.Types);
            _tree = SigningTree.Keep(_database);
            await Loads.Import(_log, Loads.Events, CancellationToken.None);
            await _tree.Tree.Sign();
            await _database.Execute("vacuum analyze");
            await _database.Execute("checkpoint");
        }
        return (_database, _log!, _tree!);
    }

    /// <summary>Drops the log that was made.</summary>
    public static async ValueTask Clear()
    {
        if (_database is null)
            return;
        await _tree!.DisposeAsync();
        await _log!.DisposeAsync();
        await _database.DisposeAsync();
        _database = null;
    }
}
