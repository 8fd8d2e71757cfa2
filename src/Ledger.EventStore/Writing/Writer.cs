using System.Threading.Channels;
using Ledger.EventStore.Reading;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ledger.EventStore.Writing;

/// <summary>
/// Gathers the appends of all callers and records them a batch at a time. While one batch is being recorded the next
/// one gathers, so that batches grow with the load and an idle log waits for nothing.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    private const int BatchEventsMax = 2_000;
    private const long BatchBytesMax = 8 << 20;

    private readonly NpgsqlDataSource _database;
    private readonly EventLogOptions _options;
    private readonly Tail _tail;
    private readonly Channel<PendingAppend> _queue;
    private readonly List<PendingAppend> _waiting = [];
    private readonly Task _running;
    private NpgsqlConnection? _connection;
    private DateTimeOffset? _downSince;

    public Writer(NpgsqlDataSource database, EventLogOptions options, Tail tail)
    {
        _database = database;
        _options = options;
        _tail = tail;
        _queue = Channel.CreateBounded<PendingAppend>(
            new BoundedChannelOptions(options.QueuedAppendsMax) { SingleReader = true });
        _running = Task.Run(Run);
    }

    /// <summary>Queues an append; waits while the queue is full.</summary>
    public async Task<Appended> Append(PendingAppend pending, CancellationToken cancel)
    {
        try
        {
            await _queue.Writer.WriteAsync(pending, cancel);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(EventLog));
        }
        await using CancellationTokenRegistration withdrawal = cancel.Register(() => pending.Fail(pending.TryWithdraw()
            ? new OperationCanceledException(cancel)
            : new AppendOutcomeUnknownException(pending.Append, null)));
        return await pending.Answer;
    }

    private async Task Run()
    {
        while (_waiting.Count > 0 || await _queue.Reader.WaitToReadAsync())
        {
            AppendBatch batch = Gather();
            if (batch.Appends.Count > 0)
                await Record(batch);
        }
    }

    private AppendBatch Gather()
    {
        var batch = new AppendBatch();
        List<PendingAppend> waiting = [.. _waiting];
        _waiting.Clear();
        foreach (PendingAppend pending in waiting)
            AddOrWait(batch, pending);
        while (HasRoom(batch) && _waiting.Count < BatchEventsMax && _queue.Reader.TryRead(out PendingAppend? pending))
        {
            if (pending.TryTake())
                AddOrWait(batch, pending);
        }
        return batch;
    }

    private void AddOrWait(AppendBatch batch, PendingAppend pending)
    {
        if (!HasRoom(batch) || !batch.TryAdd(pending))
            _waiting.Add(pending);
    }

    private static bool HasRoom(AppendBatch batch) => batch.EventIds.Count < BatchEventsMax && batch.Bytes < BatchBytesMax;

    /// <summary>Records a batch and answers each of its appends, whatever happens.</summary>
    private async Task Record(AppendBatch batch)
    {
        bool sent = false;
        for (int attempt = 0; batch.Appends.Count > 0; attempt++)
        {
            try
            {
                NpgsqlConnection connection = await Connect();
                sent = true;
                (long position, DateTimeOffset at) = await AppendCommand.Run(connection, batch);
                _downSince = null;
                _tail.Recorded(position + batch.EventIds.Count);
                batch.Succeed(position, at);
                return;
            }
            catch (PostgresException e) when (e.SqlState == AppendCommand.Mismatch)
            {
                batch = await WithoutRefused(batch);
            }
            catch (Exception e) when (Failures.MayPass(e))
            {
                await Disconnect();
                _downSince ??= DateTimeOffset.UtcNow;
                _options.Logger.LogWarning(e, "The log could not be written, attempt {Attempt}", attempt + 1);
                if (DateTimeOffset.UtcNow - _downSince > _options.RetryFor)
                {
                    FailAll(batch, sent ? p => new AppendOutcomeUnknownException(p.Append, e) : _ => e);
                    return;
                }
                foreach (PendingAppend pending in batch.Appends)
                    pending.Resent |= sent;
                await Task.Delay(Failures.Pause(attempt));
            }
            catch (Exception e)
            {
                await Disconnect();
                await Isolate(batch, e);
                return;
            }
        }
    }

    /// <summary>Finds the append that the database will not take, so that it fails alone.</summary>
    private async Task Isolate(AppendBatch batch, Exception problem)
    {
        if (batch.Appends.Count == 1)
        {
            batch.Appends[0].Fail(problem is PostgresException { SqlState: ['2', '2', ..] or AppendCommand.TimeDecreases } e
                ? new ArgumentException($"The append cannot be stored: {e.MessageText}", e)
                : problem);
            return;
        }
        foreach (PendingAppend pending in batch.Appends)
            await Record(BatchOf([pending]));
    }

    private async Task<AppendBatch> WithoutRefused(AppendBatch batch)
    {
        try
        {
            return BatchOf(await Verdicts.Answer(await Connect(), batch.Appends, CancellationToken.None));
        }
        catch (Exception e) when (Failures.MayPass(e))
        {
            // The next attempt meets the same mismatch and asks again.
            await Disconnect();
            return batch;
        }
    }

    private static AppendBatch BatchOf(IEnumerable<PendingAppend> appends)
    {
        var batch = new AppendBatch();
        foreach (PendingAppend pending in appends)
            batch.TryAdd(pending);
        return batch;
    }

    private static void FailAll(AppendBatch batch, Func<PendingAppend, Exception> problem)
    {
        foreach (PendingAppend pending in batch.Appends)
            pending.Fail(problem(pending));
    }

    private async Task<NpgsqlConnection> Connect()
    {
        if (_connection is { } open)
            return open;
        NpgsqlConnection connection = await _database.OpenConnectionAsync();
        try
        {
            await using var settle = new NpgsqlCommand("call ledger.settle_sequence()", connection);
            await settle.ExecuteNonQueryAsync();
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        return _connection = connection;
    }

    private async Task Disconnect()
    {
        if (_connection is { } open)
        {
            _connection = null;
            await open.DisposeAsync();
        }
    }

    /// <summary>Records what is queued, then lets go of the database.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _running;
        await Disconnect();
    }
}
