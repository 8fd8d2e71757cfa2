using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Npgsql;

namespace Ledger.EventStore.Reading;

/// <summary>
/// Reads events a page at a time: memory is bounded, and no snapshot is held while the caller works. The next page of a
/// scan is fetched meanwhile.
/// </summary>
internal sealed class LogReader(NpgsqlDataSource database, EventTypes types)
{
    private const int PageSize = 1_000;

    /// <summary>Large enough that asking costs little beside decoding, small enough to die young.</summary>
    private const int ScanPageSize = 2_000;

    /// <summary>A scan begins with few, since nobody knows how long its events are.</summary>
    private const int FirstScanPageSize = 200;

    /// <summary>What a page of a scan has at most, if its events are as long as those of the page before.</summary>
    private const long ScanPageBytes = 4 << 20;
    private static readonly DateTimeOffset Since2000 = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private const string Columns = "seq_id, id, stream_id, version, type, timestamp, data, headers, correlation_id, causation_id";

    public static async Task<long> Head(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select position from ledger.log_head order by position desc limit 1", connection);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    public async Task<long> Head(CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancel);
        return await Head(connection, cancel);
    }

    public async IAsyncEnumerable<RecordedEvent> ReadStream(
        string stream, long from, long to, bool backwards, [EnumeratorCancellation] CancellationToken cancel)
    {
        string sql = $"""
            select {Columns} from ledger.mt_events
            where stream_id = $1 and version between $2 and $3 order by version {(backwards ? "desc" : "asc")} limit $4
            """;
        while (from <= to)
        {
            List<RecordedEvent> page = await Page(sql, [Parameter(stream), Parameter(from), Parameter(to), Parameter(PageSize)], cancel);
            foreach (RecordedEvent e in page)
                yield return e;
            if (page.Count < PageSize)
                yield break;
            if (backwards)
                to = page[^1].Version - 1;
            else
                from = page[^1].Version + 1;
        }
    }

    public async IAsyncEnumerable<RecordedEvent> Read(LogQuery query, [EnumeratorCancellation] CancellationToken cancel)
    {
        long after = query.After;
        long upTo = query.UpTo ?? await Head(cancel);
        int left = query.Limit ?? int.MaxValue;
        int size = Math.Min(FirstScanPageSize, left);
        string filters = Filters(query);
        await using var next = new PageAhead();
        next.Start(Fetch);
        while (true)
        {
            (List<RecordedEvent> page, long bytes) = await next.Page;
            bool last = page.Count < size || (left -= page.Count) == 0;
            if (!last)
            {
                if (query.Backwards)
                    upTo = page[^1].Position - 1;
                else
                    after = page[^1].Position;
                size = (int)Math.Min(Math.Clamp(ScanPageBytes * page.Count / bytes, 1, ScanPageSize), left);
                next.Start(Fetch);
            }
            foreach (RecordedEvent e in page)
                yield return e;
            if (last)
                yield break;
        }

        // By COPY, which takes no parameters: numbers, registered names and formatted times need no quoting.
        Task<ScanPage> Fetch() => Scan($"""
            select {Columns} from ledger.mt_events where seq_id > {after} and seq_id <= {upTo} {filters}
            order by seq_id {(query.Backwards ? "desc" : "asc")} limit {size}
            """, cancel);
    }

    private string Filters(LogQuery query)
    {
        string sql = "";
        if (query.Types is { } names)
            sql += $" and type = any('{{{string.Join(',', types.WithOldNames(names))}}}')";
        if (query.RecordedFrom is { } from)
            sql += $" and timestamp >= '{Formatted(from)}'";
        if (query.RecordedBefore is { } before)
            sql += $" and timestamp < '{Formatted(before)}'";
        return sql;

        static string Formatted(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.ffffff+00", CultureInfo.InvariantCulture);
    }

    private async Task<ScanPage> Scan(string sql, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancel);
        var page = new List<RecordedEvent>();
        var headers = new LastHeaders();
        long bytes = 0;
        await CopyRows.Read(connection, $"copy ({sql}) to stdout (format binary)", row =>
        {
            bytes += row.Length;
            page.Add(Event(row, headers));
        }, cancel);
        return new ScanPage(page, bytes);
    }

    private RecordedEvent Event(ReadOnlySpan<byte> row, LastHeaders headers)
    {
        long position = BinaryPrimitives.ReadInt64BigEndian(CopyRows.Next(ref row, out _));
        var id = new Guid(CopyRows.Next(ref row, out _), bigEndian: true);
        string stream = Encoding.UTF8.GetString(CopyRows.Next(ref row, out _));
        long version = BinaryPrimitives.ReadInt64BigEndian(CopyRows.Next(ref row, out _));
        string type = types.Known(Encoding.UTF8.GetString(CopyRows.Next(ref row, out _)));
        DateTimeOffset recordedAt = Since2000.AddTicks(BinaryPrimitives.ReadInt64BigEndian(CopyRows.Next(ref row, out _)) * TimeSpan.TicksPerMicrosecond);
        object data = types.Read(type, CopyRows.Json(CopyRows.Next(ref row, out _)), position);
        return new RecordedEvent(position, id, stream, version, type, recordedAt, data, headers.Of(CopyRows.Json(CopyRows.Next(ref row, out _))))
        {
            CorrelationId = CopyRows.Next(ref row, out bool correlated) is var correlation && correlated ? Encoding.UTF8.GetString(correlation) : null,
            CausationId = CopyRows.Next(ref row, out bool caused) is var causation && caused ? Encoding.UTF8.GetString(causation) : null,
        };
    }

    /// <summary>All events of some streams up to a position, stream by stream.</summary>
    public Task<List<RecordedEvent>> Streams(IReadOnlyCollection<string> streams, long upTo, CancellationToken cancel) => Page(
        $"select {Columns} from ledger.mt_events where stream_id = any($1) and seq_id <= $2 order by stream_id, version",
        [Parameter(streams.ToArray()), Parameter(upTo)], cancel);

    /// <summary>The events of the streams whose names follow one name, stream by stream, as many events as are asked for.</summary>
    /// <param name="prefixes">What the names of the streams begin with.</param>
    /// <param name="afterStream">The name that they follow.</param>
    /// <param name="upTo">The last position.</param>
    /// <param name="max">How many events; the last stream may be cut off.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<List<RecordedEvent>> NextStreams(IReadOnlyCollection<string> prefixes, string afterStream, long upTo, int max, CancellationToken cancel)
    {
        string kinds = string.Join(" or ", prefixes.Select(p => $"starts_with(stream_id, {Literal(p)})"));
        return (await Scan($"""
            select {Columns} from ledger.mt_events where stream_id > {Literal(afterStream)} and seq_id <= {upTo} and ({kinds})
            order by stream_id, version limit {max}
            """, cancel)).Events;

        static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <summary>Events after a position, which every position up to a committed one is part of.</summary>
    public Task<List<RecordedEvent>> After(long position, int max, CancellationToken cancel) => Page(
        $"select {Columns} from ledger.mt_events where seq_id > $1 order by seq_id limit $2",
        [Parameter(position), Parameter(max)], cancel);

    private async Task<List<RecordedEvent>> Page(string sql, NpgsqlParameter[] parameters, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancel);
        var select = new NpgsqlBatchCommand(sql);
        foreach (NpgsqlParameter parameter in parameters)
            select.Parameters.Add(parameter);
        // One plan serves them all, and to make it anew takes as long as to read a few events. The setting ends with the batch.
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new("select set_config('plan_cache_mode', 'force_generic_plan', true)"), select } };
        await batch.PrepareAsync(cancel);
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        var page = new List<RecordedEvent>();
        var headers = new LastHeaders();
        while (await reader.ReadAsync(cancel))
            page.Add(Event(reader, headers));
        return page;
    }

    private RecordedEvent Event(NpgsqlDataReader reader, LastHeaders headers)
    {
        long position = reader.GetInt64(0);
        string type = types.Known(reader.GetString(4));
        object data = types.Read(type, reader.GetFieldValue<byte[]>(6), position);
        return new RecordedEvent(position, reader.GetGuid(1), reader.GetString(2), reader.GetInt64(3), type,
            reader.GetFieldValue<DateTimeOffset>(5), data, headers.Of(reader.IsDBNull(7) ? [] : reader.GetFieldValue<byte[]>(7)))
        {
            CorrelationId = reader.IsDBNull(8) ? null : reader.GetString(8),
            CausationId = reader.IsDBNull(9) ? null : reader.GetString(9),
        };
    }

    private static NpgsqlParameter<T> Parameter<T>(T value) => new() { TypedValue = value };

    private sealed record ScanPage(List<RecordedEvent> Events, long Bytes);

    /// <summary>A page that is on its way.</summary>
    private sealed class PageAhead : IAsyncDisposable
    {
        public Task<ScanPage> Page { get; private set; } = Task.FromResult(new ScanPage([], 0));

        public void Start(Func<Task<ScanPage>> fetch) => Page = Task.Run(fetch);

        /// <summary>
        /// Its reader may have stopped before the end. What is on its way is waited for: the database hears of a cancellation on another connection,
        /// and if it comes late it hits what this one is used for next.
        /// </summary>
        public async ValueTask DisposeAsync() => await Page.ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
