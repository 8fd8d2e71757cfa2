using System.Buffers.Binary;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Proof;

/// <summary>The growing edge of the stored tree: what has to be known to add leaves, and the tiles that adding them changes.</summary>
internal sealed class TreeEdge
{
    public const int TileWidth = 256;
    public const int TileHeight = 8;

    private readonly CompactRange _range = new();
    private readonly List<EdgeTile> _edge = [];
    private readonly List<(short Level, long Index, byte[] Hashes)> _full = [];

    /// <summary>The number of leaves.</summary>
    public long Size => _range.Size;

    public byte[] Root() => _range.Root();

    public void Add(ReadOnlySpan<byte> leafHash) => _range.Add(leafHash, Completed);

    private void Completed(int height, ReadOnlySpan<byte> root)
    {
        if (height % TileHeight != 0)
            return;
        int level = height / TileHeight;
        if (_edge.Count == level)
            _edge.Add(new EdgeTile());
        EdgeTile tile = _edge[level];
        tile.Add(root);
        if (tile.Width == TileWidth)
        {
            _full.Add(((short)level, tile.Index, tile.Hashes));
            _edge[level] = new EdgeTile { Index = tile.Index + 1 };
        }
    }

    /// <summary>Reads the edge of the tree that is stored at a size.</summary>
    /// <exception cref="InvalidDataException">The tiles do not hold a tree of that size.</exception>
    public static async Task<TreeEdge> Load(NpgsqlConnection connection, long size, CancellationToken cancel)
    {
        var edge = new TreeEdge();
        var reader = new TreeReader(connection);
        int levels = 0;
        while (size >> (TileHeight * levels) > 0)
            levels++;
        for (int level = 0; level < levels; level++)
            edge._edge.Add(new EdgeTile { Index = size >> (TileHeight * (level + 1)) });
        for (int level = levels - 1; level >= 0; level--)
        {
            EdgeTile tile = edge._edge[level];
            int width = (int)(size >> (TileHeight * level) & (TileWidth - 1));
            if (width == 0)
                continue;
            byte[] stored = await reader.Tile(level, tile.Index, width, cancel);
            for (int i = 0; i < width; i++)
            {
                ReadOnlySpan<byte> hash = stored.AsSpan(i * Merkle.HashSize, Merkle.HashSize);
                tile.Add(hash);
                edge._range.Add(TileHeight * level, hash);
            }
            tile.IsStored = true;
        }
        return edge;
    }

    /// <summary>Writes the tiles that have changed since the last time, in the caller's transaction.</summary>
    public async Task Save(NpgsqlConnection connection, CancellationToken cancel)
    {
        List<(short Level, long Index, byte[] Hashes)> changed = [.. _full];
        for (int level = 0; level < _edge.Count; level++)
        {
            EdgeTile tile = _edge[level];
            if (tile is { Width: > 0, IsStored: false })
                changed.Add(((short)level, tile.Index, tile.Hashes[..(tile.Width * Merkle.HashSize)]));
            tile.IsStored = true;
        }
        _full.Clear();
        await using var command = new NpgsqlCommand("""
            insert into ledger.tree_tiles (level, index, hashes) select * from unnest($1, $2, $3)
            on conflict (level, index) do update set hashes = excluded.hashes
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = changed.Select(c => c.Level).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        command.Parameters.Add(new NpgsqlParameter { Value = changed.Select(c => c.Index).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter { Value = changed.Select(c => c.Hashes).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The rightmost tile of a level.</summary>
    private sealed class EdgeTile
    {
        public long Index { get; init; }

        public byte[] Hashes { get; } = new byte[TileWidth * Merkle.HashSize];

        public int Width { get; private set; }

        public bool IsStored { get; set; }

        public void Add(ReadOnlySpan<byte> hash)
        {
            hash.CopyTo(Hashes.AsSpan(Width++ * Merkle.HashSize));
            IsStored = false;
        }
    }
}
