using System.Diagnostics;
using Ledger.App;
using Ledger.App.Alerts.Matching;
using Ledger.App.Log;
using Ledger.App.Watchlists.Language;
using Ledger.Benchmarks.Views;
using Ledger.Domain.Alerts;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Microsoft.Extensions.DependencyInjection;
using EventLog = Ledger.EventStore.EventLog;

namespace Ledger.Benchmarks.Alerts;

/// <summary>What subscriptions would have sent in all of the record's time; beside it, reading the events of its deals.</summary>
internal static class Tries
{
    private const double SecondsMax = 10;

    private static readonly (string What, AlertTarget Target)[] Targets =
    [
        ("the investor with the most deals", new AlertTarget.Investor(new PartyId("investor-0"))),
        ("a rule over deals", Rule("deals where sector in (robotics, biotech) and amount >= 100m USD and series in (b, c, d) and not status = withdrawn")),
        ("a rule over companies", Rule("companies where (sector = robotics or sector = semiconductors) and at least 3 deals (amount >= 100m USD and series in (c, d)) and no deal (amount > 800m USD)")),
        ("a rule over investors", Rule("investors where at least 5 deals (sector = biotech and amount >= 200m USD) and not any deal (sector = payments and series = seed)")),
        ("a rule over deals that chooses nearly all", Rule("deals where amount >= 1m USD and not status = withdrawn")),
    ];

    public static IMeasurement OfRules(int events, int deals, int turns) => new Trial("trying a subscription on the history", async say =>
    {
        RecordDatabase database = await Following.Prepared(events);
        await using ServiceProvider services = new ServiceCollection().AddLogging().AddLedger(database.Server).BuildServiceProvider();
        List<Figure> figures = [];
        // The first one has the code compiled.
        await Read(services);
        await Try(services, Targets[1].Target);
        foreach ((string what, AlertTarget target) in Targets)
        {
            List<double> floors = [], seconds = [];
            for (int turn = 1; turn <= turns; turn++)
            {
                floors.Add((await Timed(() => Read(services))).Seconds);
                (double taken, TriedAlerts tried) = await Timed(() => Try(services, target));
                seconds.Add(taken);
                say($"trying {what}, turn {turn} of {turns}: {tried.Count:N0} alerts in {taken:N2} s; reading all events of deals: {floors[^1]:N2} s; {GC.GetTotalMemory(false) >> 20:N0} MB in use");
            }
            figures.Add(Figure.AtMost($"trying {what} on {deals:N0} deals", Quantiles.Median(seconds), "s", SecondsMax, Quantiles.Median(floors)));
        }
        return figures;
    });

    private static AlertTarget.Chosen Rule(string text) => new(RuleReader.Read(text));

    private static async Task<TriedAlerts> Try(ServiceProvider services, AlertTarget target)
    {
        await using AsyncServiceScope scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AlertHistory>().Try(target, "", AlertKinds.All, DateTimeOffset.UnixEpoch, default);
    }

    private static async Task<long> Read(ServiceProvider services)
    {
        long read = 0;
        await foreach (RecordedEvent e in services.GetRequiredService<EventLog>().Read(new LogQuery { Types = StoredEvents.OfDeals }))
            read += e.Version > 0 ? 1 : 0;
        return read;
    }

    private static async Task<(double Seconds, T Result)> Timed<T>(Func<Task<T>> act)
    {
        long started = Stopwatch.GetTimestamp();
        T result = await act();
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, result);
    }
}
