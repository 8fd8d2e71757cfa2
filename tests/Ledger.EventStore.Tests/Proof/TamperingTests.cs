using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Proof;

/// <summary>What a superuser can do to a log, and what the verification says of it.</summary>
public sealed class TamperingTests : IAsyncLifetime
{
    private readonly LogFixture _fixture = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("log-key").FullName;
    private LogKey _key = null!;
    private LogTree _tree = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A log of 600 events, with checkpoints at 1, 200, 400 and 600.</summary>
    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        _key = LogKey.OpenOrCreate(_folder, "example.com/tampering");
        _tree = new LogTree(_fixture.Database, _key);
        await Append("first", 1);
        foreach (string stream in (string[])["a", "b", "c"])
            await Append(stream, stream == "a" ? 199 : 200);
        Assert.Empty((await _tree.Verify(cancel: Cancel)).Faults);
    }

    [Fact]
    public async Task An_event_that_was_put_before_the_log_begins_is_found()
    {
        await _fixture.Sql("""
            insert into ledger.mt_events (seq_id, id, stream_id, version, data, type, timestamp)
                select -1, gen_random_uuid(), 'a', 1000, data, type, timestamp from ledger.mt_events where seq_id = 7;
            """);
        Assert.Contains((await _tree.Verify(cancel: Cancel)).Faults, fault => fault.FirstPosition == -1);
    }

    [Fact]
    public async Task A_log_that_goes_on_meanwhile_is_no_fault()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task[] writers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await _fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
        }))];
        Task signing = _tree.Run(stop.Token);
        for (int i = 0; i < 30; i++)
            Assert.Empty((await _tree.Verify(cancel: Cancel)).Faults);
        await stop.CancelAsync();
        await Task.WhenAll([.. writers, signing]);
    }

    [Theory]
    [InlineData("data = '{\"by\": 999}'")]
    [InlineData("type = 'counter_opened'")]
    [InlineData("headers = '{\"author\": \"somebody else\"}'")]
    [InlineData("headers = null")]
    [InlineData("timestamp = timestamp + interval '1 microsecond'")]
    [InlineData("correlation_id = ''")]
    [InlineData("causation_id = 'x'")]
    [InlineData("id = '11111111-1111-4111-8111-111111111111'")]
    [InlineData("stream_id = 'a', version = 1000")]
    [InlineData("version = 1000")]
    [InlineData("tenant_id = 'other'")]
    [InlineData("is_archived = true")]
    [InlineData("bdata = ''")]
    [InlineData("mt_dotnet_type = 'Other'")]
    public async Task A_changed_field_is_found_and_its_event_named(string change)
    {
        await Tamper($"update ledger.mt_events set {change} where seq_id = 317");
        Assert.Contains(await Faults(), f => (f.FirstPosition, f.LastPosition) == (317, 317)
            && f.What.Contains((string)_fixture.Sql("select id::text from ledger.mt_events where seq_id = 317").Result!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_swapped_order_is_found_and_both_events_named()
    {
        await Tamper("""
            update ledger.mt_events set seq_id = -1 where seq_id = 250;
            update ledger.mt_events set seq_id = 250 where seq_id = 251;
            update ledger.mt_events set seq_id = 251 where seq_id = -1;
            """);
        Assert.Equal([250L, 251L], (await Faults()).Select(f => f.FirstPosition));
    }

    [Fact]
    public async Task A_deleted_event_in_the_middle_is_found_and_named()
    {
        await Tamper("delete from ledger.mt_events where seq_id in (100, 300, 301)");
        Assert.Equal([(100, 100), (300, 301)], (await Faults()).Select(f => ((int)f.FirstPosition, (int)f.LastPosition)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_truncated_tail_is_found(bool headToo)
    {
        await Tamper("delete from ledger.mt_events where seq_id > 590" + (headToo ? "; update ledger.log_head set position = 590; update ledger.mt_streams set version = 190 where id = 'c'" : ""));
        Assert.Contains(await Faults(), f => (f.FirstPosition, f.LastPosition) == (591, 600));
        if (headToo)
            await Assert.ThrowsAsync<InvalidDataException>(() => SignAnew());
    }

    [Fact]
    public async Task A_tail_truncated_with_its_tree_and_checkpoints_is_found_by_the_file_beside_the_key()
    {
        await Tamper("""
            delete from ledger.mt_events where seq_id > 400;
            update ledger.log_head set position = 400;
            update ledger.tree_head set size = 400;
            delete from ledger.tree_checkpoints where size > 400;
            update ledger.tree_tiles set hashes = substr(hashes, 1, (400 - 256) * 32) where level = 0 and index = 1;
            delete from ledger.tree_tiles where level = 0 and index = 2;
            update ledger.tree_tiles set hashes = substr(hashes, 1, 32) where level = 1;
            delete from ledger.mt_streams where id = 'c';
            """);
        LogFault fault = Assert.Single(await Faults());
        Assert.Equal((401, 600), (fault.FirstPosition, fault.LastPosition));
        await Assert.ThrowsAsync<InvalidDataException>(() => SignAnew());
    }

    [Fact]
    public async Task A_log_rewritten_with_its_tree_is_narrowed_to_the_range_between_two_checkpoints()
    {
        // The attacker makes everything anew but the signatures: events, tiles, sizes.
        await Tamper("""
            update ledger.mt_events set data = '{"by": 999}' where seq_id = 317;
            delete from ledger.tree_tiles;
            update ledger.tree_head set size = 0;
            """);
        using var attacker = LogKey.OpenOrCreate(Path.Combine(_folder, "attacker"), "example.com/tampering");
        using (var forged = new LogTree(_fixture.Owner, attacker))
            await forged.Sign(Cancel);

        IReadOnlyList<LogFault> faults = await Faults();
        Assert.Contains(faults, f => (f.FirstPosition, f.LastPosition) == (201, 400));
        await Assert.ThrowsAsync<InvalidDataException>(() => SignAnew());
    }

    [Theory]
    [InlineData("update ledger.tree_tiles set hashes = set_byte(hashes, 32, get_byte(hashes, 32) # 1) where level = 0 and index = 1", 201, 400)]
    [InlineData("delete from ledger.tree_tiles where level = 0 and index = 1", 201, 400)]
    [InlineData("update ledger.tree_tiles set hashes = set_byte(hashes, 32, get_byte(hashes, 32) # 1) where level = 1", 257, 512)]
    public async Task A_damaged_tree_is_found_and_the_events_are_not_blamed(string change, int first, int last)
    {
        await Tamper(change);
        IReadOnlyList<LogFault> faults = await Faults();
        Assert.Contains(faults, f => (f.FirstPosition, f.LastPosition) == (first, last));
        Assert.All(faults, f => Assert.StartsWith("The stored tree is damaged", f.What, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("update ledger.mt_streams set version = 7 where id = 'b'")]
    [InlineData("update ledger.mt_streams set is_archived = true where id = 'b'")]
    [InlineData("update ledger.mt_streams set created = created - interval '1 day' where id = 'b'")]
    [InlineData("update ledger.mt_streams set timestamp = timestamp + interval '1 microsecond' where id = 'b'")]
    [InlineData("insert into ledger.mt_streams (id, version) values ('d', 3)")]
    public async Task A_stream_that_does_not_follow_from_its_events_is_found(string change)
    {
        await Tamper(change);
        Assert.Contains("stream", Assert.Single(await Faults()).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_that_was_not_signed_with_the_key_is_found()
    {
        await Tamper("update ledger.tree_checkpoints set note = replace(note, '400', '401') where size = 400");
        Assert.Contains("not signed", Assert.Single(await Faults()).What, StringComparison.Ordinal);
    }

    private async Task Append(string stream, int events)
    {
        await _fixture.Log.Append(Samples.To(stream, 0, [.. Enumerable.Range(0, events).Select(i => Samples.Moved(i))]), Cancel);
        await _tree.Sign(Cancel);
    }

    private async Task<IReadOnlyList<LogFault>> Faults() => (await _tree.Verify(cancel: Cancel)).Faults;

    /// <summary>Signs as a server does that was started after the deed.</summary>
    private async Task SignAnew()
    {
        using var tree = new LogTree(_fixture.Database, _key);
        await tree.Sign(Cancel);
    }

    private async Task Tamper(string sql)
    {
        string[] tables = ["mt_events", "mt_streams", "log_head", "tree_head", "tree_tiles", "tree_checkpoints"];
        await using NpgsqlCommand command = _fixture.Owner.CreateCommand(
            string.Concat(tables.Select(t => $"alter table ledger.{t} disable trigger all;")) + sql + ";"
            + string.Concat(tables.Select(t => $"alter table ledger.{t} enable trigger all;")));
        await command.ExecuteNonQueryAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _tree.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
        await _fixture.DisposeAsync();
    }
}
