using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Network;

public sealed class LostAnswerTests(LogFixture fixture) : IClassFixture<LogFixture>, IAsyncLifetime
{
    private CuttingProxy _proxy = null!;
    private NpgsqlDataSource _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        var direct = new NpgsqlConnectionStringBuilder(fixture.ConnectionString);
        _proxy = new CuttingProxy($"{direct.Host}/.s.PGSQL.{direct.Port}");
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Host = "127.0.0.1", Port = _proxy.Port }.ConnectionString);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_cut_between_commit_and_reply_does_not_keep_the_answer_from_the_caller(bool withKey)
    {
        await using var log = new EventLog(_database, Samples.Types());
        string stream = Samples.Name();
        _proxy.CutAnswerTo(stream);
        Appended answer = await log.Append(Samples.To(stream, 0, Samples.Moved(1), Samples.Moved(2)) with { Key = withKey ? stream : null }, Cancel);

        Assert.Equal(1, _proxy.Cuts);
        Assert.False(answer.Repeated);
        Assert.Equal(2, answer.Versions[stream]);
        Assert.Equal([answer.FirstPosition, answer.LastPosition],
            await fixture.Log.ReadStream(stream, cancel: Cancel).Select(e => e.Position).ToListAsync(Cancel));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_that_was_told_of_no_outcome_learns_it_by_appending_the_same_again(bool withKey)
    {
        await using var log = new EventLog(_database, Samples.Types(), new EventLogOptions { RetryFor = TimeSpan.Zero });
        Append append = Samples.To(Samples.Name(), 0, Samples.Moved(1), Samples.Moved(2)) with { Key = withKey ? Samples.Name() : null };
        _proxy.CutAnswerTo(append.Streams[0].Stream);
        var unknown = await Assert.ThrowsAsync<AppendOutcomeUnknownException>(() => log.Append(append, Cancel));
        Appended answer = await log.Append(unknown.Append, Cancel);

        Assert.True(answer.Repeated);
        Assert.Equal(2, (await fixture.Log.ReadStream(append.Streams[0].Stream, cancel: Cancel).ToListAsync(Cancel)).Count);
        if (withKey)
            Assert.Equal(answer.LastPosition, (await log.Find("tester", append.Key!, Cancel))!.LastPosition);
    }

    [Fact]
    public async Task A_follower_whose_connection_is_cut_goes_on_where_it_was()
    {
        await using var log = new EventLog(_database, Samples.Types());
        long after = (await fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel)).LastPosition;
        _proxy.CutAnswerTo("from ledger.mt_events");
        await using IAsyncEnumerator<LogBatch> following = log.Follow(after, cancel: Cancel).GetAsyncEnumerator(Cancel);
        await fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
        Assert.True(await following.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel));
        Assert.Equal((after + 1, 1), (following.Current[0].Position, _proxy.Cuts));
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _proxy.DisposeAsync();
    }
}
