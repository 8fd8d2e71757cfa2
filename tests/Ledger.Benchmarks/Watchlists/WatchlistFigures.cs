using System.Diagnostics;
using Ledger.App;
using Ledger.App.Views;
using Ledger.App.Views.Rates;
using Ledger.App.Watchlists;
using Ledger.App.Watchlists.Language;
using Ledger.Benchmarks.Views;
using Ledger.Domain.Rules;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Benchmarks.Watchlists;

/// <summary>What watchlists are held to.</summary>
internal static class WatchlistFigures
{
    /// <summary>Twenty conditions, on all that companies, their deals and their investors can be asked for.</summary>
    private const string Rule = """
        companies where (sector = robotics or sector in (semiconductors, biotech)) and not place = Berlin and raised within 20 years
            and any deal (series in (a, b, c) and amount >= 5m USD and not status = withdrawn and announced >= 2005 and kind = round)
            and (any investor (role = lead and not kind = corporate-venture) or investor = investor-7 or lead = investor-9)
            and no deal (contested = company or valuation > 100bn USD) and at least 1 deals (announced within 30 years or instrument = equity)
            and not (pledged and not closed for 90 days) and not affiliated as stateBacked and not id = company-0
        """;

    private static readonly DateOnly Day = new(2026, 11, 22);

    /// <param name="events">How many the record has; of a million, 200,000 announce deals of 40,000 companies.</param>
    /// <param name="turns">How often the rule is asked.</param>
    public static IReadOnlyList<IMeasurement> All(int events, int turns) =>
    [
        new Trial("a watchlist of 20 conditions from zero", async say =>
        {
            RecordDatabase database = await Following.Prepared(events);
            await using ServiceProvider services = new ServiceCollection().AddLogging().AddLedger(database.Server).BuildServiceProvider();
            Rule rule = RuleReader.Read(Rule);
            List<double> seconds = [];
            // The first one has the code compiled.
            for (int turn = 0; turn <= turns; turn++)
            {
                await using AsyncServiceScope scope = services.CreateAsyncScope();
                Snapshot snapshot = scope.ServiceProvider.GetRequiredService<Snapshot>();
                long started = Stopwatch.GetTimestamp();
                var facts = await new RuleFacts(snapshot, new RateQueries(snapshot)).Of([rule], Day, null, default);
                double read = Stopwatch.GetElapsedTime(started).TotalSeconds;
                var matcher = new RuleMatcher(rule, Day, (await snapshot.Merges(default)).Root);
                int chosen = facts.Count(matcher.Matches);
                double all = Stopwatch.GetElapsedTime(started).TotalSeconds;
                say($"looked at {facts.Count:N0} companies: {chosen:N0} chosen in {all:N2} s, {read:N2} s of them for what is known of them");
                if (turn > 0)
                    seconds.Add(all);
            }
            return [Figure.AtMost($"a watchlist of 20 conditions from zero, {events:N0} events", Quantiles.Median([.. seconds]), "s", 2)];
        }),
    ];
}
