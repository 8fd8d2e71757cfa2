using System.Diagnostics;
using System.Text.Json;
using Ledger.EventStore;
using EventLog = Ledger.EventStore.EventLog;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Benchmarks.Log;

/// <summary>Callers in a closed loop, each of which appends one event at a time to streams of its own.</summary>
internal static class SingleAppends
{
    public const int StreamsEach = 100;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Measuring = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The floor: a transaction of one INSERT and the update of its stream's row, both prepared. BEGIN travels with the
    /// INSERT, as Npgsql does by itself.
    /// </summary>
    public static Func<Task<Measured>> Floor(int callers) => async () =>
    {
        await using BenchmarkDatabase database = await BenchmarkDatabase.Create(callers * StreamsEach);
        await using var pool = NpgsqlDataSource.Create(database.Owner.ConnectionString + $";Maximum Pool Size={callers + 1}");
        return await Loop(callers, async caller =>
        {
            NpgsqlConnection connection = await pool.OpenConnectionAsync();
            NpgsqlCommand insert = await Prepared(connection, """
                insert into ledger.mt_events (seq_id, id, stream_id, version, data, type, headers)
                values (nextval('ledger.mt_events_sequence'), $1, $2, $3, $4, $5, $6)
                """, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Jsonb, NpgsqlDbType.Text, NpgsqlDbType.Jsonb);
            NpgsqlCommand update = await Prepared(connection,
                "update ledger.mt_streams set version = version + 1, timestamp = now() where id = $1 and version = $2", NpgsqlDbType.Text, NpgsqlDbType.Bigint);
            return async (number, version) =>
            {
                string stream = Stream(caller, number);
                SetInsert(insert.Parameters, stream, version + 1, number);
                update.Parameters[0].Value = stream;
                update.Parameters[1].Value = version;
                await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
                await insert.ExecuteNonQueryAsync();
                if (await update.ExecuteNonQueryAsync() != 1)
                    throw new InvalidOperationException("The stream was not at its version.");
                await transaction.CommitAsync();
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

    private static async Task<NpgsqlCommand> Prepared(NpgsqlConnection connection, string sql, params NpgsqlDbType[] types)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (NpgsqlDbType type in types)
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        await command.PrepareAsync();
        return command;
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
