using System.Collections.Concurrent;
using System.Diagnostics;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;
using EventLog = Ledger.EventStore.EventLog;

namespace Ledger.Benchmarks.Views;

/// <summary>Views that follow the log, each figure on the record of so many events.</summary>
internal static class Following
{
    private const int Batch = 10_000;
    private const int RunsOfWarmUp = 2;
    private const int RunsOfBatches = 3;
    private const int AppendsASecond = 200;
    private const int SecondsOfWarmUp = 20;
    private const int SecondsOfMeasuring = 10;

    private static readonly PartyId Witness = new("witness");

    /// <summary>How fast views catch up with events that are in the log already, five hundred a transaction.</summary>
    public static IMeasurement AtSaturation(int events) => new Trial("live folding at saturation", async say =>
    {
        RecordDatabase database = await Prepared(events);
        double three = await CatchingUp(database, [.. RecordViews.All.Where(v => v.Name is "deal" or "company" or "investor")], say);
        double all = await CatchingUp(database, RecordViews.All, say);
        return
        [
            Figure.AtLeast("live folding at saturation, all views of the record", all, "events/s", 10_000),
            Figure.Told("live folding at saturation, deals, companies and investors", three, "events/s"),
        ];
    });

    /// <summary>From the answer to an append until a reader sees what it changed in a sum of the investor view.</summary>
    public static IMeasurement UntilVisible(int events) => new Trial("from append to visible", async say =>
    {
        RecordDatabase database = await Prepared(events);
        await using var log = new EventLog(database.Server, StoredEvents.Types);
        var views = new ViewRuntime(log, database.Server, RecordViews.All);
        await views.CatchUp();
        using var stop = new CancellationTokenSource();
        Task following = views.Run(stop.Token);
        (List<(long Position, double At)> returned, List<(long Count, double At)> seen) = await Appending(database, log);
        await stop.CancelAsync();
        await following;
        double[] waits = [.. Waits(returned, seen).Where(w => w.At > SecondsOfWarmUp).Select(w => w.Milliseconds)];
        say($"from append to visible: {waits.Length:N0} appends, p90 {Quantiles.Of(waits, 0.9):N1} ms, longest {waits.Max():N1} ms");
        return
        [
            Figure.AtMost("from append to visible, 200 appends a second, p50", Quantiles.Median(waits), "ms", 5),
            Figure.AtMost("from append to visible, 200 appends a second, p99", Quantiles.Of(waits, 0.99), "ms", 30),
        ];
    });

    /// <summary>The record with all views at its head.</summary>
    internal static async Task<RecordDatabase> Prepared(int events)
    {
        RecordDatabase database = await RecordDatabase.Of(events);
        await using var log = new EventLog(database.Server, StoredEvents.Types);
        var views = new ViewRuntime(log, database.Server, RecordViews.All);
        await views.Prepare();
        await views.CatchUp();
        return database;
    }

    private static async Task<double> CatchingUp(RecordDatabase database, IReadOnlyList<View> views, Action<string> say)
    {
        await using var log = new EventLog(database.Server, StoredEvents.Types);
        var runtime = new ViewRuntime(log, database.Server, views);
        await runtime.CatchUp();
        var rates = new List<double>();
        // The first runs pay for what is compiled while they run.
        for (int run = 1 - RunsOfWarmUp; run <= RunsOfBatches; run++)
        {
            await database.Grow(Batch);
            long started = Stopwatch.GetTimestamp();
            await runtime.CatchUp();
            double rate = Batch / Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (run < 1)
                continue;
            rates.Add(rate);
            say($"live folding of {views.Count} views, run {run} of {RunsOfBatches}: {rate:N0} events/s");
        }
        return Quantiles.Median(rates);
    }

    /// <summary>
    /// Appends at a steady rate, whatever becomes of the appends before, each naming one investor in one more deal: half of them
    /// in new deals, half in deals of the record. Its sum tells how many of them can be seen.
    /// </summary>
    private static async Task<(List<(long Position, double At)> Returned, List<(long Count, double At)> Seen)> Appending(RecordDatabase database, EventLog log)
    {
        const int Appends = AppendsASecond * (SecondsOfWarmUp + SecondsOfMeasuring);
        List<(string Stream, long Version)> known = await KnownDeals(database, Appends / 2);
        var returned = new ConcurrentBag<(long, double)>();
        var clock = Stopwatch.StartNew();
        Task<List<(long, double)>> looking = Task.Run(() => Look(database, Appends, clock));
        var appends = new List<Task>();
        for (int n = 0; n < Appends; n++)
        {
            (string stream, long version) = n % 2 == 0 ? (StoredEvents.StreamOf(new DealId($"seen-by-the-witness-{n}")), 0) : known[n / 2];
            DealEvent data = version == 0 ? database.Record.Announcement(Witness) : database.Record.Corroboration(Witness);
            appends.Add(Task.Run(async () =>
            {
                Appended answer = await log.Append(new Append("benchmark", [new StreamAppend(stream, version, [new NewEvent(Guid.CreateVersion7(), data)])]));
                returned.Add((answer.LastPosition, clock.Elapsed.TotalSeconds));
            }));
            double ahead = (n + 1.0) / AppendsASecond - clock.Elapsed.TotalSeconds;
            if (ahead > 0)
                await Task.Delay(TimeSpan.FromSeconds(ahead));
        }
        await Task.WhenAll(appends);
        return ([.. returned.Order()], await looking);
    }

    /// <summary>Looks about once a millisecond how many of the witness's deals the view counts, until it counts them all.</summary>
    private static async Task<List<(long Count, double At)>> Look(RecordDatabase database, long until, Stopwatch clock)
    {
        await using NpgsqlConnection connection = await database.Server.OpenConnectionAsync();
        await using var select = new NpgsqlCommand("select deals from views.investor where id = $1", connection) { Parameters = { new() { Value = Witness.Value } } };
        await select.PrepareAsync();
        List<(long, double)> seen = [];
        long first = (long?)await select.ExecuteScalarAsync() ?? 0;
        for (long count = 0; count < until;)
        {
            await Task.Delay(1);
            long found = ((long?)await select.ExecuteScalarAsync() ?? 0) - first;
            if (found > count)
                seen.Add((count = found, clock.Elapsed.TotalSeconds));
        }
        return seen;
    }

    /// <summary>The append with the n-th position is visible when n are.</summary>
    private static IEnumerable<(double At, double Milliseconds)> Waits(List<(long Position, double At)> returned, List<(long Count, double At)> seen)
    {
        int look = 0;
        for (int n = 0; n < returned.Count; n++)
        {
            while (seen[look].Count < n + 1)
                look++;
            yield return (returned[n].At, Math.Max(0, seen[look].At - returned[n].At) * 1000);
        }
    }

    private static async Task<List<(string Stream, long Version)>> KnownDeals(RecordDatabase database, int count)
    {
        await using NpgsqlCommand select = database.Owner.CreateCommand(
            """
            select id, version from ledger.mt_streams s where id like 'deal-deal-%'
                and not exists (select from ledger.mt_events e where e.stream_id = s.id and e.type = 'deal_merged')
            order by md5(id) limit $1
            """);
        select.Parameters.Add(new NpgsqlParameter { Value = count });
        List<(string, long)> known = [];
        await using NpgsqlDataReader reader = await select.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            known.Add((reader.GetString(0), reader.GetInt64(1)));
        return known;
    }
}
