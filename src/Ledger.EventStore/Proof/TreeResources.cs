using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Ledger.EventStore.Proof;

/// <summary>What C2SP's tlog-tiles has a log serve, by path.</summary>
internal static partial class TreeResources
{
    /// <summary>The content of <c>tile/L/N</c>, <c>tile/L/N.p/W</c>, <c>tile/entries/N</c> or <c>tile/entries/N.p/W</c>, or null if there is none.</summary>
    public static async Task<byte[]?> Find(NpgsqlConnection connection, string path, CancellationToken cancel)
    {
        if (TilePath().Match(path) is not { Success: true } match)
            return null;
        bool partial = match.Groups["width"].Success;
        int width = partial ? Number(match.Groups["width"].Value) : TreeEdge.TileWidth;
        if ((partial && width >= TreeEdge.TileWidth) || !long.TryParse(match.Groups["index"].Value.Replace("x", "", StringComparison.Ordinal).Replace("/", "", StringComparison.Ordinal), out long index))
            return null;
        if (match.Groups["level"].Value == "entries")
            return await Entries(connection, index, width, cancel);
        byte[] hashes = await TreeReader.Stored(connection, Number(match.Groups["level"].Value), index, cancel);
        return hashes.Length < width * Merkle.HashSize ? null : hashes[..(width * Merkle.HashSize)];
    }

    /// <summary>Each entry after its length in 16 bits, big-endian.</summary>
    private static async Task<byte[]?> Entries(NpgsqlConnection connection, long index, int width, CancellationToken cancel)
    {
        await using var size = new NpgsqlCommand("select size from ledger.tree_head order by size desc limit 1", connection);
        long last = (long)(await size.ExecuteScalarAsync(cancel))!;
        if (index > last / TreeEdge.TileWidth || (index * TreeEdge.TileWidth) + width > last)
            return null;
        long first = index * TreeEdge.TileWidth;
        var bundle = new ArrayBufferWriter<byte>(64 << 10);
        await StoredLeaves.Read(connection, first, first + width, leaf =>
        {
            if (leaf.Bytes.Length > Leaf.BytesMax)
                throw new InvalidDataException($"The event at position {leaf.Position} is too long for an entry.");
            BinaryPrimitives.WriteUInt16BigEndian(bundle.GetSpan(2), (ushort)leaf.Bytes.Length);
            bundle.Advance(2);
            bundle.Write(leaf.Bytes);
        }, cancel);
        return bundle.WrittenSpan.ToArray();
    }

    private static int Number(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex("^tile/(?<level>entries|0|[1-5][0-9]?|6[0-3]?|[7-9])/(?<index>(x[0-9]{3}/){0,5}[0-9]{3})(\\.p/(?<width>[1-9][0-9]{0,2}))?$")]
    private static partial Regex TilePath();
}
