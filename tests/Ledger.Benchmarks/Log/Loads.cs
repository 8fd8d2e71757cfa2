using System.Diagnostics;
using System.Text.Json;
using Ledger.EventStore;
using Npgsql;
using NpgsqlTypes;
using EventLog = Ledger.EventStore.EventLog;

namespace Ledger.Benchmarks.Log;

/// <summary>Many events at once, the tree kept and signed up to the last of them; against binary COPY of the same rows.</summary>
internal static class Loads
{
    public const int Events = 200_000;

    /// <summary>An append of 1,000 events goes to so many existing streams; so many appends are under way at a time.</summary>
    private const int StreamsOfBulk = 100;
    private const int BulkCallers = 8;
    private const int PerStreamOfBulk = 10;
    private const int ExistingStreams = 2_000;

    /// <summary>An import's chunk: so many new streams of five events; so many chunks are under way at a time.</summary>
    private const int StreamsOfChunk = 20;
    private const int ImportCallers = 48;
    private const int PerNewStream = 5;

    private static readonly byte[] Headers = "{\"author\": \"benchmark\"}"u8.ToArray();

    public static async Task<Measured> BulkFloor()
    {
        await using BenchmarkDatabase database = await BenchmarkDatabase.Create(ExistingStreams);
        long started = Stopwatch.GetTimestamp();
        await CopyEvents(database, ExistingStreams, Enumerable.Range(0, Events).Select(n => ($"stream-{1 + n / PerStreamOfBulk % ExistingStreams}",
            2L + n % PerStreamOfBulk + n / (PerStreamOfBulk * ExistingStreams) * PerStreamOfBulk)));
        return new Measured(Events / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    public static Task<Measured> Bulk() => Figure(ExistingStreams, async (log, _) =>
    {
        const int PerAppend = StreamsOfBulk * PerStreamOfBulk;
        // Rounds over the streams, so that no two appends under way meet.
        await Parallel.ForAsync(0, Events / PerAppend, new ParallelOptions { MaxDegreeOfParallelism = BulkCallers }, async (append, _) =>
        {
            int first = append * StreamsOfBulk;
            await log.Append(new Append("benchmark", [.. Enumerable.Range(first, StreamsOfBulk).Select(s => new StreamAppend(
                $"stream-{1 + s % ExistingStreams}", 1 + s / ExistingStreams * PerStreamOfBulk,
                [.. Enumerable.Range(0, PerStreamOfBulk).Select(n => SampleEvents.New(s * PerStreamOfBulk + n))]))]), CancellationToken.None);
        });
        return Events;
    });

    public static async Task<Measured> ImportFloor()
    {
        await using BenchmarkDatabase database = await BenchmarkDatabase.Create();
        long started = Stopwatch.GetTimestamp();
        await using (NpgsqlConnection connection = await database.Owner.OpenConnectionAsync())
        {
            await using NpgsqlBinaryImporter streams = await connection.BeginBinaryImportAsync("copy ledger.mt_streams (id, version) from stdin (format binary)");
            for (int s = 0; s < Events / PerNewStream; s++)
            {
                await streams.StartRowAsync();
                await streams.WriteAsync($"new-{s}", NpgsqlDbType.Text);
                await streams.WriteAsync((long)PerNewStream, NpgsqlDbType.Bigint);
            }
            await streams.CompleteAsync();
        }
        await CopyEvents(database, 0, Enumerable.Range(0, Events).Select(n => ($"new-{n / PerNewStream}", 1L + n % PerNewStream)));
        return new Measured(Events / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    public static Task<Measured> Import() => Figure(0, (log, cancel) => Import(log, Events, cancel));

    /// <summary>Imports until all are in or it is cancelled. Returns how many events are in.</summary>
    public static async Task<long> Import(EventLog log, long events, CancellationToken cancel)
    {
        long recorded = 0;
        try
        {
            await Parallel.ForAsync(0L, events / (StreamsOfChunk * PerNewStream), new ParallelOptions { MaxDegreeOfParallelism = ImportCallers, CancellationToken = cancel },
                async (chunk, _) =>
                {
                    long first = chunk * StreamsOfChunk;
                    await log.Append(new Append("benchmark", [.. Enumerable.Range(0, StreamsOfChunk).Select(s => new StreamAppend($"new-{first + s}", 0,
                        [.. Enumerable.Range(0, PerNewStream).Select(n => SampleEvents.New((int)(first + s) * PerNewStream + n))]))]), CancellationToken.None);
                    Interlocked.Add(ref recorded, StreamsOfChunk * PerNewStream);
                });
        }
        catch (OperationCanceledException)
        {
            // Enough was imported.
        }
        return recorded;
    }

    private static async Task<Measured> Figure(int streams, Func<EventLog, CancellationToken, Task<long>> load)
    {
        await using BenchmarkDatabase database = await BenchmarkDatabase.Create(streams);
        await using var log = new EventLog(database.Server, SampleEvents.Types);
        await using SigningTree tree = SigningTree.Keep(database);
        await tree.Tree.Sign();
        long started = Stopwatch.GetTimestamp();
        long events = await load(log, CancellationToken.None);
        await tree.Tree.Sign();
        return new Measured(events / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static async Task CopyEvents(BenchmarkDatabase database, long after, IEnumerable<(string Stream, long Version)> rows)
    {
        await using NpgsqlConnection connection = await database.Owner.OpenConnectionAsync();
        await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(
            "copy ledger.mt_events (seq_id, id, stream_id, version, data, type, timestamp, headers) from stdin (format binary)");
        DateTime now = DateTime.UtcNow;
        foreach ((string stream, long version) in rows)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(++after, NpgsqlDbType.Bigint);
            await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid);
            await copy.WriteAsync(stream, NpgsqlDbType.Text);
            await copy.WriteAsync(version, NpgsqlDbType.Bigint);
            await copy.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(SampleEvents.Event((int)after), SampleEventsJson.Default.DealChanged), NpgsqlDbType.Jsonb);
            await copy.WriteAsync("deal_changed", NpgsqlDbType.Text);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz);
            await copy.WriteAsync(Headers, NpgsqlDbType.Jsonb);
        }
        await copy.CompleteAsync();
    }
}
