using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.EventStore.Proof;

namespace Ledger.EventStore.Writing;

/// <summary>An append that is checked, serialised and waiting for its answer.</summary>
internal sealed class PendingAppend
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private readonly TaskCompletionSource<Appended> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PendingAppend(Append append, string[] types, byte[][] data, byte[] headers, byte[]? content)
    {
        Append = append;
        Types = types;
        Data = data;
        Headers = headers;
        Content = content;
        Bytes = data.Sum(d => (long)d.Length + headers.Length);
    }

    public Append Append { get; }

    /// <summary>The events' stored names, over all streams in order.</summary>
    public string[] Types { get; }

    /// <summary>The events' JSON, over all streams in order.</summary>
    public byte[][] Data { get; }

    /// <summary>The headers' JSON, the same for all events.</summary>
    public byte[] Headers { get; }

    /// <summary>What the key stands for: a hash of streams, names and data. Null without a key.</summary>
    public byte[]? Content { get; }

    public long Bytes { get; }

    /// <summary>True once the append was sent and its answer lost: what is found recorded then is the first answer.</summary>
    public bool Resent { get; set; }

    public Task<Appended> Answer => _answer.Task;

    public void Succeed(Appended answer) => _answer.TrySetResult(answer);

    public void Fail(Exception problem) => _answer.TrySetException(problem);

    /// <summary>Where it stands in its queue; that is the queue's to know and to change.</summary>
    public LinkedListNode<PendingAppend>? Place { get; set; }

    /// <summary>Checks and serialises an append on its caller's thread.</summary>
    /// <exception cref="ArgumentException">The append breaks a rule of <see cref="EventStore.Append"/>.</exception>
    public static PendingAppend From(Append append, EventTypes types)
    {
        RefuseUnusable(append.Author, "author");
        RefuseUnusable(append.Key, "key");
        RefuseUnusable(append.CorrelationId, "correlation id", orEmpty: true);
        RefuseUnusable(append.CausationId, "causation id", orEmpty: true);
        if (append.Streams.Count == 0)
            throw new ArgumentException("An append needs at least one stream.", nameof(append));

        var names = new HashSet<string>(StringComparer.Ordinal);
        int count = append.Streams.Sum(s => s.Events.Count);
        var storedNames = new string[count];
        var data = new byte[count][];
        int next = 0;
        foreach (StreamAppend stream in append.Streams)
        {
            RefuseUnusable(stream.Stream, "stream's name");
            if (!names.Add(stream.Stream))
                throw new ArgumentException($"Stream '{stream.Stream}' stands twice in one append.", nameof(append));
            if (stream.ExpectedVersion < 0)
                throw new ArgumentException($"Stream '{stream.Stream}': a version is never negative.", nameof(append));
            if (stream.Events.Count == 0)
                throw new ArgumentException($"Stream '{stream.Stream}': an append needs at least one event.", nameof(append));
            foreach (NewEvent e in stream.Events)
            {
                if (e.Id == Guid.Empty)
                    throw new ArgumentException($"Stream '{stream.Stream}': an event's id may not be empty.", nameof(append));
                (storedNames[next], data[next]) = types.Write(e.Data);
                next++;
            }
        }
        byte[]? content = append.Key is null ? null : HashContent(append, storedNames, data);
        return new PendingAppend(append, storedNames, data, WriteHeaders(append), content);
    }

    /// <summary>The events which may be too long for a leaf of the tree: their indexes, and the bytes their data may take as PostgreSQL stores it.</summary>
    public List<(int Index, int DataMax)> PerhapsTooLong()
    {
        List<(int, int)> suspects = [];
        int next = 0;
        foreach (StreamAppend stream in Append.Streams)
        {
            for (int i = 0; i < stream.Events.Count; i++, next++)
            {
                int room = LeafSize.RoomForData(Append, stream.Stream, Types[next], Headers);
                if (LeafSize.AtMost(Data[next]) > room)
                    suspects.Add((next, room));
            }
        }
        return suspects;
    }

    /// <summary>Length-prefixed, so that no two contents run into each other.</summary>
    private static byte[] HashContent(Append append, string[] types, byte[][] data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        int next = 0;
        foreach (StreamAppend stream in append.Streams)
        {
            Add(hash, length, Encoding.UTF8.GetBytes(stream.Stream));
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, stream.Events.Count);
            hash.AppendData(length);
            for (int i = 0; i < stream.Events.Count; i++, next++)
            {
                Add(hash, length, Encoding.UTF8.GetBytes(types[next]));
                Add(hash, length, data[next]);
            }
        }
        return hash.GetHashAndReset();

        static void Add(IncrementalHash hash, Span<byte> length, byte[] part)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
            hash.AppendData(length);
            hash.AppendData(part);
        }
    }

    private static byte[] WriteHeaders(Append append)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("author", append.Author);
        foreach ((string name, string value) in append.Headers ?? new Dictionary<string, string>())
        {
            RefuseUnusable(name, "header's name");
            RefuseUnusable(value, $"header '{name}'", orEmpty: true);
            if (name == "author")
                throw new ArgumentException("The header 'author' is set from the append's author.", nameof(append));
            json.WriteString(name, value);
        }
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>PostgreSQL stores neither U+0000 nor half a surrogate pair.</summary>
    private static void RefuseUnusable(string? text, string what, bool orEmpty = false)
    {
        if (text is null)
            return;
        if (text.Length == 0 && !orEmpty)
            throw new ArgumentException($"The {what} may not be empty.");
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"The {what} holds U+0000, which cannot be stored.");
        try
        {
            StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException($"The {what} holds half a surrogate pair, which cannot be stored.");
        }
    }
}
