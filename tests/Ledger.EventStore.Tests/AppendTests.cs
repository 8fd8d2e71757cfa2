using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests;

public sealed class AppendTests(LogFixture fixture) : IClassFixture<LogFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private EventLog Log => fixture.Log;

    [Fact]
    public async Task An_append_gets_its_positions_and_versions_and_is_read_back()
    {
        string stream = Samples.Name();
        Append append = Samples.To(stream, 0, Samples.Moved(1), Samples.Moved(2, "why not")) with
        {
            CorrelationId = "c1",
            CausationId = "c2",
            Headers = new Dictionary<string, string> { ["client"] = "tests" },
        };
        Appended answer = await Log.Append(append, Cancel);

        Assert.Equal(answer.FirstPosition + 1, answer.LastPosition);
        Assert.Equal(2, answer.Versions[stream]);
        Assert.False(answer.Repeated);
        List<RecordedEvent> read = await Log.ReadStream(stream, cancel: Cancel).ToListAsync(Cancel);
        Assert.Equal([1L, 2L], read.Select(e => e.Version));
        Assert.Equal(append.Streams[0].Events.Select(e => e.Id), read.Select(e => e.Id));
        Assert.Equal([new CounterMoved(1), new CounterMoved(2, "why not")], read.Select(e => (CounterMoved)e.Data));
        Assert.All(read, e => Assert.Equal(("counter_moved", answer.RecordedAt, "tester", "tests", "c1", "c2"),
            (e.Type, e.RecordedAt, e.Author, e.Headers["client"], e.CorrelationId, e.CausationId)));
    }

    [Fact]
    public async Task A_stream_that_has_moved_is_a_conflict_and_records_nothing()
    {
        string stream = Samples.Name(), other = Samples.Name();
        await Log.Append(Samples.To(stream, 0, Samples.Moved()), Cancel);
        long head = await Log.Head(Cancel);

        var conflict = await Assert.ThrowsAsync<VersionConflictException>(() => Log.Append(
            new Append("tester", [new(other, 0, [Samples.Moved()]), new(stream, 0, [Samples.Moved()])]), Cancel));

        Assert.Equal((stream, 0L, 1L), (conflict.Stream, conflict.Expected, conflict.Actual));
        Assert.Equal(head, await Log.Head(Cancel));
        Assert.Empty(await Log.ReadStream(other, cancel: Cancel).ToListAsync(Cancel));
        await Assert.ThrowsAsync<VersionConflictException>(() => Log.Append(Samples.To(stream, 7, Samples.Moved()), Cancel));
        await Log.Append(Samples.To(stream, 1, Samples.Moved()), Cancel);
    }

    [Fact]
    public async Task A_key_seen_before_gets_the_first_answer_again()
    {
        string stream = Samples.Name(), key = Samples.Name("key");
        Appended first = await Log.Append(Samples.To(stream, 0, Samples.Moved(5)) with { Key = key }, Cancel);
        Appended again = await Log.Append(Samples.To(stream, 0, Samples.Moved(5)) with { Key = key }, Cancel);

        Assert.True(again.Repeated);
        Assert.Equal((first.FirstPosition, first.LastPosition, first.RecordedAt, first.Versions[stream]),
            (again.FirstPosition, again.LastPosition, again.RecordedAt, again.Versions[stream]));
        Assert.Equal(first.LastPosition, (await Log.Find("tester", key, Cancel))!.LastPosition);
        Assert.Null(await Log.Find("somebody else", key, Cancel));
        await Assert.ThrowsAsync<KeyReusedException>(
            () => Log.Append(Samples.To(stream, 1, Samples.Moved(6)) with { Key = key }, Cancel));
        await Log.Append(Samples.To(stream, 1, Samples.Moved(6)) with { Author = "somebody else", Key = key }, Cancel);
    }

    [Fact]
    public async Task Of_many_callers_racing_with_one_key_one_records_and_all_get_its_answer()
    {
        string stream = Samples.Name(), key = Samples.Name("key");
        Appended[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            Log.Append(Samples.To(stream, 0, Samples.Moved(5)) with { Key = key }, Cancel)));
        Assert.Single(answers.Select(a => a.FirstPosition).Distinct());
        Assert.Single(answers, a => !a.Repeated);
    }

    [Fact]
    public async Task The_same_append_again_without_a_key_gets_the_first_answer()
    {
        Append append = Samples.To(Samples.Name(), 0, Samples.Moved(1), Samples.Moved(2));
        Appended first = await Log.Append(append, Cancel);
        Appended again = await Log.Append(append, Cancel);
        Assert.True(again.Repeated);
        Assert.Equal((first.FirstPosition, first.LastPosition), (again.FirstPosition, again.LastPosition));
    }

    [Fact]
    public async Task One_callers_conflict_does_not_touch_the_others()
    {
        string taken = Samples.Name();
        await Log.Append(Samples.To(taken, 0, Samples.Moved()), Cancel);
        Task<Appended>[] appends = [.. Enumerable.Range(0, 200).Select(i =>
            Log.Append(Samples.To(i % 10 == 0 ? taken : Samples.Name(), 0, Samples.Moved()), Cancel))];
        for (int i = 0; i < appends.Length; i++)
        {
            if (i % 10 == 0)
                await Assert.ThrowsAsync<VersionConflictException>(() => appends[i]);
            else
                await appends[i];
        }
        Assert.Equal(await Log.Head(Cancel), await fixture.Sql("select count(*) from ledger.mt_events"));
    }

    [Fact]
    public async Task An_append_the_database_cannot_store_fails_alone()
    {
        Task<Appended>[] appends = [.. Enumerable.Range(0, 50).Select(i =>
            Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved(1, i == 25 ? "a\0b" : "fine")), Cancel))];
        for (int i = 0; i < appends.Length; i++)
        {
            if (i == 25)
                await Assert.ThrowsAsync<ArgumentException>(() => appends[i]);
            else
                await appends[i];
        }
    }

    [Fact]
    public async Task Keys_are_forgotten_after_their_time_and_not_before()
    {
        Append old = Samples.To(Samples.Name(), 0, Samples.Moved()) with { Key = Samples.Name("key") };
        Append young = Samples.To(Samples.Name(), 0, Samples.Moved()) with { Key = Samples.Name("key") };
        await Log.Append(old, Cancel);
        await Log.Append(young, Cancel);
        await fixture.Sql($"update ledger.idempotency_keys set recorded_at = now() - interval '30 days 1 minute' where key = '{old.Key}'");
        await fixture.Sql($"update ledger.idempotency_keys set recorded_at = now() - interval '29 days 23 hours' where key = '{young.Key}'");
        Assert.Equal(1, await Log.ForgetOldKeys(Cancel));
        Assert.Null(await Log.Find("tester", old.Key!, Cancel));
        Assert.NotNull(await Log.Find("tester", young.Key!, Cancel));
    }

    [Fact]
    public async Task What_cannot_be_an_append_is_refused_with_a_reason()
    {
        NewEvent e = Samples.Moved();
        await Refused("author", new Append("", [new("a", 0, [e])]));
        await Refused("at least one stream", new Append("me", []));
        await Refused("at least one event", new Append("me", [new("a", 0, [])]));
        await Refused("twice", new Append("me", [new("a", 0, [e]), new("a", 1, [e])]));
        await Refused("negative", new Append("me", [new("a", -1, [e])]));
        await Refused("name may not be empty", new Append("me", [new("", 0, [e])]));
        await Refused("id may not be empty", new Append("me", [new("a", 0, [e with { Id = Guid.Empty }])]));
        await Refused("registered", new Append("me", [new("a", 0, [e with { Data = "no event" }])]));
        await Refused("U+0000", new Append("me", [new("a\0b", 0, [e])]));
        await Refused("surrogate", new Append("me", [new("a\ud800b", 0, [e])]));
        await Refused("set from", new Append("me", [new("a", 0, [e])]) { Headers = new Dictionary<string, string> { ["author"] = "you" } });

        async Task Refused(string reason, Append append) =>
            Assert.Contains(reason, (await Assert.ThrowsAsync<ArgumentException>(() => Log.Append(append, Cancel))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64_500, true)]
    [InlineData(65_500, false)]
    [InlineData(1_000_000, false)]
    public async Task An_event_too_long_to_be_proved_is_refused(int length, bool fits)
    {
        Append append = Samples.To(Samples.Name(), 0, Samples.Moved(1, new string(',', length)));
        if (fits)
            await Log.Append(append, Cancel);
        else
            Assert.InRange((await Assert.ThrowsAsync<EventTooLongException>(() => Log.Append(append, Cancel))).Length, length, int.MaxValue);
    }

    [Fact]
    public async Task A_number_that_PostgreSQL_writes_out_counts_as_it_is_stored()
    {
        // Ten bytes here, a hundred thousand there.
        var types = new EventTypes().Add("raw", () => SamplesJson.Default.JsonObject);
        await using var log = new EventLog(fixture.Database, types);
        await Assert.ThrowsAsync<EventTooLongException>(() => log.Append(Samples.To(Samples.Name(), 0,
            new NewEvent(Guid.CreateVersion7(), System.Text.Json.Nodes.JsonNode.Parse("{\"n\":1e100000}")!.AsObject())), Cancel));
        await log.Append(Samples.To(Samples.Name(), 0,
            new NewEvent(Guid.CreateVersion7(), System.Text.Json.Nodes.JsonNode.Parse("{\"n\":1e10, \"s\":\"1e100000\"}")!.AsObject())), Cancel);
    }

    [Fact]
    public async Task A_restored_append_keeps_its_time_and_times_never_decrease()
    {
        DateTimeOffset at = new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.FromHours(8)).AddMicroseconds(6);
        await using var other = new LogFixture();
        await other.InitializeAsync();
        Appended answer = await other.Log.Append(Samples.To("a", 0, Samples.Moved()) with { RecordedAt = at }, Cancel);
        Assert.Equal((at, TimeSpan.Zero), (answer.RecordedAt, answer.RecordedAt.Offset));
        await Assert.ThrowsAsync<ArgumentException>(() => other.Log.Append(Samples.To("b", 0, Samples.Moved()) with { RecordedAt = at.AddMicroseconds(-1) }, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => other.Log.Append(Samples.To("b", 0, Samples.Moved()) with { RecordedAt = DateTimeOffset.UtcNow.AddMinutes(1) }, Cancel));
        // The clock was put back; the log's time waits for it.
        var ahead = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await other.Sql("update ledger.log_head set recorded_at = '2100-01-01Z'");
        Assert.Equal(ahead, (await other.Log.Append(Samples.To("b", 0, Samples.Moved()), Cancel)).RecordedAt);
    }

    [Fact]
    public async Task An_append_of_which_only_a_part_was_recorded_is_no_repeat()
    {
        string stream = Samples.Name();
        NewEvent one = Samples.Moved(1), two = Samples.Moved(2);
        await Log.Append(Samples.To(stream, 0, one), Cancel);
        await Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
        await Assert.ThrowsAsync<VersionConflictException>(() => Log.Append(Samples.To(stream, 0, one, two), Cancel));
        Assert.True((await Log.Append(Samples.To(stream, 0, one), Cancel)).Repeated);
    }

    [Fact]
    public async Task A_check_that_fails_fails_its_batch_and_no_later_one()
    {
        await using var other = new LogFixture();
        await other.InitializeAsync();
        await other.Log.Append(Samples.To("a", 0, Samples.Moved()), Cancel);
        await other.Sql("revoke execute on function ledger.append_check from ledger_app");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => other.Log.Append(Samples.To("a", 0, Samples.Moved()), Cancel)).WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        await other.Sql("grant execute on function ledger.append_check to ledger_app");
        await other.Log.Append(Samples.To("b", 0, Samples.Moved()), Cancel).WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Fact]
    public async Task A_database_that_contradicts_itself_is_an_error_and_no_endless_attempt()
    {
        await using var other = new LogFixture();
        await other.InitializeAsync();
        await other.Log.Append(Samples.To("a", 0, Samples.Moved(), Samples.Moved()), Cancel);
        await other.Sql("update ledger.mt_streams set version = 1");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => other.Log.Append(Samples.To("a", 1, Samples.Moved()), Cancel)).WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }
}
