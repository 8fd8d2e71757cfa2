using System.Diagnostics;
using Ledger.EventStore.Reading;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ledger.EventStore.Writing;

/// <summary>
/// Records what is queued, a batch at a time, on a connection of its own. While one batch is being recorded the next one
/// gathers, so that batches grow with the load and an idle log waits for nothing.
/// </summary>
internal sealed class Writer(AppendQueue queue, NpgsqlDataSource database, EventLogOptions options, Tail tail, bool helper)
{
    /// <summary>
    /// Callers that have just got their answers come back with their next appends within this time: waiting for them
    /// keeps them together in one batch instead of in two halves which wait for each other.
    /// </summary>
    private static readonly TimeSpan LingerMax = TimeSpan.FromMicroseconds(200);

    private static readonly TimeSpan HelperPause = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// How often a batch may be refused with nobody found to blame. Another process can bring that about once; again and
    /// again only a database whose rows contradict each other does.
    /// </summary>
    private const int UnexplainedMax = 5;

    private NpgsqlConnection? _connection;
    private AppendCommand? _command;
    private DateTimeOffset? _downSince;
    private DateTimeOffset _failedAt;

    /// <summary>Records until the queue is closed and empty.</summary>
    public async Task Run()
    {
        long answered = 0;
        int callers = 0;
        while (await queue.WaitForWork(helper))
        {
            // Two cores' worth of large batches would leave the small ones nothing.
            if (helper && queue.GivesWay)
            {
                await Task.Delay(HelperPause);
                continue;
            }
            while (queue.IsForFew && queue.Count < callers && Stopwatch.GetElapsedTime(answered) < LingerMax)
                await Task.Yield();
            AppendBatch batch = queue.Take(out Task changed);
            if (batch.Appends.Count == 0)
            {
                await changed;
                continue;
            }
            IReadOnlyList<PendingAppend> taken = batch.Appends;
            try
            {
                await Record(batch);
            }
            catch (Exception problem)
            {
                // Whatever was not foreseen fails this batch, and no later one.
                foreach (PendingAppend pending in taken)
                    pending.Fail(problem);
                await Disconnect();
            }
            finally
            {
                queue.Done(taken);
            }
            callers = taken.Count;
            answered = Stopwatch.GetTimestamp();
        }
        await Disconnect();
    }

    /// <summary>Records a batch and answers each of its appends, whatever happens.</summary>
    private async Task Record(AppendBatch batch)
    {
        bool sent = false;
        if (DateTimeOffset.UtcNow - _failedAt > options.RetryFor)
            _downSince = null;
        int unexplained = 0;
        for (int attempt = 0; batch.Appends.Count > 0; attempt++)
        {
            try
            {
                await Connect();
                sent = true;
                (long position, DateTimeOffset at) = await _command!.Run(batch, givesWay: !queue.IsForFew);
                _downSince = null;
                tail.Recorded(position + batch.EventIds.Count);
                batch.Succeed(position, at);
                return;
            }
            catch (PostgresException e) when (AppendCommand.IsMismatch(e) && unexplained < UnexplainedMax)
            {
                int before = batch.Appends.Count;
                batch = await WithoutRefused(batch);
                unexplained = batch.Appends.Count == before ? unexplained + 1 : 0;
            }
            catch (Exception e) when (Failures.MayPass(e) && !AppendCommand.IsLockedOut(e))
            {
                await Disconnect();
                _failedAt = DateTimeOffset.UtcNow;
                _downSince ??= _failedAt;
                options.Logger.LogWarning(e, "The log could not be written, attempt {Attempt}", attempt + 1);
                if (DateTimeOffset.UtcNow - _downSince > options.RetryFor)
                {
                    foreach (PendingAppend pending in batch.Appends)
                        pending.Fail(sent ? new AppendOutcomeUnknownException(pending.Append, e) : e);
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
            batch.Appends[0].Fail(AppendCommand.IsUnstorable(problem)
                ? new ArgumentException($"The append cannot be stored: {problem.Message}", problem)
                : problem);
            return;
        }
        foreach (PendingAppend pending in batch.Appends)
            await Record(new AppendBatch([pending]));
    }

    private async Task<AppendBatch> WithoutRefused(AppendBatch batch)
    {
        try
        {
            return new AppendBatch(await Verdicts.Answer(await Connect(), batch.Appends, CancellationToken.None));
        }
        catch (Exception e) when (Failures.MayPass(e))
        {
            // The next attempt meets the same mismatch and asks again.
            await Disconnect();
            return batch;
        }
    }

    private async Task<NpgsqlConnection> Connect()
    {
        if (_connection is { } open)
            return open;
        NpgsqlConnection connection = await database.OpenConnectionAsync();
        try
        {
            // Whatever made the last connection fail may have left the sequence ahead of the log.
            await using var settle = new NpgsqlCommand("call ledger.settle_sequence()", connection);
            await settle.ExecuteNonQueryAsync();
            _command = await AppendCommand.Prepare(connection);
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
            await _command!.DisposeAsync();
            await open.DisposeAsync();
        }
    }
}
