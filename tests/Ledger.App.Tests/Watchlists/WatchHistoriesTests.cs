using FsCheck;
using FsCheck.Fluent;
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
        var (history, follower, states, lists) = (new WatchHistory(ledger.Get<EventLog>()), ledger.Get<WatchlistFollower>(), ledger.Get<WatchlistStates>(), ledger.Get<WatchlistLedger>());
        await history.Begin(Cancel);
        var day = new DateOnly(2026, 11, 1);
        await Follow();
        var ids = new List<WatchlistId>();
        foreach (var (rule, index) in rules.Select((rule, index) => (rule, index)))
        {
            ids.Add(new WatchlistId($"list-{index}"));
            await lists.Change(ids[^1], new WatchlistCommand.Define($"List {index}", rule), "somebody", Cancel);
        }
        for (var i = 0; i < numbers.Length; i++)
        {
            await history.Happen(numbers[i], Cancel);
            // Sometimes after every event, sometimes after several, and now and then a day later.
            if (numbers[i] % 3 != 0)
                continue;
            day = day.AddDays(numbers[i] % 5 == 0 ? numbers[i] % 7 : 0);
            await Follow();
            await Compare();
        }
        day = day.AddDays(20);
        await Follow();
        await Compare();
        Assert.Empty(await follower.Recompute(Cancel));

        async Task Follow()
        {
            await ledger.CatchUp(Cancel);
            await follower.CatchUp(day, Cancel);
        }

        async Task Compare()
        {
            var naive = new NaiveRule(history, day);
            for (var list = 0; list < rules.Length; list++)
            {
                var members = (await states.Get(ids[list], null, Cancel)).Entries.Keys.Select(party => party.Value).Order(StringComparer.Ordinal);
                Assert.True(naive.Chosen(rules[list]).SequenceEqual(members), $"{rules[list]} on {day}: {string.Join(' ', naive.Chosen(rules[list]))}, and not {string.Join(' ', members)}");
            }
        }
    }
}
