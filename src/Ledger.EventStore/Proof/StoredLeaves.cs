using System.Buffers;
using System.Buffers.Binary;
using Ledger.EventStore.Reading;
using Npgsql;

namespace Ledger.EventStore.Proof;

/// <summary>An event as it is stored: its canonical bytes, and what a report names it by.</summary>
internal readonly ref struct StoredLeaf(long position, Guid id, bool isPlain, ReadOnlySpan<byte> prefixed)
{
    public long Position { get; } = position;

    public Guid Id { get; } = id;

    /// <summary>False if a column that the log leaves alone was changed: then Marten would read it differently, or not at all.</summary>
    public bool IsPlain { get; } = isPlain;

    /// <summary>The canonical bytes after a byte 0x00, as they are hashed.</summary>
    public ReadOnlySpan<byte> Prefixed { get; } = prefixed;

    public ReadOnlySpan<byte> Bytes => Prefixed[1..];
}

/// <summary>Streams events out of the log as their canonical bytes, by binary COPY.</summary>
internal sealed class StoredLeaves
{
    private const string Columns = """
        seq_id, id, stream_id, version, type, timestamp, correlation_id, causation_id, headers, data,
        bdata is null and tenant_id is not distinct from '*DEFAULT*' and mt_dotnet_type is null and is_archived is false
        """;

    public delegate void Sink(StoredLeaf leaf);

    private readonly ArrayBufferWriter<byte> _leaf = new(4096);

    /// <summary>Gives every event after one position up to another to a sink, in the order of positions.</summary>
    public static async Task Read(NpgsqlConnection connection, long after, long upTo, Sink sink, CancellationToken cancel)
    {
        // COPY takes no parameters; these are numbers.
        string copy = $"copy (select {Columns} from ledger.mt_events where seq_id > {after} and seq_id <= {upTo} order by seq_id) to stdout (format binary)";
        var leaves = new StoredLeaves();
        await CopyRows.Read(connection, copy, row => leaves.Take(row, sink), cancel);
    }

    private void Take(ReadOnlySpan<byte> row, Sink sink)
    {
        var e = new Leaf.Fields
        {
            Position = BinaryPrimitives.ReadInt64BigEndian(CopyRows.Next(ref row, out _)),
            Id = new Guid(CopyRows.Next(ref row, out _), bigEndian: true),
            Stream = CopyRows.Next(ref row, out _),
            Version = BinaryPrimitives.ReadInt64BigEndian(CopyRows.Next(ref row, out _)),
            Type = CopyRows.Next(ref row, out _),
            Recorded = BinaryPrimitives.ReadInt64BigEndian(CopyRows.Next(ref row, out _)),
            Correlation = CopyRows.Next(ref row, out bool hasCorrelation),
            HasCorrelation = hasCorrelation,
            Causation = CopyRows.Next(ref row, out bool hasCausation),
            HasCausation = hasCausation,
            Headers = CopyRows.Json(CopyRows.Next(ref row, out bool hasHeaders)),
            HasHeaders = hasHeaders,
            Data = CopyRows.Json(CopyRows.Next(ref row, out _)),
        };
        bool isPlain = CopyRows.Next(ref row, out _)[0] == 1;
        _leaf.ResetWrittenCount();
        _leaf.Write((ReadOnlySpan<byte>)[0x00]);
        Leaf.Write(_leaf, e);
        sink(new StoredLeaf(e.Position, e.Id, isPlain, _leaf.WrittenSpan));
    }
}
