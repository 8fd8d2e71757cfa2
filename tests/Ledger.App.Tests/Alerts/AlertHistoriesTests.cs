using FsCheck;
using FsCheck.Fluent;
using Ledger.App.Alerts.Matching;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Tests.Support;
using Ledger.App.Tests.Watchlists;
using Ledger.App.Views;
using Ledger.App.Watchlists;
using Ledger.Domain.Alerts;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;

namespace Ledger.App.Tests.Alerts;

/// <summary>Whatever is recorded, and in whatever pieces the log is looked through: what was told is what trying it afterwards finds.</summary>
public sealed class AlertHistoriesTests
{
    private const int Rules = 10;
    private const int Events = 50;

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public void What_random_subscriptions_were_told_is_what_they_would_have_been_told() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(3).WithStartSize(50).WithEndSize(50),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ArrayOf(Events).ToArbitrary(), AnyRule.Over(WatchHistory.Ids, Subject.Companies, Subject.Investors, Subject.Deals).Generator.ArrayOf(Rules).ToArbitrary(),
            (numbers, rules) => Task.Run(() => Hold(numbers, rules, areMadeFirst: false), Cancel).GetAwaiter().GetResult()));

    /// <summary>Nothing but merges, and rates here and there, has what was counted be forgotten.</summary>
    [Fact]
    public void What_is_counted_from_one_part_of_the_log_to_the_next_is_what_is_counted_of_all_at_once() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2).WithStartSize(50).WithEndSize(50),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ArrayOf(Events).ToArbitrary(), AnyRule.Over(WatchHistory.Ids, Subject.Companies, Subject.Investors).Generator.ArrayOf(4 * Rules).ToArbitrary(),
            (numbers, rules) => Task.Run(() => Hold([.. numbers.Select((number, index) => index % 8 != 0 && WatchHistory.IsOfEverybody(number) ? number ^ 4 : number)], rules, areMadeFirst: true), Cancel).GetAwaiter().GetResult()));

    private static async Task Hold(int[] numbers, Rule[] rules, bool areMadeFirst)
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        var (history, runner, lists, subscriptions) = (new WatchHistory(ledger.Get<EventLog>()), ledger.Get<AlertRunner>(), ledger.Get<WatchlistFollower>(), ledger.Get<SubscriptionTable>());
        await history.Begin(Cancel);
        foreach (var over in new[] { Subject.Companies, Subject.Investors })
            await ledger.Get<WatchlistLedger>().Change(new WatchlistId($"list-{over}".ToLowerInvariant()), new WatchlistCommand.Define($"List {over}", new Rule(over, new Condition.RaisedWithin(new Span(50, TimeUnit.Days)))), "somebody", Cancel);
        await Follow();
        Queue<AlertTarget> targets = new(
        [
            new AlertTarget.Investor(new PartyId("p0")), new AlertTarget.Company(new PartyId("p1")), new AlertTarget.Sector("chips"),
            new AlertTarget.Watchlist(new WatchlistId("list-companies")), new AlertTarget.Watchlist(new WatchlistId("list-investors")), .. rules.Select(rule => new AlertTarget.Chosen(rule)),
        ]);
        var made = new List<(string Id, AlertTarget Target)>();
        for (var i = 0; i < numbers.Length; i++)
        {
            while ((areMadeFirst || i % 2 == 0) && targets.TryDequeue(out var target))
            {
                made.Add(((await subscriptions.Make($"Subscription {made.Count}", target, AlertKinds.All, [], "somebody", Cancel)).Id, target));
                if (!areMadeFirst)
                    break;
            }
            await history.Happen(numbers[i], Cancel);
            if (numbers[i] % 3 == 0)
                await Follow();
        }
        await Follow();
        await Follow();
        var all = 0;
        foreach (var (id, target) in made)
        {
            var after = (await subscriptions.History(id, Cancel)).Single().After;
            var told = await ledger.Database.Query("select position, subject from alerts.alert where subscription = $1 order by position, subject", row => (row.GetInt64(0), row.GetString(1)), Cancel, id);
            var tried = (await ledger.Get<AlertHistory>().Find(target, AlertKinds.All, after, Cancel)).Select(change => (change.Cause.Position, change.Subject)).Order().ToList();
            Assert.True(told.Order().SequenceEqual(tried), $"{target} after {after}: told {string.Join(' ', told)}; tried {string.Join(' ', tried)}");
            all += told.Count;
        }
        Assert.NotEqual(0, all);

        async Task Follow()
        {
            await ledger.CatchUp(Cancel);
            await lists.CatchUp(new DateOnly(2026, 11, 20), Cancel);
            await ledger.CatchUp(Cancel);
            await runner.CatchUp(Cancel);
        }
    }
}
