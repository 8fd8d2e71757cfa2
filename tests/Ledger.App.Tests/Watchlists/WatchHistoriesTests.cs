using FsCheck;
using FsCheck.Fluent;
using Ledger.App.Log;
using Ledger.App.Tests.Support;
using Ledger.App.Watchlists;
using Ledger.App.Watchlists.Language;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;

namespace Ledger.App.Tests.Watchlists;

/// <summary>Whatever is recorded, and on whatever day: lists that follow it hold whom their rules choose, told from the deals one by one.</summary>
public sealed class WatchHistoriesTests
{
    private const int Lists = 12;

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public void Lists_that_follow_random_histories_hold_whom_their_rules_choose_from_the_deals_themselves() => Check.One(
        Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(6),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ArrayOf(50).ToArbitrary(), AnyRule.Over(WatchHistory.Ids, Subject.Companies, Subject.Investors).Generator.ArrayOf(Lists).ToArbitrary(),
            (numbers, rules) => Task.Run(() => Hold(numbers, rules), Cancel).GetAwaiter().GetResult()));

    private static async Task Hold(int[] numbers, Rule[] rules)
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        var (history, follower, lists) = (new WatchHistory(ledger.Get<EventLog>()), ledger.Get<WatchlistFollower>(), ledger.Get<WatchlistLedger>());
        await history.Begin(Cancel);
        var day = new DateOnly(2026, 11, 1);
        await Follow();
        var followed = new List<Followed>();
        foreach (var (rule, index) in rules.Select((rule, index) => (rule, index)))
        {
            followed.Add(new Followed(new WatchlistId($"list-{index}"), rule));
            await lists.Change(followed[^1].Id, new WatchlistCommand.Define($"List {index}", rule), "somebody", Cancel);
        }
        await Follow();
        await Compare(areMovesKnown: false);
        var ofEverybody = 0;
        foreach (var number in numbers)
        {
            await history.Happen(number, Cancel);
            ofEverybody += WatchHistory.IsOfEverybody(number) ? 1 : 0;
            foreach (var list in followed)
                list.Expect(new NaiveRule(history, day).Chosen(list.Rule));
            // Sometimes after every event, sometimes after several, and now and then a day later.
            if (number % 3 != 0)
                continue;
            await Follow();
            // What may change everybody is followed together where it comes one after another.
            await Compare(areMovesKnown: ofEverybody < 2);
            ofEverybody = 0;
            if (number % 5 == 0)
                await Pass(number % 7);
        }
        await Pass(20);
        Assert.Empty(await follower.Recompute(Cancel));

        async Task Pass(int days)
        {
            day = day.AddDays(days);
            await Follow();
            await Compare(areMovesKnown: false);
        }

        async Task Follow()
        {
            await ledger.CatchUp(Cancel);
            await follower.CatchUp(day, Cancel);
        }

        async Task Compare(bool areMovesKnown)
        {
            foreach (var list in followed)
                await list.Compare(ledger, new NaiveRule(history, day).Chosen(list.Rule), areMovesKnown, $"{list.Rule} on {day}");
        }
    }

    /// <summary>A list, and who came and went by what was recorded one after another.</summary>
    private sealed class Followed(WatchlistId id, Rule rule)
    {
        private readonly Dictionary<string, int> _moves = [];
        private HashSet<string> _chosen = [];
        private long _version;

        public WatchlistId Id => id;

        public Rule Rule => rule;

        public void Expect(IEnumerable<string> chosen)
        {
            var next = chosen.ToHashSet();
            foreach (var party in _chosen.Except(next).Concat(next.Except(_chosen)))
                _moves[party] = _moves.GetValueOrDefault(party) + 1;
            _chosen = next;
        }

        public async Task Compare(LedgerOnTestDatabase ledger, IEnumerable<string> chosen, bool areMovesKnown, string told)
        {
            var list = await ledger.Get<WatchlistStates>().Get(id, null, Cancel);
            Assert.Equal($"{told}: {string.Join(' ', chosen)}", $"{told}: {string.Join(' ', list.Entries.Keys.Select(party => party.Value).Order(StringComparer.Ordinal))}");
            var recorded = await ledger.Get<EventLog>().ReadStream(StoredEvents.StreamOf(id), _version + 1, cancel: Cancel).ToListAsync(Cancel);
            var moves = recorded.SelectMany(e => e.Data switch
            {
                WatchlistEvent.WatchlistMembersJoined joined => joined.Members,
                WatchlistEvent.WatchlistMembersLeft left => left.Members,
                _ => [],
            }).CountBy(member => member.Party.Value);
            if (areMovesKnown)
                Assert.Equal($"{told}: {Told(_moves)}", $"{told}: {Told(moves)}");
            (_version, _chosen) = (list.Version, [.. chosen]);
            _moves.Clear();
        }

        private static string Told(IEnumerable<KeyValuePair<string, int>> moves) => string.Join(' ', moves.OrderBy(move => move.Key, StringComparer.Ordinal).Select(move => $"{move.Key}×{move.Value}"));
    }
}
