using FsCheck;
using FsCheck.Fluent;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Ledger.App.Views.League;
using Ledger.App.Views.Moments;
using Ledger.App.Views.Rollups;
using Ledger.Domain.Claims;
using Ledger.EventStore;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.App.Tests.Views;

/// <summary>Whatever is recorded, in whatever order: rollups are what a loop over all deals makes of them, now and as of any moment.</summary>
public sealed class RollupHistoryTests
{
    private const int Happenings = 150;
    private const int Questions = 60;

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    // Quiet, since what is printed may be taken for the answer of a command that another test runs.
    [Fact]
    public void Rollups_league_tables_and_vintages_are_what_a_loop_over_all_deals_makes_of_them() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2).WithQuietOnSuccess(true),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ArrayOf(Happenings).ToArbitrary(), numbers => Task.Run(() => Hold(numbers), Cancel).GetAwaiter().GetResult()));

    private static async Task Hold(int[] numbers)
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        var history = new RollupHistory(ledger);
        await history.Begin();
        foreach (var number in numbers)
            await history.Happen(number);
        await history.Age(new DateTime(2024, 1, 1), daysBetween: 4);
        await ledger.CatchUp(Cancel);

        var random = new Random(numbers.FirstOrDefault());
        var head = await ledger.Get<EventLog>().Head(Cancel);
        var told = 0;
        for (var n = 0; n < Questions; n++)
        {
            long? asOf = random.Next(2) == 0 ? null : random.NextInt64(head + 1);
            DateOnly? effective = random.Next(4) == 0 ? new DateOnly(2020, 4, 1).AddDays(random.Next(150)) : null;
            told += await Compare(ledger, random, asOf, effective) ? 1 : 0;
        }
        // Not every question has an answer, but most have.
        Assert.InRange(told, Questions / 3, Questions);
        await CompareVintages(ledger, random);
        await ReachTheMomentThatIsAskedFor(ledger);
        Assert.All(await ledger.Get<ViewRuntime>().Replay(["rollup"], cancel: Cancel), outcome => Assert.Empty(outcome.Differences!));
    }

    private static async Task<bool> Compare(LedgerOnTestDatabase ledger, Random random, long? asOf, DateOnly? effective)
    {
        await using var scope = ledger.Get<IServiceScopeFactory>().CreateAsyncScope();
        var snapshot = scope.ServiceProvider.GetRequiredService<Snapshot>();
        (snapshot.AsOf, snapshot.EffectiveUntil) = (asOf, effective);
        var naive = await NaiveRollup.At(ledger.Get<EventLog>(), await snapshot.Position(Cancel), effective, Cancel);
        var (by, where, dollars) = (By(random), Where(random), random.Next(2) == 0 ? DollarsBy.Reported : DollarsBy.Rates);
        // Nobody can be asked for before everybody is known.
        if (asOf < RollupHistory.Parties.Count)
            where = RollupWhere.All;
        var asked = $"{string.Join(',', by)} where {string.Join(", ", where.Given)} with {dollars} as of {asOf}, effective {effective}\n";

        var rollup = await scope.ServiceProvider.GetRequiredService<RollupQueries>().Get(by, where, dollars, Cancel);
        Assert.Equal(asked + naive.Tell(by, where, dollars), asked + NaiveRollup.Tell(rollup));

        var league = await scope.ServiceProvider.GetRequiredService<LeagueQueries>().Get(LeagueMeasure.Deals, where, dollars, 1000, null, Cancel);
        Assert.Equal(asked + naive.League(where), asked + string.Join('\n', league.Items.Select(entry => $"{entry.Id} {entry.Deals} {entry.Led} {entry.NewCompanies}").Order(StringComparer.Ordinal)));

        // Each deal behind a cell is one of the deals that the cell counts.
        foreach (var cell in rollup.Items.Take(2))
        {
            var behind = cell.Of.Aggregate(where, (fits, one) => fits.With(one.Key, one.Value ?? RollupWhere.None));
            var deals = await scope.ServiceProvider.GetRequiredService<RollupQueries>().Deals(by, behind, 1000, null, Cancel);
            Assert.Equal((asked, cell.Deals), (asked, deals.Items.Count));
        }
        return rollup.Total.Deals > 0;
    }

    private static async Task CompareVintages(LedgerOnTestDatabase ledger, Random random)
    {
        foreach (var quarter in (string[])["2020-Q2", "2020", "unknown"])
        {
            await using var scope = ledger.Get<IServiceScopeFactory>().CreateAsyncScope();
            var where = RollupWhere.Parse([$"quarter={quarter}", .. random.Next(2) == 0 ? [$"sector={RollupHistory.Sectors[0]}"] : Array.Empty<string>(), .. random.Next(3) == 0 ? ["investorKind=venture"] : Array.Empty<string>()]);
            var vintages = await scope.ServiceProvider.GetRequiredService<VintageQueries>().Get(where, DollarsBy.Rates, Cancel);
            Assert.InRange(vintages.Items.Count, 20, 60);
            Assert.Equal(vintages.Items.Select(vintage => vintage.Position), vintages.Items.Select(vintage => vintage.Position).Order());
            foreach (var vintage in vintages.Items.Where((_, n) => n % 4 == 0))
            {
                var naive = await NaiveRollup.At(ledger.Get<EventLog>(), vintage.Position, null, Cancel, mergesAt: vintages.Items[^1].Position);
                var cell = new RollupCell(new Dictionary<string, string?>(), vintage.Deals, vintage.Disclosed, vintage.Undisclosed, vintage.Money, vintage.Usd);
                var asked = $"{string.Join(", ", where.Given)} as of {vintage.Position}\n";
                Assert.Equal(asked + naive.Tell([], where, DollarsBy.Rates), asked + NaiveRollup.Tell(new Rollup([], [cell], null, new RollupTotal(vintage.Deals, vintage.Disclosed, vintage.Undisclosed), [])));
            }
        }
    }

    /// <summary>Months end, and moments come, of which nothing is recorded.</summary>
    private static async Task ReachTheMomentThatIsAskedFor(LedgerOnTestDatabase ledger)
    {
        Assert.Equal(["2024-01-31", "2024-02-29", "2024-03-04"], await KnownAt(new Moment(AsOf: "2024-03-04")));
        Assert.Equal(["2023-12-24"], await KnownAt(new Moment(AsOf: "2023-12-24")));
        Assert.Equal(["2024-01-05"], await KnownAt(new Moment(At: "0")));

        async Task<IEnumerable<string>> KnownAt(Moment moment)
        {
            await using var scope = ledger.Get<IServiceScopeFactory>().CreateAsyncScope();
            await moment.Choose(scope.ServiceProvider.GetRequiredService<Snapshot>(), ledger.Get<EventLog>(), ledger.Get<ViewRuntime>(), Cancel);
            var vintages = await scope.ServiceProvider.GetRequiredService<VintageQueries>().Get(RollupWhere.Parse(["quarter=unknown"]), DollarsBy.Reported, Cancel);
            return vintages.Items.Select(vintage => vintage.KnownAt.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static List<RollupDimension> By(Random random)
    {
        var all = Enum.GetValues<RollupDimension>();
        random.Shuffle(all);
        return [.. all.Take(random.Next(4))];
    }

    private static RollupWhere Where(Random random)
    {
        var conditions = new Dictionary<string, string>();
        for (var n = random.Next(3); n > 0; n--)
        {
            var (field, value) = random.Next(13) switch
            {
                0 => ("sector", Pick(RollupHistory.Sectors)),
                1 => ("place", Pick(RollupHistory.Places)),
                2 => ("investorKind", Pick(RollupHistory.Kinds)),
                3 => ("series", Pick(RollupHistory.Series)),
                4 => ("status", Pick([.. Enum.GetValues<DealStatus>().Select(Written.Name)])),
                5 => ("currency", Pick(["USD", "CNY"])),
                6 => ("year", "2020"),
                7 => ("quarter", Pick(["2020-Q2", "2020", "unknown"])),
                8 => ("company", Pick([.. RollupHistory.Parties.Select(party => party.Value)])),
                9 => ("investor", Pick([.. RollupHistory.Parties.Select(party => party.Value)])),
                10 => ("announcedFrom", "2020-05"),
                11 => ("amountFrom", "100"),
                _ => (Pick(["sector", "place", "investorKind", "series", "currency", "instrument"]), RollupWhere.None),
            };
            conditions[field] = value;
        }
        if (conditions.ContainsKey("amountFrom"))
            conditions["currency"] = "CNY";
        return new RollupWhere(conditions);

        string Pick(string[] of) => of[random.Next(of.Length)];
    }
}
