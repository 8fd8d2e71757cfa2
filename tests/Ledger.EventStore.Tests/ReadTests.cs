using Ledger.EventStore.Tests.Processes;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests;

public sealed class ReadTests(LogFixture fixture) : IClassFixture<LogFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private EventLog Log => fixture.Log;

    [Fact]
    public async Task A_stream_is_read_forwards_backwards_and_in_part()
    {
        string stream = Samples.Name();
        NewEvent[] events = [.. Enumerable.Range(1, 2500).Select(i => Samples.Moved(i))];
        await Log.Append(Samples.To(stream, 0, events), Cancel);

        Assert.Equal(Enumerable.Range(1, 2500), await Numbers(Log.ReadStream(stream, cancel: Cancel)));
        Assert.Equal(Enumerable.Range(1, 2500).Reverse(), await Numbers(Log.ReadStream(stream, backwards: true, cancel: Cancel)));
        Assert.Equal(Enumerable.Range(100, 1901), await Numbers(Log.ReadStream(stream, 100, 2000, cancel: Cancel)));
        Assert.Equal(Enumerable.Range(100, 1901).Reverse(), await Numbers(Log.ReadStream(stream, 100, 2000, true, Cancel)));
        Assert.Empty(await Numbers(Log.ReadStream("no such stream", cancel: Cancel)));
    }

    [Fact]
    public async Task The_log_is_read_by_position_type_time_direction_and_number()
    {
        string stream = Samples.Name();
        Appended first = await Log.Append(Samples.To(stream, 0, new NewEvent(Guid.CreateVersion7(), new CounterOpened("a"))), Cancel);
        Appended second = await Log.Append(Samples.To(stream, 1, Samples.Moved(1), Samples.Moved(2)), Cancel);
        Appended third = await Log.Append(Samples.To(stream, 3, new NewEvent(Guid.CreateVersion7(), new CounterOpened("b"))), Cancel);
        long before = first.FirstPosition - 1;
        var all = new LogQuery { After = before, UpTo = third.LastPosition };

        long[] positions = [.. Enumerable.Range(1, 4).Select(i => before + i)];
        Assert.Equal(positions, await Positions(all));
        Assert.Equal(positions.Reverse(), await Positions(all with { Backwards = true }));
        Assert.Equal(positions[..2], await Positions(all with { Limit = 2 }));
        Assert.Equal(positions[2..].Reverse(), await Positions(all with { Limit = 2, Backwards = true }));
        Assert.Equal([positions[0], positions[3]], await Positions(all with { Types = ["counter_opened"] }));
        Assert.Equal(positions[1..], await Positions(all with { RecordedFrom = second.RecordedAt }));
        Assert.Equal(positions[..1], await Positions(all with { RecordedBefore = second.RecordedAt }));
        Assert.Equal(positions[1..3], await Positions(all with { RecordedFrom = second.RecordedAt, RecordedBefore = third.RecordedAt }));
    }

    [Fact]
    public async Task A_follower_gets_everything_once_and_in_order_while_others_append()
    {
        long after = await Log.Head(Cancel);
        const int Total = 400;
        Task following = Task.Run(async () =>
        {
            long last = after;
            await foreach (LogBatch batch in Log.Follow(after, cancel: Cancel))
            {
                foreach (RecordedEvent e in batch)
                    Assert.Equal(++last, e.Position);
                Assert.True(batch.Behind >= 0);
                if (last == after + Total)
                    return;
            }
        }, Cancel);
        await Task.WhenAll(Enumerable.Range(0, Total).Select(_ => Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel)));
        await following.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    [Fact]
    public async Task A_hint_that_lies_changes_nothing()
    {
        await using var other = new LogFixture();
        await other.InitializeAsync();
        await other.Log.Append(Samples.To("a", 0, Samples.Moved()), Cancel);
        await using var follower = new EventLog(other.Database, Samples.Types());
        await using IAsyncEnumerator<LogBatch> following = follower.Follow(0, cancel: Cancel).GetAsyncEnumerator(Cancel);
        await following.MoveNextAsync();
        ValueTask<bool> next = following.MoveNextAsync();
        await other.Sql("select pg_notify('ledger_log', '999999999')");
        await Task.Delay(400, Cancel);
        Assert.False(next.IsCompleted);
        await other.Log.Append(Samples.To("b", 0, Samples.Moved()), Cancel);
        Assert.True(await next);
        Assert.Equal((1, 0L), (following.Current.Count, following.Current.Behind));
    }

    [Fact]
    public async Task A_scan_of_many_pages_may_be_left_early_cancelled_or_meet_what_it_does_not_know()
    {
        const int Many = 5_001;
        await using var other = new LogFixture();
        await other.InitializeAsync();
        await other.Log.Append(Samples.To("many", 0, [.. Enumerable.Range(1, Many).Select(n => Samples.Moved(n))]), Cancel);

        Assert.Equal(Enumerable.Range(1, Many), await Numbers(other.Log.Read(new LogQuery(), Cancel)));
        Assert.Equal(Enumerable.Range(2, Many - 2).Reverse(), await Numbers(other.Log.Read(new LogQuery { Backwards = true, After = 1, UpTo = Many - 1 }, Cancel)));
        Assert.Equal(2_500, (await Numbers(other.Log.Read(new LogQuery { Limit = 2_500 }, Cancel)))[^1]);
        for (int i = 0; i < 50; i++)
            Assert.Equal(1, (await other.Log.Read(new LogQuery(), Cancel).FirstAsync(Cancel)).Position);
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (RecordedEvent e in other.Log.Read(new LogQuery(), cancel.Token))
            {
                if (e.Position == 1_000)
                    await cancel.CancelAsync();
            }
        });
        await using var ignorant = new EventLog(other.Database, new EventTypes().Add("counter_opened", () => SamplesJson.Default.CounterMoved));
        await Assert.ThrowsAsync<UnknownEventTypeException>(async () => await ignorant.Read(new LogQuery(), Cancel).ToListAsync(Cancel));
        // None of which has used up a connection.
        Assert.Equal(Many, await other.Log.Read(new LogQuery(), Cancel).CountAsync(Cancel));
    }

    [Fact]
    public async Task A_log_larger_than_the_memory_is_read()
    {
        const int HeapMegabytes = 48;
        const int Appends = 150;
        await using var other = new LogFixture();
        await other.InitializeAsync();
        string text = new('x', 8_000);
        await Task.WhenAll(Enumerable.Range(0, Appends).Select(n => other.Log.Append(
            Samples.To($"large-{n}", 0, [.. Enumerable.Range(0, 100).Select(i => Samples.Moved(i, text))]), Cancel)));
        using OtherProcess reading = OtherProcess.Reading(other.ConnectionString, HeapMegabytes);
        Assert.Equal(($"{Appends * 100L * text.Length}", 0), await reading.End(Cancel));
    }

    private static async Task<List<int>> Numbers(IAsyncEnumerable<RecordedEvent> events) =>
        await events.Select(e => ((CounterMoved)e.Data).By).ToListAsync(Cancel);

    private async Task<List<long>> Positions(LogQuery query) => await Log.Read(query, Cancel).Select(e => e.Position).ToListAsync(Cancel);
}
