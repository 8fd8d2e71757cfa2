using Ledger.App.Log;
using Ledger.App.Tests.Support;
using Ledger.App.Watchlists;
using Ledger.App.Watchlists.Language;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Tests.Watchlists;

/// <summary>How lists follow the log: once each change, whoever is at it and however often; and by whole days.</summary>
public sealed class WatchlistFollowerTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly WatchlistId Id = new("all");
    private static readonly DateOnly Day = new(2026, 11, 20);

    [Fact]
    public async Task Whoever_follows_again_or_at_the_same_time_records_nothing_twice()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        var (history, follower) = (new WatchHistory(ledger.Get<EventLog>()), ledger.Get<WatchlistFollower>());
        await Begin(ledger, history, "companies");
        for (var number = 6; number < 40; number++)
            await history.Happen((number * 7919 * 16) + 6, Cancel);
        await ledger.CatchUp(Cancel);

        // Four at once, with what each of them remembers.
        var others = Enumerable.Range(0, 3).Select(_ => new WatchlistFollower(ledger.Database, ledger.Get<EventLog>(), ledger.Get<ViewRuntime>(), new WatchlistStates(ledger.Get<EventLog>(), ledger.Database)));
        await Task.WhenAll(others.Append(follower).Select(one => one.CatchUp(Day, Cancel)));
        var moves = (await Stream(ledger)).SelectMany(Moves).ToLookup(move => move.Party, move => move.Joined);
        Assert.NotEmpty(moves);
        Assert.All(moves, party => Assert.Equal(Enumerable.Range(0, party.Count()).Select(n => n % 2 == 0), party));

        // It recorded, and died before its position was moved.
        long before;
        var retracted = 0;
        do
        {
            before = await follower.Position(Cancel);
            await history.Happen((1024 * retracted++) + 4, Cancel);
            await ledger.CatchUp(Cancel);
        }
        while (await follower.CatchUp(Day, Cancel) == 0);
        var stream = await Stream(ledger);
        await using (var connection = new NpgsqlConnection(ledger.OwnerConnectionString))
        {
            await connection.OpenAsync(Cancel);
            await using var command = new NpgsqlCommand($"update ledger.watchlist_follower set position = {before}", connection);
            await command.ExecuteNonQueryAsync(Cancel);
        }
        Assert.Equal(0, await follower.CatchUp(Day, Cancel));
        // A ledger that was restored elsewhere has no position at all.
        await using (var connection = new NpgsqlConnection(ledger.OwnerConnectionString))
        {
            await connection.OpenAsync(Cancel);
            await using var command = new NpgsqlCommand("delete from ledger.watchlist_follower; delete from ledger.watchlists", connection);
            await command.ExecuteNonQueryAsync(Cancel);
        }
        Assert.Equal(0, await follower.CatchUp(Day, Cancel));
        Assert.Equal(stream.Count, (await Stream(ledger)).Count);
        Assert.Single(await ledger.Get<WatchlistStates>().Kept(null, Cancel));
    }

    [Fact]
    public async Task Time_takes_members_off_a_list_by_whole_days_and_what_differs_from_the_rule_is_found()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        var (history, follower) = (new WatchHistory(ledger.Get<EventLog>()), ledger.Get<WatchlistFollower>());
        await Begin(ledger, history, "companies where announced within 10 days");
        // Announced on 20 November, of one company.
        await history.Happen(6, Cancel);
        await Follow(Day);
        var joined = Assert.IsType<WatchlistEvent.WatchlistMembersJoined>((await Stream(ledger))[^1]);
        Assert.Equal((Day, true), (joined.Day, joined.Members.Single().Because.Length == 1));

        await Follow(Day.AddDays(10));
        Assert.Equal(2, (await Stream(ledger)).Count);
        await Follow(Day.AddDays(11));
        var left = Assert.IsType<WatchlistEvent.WatchlistMembersLeft>((await Stream(ledger))[^1]);
        Assert.Equal((Day.AddDays(11), 0), (left.Day, left.Members.Single().Because.Length));
        // A day that is over does not come again.
        await Follow(Day);
        Assert.Equal(3, (await Stream(ledger)).Count);
        Assert.Empty(await follower.Recompute(Cancel));

        await ledger.Get<EventLog>().Append(new Append("somebody", [new StreamAppend(StoredEvents.StreamOf(Id), 3, [new NewEvent(Guid.CreateVersion7(), joined)])]), Cancel);
        Assert.Equal([(Id, 1L)], await follower.Recompute(Cancel));
        Assert.IsType<WatchlistEvent.WatchlistMembersLeft>((await Stream(ledger))[^1]);

        async Task Follow(DateOnly day)
        {
            await ledger.CatchUp(Cancel);
            await follower.CatchUp(day, Cancel);
        }
    }

    [Fact]
    public async Task Who_has_been_on_a_list_for_a_moment_is_told_of_unless_it_is_within_one_transaction()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        var (history, log) = (new WatchHistory(ledger.Get<EventLog>()), ledger.Get<EventLog>());
        await Begin(ledger, history, "companies where sector = biotech");
        await history.Happen(6, Cancel);
        var deal = history.Deals.Single().Id;
        var (tag, reason) = (new ClaimValue.Sector("biotech"), new Reason("Because."));
        var (tagged, untagged) = (await Append(1, new DealEvent.DealTagged(tag, reason)), await Append(2, new DealEvent.DealUntagged(tag, reason)));
        await Append(3, new DealEvent.DealTagged(tag, reason), new DealEvent.DealUntagged(tag, reason));

        await ledger.CatchUp(Cancel);
        Assert.Equal(2, await ledger.Get<WatchlistFollower>().CatchUp(Day, Cancel));
        Assert.Collection((await Stream(ledger)).Skip(1),
            e => Assert.Equal([tagged], Assert.IsType<WatchlistEvent.WatchlistMembersJoined>(e).Members.Single().Because),
            e => Assert.Equal([untagged], Assert.IsType<WatchlistEvent.WatchlistMembersLeft>(e).Members.Single().Because));

        async Task<long> Append(long version, params DealEvent[] events) =>
            (await log.Append(new Append("somebody", [new StreamAppend(StoredEvents.StreamOf(deal), version, [.. events.Select(e => new NewEvent(Guid.CreateVersion7(), e))])]), Cancel)).LastPosition;
    }

    [Fact]
    public async Task The_daily_job_says_what_it_changed_and_fails_where_a_list_was_not_what_its_rule_says()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        await ledger.Ask("watch", "define", "All", "companies");
        var run = await ledger.Run("jobs", "run", "watchlists");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("0 memberships changed; no list differs from its rule.", run.Output, StringComparison.Ordinal);

        // Of what never should be it says so, and mends it.
        await ledger.Get<EventLog>().Append(new Append("somebody", [new StreamAppend(StoredEvents.StreamOf(Id), 1, [new NewEvent(Guid.CreateVersion7(), new WatchlistEvent.WatchlistMembersJoined([new MemberChange(new PartyId("nobody"), [])], Day))])]), Cancel);
        run = await ledger.Run("jobs", "run", "watchlists");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("1 list held others than the rules choose, 1 member in all; that was mended.", run.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await ledger.Run("jobs", "run", "watchlists")).ExitCode);
    }

    private static IEnumerable<(PartyId Party, bool Joined)> Moves(object happened) => happened switch
    {
        WatchlistEvent.WatchlistMembersJoined e => e.Members.Select(member => (member.Party, true)),
        WatchlistEvent.WatchlistMembersLeft e => e.Members.Select(member => (member.Party, false)),
        _ => [],
    };

    private static async Task Begin(LedgerOnTestDatabase ledger, WatchHistory history, string rule)
    {
        await history.Begin(Cancel);
        await ledger.Get<WatchlistLedger>().Change(Id, new WatchlistCommand.Define("All", RuleReader.Read(rule)), "somebody", Cancel);
        await ledger.CatchUp(Cancel);
        await ledger.Get<WatchlistFollower>().CatchUp(Day, Cancel);
    }

    private static async Task<List<object>> Stream(LedgerOnTestDatabase ledger) => await ledger.Get<EventLog>().ReadStream(StoredEvents.StreamOf(Id), cancel: Cancel).Select(e => e.Data).ToListAsync(Cancel);
}
