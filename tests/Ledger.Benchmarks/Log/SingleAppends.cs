using System.Diagnostics;
using System.Text.Json;
using Ledger.EventStore;
using Npgsql;
using NpgsqlTypes;
using EventLog = Ledger.EventStore.EventLog;

namespace Ledger.Benchmarks.Log;

/// <summary>Callers in a closed loop, each of which appends one event at a time to streams of its own.</summary>
internal static class SingleAppends
{
    private const int StreamsEach = 100;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Measuring = TimeSpan.FromSeconds(5);

    public static Func<Task<Measured>> Floor(int callers) => async () =>
    {
        await using BenchmarkDatabase database = await BenchmarkDatabase.Create(callers * StreamsEach);
        await using var pool = NpgsqlDataSource.Create(database.Owner.ConnectionString + $";Maximum Pool Size={callers + 1}");
        return await Loop(callers, async caller =>
        {
            NpgsqlConnection connection = await pool.OpenConnectionAsync();
            var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(Insert());
            batch.BatchCommands.Add(Update());
            await batch.PrepareAsync();
            return async (number, version) =>
            {
                string stream = Stream(caller, number);
                SetInsert(batch.BatchCommands[0].Parameters, stream, version + 1, number);
                batch.BatchCommands[1].Parameters[0].Value = stream;
                batch.BatchCommands[1].Parameters[1].Value = version;
                if (await batch.ExecuteNonQueryAsync() != 2)
                    throw new InvalidOperationException("The stream was not at its version.");
            };
        });
    };

    public static Func<Task<Measured>> Figure(int callers) => async () =>
    {
        await using BenchmarkDatabase database = await BenchmarkDatabase.Create(callers * StreamsEach);
        await using var log = new EventLog(database.Server, SampleEvents.Types);
        return await Run(log, callers);
    };

    /// <summary>The callers' loop over a log.</summary>
    public static Task<Measured> Run(EventLog log, int callers) => Loop(callers, caller => Task.FromResult<Func<int, long, Task>>(
        (number, version) => log.Append(new Append("benchmark", [new(Stream(caller, number), version, [SampleEvents.New(number)])])
        {
            Key = Guid.CreateVersion7().ToString(),
        })));

    private static string Stream(int caller, int number) => $"stream-{1 + caller * StreamsEach + number % StreamsEach}";

    private static async Task<Measured> Loop(int callers, Func<int, Task<Func<int, long, Task>>> open)
    {
        var clock = Stopwatch.StartNew();
        TimeSpan end = WarmUp + Measuring;
        List<double>[] latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            Func<int, long, Task> append = await open(caller);
            List<double> taken = new(10_000);
            for (int number = 0; clock.Elapsed < end; number++)
            {
                TimeSpan started = clock.Elapsed;
                await append(number, 1 + number / StreamsEach);
                if (started > WarmUp)
                    taken.Add((clock.Elapsed - started).TotalMilliseconds);
            }
            return taken;
        })));
        double[] sorted = [.. latencies.SelectMany(l => l).Order()];
        return new Measured(sorted.Length / Measuring.TotalSeconds, sorted[(int)(sorted.Length * 0.99)]);
    }

    private static NpgsqlBatchCommand Insert()
    {
        var insert = new NpgsqlBatchCommand("""
            insert into ledger.mt_events (seq_id, id, stream_id, version, data, type, headers)
            values (nextval('ledger.mt_events_sequence'), $1, $2, $3, $4, $5, $6)
            """);
        foreach (NpgsqlDbType type in new[]
                 { NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Jsonb, NpgsqlDbType.Text, NpgsqlDbType.Jsonb })
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        return insert;
    }

    private static NpgsqlBatchCommand Update()
    {
        var update = new NpgsqlBatchCommand("update ledger.mt_streams set version = version + 1, timestamp = now() where id = $1 and version = $2");
        update.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text });
        update.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint });
        return update;
    }

    private static void SetInsert(NpgsqlParameterCollection p, string stream, long version, int number)
    {
        p[0].Value = Guid.CreateVersion7();
        p[1].Value = stream;
        p[2].Value = version;
        p[3].Value = JsonSerializer.SerializeToUtf8Bytes(SampleEvents.Event(number), SampleEventsJson.Default.DealChanged);
        p[4].Value = "deal_changed";
        p[5].Value = "{\"author\":\"benchmark\"}"u8.ToArray();
    }
}
