using System.Numerics;
using Npgsql;

namespace Ledger.EventStore.Proof;

/// <summary>Hashes and proofs out of the stored tiles (RFC 6962, sections 2.1.1 and 2.1.2).</summary>
internal sealed class TreeReader(NpgsqlConnection connection)
{
    private readonly Dictionary<(int Level, long Index), byte[]> _tiles = [];

    /// <summary>The stored hashes of a tile, at least as many as asked for.</summary>
    /// <exception cref="InvalidDataException">The tile is not there, or has fewer.</exception>
    public async ValueTask<byte[]> Tile(int level, long index, int width, CancellationToken cancel)
    {
        if (!_tiles.TryGetValue((level, index), out byte[]? hashes))
        {
            hashes = await Stored(connection, level, index, cancel);
            _tiles.Add((level, index), hashes);
        }
        return hashes.Length >= width * Merkle.HashSize ? hashes : throw new InvalidDataException(
            $"Tile {index} of level {level} holds {hashes.Length / Merkle.HashSize} hashes instead of {width}.");
    }

    /// <summary>What is stored of a tile; empty if nothing is.</summary>
    public static async Task<byte[]> Stored(NpgsqlConnection connection, int level, long index, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select hashes from ledger.tree_tiles where level = $1 and index = $2", connection);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)level });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = index });
        return (byte[]?)await command.ExecuteScalarAsync(cancel) ?? [];
    }

    /// <summary>The root of the tree over the leaves from one index up to another, which is not among them.</summary>
    public async ValueTask<byte[]> Root(long from, long to, CancellationToken cancel)
    {
        if (from == to)
            return Merkle.EmptyRoot;
        long count = to - from;
        if (BitOperations.IsPow2(count))
            return await CompleteSubtree(from, count, cancel);
        long split = SplitOf(count);
        byte[] left = await Root(from, from + split, cancel);
        byte[] right = await Root(from + split, to, cancel);
        Merkle.Node(left, right, left);
        return left;
    }

    /// <summary>The siblings on the way from a leaf to the root.</summary>
    public async ValueTask<List<byte[]>> InclusionPath(long index, long from, long to, CancellationToken cancel)
    {
        if (to - from == 1)
            return [];
        long middle = from + SplitOf(to - from);
        List<byte[]> path = await (index < middle ? InclusionPath(index, from, middle, cancel) : InclusionPath(index, middle, to, cancel));
        path.Add(await (index < middle ? Root(middle, to, cancel) : Root(from, middle, cancel)));
        return path;
    }

    /// <summary>What shows that a tree of one size begins with the tree of a smaller one.</summary>
    public ValueTask<List<byte[]>> ConsistencyProof(long oldSize, long size, CancellationToken cancel) =>
        oldSize == 0 ? ValueTask.FromResult(new List<byte[]>()) : Subproof(oldSize, 0, size, isOldTree: true, cancel);

    private async ValueTask<List<byte[]>> Subproof(long oldEnd, long from, long to, bool isOldTree, CancellationToken cancel)
    {
        if (oldEnd == to)
            return isOldTree ? [] : [await Root(from, to, cancel)];
        long middle = from + SplitOf(to - from);
        List<byte[]> proof = await (oldEnd <= middle
            ? Subproof(oldEnd, from, middle, isOldTree, cancel)
            : Subproof(oldEnd, middle, to, isOldTree: false, cancel));
        proof.Add(await (oldEnd <= middle ? Root(middle, to, cancel) : Root(from, middle, cancel)));
        return proof;
    }

    private async ValueTask<byte[]> CompleteSubtree(long from, long count, CancellationToken cancel)
    {
        int level = BitOperations.Log2((ulong)count) / TreeEdge.TileHeight;
        int height = TreeEdge.TileHeight * level;
        long first = from >> height;
        int offset = (int)(first % TreeEdge.TileWidth), number = (int)(count >> height);
        byte[] tile = await Tile(level, first / TreeEdge.TileWidth, offset + number, cancel);
        var subtree = new CompactRange();
        for (int i = offset; i < offset + number; i++)
            subtree.Add(tile.AsSpan(i * Merkle.HashSize, Merkle.HashSize));
        return subtree.Root();
    }

    /// <summary>The largest power of two below a number.</summary>
    private static long SplitOf(long count) => 1L << BitOperations.Log2((ulong)(count - 1));
}
