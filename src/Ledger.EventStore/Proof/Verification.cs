using Npgsql;

namespace Ledger.EventStore.Proof;

/// <summary>Reads the whole log, its tree and all checkpoints, and judges them.</summary>
internal sealed class Verification(NpgsqlConnection connection, LogKey key, IProgress<long>? progress)
{
    /// <summary>Events read at a time: 256 full tiles.</summary>
    private const int Segment = TreeEdge.TileWidth * TreeEdge.TileWidth;

    private readonly Dictionary<long, byte[]> _tiles = [];
    private readonly Dictionary<(int Level, long Index), byte[]> _upperTiles = [];
    private TwoTrees _trees = null!;
    private long _treeSize;

    public async Task<LogVerdict> Run(CancellationToken cancel)
    {
        List<LogFault> forged = [];
        _trees = new TwoTrees(await Checkpoints(forged, cancel));
        foreach (LogFault fault in forged)
            _trees.Fault(fault.FirstPosition, fault.LastPosition, fault.What);
        // In one snapshot, and after the checkpoints: the log goes on meanwhile.
        (_treeSize, long head, long last) = await Ends(cancel);
        long provable = Math.Max(_treeSize, Math.Min(last, _trees.LastSigned));
        if (head != last)
            _trees.Fault(Math.Min(head, last) + 1, Math.Max(head, last), $"The head of the log says {head}, but its last event is at position {last}.");
        while (_trees.Size < provable)
            await ReadSegment(Math.Min(provable, _trees.Size + Segment), cancel);
        await CheckPositions(cancel);
        await CheckTexts(cancel);
        await CheckStreams(cancel);
        return new LogVerdict(_trees.Size, Math.Max(0, last - provable), _trees.Checked, _trees.End());
    }

    /// <summary>Everything that was signed, from the database and from the file beside the key.</summary>
    private async Task<IEnumerable<Checkpoint>> Checkpoints(List<LogFault> forged, CancellationToken cancel)
    {
        Dictionary<(long Size, string Root), Checkpoint> checkpoints = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach ((string note, Checkpoint checkpoint) in CheckpointFile.Read(key))
        {
            known.Add(note);
            checkpoints.TryAdd((checkpoint.Size, Convert.ToBase64String(checkpoint.Root)), checkpoint);
        }
        await using var command = new NpgsqlCommand("select size, note from ledger.tree_checkpoints order by size", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            string note = reader.GetString(1);
            if (known.Contains(note))
                continue;
            if (Checkpoint.TryVerify(note, key.Origin, key.Ecdsa, out Checkpoint? checkpoint) && checkpoint.Size == reader.GetInt64(0))
                checkpoints.TryAdd((checkpoint.Size, Convert.ToBase64String(checkpoint.Root)), checkpoint);
            else
                forged.Add(new LogFault(reader.GetInt64(0), reader.GetInt64(0), $"The checkpoint of {reader.GetInt64(0)} events in the database was not signed with this key."));
        }
        return checkpoints.Values;
    }

    private async Task ReadSegment(long upTo, CancellationToken cancel)
    {
        long from = _trees.Size;
        _tiles.Clear();
        await ReadTiles(_tiles, 0, from / TreeEdge.TileWidth, (upTo - 1) / TreeEdge.TileWidth, cancel);
        await ReadUpperTiles(from, upTo, cancel);
        await StoredLeaves.Read(connection, from, upTo, leaf =>
        {
            while (_trees.Size + 1 < leaf.Position)
                Add([], default);
            if (!leaf.IsPlain)
                _trees.Fault(leaf.Position, leaf.Position, $"The event {leaf.Id} at position {leaf.Position} has a value in a column that the log leaves alone.");
            Span<byte> hash = stackalloc byte[Merkle.HashSize];
            Merkle.Leaf(leaf.Prefixed, hash);
            Add(hash, leaf.Id);
        }, cancel);
        while (_trees.Size < upTo)
            Add([], default);
        progress?.Report(_trees.Size);
    }

    private void Add(ReadOnlySpan<byte> eventHash, Guid id)
    {
        long index = _trees.Size;
        // What was signed but never stored, since the process died in between, is judged by the checkpoint alone.
        ReadOnlySpan<byte> stored = index >= _treeSize ? eventHash : HashIn(_tiles.GetValueOrDefault(index / TreeEdge.TileWidth), index);
        _trees.Add(eventHash, stored, id, CheckUpperTile);
    }

    private static ReadOnlySpan<byte> HashIn(byte[]? tile, long index)
    {
        int at = (int)(index % TreeEdge.TileWidth) * Merkle.HashSize;
        return tile is null || tile.Length < at + Merkle.HashSize ? [] : tile.AsSpan(at, Merkle.HashSize);
    }

    private void CheckUpperTile(int height, ReadOnlySpan<byte> root)
    {
        int level = height / TreeEdge.TileHeight;
        if (level == 0 || height % TreeEdge.TileHeight != 0)
            return;
        // Called before the leaf is counted: this is the subtree it completes.
        long index = _trees.Size >> height;
        long last = (index + 1) << height;
        if (last <= _treeSize && !HashIn(_upperTiles.GetValueOrDefault((level, index / TreeEdge.TileWidth)), index).SequenceEqual(root))
            _trees.Fault(last - (1L << height) + 1, last, $"The stored tree is damaged: tile {index / TreeEdge.TileWidth} of level {level} does not follow from the tiles below it.");
    }

    /// <summary>A segment completes one tile of level 1 and adds to at most one of each level above.</summary>
    private async Task ReadUpperTiles(long from, long upTo, CancellationToken cancel)
    {
        _upperTiles.Clear();
        for (int level = 1; upTo >> (TreeEdge.TileHeight * level) > 0; level++)
        {
            var tiles = new Dictionary<long, byte[]>();
            int height = TreeEdge.TileHeight * (level + 1);
            await ReadTiles(tiles, level, from >> height, (upTo - 1) >> height, cancel);
            foreach ((long index, byte[] hashes) in tiles)
                _upperTiles.Add((level, index), hashes);
        }
    }

    private async Task ReadTiles(Dictionary<long, byte[]> tiles, int level, long first, long last, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select index, hashes from ledger.tree_tiles where level = $1 and index between $2 and $3", connection);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)level });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            tiles.Add(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1));
    }

    /// <summary>Positions begin at 1; what stands below is in no tree, and is read with its stream all the same.</summary>
    private async Task CheckPositions(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select seq_id, id from ledger.mt_events where seq_id < 1 order by seq_id limit 1000", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            _trees.Fault(reader.GetInt64(0), reader.GetInt64(0), $"The event {reader.GetGuid(1)} was put at position {reader.GetInt64(0)}, before the log begins.");
    }

    private async Task CheckTexts(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select encode(sha256, 'hex') from ledger.texts where sha256 <> sha256(convert_to(content, 'UTF8')) limit 1000", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            _trees.Fault(0, 0, $"The text {reader.GetString(0)} is not what its hash says.");
    }

    /// <summary>The streams' rows are no leaves of the tree, but follow from the events.</summary>
    private async Task CheckStreams(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select coalesce(s.id, e.stream_id)
            from ledger.mt_streams s
            full join (select stream_id, max(version) as version, min(timestamp) as first, max(timestamp) as last
                       from ledger.mt_events group by stream_id) e on e.stream_id = s.id
            where s.version is distinct from e.version or s.created is distinct from e.first or s.timestamp is distinct from e.last
                or s.is_archived is distinct from false or s.tenant_id is distinct from '*DEFAULT*' or s.type is not null
            limit 1000
            """, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            _trees.Fault(0, 0, $"The row of stream '{reader.GetString(0)}' does not follow from its events.");
    }

    private async Task<(long TreeSize, long Head, long Last)> Ends(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select coalesce((select max(size) from ledger.tree_head), 0), coalesce((select max(position) from ledger.log_head), 0),
                   coalesce((select max(seq_id) from ledger.mt_events), 0)
            """, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetInt64(1), Math.Max(0, reader.GetInt64(2)));
    }
}
