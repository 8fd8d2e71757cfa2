using System.Diagnostics;
using System.Globalization;
using Ledger.App;
using Ledger.App.Alerts;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Matching;
using Ledger.App.Views;
using Ledger.App.Views.Parties;
using Ledger.App.Watchlists;
using Ledger.App.Watchlists.Language;
using Ledger.Benchmarks.Views;
using Ledger.Domain.Alerts;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using EventLog = Ledger.EventStore.EventLog;

namespace Ledger.Benchmarks.Alerts;

/// <summary>
/// Looking through the latest part of a record for whom its changes concern, in batches as large as the runner's and one after the other; beside
/// it, the same for nobody, and recording the alerts, each with a delivery.
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
        await Connect(database, all);
        List<double> floors = [], figures = [], told = [], recorded = [];
        await Look(services, database, all, events);
        for (int turn = 1; turn <= turns; turn++)
        {
            Looked nobody = await Look(services, database, [], events), looked = await Look(services, database, all, events);
            floors.Add(nobody.Changes / nobody.Matching.TotalSeconds);
            figures.Add(looked.Changes / looked.Matching.TotalSeconds);
            told.Add((double)looked.Alerts / looked.Changes);
            recorded.Add(looked.Alerts / looked.Recording.TotalSeconds);
            say($"matching, turn {turn} of {turns}: {looked.Changes:N0} changes, {told[^1]:N1} alerts of each, {figures[^1]:N0} changes/s; for nobody {floors[^1]:N0} changes/s; recorded {recorded[^1]:N0} alerts/s; {GC.GetTotalMemory(false) >> 20:N0} MB in use");
        }
        return
        [
            Figure.AtLeast($"changes looked through for {Subscriptions:N0} subscriptions, {events:N0} events", Quantiles.Median(figures), "changes/s", AtLeast),
            Figure.Told("the same for nobody", Quantiles.Median(floors), "changes/s"),
            Figure.Told("the alerts that were found", Quantiles.Median(told), "alerts of a change"),
            Figure.Told("recording them, each with a delivery", Quantiles.Median(recorded), "alerts/s"),
        ];
    });

    private static async Task<Looked> Look(ServiceProvider services, RecordDatabase database, AlertSubscription[] subscriptions, int events)
    {
        await database.Execute("truncate alerts.change, alerts.alert, alerts.delivery, alerts.attempt");
        EventLog log = services.GetRequiredService<EventLog>();
        var span = new RecordSpan(services.GetRequiredService<ViewRuntime>(), log, services.GetRequiredService<WatchlistStates>());
        var (reader, matchers) = (new AlertReader(log), new AlertMatchers(subscriptions));
        var looked = new Looked(0, 0, TimeSpan.Zero, TimeSpan.Zero);
        long first = Math.Max(0, events - (Batches + 1) * Batch);
        await span.Begin(first, default);
        for (int batch = 0; batch <= Batches; batch++)
        {
            long from = first + batch * Batch, started = Stopwatch.GetTimestamp();
            List<RecordedEvent> read = await log.Read(new LogQuery { After = from, UpTo = from + Batch }).ToListAsync();
            await span.Advance(read, from + Batch, matchers.Lists, default);
            List<FoundChange> found = await reader.Deals([.. read.Where(e => e.Data is DealEvent).Select(e => e.Stream).Distinct()], from, span, matchers, default);
            TimeSpan matching = Stopwatch.GetElapsedTime(started);
            started = Stopwatch.GetTimestamp();
            await Record(database, span, found);
            // What is made once is made in the first batch.
            if (batch > 0)
                looked = looked.And(new Looked(read.Count(e => e.Data is DealEvent), found.Sum(change => change.Told.Count), matching, Stopwatch.GetElapsedTime(started)));
        }
        return looked;
    }

    private static async Task Record(RecordDatabase database, RecordSpan span, List<FoundChange> found)
    {
        await using Snapshot snapshot = span.Open();
        await using NpgsqlConnection connection = await database.Server.OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await DeliveryWriter.Write(connection, [.. found.Zip(await AlertContent.Of(found, snapshot, "", default))], default);
        await transaction.CommitAsync();
    }

    /// <summary>Every subscription sends to one address.</summary>
    private static async Task Connect(RecordDatabase database, AlertSubscription[] subscriptions)
    {
        await using NpgsqlCommand connect = database.Owner.CreateCommand(
            "with made as (insert into alerts.endpoint (address, made_by) values ('http://127.0.0.1/', 'benchmark') returning id) insert into alerts.channel (subscription, endpoint) select s, id from unnest($1) s, made");
        connect.Parameters.Add(new NpgsqlParameter { Value = subscriptions.Select(one => one.Id).ToArray() });
        await connect.ExecuteNonQueryAsync();
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

    /// <param name="Changes">Of deals.</param>
    /// <param name="Alerts">How many there are of them.</param>
    /// <param name="Matching">How long it took to find these.</param>
    /// <param name="Recording">How long it took to record them.</param>
    private sealed record Looked(int Changes, int Alerts, TimeSpan Matching, TimeSpan Recording)
    {
        public Looked And(Looked other) => new(Changes + other.Changes, Alerts + other.Alerts, Matching + other.Matching, Recording + other.Recording);
    }
}
