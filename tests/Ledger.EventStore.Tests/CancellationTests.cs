using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests;

public sealed class CancellationTests(LogFixture fixture) : IClassFixture<LogFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_that_cancels_while_queued_has_recorded_nothing_and_one_on_its_way_learns_that_it_is_unknown()
    {
        using var cancel = new CancellationTokenSource();
        await fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
        await using NpgsqlConnection blocker = await fixture.Database.OpenConnectionAsync(Cancel);
        await using NpgsqlTransaction holding = await HoldHead(blocker);
        Append onItsWay = Samples.To(Samples.Name(), 0, Samples.Moved()), queued = Samples.To(Samples.Name(), 0, Samples.Moved());
        Task<Appended> first = fixture.Log.Append(onItsWay, cancel.Token);
        await UntilWaiting(first);
        Task<Appended> second = fixture.Log.Append(queued, cancel.Token);
        await cancel.CancelAsync();

        var unknown = await Assert.ThrowsAsync<AppendOutcomeUnknownException>(() => first);
        Assert.IsNotType<AppendOutcomeUnknownException>(await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second));
        await holding.RollbackAsync(Cancel);
        Appended answer = await fixture.Log.Append(unknown.Append, Cancel);
        Assert.True(answer.Repeated);
        await fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
        Assert.Empty(await fixture.Log.ReadStream(queued.Streams[0].Stream, cancel: Cancel).ToListAsync(Cancel));
        Assert.Single(await fixture.Log.ReadStream(onItsWay.Streams[0].Stream, cancel: Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Callers_wait_for_room_and_memory_stays_bounded()
    {
        await using var log = new EventLog(fixture.Database, Samples.Types(), new EventLogOptions { QueuedEventsMax = 100, QueuedBytesMax = 4_000 });
        await using NpgsqlConnection blocker = await fixture.Database.OpenConnectionAsync(Cancel);
        await using NpgsqlTransaction holding = await HoldHead(blocker);
        int serialised = 0;
        Task<Appended>[] appends = [.. Enumerable.Range(0, 400).Select(i => log.Append(Samples.To(Samples.Name(), 0,
            new NewEvent(Guid.CreateVersion7(), new Counted(() => Interlocked.Increment(ref serialised)))), Cancel))];
        await Task.Delay(300, Cancel);
        Assert.InRange(serialised, 1, 100);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), cancel.Token));

        await holding.RollbackAsync(Cancel);
        await Task.WhenAll(appends);
        Assert.Equal(400, serialised);
        // Larger than all room there is, it is let in alone.
        await log.Append(Samples.To(Samples.Name(), 0, [.. Enumerable.Range(0, 500).Select(i => Samples.Moved(i))]), Cancel);
    }

    [Fact]
    public async Task A_log_that_is_disposed_records_what_was_queued_and_takes_no_more()
    {
        var log = new EventLog(fixture.Database, Samples.Types());
        Task<Appended>[] appends = [.. Enumerable.Range(0, 100).Select(_ => log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel))];
        await log.DisposeAsync();
        await Task.WhenAll(appends);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel));
    }

    [Fact]
    public async Task Appends_that_are_withdrawn_are_let_go_of()
    {
        await using var log = new EventLog(fixture.Database, Samples.Types(), new EventLogOptions { QueuedEventsMax = 10, QueuedBytesMax = 1 << 20 });
        await log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
        await using NpgsqlConnection blocker = await fixture.Database.OpenConnectionAsync(Cancel);
        await using NpgsqlTransaction holding = await HoldHead(blocker);
        Task<Appended> first = log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
        await UntilWaiting(first);
        string why = new('x', 50_000);
        List<WeakReference> withdrawn = [];
        for (int i = 0; i < 50; i++)
            withdrawn.Add(await Withdraw(log, why));
        GC.Collect();
        // The last may still stand in somebody's registers.
        Assert.InRange(withdrawn.Count(append => append.IsAlive), 0, 5);
        await holding.RollbackAsync(Cancel);
        await first;
    }

    private static async Task<WeakReference> Withdraw(EventLog log, string why)
    {
        using var cancel = new CancellationTokenSource();
        Append append = Samples.To(Samples.Name(), 0, Samples.Moved(1, why));
        Task<Appended> answer = log.Append(append, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        return new WeakReference(append);
    }

    private async Task<NpgsqlTransaction> HoldHead(NpgsqlConnection connection)
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(Cancel);
        await using var hold = new NpgsqlCommand("select from ledger.log_head for update", connection);
        await hold.ExecuteNonQueryAsync(Cancel);
        return transaction;
    }

    private async Task UntilWaiting(Task<Appended> append)
    {
        while (await Waiting() == 0)
        {
            // It may have failed for a reason of its own.
            if (append.IsCompleted)
                await append;
            await Task.Delay(5, Cancel);
        }
    }

    /// <summary>A writer that comes to work for the first time waits at the head before it appends.</summary>
    private async Task<long> Waiting() => (long)(await fixture.Sql(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'call ledger.%'"))!;
}
