using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Ledger.EventStore.Proof;

/// <summary>
/// The canonical bytes of an event: one line of JSON without line breaks, made of what PostgreSQL has stored. The
/// library's README defines it for other programs.
/// </summary>
internal static class Leaf
{
    /// <summary>What an entry of a tile bundle may have, since its length is written in 16 bits.</summary>
    public const int BytesMax = ushort.MaxValue;

    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    /// <summary>The fields of an event, as PostgreSQL sends them in binary: UTF-8 texts, microseconds since 2000.</summary>
    public ref struct Fields
    {
        public long Position;
        public Guid Id;
        public ReadOnlySpan<byte> Stream;
        public long Version;
        public ReadOnlySpan<byte> Type;
        public long Recorded;
        public bool HasCorrelation;
        public ReadOnlySpan<byte> Correlation;
        public bool HasCausation;
        public ReadOnlySpan<byte> Causation;
        public bool HasHeaders;
        public ReadOnlySpan<byte> Headers;
        public ReadOnlySpan<byte> Data;
    }

    /// <summary>Writes the canonical bytes of an event.</summary>
    public static void Write(ArrayBufferWriter<byte> leaf, in Fields e)
    {
        leaf.Write("{\"position\":"u8);
        WriteNumber(leaf, e.Position);
        leaf.Write(",\"id\":\""u8);
        e.Id.TryFormat(leaf.GetSpan(36), out int written);
        leaf.Advance(written);
        leaf.Write("\",\"stream\":"u8);
        WriteText(leaf, e.Stream);
        leaf.Write(",\"version\":"u8);
        WriteNumber(leaf, e.Version);
        leaf.Write(",\"type\":"u8);
        WriteText(leaf, e.Type);
        leaf.Write(",\"recordedAt\":\""u8);
        WriteTime(leaf, e.Recorded);
        leaf.Write("\",\"correlationId\":"u8);
        WriteTextOrNull(leaf, e.HasCorrelation, e.Correlation);
        leaf.Write(",\"causationId\":"u8);
        WriteTextOrNull(leaf, e.HasCausation, e.Causation);
        leaf.Write(",\"headers\":"u8);
        leaf.Write(e.HasHeaders ? e.Headers : "null"u8);
        leaf.Write(",\"data\":"u8);
        leaf.Write(e.Data);
        leaf.Write("}"u8);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> leaf, long number)
    {
        number.TryFormat(leaf.GetSpan(20), out int written);
        leaf.Advance(written);
    }

    /// <summary>ISO 8601, UTC, with six decimals.</summary>
    private static void WriteTime(ArrayBufferWriter<byte> leaf, long microsecondsSince2000)
    {
        DateTime time = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddTicks(microsecondsSince2000 * TimeSpan.TicksPerMicrosecond);
        time.TryFormat(leaf.GetSpan(32), out int written, "yyyy-MM-ddTHH:mm:ss.ffffffZ");
        leaf.Advance(written);
    }

    private static void WriteTextOrNull(ArrayBufferWriter<byte> leaf, bool present, ReadOnlySpan<byte> text)
    {
        if (present)
            WriteText(leaf, text);
        else
            leaf.Write("null"u8);
    }

    /// <summary>A JSON string as PostgreSQL's to_json writes it: only quote, backslash and control characters are escaped.</summary>
    private static void WriteText(ArrayBufferWriter<byte> leaf, ReadOnlySpan<byte> text)
    {
        leaf.Write("\""u8);
        while (text.IndexOfAny(Escaped) is var next and >= 0)
        {
            leaf.Write(text[..next]);
            WriteEscaped(leaf, text[next]);
            text = text[(next + 1)..];
        }
        leaf.Write(text);
        leaf.Write("\""u8);
    }

    private static void WriteEscaped(ArrayBufferWriter<byte> leaf, byte character)
    {
        switch (character)
        {
            case (byte)'"': leaf.Write("\\\""u8); break;
            case (byte)'\\': leaf.Write("\\\\"u8); break;
            case (byte)'\b': leaf.Write("\\b"u8); break;
            case (byte)'\f': leaf.Write("\\f"u8); break;
            case (byte)'\n': leaf.Write("\\n"u8); break;
            case (byte)'\r': leaf.Write("\\r"u8); break;
            case (byte)'\t': leaf.Write("\\t"u8); break;
            default: leaf.Write(Encoding.ASCII.GetBytes($"\\u{character:x4}")); break;
        }
    }
}
