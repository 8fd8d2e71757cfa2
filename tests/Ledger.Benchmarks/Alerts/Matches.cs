using System.Diagnostics;
using System.Globalization;
using Ledger.App;
using Ledger.App.Alerts.Matching;
using Ledger.App.Views;
using Ledger.App.Watchlists;
using Ledger.App.Watchlists.Language;
using Ledger.Benchmarks.Views;
using Ledger.Domain.Alerts;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Microsoft.Extensions.DependencyInjection;
using EventLog = Ledger.EventStore.EventLog;

namespace Ledger.Benchmarks.Alerts;

/// <summary>
/// Looking through the latest part of a record for whom its changes concern, in batches as large as the runner's and one after the other; beside
/// it, the same for nobody.
/// </summary>
internal static class Matches
{
    private const int Subscriptions = 10_000;
    private const int Batch = 500;
    private const int Batches = 20;
    private const int AtLeast = 1_000;

    private static readonly string[] Sectors = ["artificial-intelligence", "semiconductors", "biotech", "logistics", "payments", "robotics"];
    private static readonly string[] Series = ["seed", "a", "b", "c", "d"];

    public static IMeasurement OfSubscriptions(int events, int turns) => new Trial("matching changes with subscriptions", async say =>
    {
        RecordDatabase database = await Following.Prepared(events);
        await using ServiceProvider services = new ServiceCollection().AddLogging().AddLedger(database.Server).BuildServiceProvider();
        AlertSubscription[] all = [.. Enumerable.Range(0, Subscriptions).Select(n => new AlertSubscription($"subscription-{n}", Target(n, events), AlertKinds.All, 0, null))];
        List<double> floors = [], figures = [];
        await Look(services, all, events);
        for (int turn = 1; turn <= turns; turn++)
        {
            (double floor, _, _) = await Look(services, [], events);
            (double rate, int changes, int told) = await Look(services, all, events);
            (floors, figures) = ([.. floors, floor], [.. figures, rate]);
            say($"matching, turn {turn} of {turns}: {changes:N0} changes, {told:N0} alerts, {rate:N0} changes/s; for nobody {floor:N0} changes/s");
        }
        double value = Quantiles.Median(figures);
        return [Figure.AtLeast($"changes looked through for {Subscriptions:N0} subscriptions, {events:N0} events", value, "changes/s", AtLeast), Figure.Told("the same for nobody", Quantiles.Median(floors), "changes/s")];
    });

    private static async Task<(double Rate, int Changes, int Told)> Look(ServiceProvider services, AlertSubscription[] subscriptions, int events)
    {
        EventLog log = services.GetRequiredService<EventLog>();
        var span = new RecordSpan(services.GetRequiredService<ViewRuntime>(), log, services.GetRequiredService<WatchlistStates>());
        var (reader, matchers) = (new AlertReader(log), new AlertMatchers(subscriptions));
        (int changes, int told) = (0, 0);
        long first = Math.Max(0, events - (Batches + 1) * Batch);
        await span.Begin(first, default);
        long started = 0;
        for (int batch = 0; batch <= Batches; batch++)
        {
            // What is made once is made in the first batch.
            if (batch == 1)
                started = Stopwatch.GetTimestamp();
            long from = first + batch * Batch;
            List<RecordedEvent> read = await log.Read(new LogQuery { After = from, UpTo = from + Batch }).ToListAsync();
            await span.Advance(read, from + Batch, matchers.Lists, default);
            List<FoundChange> found = await reader.Deals([.. read.Where(e => e.Data is DealEvent).Select(e => e.Stream).Distinct()], from, span, matchers, default);
            if (batch > 0)
                (changes, told) = (changes + read.Count(e => e.Data is DealEvent), told + found.Sum(change => change.Told.Count));
        }
        return (changes / Stopwatch.GetElapsedTime(started).TotalSeconds, changes, told);
    }

    /// <summary>A third of them follow investors, a third companies; of the others most are rules over deals, and two of a hundred rules over companies or investors. All rules differ.</summary>
    private static AlertTarget Target(int n, int events)
    {
        (string sector, string series) = (Sectors[n / 20 % Sectors.Length], Series[n / 20 % Series.Length]);
        string millions = (600 + n % 397).ToString(CultureInfo.InvariantCulture);
        return (n % 20) switch
        {
            < 7 => new AlertTarget.Investor(new PartyId($"investor-{n % Math.Max(1, events / 125)}")),
            < 14 => new AlertTarget.Company(new PartyId($"company-{n % Math.Max(1, events / 25)}")),
            14 when n % 400 < 20 => new AlertTarget.Sector(sector),
            14 or 15 or 16 => Rule($"deals where sector = {sector} and amount >= {millions}m USD and not status = withdrawn"),
            17 => Rule($"deals where amount >= {millions}m USD and any investor (role = lead) and contested = amount"),
            18 when n % 100 < 20 => Rule($"companies where sector = {sector} and at least 2 deals (amount >= {millions}m USD and series = {series})"),
            19 when n % 100 < 20 => Rule($"investors where at least 10 deals (sector = {sector} and amount >= {millions}m USD) and no deal (series = {series} and amount < 2m USD)"),
            _ => Rule($"deals where sector = {sector} and series = {series} and amount >= {millions}m USD"),
        };
    }

    private static AlertTarget.Chosen Rule(string text) => new(RuleReader.Read(text));
}
