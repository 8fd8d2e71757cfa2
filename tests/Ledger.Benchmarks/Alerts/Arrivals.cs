using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Ledger.App;
using Ledger.App.Alerts.Matching;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Log;
using Ledger.App.Operations.Outgoing;
using Ledger.App.Watchlists.Language;
using Ledger.Benchmarks.Views;
using Ledger.Domain.Alerts;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Ledger.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using EventLog = Ledger.EventStore.EventLog;

namespace Ledger.Benchmarks.Alerts;

/// <summary>From the answer to an append until a receiver has the webhook, while the program serves; beside it, posting the same bodies to that receiver.</summary>
internal static class Arrivals
{
    private const int Subscriptions = 1_000;
    private const int ChangesASecond = 50;
    private const int SecondsOfWarmUp = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static IMeasurement OfWebhooks(int events, int seconds) => new Trial("from commit to the webhook's arrival", async say =>
    {
        RecordDatabase database = await Following.Prepared(events);
        var (arrived, bodies, clock) = (new ConcurrentDictionary<long, double>(), new ConcurrentQueue<byte[]>(), Stopwatch.StartNew());
        await using Receivers receivers = await Receivers.Start(body =>
        {
            double now = clock.Elapsed.TotalMilliseconds;
            arrived.TryAdd(PositionOf(body), now);
            bodies.Enqueue(body);
        });
        await using ServiceProvider services = new ServiceCollection().AddLogging()
            .AddLedger(database.Server, new ConfigurationManager { [OutgoingHttp.Setting] = "127.0.0.0/8" }).BuildServiceProvider();
        await Subscribe(services, receivers.Address);
        using var data = new TemporaryFolder();
        await using LedgerProgram program = LedgerProgram.Start(
            ["serve", "--urls", "http://127.0.0.1:0", "--connection", database.ServerConnection, "--data", data.Path],
            new LedgerProgramOptions { Environment = new Dictionary<string, string?> { ["Ledger__Outgoing__Allow"] = "127.0.0.0/8", ["Ledger__Jobs__Enabled"] = "false" } });
        await program.Printed("Ledger is at");
        await CaughtUp(services);
        List<(long Position, double At)> committed = await Change(services.GetRequiredService<EventLog>(), database, ChangesASecond * (SecondsOfWarmUp + seconds), clock);
        var patience = Stopwatch.StartNew();
        while (!committed.TrueForAll(one => arrived.ContainsKey(one.Position)))
            await (patience.Elapsed < Patience ? Task.Delay(20) : throw new TimeoutException($"Of {committed.Count} changes {committed.Count(one => !arrived.ContainsKey(one.Position))} did not arrive."));
        double[] waits = [.. committed.Skip(ChangesASecond * SecondsOfWarmUp).Select(one => Math.Max(0, arrived[one.Position] - one.At))];
        double[] floor = await Post(receivers.Address, [.. bodies.Take(waits.Length)]);
        say($"from commit to arrival: {waits.Length:N0} changes, p50 {Quantiles.Median(waits):N0} ms, p99 {Quantiles.Of(waits, 0.99):N0} ms, longest {waits.Max():N0} ms; {bodies.Count - waits.Length:N0} requests came in all of it; posting alone: p99 {Quantiles.Of(floor, 0.99):N1} ms");
        return [Figure.AtMost($"from commit to the webhook's arrival, {Subscriptions:N0} subscriptions, {ChangesASecond} matching changes a second, p99", Quantiles.Of(waits, 0.99), "ms", 1000, Quantiles.Of(floor, 0.99))];
    });

    /// <summary>Each follows its own investor, in one way or another, and has an endpoint of its own.</summary>
    private static async Task Subscribe(ServiceProvider services, Uri receiver)
    {
        SubscriptionTable subscriptions = services.GetRequiredService<SubscriptionTable>();
        for (int n = 0; n < Subscriptions; n++)
        {
            AlertTarget target = (n % 4) switch
            {
                0 or 1 => new AlertTarget.Investor(Witness(n)),
                2 => new AlertTarget.Chosen(RuleReader.Read($"deals where investor = {Witness(n)} and amount >= 1m USD")),
                _ => new AlertTarget.Chosen(RuleReader.Read($"investors where id = {Witness(n)} and any deal (amount >= 1m USD)")),
            };
            await subscriptions.Make($"Subscription {n}", target, AlertKinds.All, [new Uri(receiver, $"/{n}").AbsoluteUri], "benchmark", default);
        }
    }

    private static async Task<List<(long Position, double At)>> Change(EventLog log, RecordDatabase database, int changes, Stopwatch clock)
    {
        var appends = new List<Task<(long, double)>>();
        double began = clock.Elapsed.TotalSeconds;
        for (int n = 0; n < changes; n++)
        {
            string stream = StoredEvents.StreamOf(new DealId($"told-by-webhook-{n}"));
            object data = database.Record.Announcement(Witness(n * 7 % Subscriptions));
            appends.Add(Task.Run(async () =>
            {
                Appended appended = await log.Append(new Append("benchmark", [new StreamAppend(stream, 0, [new NewEvent(Guid.CreateVersion7(), data)])]));
                return (appended.LastPosition, clock.Elapsed.TotalMilliseconds);
            }));
            double ahead = began + (n + 1.0) / ChangesASecond - clock.Elapsed.TotalSeconds;
            if (ahead > 0)
                await Task.Delay(TimeSpan.FromSeconds(ahead));
        }
        return [.. await Task.WhenAll(appends)];
    }

    private static async Task<double[]> Post(Uri receiver, byte[][] bodies)
    {
        using var client = new HttpClient();
        var taken = new List<double>();
        foreach (byte[] body in bodies)
        {
            long started = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await client.PostAsync(receiver, new ByteArrayContent(body));
            taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return [.. taken];
    }

    /// <summary>Waits until the server looks through the log where it ends: a new one puts the whole log under its tree first.</summary>
    private static async Task CaughtUp(ServiceProvider services)
    {
        var patience = Stopwatch.StartNew();
        while (await services.GetRequiredService<AlertRunner>().Position(default) < await services.GetRequiredService<EventLog>().Head())
            await (patience.Elapsed < Patience ? Task.Delay(50) : throw new TimeoutException("The alerts do not follow the log."));
    }

    private static long PositionOf(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("data").GetProperty("alert").GetProperty("position").GetInt64();
    }

    private static PartyId Witness(int n) => new($"witness-{n}");
}
