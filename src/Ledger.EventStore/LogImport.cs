using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.EventStore.Proof;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore;

/// <summary>
/// Fills an empty log with what another one has exported, or continues such a copy: the same events at the same positions and times,
/// hence the same tree.
/// </summary>
public static class LogImport
{
    /// <summary>Imports a file, all of it or nothing.</summary>
    /// <param name="owner">An open connection of the tables' owner, outside a transaction. The database holds <see cref="EventLogSchema"/>.</param>
    /// <param name="file">What <see cref="LogTree.ExportTexts"/> and then <see cref="LogTree.Export"/> wrote. It is read more than once, so it is no pipe.</param>
    /// <param name="types">The events that may be in it.</param>
    /// <param name="progress">Told how many events were written.</param>
    /// <param name="textOf">The SHA-256, in lower-case hexadecimal digits, of the text that an event's data names, which has to be in the file; null where it names none.</param>
    /// <param name="cancel">Stops, leaving the log empty.</param>
    /// <returns>How many events were imported.</returns>
    /// <exception cref="InvalidDataException">A line is not what was exported; nothing was imported.</exception>
    /// <exception cref="InvalidOperationException">The log is not empty.</exception>
    public static async Task<long> Run(
        NpgsqlConnection owner, string file, EventTypes types, IProgress<long>? progress = null, Func<object, string?>? textOf = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(types);
        var content = new Content { TextOf = textOf };
        await foreach ((int number, string line) in Lines(file, cancel))
            content.Check(number, line, types);

        await using NpgsqlTransaction transaction = await owner.BeginTransactionAsync(cancel);
        if (await LockHead(owner, cancel) is ( > 0 and var events, _))
            throw new InvalidOperationException($"The log is not empty: it holds {events} events.");
        await CopyTexts(owner, file, cancel);
        await Write(owner, Lines(file, cancel), content, progress, cancel);
        await transaction.CommitAsync(cancel);
        return content.Last;
    }

    /// <summary>Adds the events that follow to a log that is a copy of another one, all of them or none.</summary>
    /// <param name="owner">An open connection of the tables' owner, outside a transaction.</param>
    /// <param name="lines">What <see cref="EventLog.Lines"/> of the other log gave, from the position after this log's head.</param>
    /// <param name="types">The events that may be among them.</param>
    /// <param name="cancel">Stops, leaving the log as it was.</param>
    /// <returns>The position that the log now ends at.</returns>
    /// <exception cref="InvalidDataException">A line is not what was exported, or does not continue this log; nothing was added.</exception>
    public static async Task<long> Continue(NpgsqlConnection owner, IReadOnlyList<string> lines, EventTypes types, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(types);
        await using NpgsqlTransaction transaction = await owner.BeginTransactionAsync(cancel);
        (long head, DateTimeOffset recordedAt) = await LockHead(owner, cancel);
        var content = new Content(head, recordedAt, await Streams(owner, [.. lines.Select((line, i) => ExportedEvent.Parse(i + 1, line).Stream).Distinct()], cancel));
        for (int i = 0; i < lines.Count; i++)
            content.Check(i + 1, lines[i], types);
        await Write(owner, lines.Select((line, i) => (i + 1, line)).ToAsyncEnumerable(), content, null, cancel);
        await transaction.CommitAsync(cancel);
        return content.Last;
    }

    private static async Task Write(
        NpgsqlConnection owner, IAsyncEnumerable<(int Number, string Line)> lines, Content content, IProgress<long>? progress, CancellationToken cancel)
    {
        if (content.Leaves.Count == 0)
            return;
        await WriteStreams(owner, content, cancel);
        await CopyEvents(owner, lines, content, progress, cancel);
        await Compare(owner, content, cancel);
        await using var head = new NpgsqlCommand("update ledger.log_head set position = $1, recorded_at = $2", owner);
        head.Parameters.Add(new NpgsqlParameter<long> { TypedValue = content.Last });
        head.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = content.RecordedAt });
        await head.ExecuteNonQueryAsync(cancel);
        await using var sequence = new NpgsqlCommand("select setval('ledger.mt_events_sequence', $1)", owner);
        sequence.Parameters.Add(new NpgsqlParameter<long> { TypedValue = content.Last });
        await sequence.ExecuteNonQueryAsync(cancel);
    }

    private static async IAsyncEnumerable<(int Number, string Line)> Lines(string file, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var reader = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true));
        for (int number = 1; await Next(number) is { } line; number++)
            yield return (number, line);

        async Task<string?> Next(int number)
        {
            try
            {
                return await reader.ReadLineAsync(cancel);
            }
            catch (DecoderFallbackException)
            {
                throw new InvalidDataException($"Near line {number} the file is not UTF-8.");
            }
        }
    }

    private static async Task<(long Position, DateTimeOffset RecordedAt)> LockHead(NpgsqlConnection owner, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select position, recorded_at from ledger.log_head order by position desc limit 1 for update", owner);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetInt64(0) == 0 ? DateTimeOffset.MinValue : reader.GetFieldValue<DateTimeOffset>(1));
    }

    private static async Task<Dictionary<string, StreamContent>> Streams(NpgsqlConnection owner, string[] names, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select id, version, created from ledger.mt_streams where id = any($1)", owner);
        command.Parameters.Add(new NpgsqlParameter { Value = names });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        var streams = new Dictionary<string, StreamContent>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
            streams.Add(reader.GetString(0), new StreamContent { Version = reader.GetInt64(1), Created = reader.GetFieldValue<DateTimeOffset>(2) });
        return streams;
    }

    private static async Task CopyTexts(NpgsqlConnection owner, string file, CancellationToken cancel)
    {
        await using NpgsqlBinaryImporter copy = await owner.BeginBinaryImportAsync("copy ledger.texts (sha256, content) from stdin (format binary)", cancel);
        await foreach ((_, string line) in Lines(file, cancel))
        {
            if (!ExportedText.Is(line))
                break;
            (byte[] sha256, string content) = ExportedText.Parse(line);
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(sha256, NpgsqlDbType.Bytea, cancel);
            await copy.WriteAsync(content, NpgsqlDbType.Text, cancel);
        }
        await copy.CompleteAsync(cancel);
    }

    private static async Task WriteStreams(NpgsqlConnection owner, Content content, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into ledger.mt_streams (id, version, timestamp, created) select * from unnest($1, $2, $3, $4)
            on conflict (id) do update set version = excluded.version, timestamp = excluded.timestamp
            """, owner)
        { CommandTimeout = 0 };
        List<StreamContent> streams = [.. content.Streams.Values];
        command.Parameters.Add(new NpgsqlParameter { Value = content.Streams.Keys.ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = streams.Select(s => s.Version).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = streams.Select(s => s.Last).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = streams.Select(s => s.Created).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task CopyEvents(
        NpgsqlConnection owner, IAsyncEnumerable<(int Number, string Line)> lines, Content content, IProgress<long>? progress, CancellationToken cancel)
    {
        await using NpgsqlBinaryImporter copy = await owner.BeginBinaryImportAsync("""
            copy ledger.mt_events (seq_id, id, stream_id, version, type, data, timestamp, correlation_id, causation_id, headers)
            from stdin (format binary)
            """, cancel);
        await foreach ((int number, string line) in lines)
        {
            if (ExportedText.Is(line))
                continue;
            ExportedEvent e = ExportedEvent.Parse(number, line);
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(e.Position, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(e.Id, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(e.Stream, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(e.Version, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(e.Type, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(e.Data, NpgsqlDbType.Jsonb, cancel);
            await copy.WriteAsync(e.RecordedAt, NpgsqlDbType.TimestampTz, cancel);
            await WriteOrNull(e.CorrelationId, NpgsqlDbType.Text);
            await WriteOrNull(e.CausationId, NpgsqlDbType.Text);
            await WriteOrNull(e.Headers, NpgsqlDbType.Jsonb);
            if (e.Position % 10_000 == 0)
                progress?.Report(e.Position);
        }
        await copy.CompleteAsync(cancel);
        progress?.Report(content.Last);

        Task WriteOrNull(string? value, NpgsqlDbType type) => value is null ? copy.WriteNullAsync(cancel) : copy.WriteAsync(value, type, cancel);
    }

    /// <summary>Only what is stored as it was exported has the same hash, and is what was signed.</summary>
    private static async Task Compare(NpgsqlConnection owner, Content content, CancellationToken cancel)
    {
        int next = 0;
        await StoredLeaves.Read(owner, content.After, content.Last, leaf =>
        {
            Span<byte> hash = stackalloc byte[Merkle.HashSize];
            Merkle.Leaf(leaf.Prefixed, hash);
            if (!hash.SequenceEqual(content.Leaves[next++]))
                throw new InvalidDataException($"Line {content.Texts + next} is not as it was exported: PostgreSQL would store the event at position {leaf.Position} otherwise.");
        }, cancel);
        if (next < content.Leaves.Count)
            throw new InvalidDataException($"The file holds {content.Last - content.After} events, but only {next} when it was read again.");
    }

    private sealed class StreamContent
    {
        public long Version;
        public DateTimeOffset Created;
        public DateTimeOffset Last;
    }

    /// <summary>What a file holds, checked line by line.</summary>
    private sealed class Content(long after, DateTimeOffset recordedAt, Dictionary<string, StreamContent> streams)
    {
        public Content() : this(0, DateTimeOffset.MinValue, new(StringComparer.Ordinal))
        {
        }

        private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

        public Func<object, string?>? TextOf { get; init; }
        public int Texts => _texts.Count;
        public long After { get; } = after;
        public long Last { get; private set; } = after;
        public DateTimeOffset RecordedAt { get; private set; } = recordedAt;
        public Dictionary<string, StreamContent> Streams => streams;
        public List<byte[]> Leaves { get; } = [];

        public void Check(int number, string line, EventTypes types)
        {
            if (Last == 0 && ExportedText.Is(line))
            {
                CheckText(number, line);
                return;
            }
            ExportedEvent e = ExportedEvent.Parse(number, line);
            if (e.Position != ++Last)
                throw new InvalidDataException($"Line {number} holds position {e.Position}, where {Last} is expected.");
            if (e.RecordedAt < RecordedAt)
                throw new InvalidDataException($"Line {number} was recorded before the line above it.");
            if (!Streams.TryGetValue(e.Stream, out StreamContent? stream))
                Streams.Add(e.Stream, stream = new StreamContent { Created = e.RecordedAt });
            if (e.Version != ++stream.Version)
                throw new InvalidDataException($"Line {number} holds version {e.Version} of '{e.Stream}', where {stream.Version} is expected.");
            stream.Last = RecordedAt = e.RecordedAt;
            CheckData(number, e, types);
            byte[] bytes = Encoding.UTF8.GetBytes(line);
            if (bytes.Length > Leaf.BytesMax)
                throw new InvalidDataException($"Line {number} has {bytes.Length} bytes; an event has at most {Leaf.BytesMax}.");
            var leaf = new byte[Merkle.HashSize];
            Merkle.Leaf([0x00, .. bytes], leaf);
            Leaves.Add(leaf);
        }

        private void CheckText(int number, string line)
        {
            (byte[] sha256, string content) = ExportedText.Parse(line);
            if (!SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan().SequenceEqual(sha256))
                throw new InvalidDataException($"Line {number} holds a text that is not the one of its hash.");
            if (!_texts.Add(Convert.ToHexStringLower(sha256)))
                throw new InvalidDataException($"Line {number} holds a text that stands above already.");
        }

        private void CheckData(int number, ExportedEvent e, EventTypes types)
        {
            try
            {
                object data = types.Read(e.Type, Encoding.UTF8.GetBytes(e.Data), e.Position);
                if (TextOf?.Invoke(data) is { } text && !_texts.Contains(text))
                    throw new InvalidDataException($"the text {text}, which it names, is not in the file.");
            }
            catch (Exception problem) when (problem is UnknownEventTypeException or InvalidDataException)
            {
                throw new InvalidDataException($"Line {number}: {problem.Message}", problem);
            }
        }
    }

    /// <summary>A line of <see cref="LogTree.ExportTexts"/>.</summary>
    private static class ExportedText
    {
        public static bool Is(string line) => line.StartsWith("{\"sha256\":", StringComparison.Ordinal);

        public static (byte[] Sha256, string Content) Parse(string line)
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                return (Convert.FromHexString(json.RootElement.GetProperty("sha256").GetString()!), json.RootElement.GetProperty("text").GetString()!);
            }
            catch (Exception problem) when (problem is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or ArgumentNullException)
            {
                throw new InvalidDataException("A text is not of the form that texts are exported in.", problem);
            }
        }
    }

    /// <summary>A line of <see cref="LogTree.Export"/>.</summary>
    private sealed record ExportedEvent(
        long Position, Guid Id, string Stream, long Version, string Type, DateTimeOffset RecordedAt,
        string? CorrelationId, string? CausationId, string? Headers, string Data)
    {
        public static ExportedEvent Parse(int number, string line)
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                JsonElement e = json.RootElement;
                JsonElement headers = e.GetProperty("headers");
                return new ExportedEvent(
                    e.GetProperty("position").GetInt64(), e.GetProperty("id").GetGuid(), e.GetProperty("stream").GetString()!,
                    e.GetProperty("version").GetInt64(), e.GetProperty("type").GetString()!,
                    DateTimeOffset.Parse(e.GetProperty("recordedAt").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUniversalTime(),
                    e.GetProperty("correlationId").GetString(), e.GetProperty("causationId").GetString(),
                    headers.ValueKind == JsonValueKind.Null ? null : headers.GetRawText(), e.GetProperty("data").GetRawText());
            }
            catch (Exception problem) when (problem is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or ArgumentNullException)
            {
                throw new InvalidDataException($"Line {number} is not an exported event.", problem);
            }
        }
    }
}
