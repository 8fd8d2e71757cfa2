using System.Buffers;
using System.Buffers.Binary;
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
    private byte[] _buffer = new byte[256 << 10];
    private int _start;
    private int _end;

    /// <summary>Gives every event after one position up to another to a sink, in the order of positions.</summary>
    public static async Task Read(NpgsqlConnection connection, long after, long upTo, Sink sink, CancellationToken cancel)
    {
        // COPY takes no parameters; these are numbers.
        string copy = $"copy (select {Columns} from ledger.mt_events where seq_id > {after} and seq_id <= {upTo} order by seq_id) to stdout (format binary)";
        await using NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync(copy, cancel);
        await new StoredLeaves().Read(stream, sink, cancel);
    }

    private async Task Read(NpgsqlRawCopyStream stream, Sink sink, CancellationToken cancel)
    {
        // Signature, flags and an empty extension.
        const int HeaderSize = 11 + 4 + 4;
        bool header = true;
        while (true)
        {
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancel);
            if (read == 0)
                throw new EndOfStreamException("The log ended in the middle of an event.");
            _end += read;
            if (header && _end >= HeaderSize)
            {
                _start = HeaderSize;
                header = false;
            }
            if (!header && TakeRows(sink))
                break;
            MakeRoom();
        }
        // Nothing follows the trailer, but the server's farewell has to be read.
        while (await stream.ReadAsync(_buffer.AsMemory(), cancel) > 0)
        {
        }
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
    }

    /// <summary>Takes the complete rows out of the buffer. True at the trailer.</summary>
    private bool TakeRows(Sink sink)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            if (rest.Length < 2)
                return false;
            short columns = BinaryPrimitives.ReadInt16BigEndian(rest);
            if (columns == -1)
                return true;
            int length = RowLength(rest, columns);
            if (length < 0)
                return false;
            Take(rest[2..length], sink);
            _start += length;
        }
    }

    /// <summary>The bytes a row takes, or -1 if it is not all there yet.</summary>
    private static int RowLength(ReadOnlySpan<byte> rest, int columns)
    {
        int at = 2;
        for (int column = 0; column < columns; column++)
        {
            if (at + 4 > rest.Length)
                return -1;
            at += 4 + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(rest[at..]));
        }
        return at <= rest.Length ? at : -1;
    }

    private void Take(ReadOnlySpan<byte> row, Sink sink)
    {
        var e = new Leaf.Fields
        {
            Position = BinaryPrimitives.ReadInt64BigEndian(Next(ref row, out _)),
            Id = new Guid(Next(ref row, out _), bigEndian: true),
            Stream = Next(ref row, out _),
            Version = BinaryPrimitives.ReadInt64BigEndian(Next(ref row, out _)),
            Type = Next(ref row, out _),
            Recorded = BinaryPrimitives.ReadInt64BigEndian(Next(ref row, out _)),
            Correlation = Next(ref row, out bool hasCorrelation),
            HasCorrelation = hasCorrelation,
            Causation = Next(ref row, out bool hasCausation),
            HasCausation = hasCausation,
            Headers = Json(Next(ref row, out bool hasHeaders)),
            HasHeaders = hasHeaders,
            Data = Json(Next(ref row, out _)),
        };
        bool isPlain = Next(ref row, out _)[0] == 1;
        _leaf.ResetWrittenCount();
        _leaf.Write((ReadOnlySpan<byte>)[0x00]);
        Leaf.Write(_leaf, e);
        sink(new StoredLeaf(e.Position, e.Id, isPlain, _leaf.WrittenSpan));
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> row, out bool present)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(row);
        present = length >= 0;
        ReadOnlySpan<byte> field = row.Slice(4, Math.Max(0, length));
        row = row[(4 + field.Length)..];
        return field;
    }

    /// <summary>Binary jsonb is a version byte and the text.</summary>
    private static ReadOnlySpan<byte> Json(ReadOnlySpan<byte> field) => field.IsEmpty ? field : field[1..];
}
