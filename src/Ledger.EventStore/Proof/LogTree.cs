using System.Buffers;
using System.Globalization;
using System.Text;
using Ledger.EventStore.Proof;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ledger.EventStore;

/// <summary>
/// The Merkle tree over a log, which proves that the log is what it was: kept behind the committed events, signed with
/// a key outside the database, verified and served.
/// </summary>
/// <remarks>Thread-safe. The README says what exactly is hashed and signed.</remarks>
public sealed class LogTree : IDisposable
{
    /// <summary>How often new events are looked for. The signature follows within a second of the commit.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a process that was stopped while it extended the tree can keep others from it.</summary>
    private static readonly TimeSpan StoppedAfter = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource _database;
    private readonly LogKey _key;
    private readonly ILogger _logger;
    private readonly TreeKeeper _keeper;
    private readonly SemaphoreSlim _oneStep = new(1, 1);

    /// <summary>Makes the tree's keeper. Nothing happens before the first call.</summary>
    /// <param name="database">The log's database, with the rights of <c>ledger_app</c>.</param>
    /// <param name="key">The key to sign and verify with; its owner disposes it.</param>
    /// <param name="logger">Where failures are told.</param>
    public LogTree(NpgsqlDataSource database, LogKey key, ILogger? logger = null)
    {
        _database = database;
        _key = key;
        _logger = logger ?? NullLogger.Instance;
        _keeper = new TreeKeeper(database, key, StoppedAfter);
    }

    /// <summary>
    /// Keeps the tree and its checkpoints at most a second behind the log, until it is cancelled. Any number of servers
    /// that hold the key may run it; one at a time works. While the database is out of reach it waits.
    /// </summary>
    /// <exception cref="InvalidDataException">The log is not what was signed before: nothing more is signed.</exception>
    public async Task Run(CancellationToken cancel)
    {
        for (int attempt = 0; !cancel.IsCancellationRequested;)
        {
            TimeSpan pause = Interval;
            try
            {
                if (await Step(wait: false, cancel) is { } step && step.Size < step.Head)
                    pause = TimeSpan.Zero;
                attempt = 0;
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem) when (Failures.MayPass(problem))
            {
                _logger.LogWarning(problem, "The tree of the log waits, attempt {Attempt}", attempt + 1);
                pause = Failures.Pause(attempt++);
            }
            await Task.Delay(pause, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Signs everything that is in the log now, unless it is signed, and returns the checkpoint: a signed note.</summary>
    /// <exception cref="InvalidDataException">The log is not what was signed before: nothing was signed.</exception>
    public async Task<string> Sign(CancellationToken cancel = default)
    {
        (long Size, long Head) step;
        do
            step = (await Step(wait: true, cancel))!.Value;
        while (step.Size < step.Head);
        return (await Checkpoint(cancel))!;
    }

    private async Task<(long Size, long Head)?> Step(bool wait, CancellationToken cancel)
    {
        await _oneStep.WaitAsync(cancel);
        try
        {
            return await _keeper.Step(wait, cancel);
        }
        finally
        {
            _oneStep.Release();
        }
    }

    /// <summary>The newest checkpoint, as a signed note; null if none was signed yet.</summary>
    public async Task<string?> Checkpoint(CancellationToken cancel = default)
    {
        await using NpgsqlCommand command = _database.CreateCommand("select note from ledger.tree_checkpoints order by size desc limit 1");
        return (string?)await command.ExecuteScalarAsync(cancel);
    }

    /// <summary>
    /// What is served under a path of C2SP's tlog-tiles: <c>checkpoint</c> (text), <c>tile/L/N[.p/W]</c> and
    /// <c>tile/entries/N[.p/W]</c> (octets; these never change). Null if there is nothing.
    /// </summary>
    public async Task<byte[]?> Resource(string path, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == "checkpoint")
            return await Checkpoint(cancel) is { } note ? Encoding.UTF8.GetBytes(note) : null;
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        return await TreeResources.Find(connection, path, cancel);
    }

    /// <summary>
    /// A proof that an event is in the log, which can be checked offline: C2SP's tlog-proof, with the event's canonical
    /// bytes as its extra data, up to the newest checkpoint.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No checkpoint covers the position yet.</exception>
    /// <exception cref="InvalidDataException">The event is not what was recorded, or the tree is damaged: there is no proof.</exception>
    public async Task<string> ProveInclusion(long position, CancellationToken cancel = default)
    {
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        (string note, Checkpoint checkpoint) = await Newest(cancel);
        if (position < 1 || position > checkpoint.Size)
            throw new ArgumentOutOfRangeException(nameof(position), $"There is no signed event at position {position}: the newest checkpoint has {checkpoint.Size}.");
        byte[]? leaf = null;
        await StoredLeaves.Read(connection, position - 1, position, stored => leaf = stored.Prefixed.ToArray(), cancel);
        List<byte[]> path = await new TreeReader(connection).InclusionPath(position - 1, 0, checkpoint.Size, cancel);
        var hash = new byte[Merkle.HashSize];
        Merkle.Leaf(leaf, hash);
        if (leaf is null || !Merkle.Includes(hash, position - 1, checkpoint.Size, path, checkpoint.Root))
            throw new InvalidDataException($"There is no proof of the event at position {position}: the log or its tree is not what was signed. Verify it.");
        return string.Create(CultureInfo.InvariantCulture,
            $"c2sp.org/tlog-proof@v1\nextra {Convert.ToBase64String(leaf.AsSpan(1))}\nindex {position - 1}\n{Lines(path)}\n{note}");
    }

    /// <summary>
    /// A proof that the log of the newest checkpoint begins with the log of an older one: the body of a request to
    /// C2SP's tlog-witness (<c>old SIZE</c>, the hashes, an empty line, the newest checkpoint).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The log is not that long.</exception>
    public async Task<string> ProveConsistency(long oldSize, CancellationToken cancel = default)
    {
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        (string note, Checkpoint checkpoint) = await Newest(cancel);
        if (oldSize < 0 || oldSize > checkpoint.Size)
            throw new ArgumentOutOfRangeException(nameof(oldSize), $"The newest checkpoint has {checkpoint.Size} events, not {oldSize}.");
        List<byte[]> proof = await new TreeReader(connection).ConsistencyProof(oldSize, checkpoint.Size, cancel);
        return string.Create(CultureInfo.InvariantCulture, $"old {oldSize}\n{Lines(proof)}\n{note}");
    }

    /// <summary>Writes the canonical bytes of events, one a line: what the leaves of the tree are hashes of.</summary>
    /// <param name="output">Takes UTF-8 lines.</param>
    /// <param name="after">The position before the first to write; 0 for all.</param>
    /// <param name="upTo">The last position to write.</param>
    /// <param name="cancel">Stops.</param>
    public async Task Export(Stream output, long after, long upTo, CancellationToken cancel = default)
    {
        const int Chunk = 1_000;
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        var lines = new ArrayBufferWriter<byte>(1 << 20);
        for (; after < upTo; after += Chunk)
        {
            lines.ResetWrittenCount();
            await StoredLeaves.Read(connection, after, Math.Min(upTo, after + Chunk), leaf =>
            {
                lines.Write(leaf.Bytes);
                lines.Write("\n"u8);
            }, cancel);
            if (lines.WrittenCount == 0)
                return;
            await output.WriteAsync(lines.WrittenMemory, cancel);
        }
    }

    /// <summary>
    /// Writes the texts that events name by their hashes, one a line: <c>{"sha256":"…","text":"…"}</c>. They are no part of
    /// the tree; the hashes are.
    /// </summary>
    /// <param name="output">Takes UTF-8 lines.</param>
    /// <param name="cancel">Stops.</param>
    public async Task ExportTexts(Stream output, CancellationToken cancel = default)
    {
        await using NpgsqlCommand command = _database.CreateCommand("select encode(sha256, 'hex'), to_json(content)::text from ledger.texts order by sha256");
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            await output.WriteAsync(Encoding.UTF8.GetBytes($"{{\"sha256\":\"{reader.GetString(0)}\",\"text\":{reader.GetString(1)}}}\n"), cancel);
    }

    /// <summary>Holds the whole log against the tree and against every checkpoint that was signed, in the database and in the file beside the key.</summary>
    /// <param name="progress">Told how many events were checked.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<LogVerdict> Verify(IProgress<long>? progress = null, CancellationToken cancel = default)
    {
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        return await new Verification(connection, _key, progress).Run(cancel);
    }

    private async Task<(string Note, Checkpoint Checkpoint)> Newest(CancellationToken cancel)
    {
        string note = await Checkpoint(cancel) ?? await Sign(cancel);
        return Proof.Checkpoint.TryVerify(note, _key.Origin, _key.Ecdsa, out Checkpoint? checkpoint)
            ? (note, checkpoint)
            : throw new InvalidDataException("The newest checkpoint was not signed with this key.");
    }

    private static string Lines(List<byte[]> hashes) => string.Concat(hashes.Select(h => Convert.ToBase64String(h) + "\n"));

    /// <inheritdoc/>
    public void Dispose() => _oneStep.Dispose();
}
