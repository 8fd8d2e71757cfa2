using System.Diagnostics;
using Ledger.App;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.App.Views.Rollups;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using EventLog = Ledger.EventStore.EventLog;

namespace Ledger.Benchmarks.Views;

/// <summary>What rollups are held to, on the record of a million events, which has 200,000 deals.</summary>
internal static class RollupFigures
{
    private const int Asked = 15;
    private const int ChangesASecond = 200;
    private const int SecondsOfWarmUp = 3;
    private const int SecondsOfMeasuring = 10;
    private const string Company = "company-0";

    private static readonly RollupDimension[] By = [RollupDimension.Quarter, RollupDimension.Series, RollupDimension.Currency];

    /// <summary>Changes come last: the record grows by them.</summary>
    public static IReadOnlyList<IMeasurement> All(int events, int turns) => [Recompute(events, turns), Asking(events), UntilVisible(events)];

    /// <summary>
    /// The floor makes the facts of the sample as they are now, by one statement that knows what events the sample has; the job those of every
    /// moment, and proves them equal to those that are there.
    /// </summary>
    private static Trial Recompute(int events, int turns) => new Trial("recompute of all rollups from zero", async say =>
    {
        RecordDatabase database = await Following.Prepared(events);
        await using var log = new EventLog(database.Server, StoredEvents.Types);
        var views = new ViewRuntime(log, database.Server, RecordViews.All);
        List<double> floors = [], figures = [];
        // The first turn pays for what is compiled while it runs.
        for (int turn = 0; turn <= turns; turn++)
        {
            await database.Execute("drop table if exists ledger.plain_rollup; checkpoint");
            long started = Stopwatch.GetTimestamp();
            await database.Execute(PlainFacts.Sql);
            double floor = Stopwatch.GetElapsedTime(started).TotalSeconds;
            started = Stopwatch.GetTimestamp();
            IReadOnlyList<ReplayOutcome> outcomes = await views.Check(["rollup"]);
            double figure = Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (outcomes[0].Differences is not { Count: 0 })
                throw new InvalidOperationException("The facts that were made anew are others.");
            if (turn == 0)
            {
                say($"facts that the statement makes otherwise: {await database.Count(PlainFacts.Others)} of {await database.Count("select count(*) from views.rollup_fact"):N0}");
                continue;
            }
            (floors, figures) = ([.. floors, floor], [.. figures, figure]);
            say($"recompute of all rollups, run {turn} of {turns}: floor {floor:N1} s, figure {figure:N1} s");
        }
        double ratio = Quantiles.Median(figures.Zip(floors, (figure, floor) => figure / floor));
        return [new Figure($"recompute of all rollups from zero, {events:N0} events", Quantiles.Median(figures), "s", Quantiles.Median(floors), ratio, 3, ratio <= 3)];
    });

    /// <summary>By the queries themselves, beside the same asked by hand.</summary>
    private static Trial Asking(int events) => new Trial("a rollup by quarter, series and currency", async say =>
    {
        RecordDatabase database = await Following.Prepared(events);
        await using ServiceProvider services = new ServiceCollection().AddLogging().AddLedger(database.Server).BuildServiceProvider();
        List<Figure> figures = [];
        foreach ((string when, long? asOf, int target) in new[] { ("now", (long?)null, 300), ("as known at half of the log", events / 2, 1000) })
        {
            string holds = asOf is { } past ? $"from_position <= {past} and (to_position is null or to_position > {past})" : "to_position is null";
            List<double> floors = [], taken = [];
            for (int n = 0; n < Asked; n++)
            {
                floors.Add(await Timed(() => ByHand(database, holds)));
                taken.Add(await Timed(() => Get(services, RollupWhere.All, By, asOf)));
            }
            Rollup rollup = await Get(services, RollupWhere.All, By, asOf);
            say($"a rollup {when}: {rollup.Total.Deals:N0} deals in {rollup.Items.Count:N0} cells, p50 {Quantiles.Median(taken.Skip(3)):N0} ms");
            figures.Add(Figure.AtMost($"a rollup by quarter, series and currency, {when}, {events:N0} events, p95", Quantiles.Of(taken.Skip(3), 0.95), "ms", target, Quantiles.Of(floors.Skip(3), 0.95)));
        }
        return figures;
    });

    /// <summary>From the answer to an append until a reader of the rollup sees the deal in its cell.</summary>
    private static Trial UntilVisible(int events) => new Trial("from a change to its rollup cells", async say =>
    {
        RecordDatabase database = await Following.Prepared(events);
        await using ServiceProvider services = new ServiceCollection().AddLogging().AddLedger(database.Server).BuildServiceProvider();
        EventLog log = services.GetRequiredService<EventLog>();
        using var stop = new CancellationTokenSource();
        Task following = services.GetRequiredService<ViewRuntime>().Run(stop.Token);
        const int Changes = ChangesASecond * (SecondsOfWarmUp + SecondsOfMeasuring);
        var clock = Stopwatch.StartNew();
        long first = await Counted(services);
        Task<List<(long Count, double At)>> looking = Task.Run(() => Look(services, first, Changes, clock));
        var appends = new List<Task<(long Position, double At)>>();
        for (int n = 0; n < Changes; n++)
        {
            string stream = StoredEvents.StreamOf(new DealId($"seen-in-its-cell-{n}"));
            DealEvent data = database.Record.Announcement(new PartyId("investor-0"));
            appends.Add(Task.Run(async () =>
                ((await log.Append(new Append("benchmark", [new StreamAppend(stream, 0, [new NewEvent(Guid.CreateVersion7(), data)])]))).LastPosition, clock.Elapsed.TotalSeconds)));
            double ahead = (n + 1.0) / ChangesASecond - clock.Elapsed.TotalSeconds;
            if (ahead > 0)
                await Task.Delay(TimeSpan.FromSeconds(ahead));
        }
        List<(long Position, double At)> returned = [.. (await Task.WhenAll(appends)).Order()];
        List<(long Count, double At)> seen = await looking;
        await stop.CancelAsync();
        await following;
        double[] waits = [.. returned.Select((append, n) => (append.At, Wait: Math.Max(0, seen.First(look => look.Count >= n + 1).At - append.At) * 1000)).Where(one => one.At > SecondsOfWarmUp).Select(one => one.Wait)];
        say($"from a change to its rollup cells: {waits.Length:N0} changes, {seen.Count:N0} looks, p50 {Quantiles.Median(waits):N0} ms, longest {waits.Max():N0} ms");
        return [Figure.AtMost($"from a change to its rollup cells, {ChangesASecond} changes a second, {events:N0} events, p99", Quantiles.Of(waits, 0.99), "ms", 500)];
    });

    private static async Task<List<(long Count, double At)>> Look(ServiceProvider services, long first, long until, Stopwatch clock)
    {
        List<(long, double)> seen = [];
        for (long count = 0; count < until;)
        {
            long found = await Counted(services) - first;
            if (found > count)
                seen.Add((count = found, clock.Elapsed.TotalSeconds));
        }
        return seen;
    }

    private static async Task<long> Counted(ServiceProvider services) =>
        (await Get(services, RollupWhere.Parse([$"company={Company}"]), By, null)).Items.Sum(cell => cell.Deals);

    private static async Task<Rollup> Get(ServiceProvider services, RollupWhere where, RollupDimension[] by, long? asOf)
    {
        await using AsyncServiceScope scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Snapshot>().AsOf = asOf;
        return await scope.ServiceProvider.GetRequiredService<RollupQueries>().Get(by, where, DollarsBy.Reported, default);
    }

    private static async Task ByHand(RecordDatabase database, string holds)
    {
        await using NpgsqlCommand select = database.Server.CreateCommand($"""
            select date_trunc('quarter', announced_from::timestamp), series, currency, count(*), count(currency), sum(amount_low), sum(amount_high), count(amount_high),
                percentile_disc(0.5) within group (order by amount_low), percentile_disc(0.5) within group (order by amount_high)
            from views.rollup_fact_history where {holds} and status in ('pledged', 'announced', 'closed') group by 1, 2, 3
            """);
        await using NpgsqlDataReader reader = await select.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            _ = reader.GetInt64(3);
    }

    private static async Task<double> Timed(Func<Task> act)
    {
        long started = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
