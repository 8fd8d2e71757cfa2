using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;

namespace Ledger.EventStore.Reading;

/// <summary>Reads events a page at a time: memory is bounded, and no snapshot is held while the caller works.</summary>
internal sealed class LogReader(NpgsqlDataSource database, EventTypes types)
{
    private const int PageSize = 1_000;
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
        (string sql, List<NpgsqlParameter> filters) = Filtered(query);
        while (after < upTo && left > 0)
        {
            int size = Math.Min(PageSize, left);
            List<RecordedEvent> page = await Page(
                sql, [Parameter(after), Parameter(upTo), Parameter(size), .. filters.Select(f => f.Clone())], cancel);
            foreach (RecordedEvent e in page)
                yield return e;
            if (page.Count < size)
                yield break;
            left -= page.Count;
            if (query.Backwards)
                upTo = page[^1].Position - 1;
            else
                after = page[^1].Position;
        }
    }

    private (string Sql, List<NpgsqlParameter> Filters) Filtered(LogQuery query)
    {
        string sql = $"select {Columns} from ledger.mt_events where seq_id > $1 and seq_id <= $2";
        List<NpgsqlParameter> filters = [];
        if (query.Types is { } names)
            Add("type = any", new NpgsqlParameter<string[]> { TypedValue = types.WithOldNames(names) });
        if (query.RecordedFrom is { } from)
            Add("timestamp >=", new NpgsqlParameter<DateTimeOffset> { TypedValue = from.ToUniversalTime() });
        if (query.RecordedBefore is { } before)
            Add("timestamp <", new NpgsqlParameter<DateTimeOffset> { TypedValue = before.ToUniversalTime() });
        return (sql + $" order by seq_id {(query.Backwards ? "desc" : "asc")} limit $3", filters);

        void Add(string condition, NpgsqlParameter parameter)
        {
            filters.Add(parameter);
            sql += $" and {condition}(${filters.Count + 3})";
        }
    }

    public Task<List<RecordedEvent>> ReadStreams(IReadOnlyCollection<string> streams, CancellationToken cancel) => Page(
        $"select {Columns} from ledger.mt_events where stream_id = any($1) order by stream_id, version",
        [Parameter(streams.ToArray())], cancel);

    /// <summary>Events after a position, which every position up to a committed one is part of.</summary>
    public Task<List<RecordedEvent>> After(long position, int max, CancellationToken cancel) => Page(
        $"select {Columns} from ledger.mt_events where seq_id > $1 order by seq_id limit $2",
        [Parameter(position), Parameter(max)], cancel);

    private async Task<List<RecordedEvent>> Page(string sql, NpgsqlParameter[] parameters, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        var page = new List<RecordedEvent>();
        while (await reader.ReadAsync(cancel))
            page.Add(Event(reader));
        return page;
    }

    private RecordedEvent Event(NpgsqlDataReader reader)
    {
        long position = reader.GetInt64(0);
        string type = reader.GetString(4);
        object data = types.Read(type, reader.GetFieldValue<byte[]>(6), position);
        return new RecordedEvent(position, reader.GetGuid(1), reader.GetString(2), reader.GetInt64(3), type,
            reader.GetFieldValue<DateTimeOffset>(5), data, Headers(reader))
        {
            CorrelationId = reader.IsDBNull(8) ? null : reader.GetString(8),
            CausationId = reader.IsDBNull(9) ? null : reader.GetString(9),
        };
    }

    private static Dictionary<string, string> Headers(NpgsqlDataReader reader)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (reader.IsDBNull(7))
            return headers;
        var json = new Utf8JsonReader(reader.GetFieldValue<byte[]>(7));
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            json.Read();
            headers[name] = json.TokenType == JsonTokenType.String ? json.GetString()! : "";
        }
        return headers;
    }

    private static NpgsqlParameter<T> Parameter<T>(T value) => new() { TypedValue = value };
}
