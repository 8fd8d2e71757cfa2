using System.Diagnostics;
using Ledger.App;
using Ledger.App.Alerts;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.Operations.Migrate;
using Ledger.App.Operations.Outgoing;
using Ledger.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Ledger.Benchmarks.Alerts;

/// <summary>Deliveries that wait when a server begins, to a thousand endpoints; beside it, without the dead ones among these.</summary>
internal static class PendingDeliveries
{
    private const int Endpoints = 1_000;
    private const int Dead = 50;

    /// <summary>Not slower, as far as two runs can be told apart.</summary>
    private const double AtLeast = 0.95;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static IMeasurement BesideDeadOnes(int pending, int turns) =>
        new Comparison($"{pending:N0} pending deliveries to {Endpoints:N0} endpoints, {Dead} of them dead, to the others", "deliveries/s", () => Deliver(pending, 0), () => Deliver(pending, Dead))
        {
            RateAtLeast = AtLeast,
            Runs = turns,
            WarmsUp = false,
        };

    private static async Task<Measured> Deliver(int pending, int dead)
    {
        await using TestDatabase test = await TestDatabase.Create(
            "benchmark-alerts-" + TestDatabase.Fingerprint(LedgerSchema.Migrations.Select(m => m.Sql)), async (connection, cancel) => await LedgerSchema.Migrate(connection, cancel));
        await using var database = NpgsqlDataSource.Create(test.AppConnectionString);
        int healthy = pending / Endpoints * (Endpoints - Dead);
        (int left, var all) = (healthy, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var deads = new DeadReceivers();
        await using Receivers receivers = await Receivers.Start(_ =>
        {
            if (Interlocked.Decrement(ref left) == 0)
                all.SetResult();
        });
        await Fill(test.OwnerConnectionString, pending / Endpoints, [.. Enumerable.Range(0, dead).Select(deads.Address), .. Enumerable.Range(0, Endpoints - Dead).Select(n => new Uri(receivers.Address, $"/{n}"))]);
        using IHost server = Server(database);
        long started = Stopwatch.GetTimestamp();
        await server.StartAsync();
        await all.Task.WaitAsync(Patience);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await server.StopAsync();
        return new Measured(healthy / seconds);
    }

    /// <summary>As many deliveries to each address.</summary>
    private static async Task Fill(string owner, int each, Uri[] addresses)
    {
        await using var database = NpgsqlDataSource.Create(owner + ";Command Timeout=0");
        await using NpgsqlCommand command = database.CreateCommand("""
            with made as (insert into alerts.endpoint (address, made_by) select address, 'benchmark' from unnest($1) address returning id)
            insert into alerts.secret (endpoint, secret) select id, sha256(id::text::bytea) from made
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = addresses.Select(address => address.AbsoluteUri).ToArray() });
        await command.ExecuteNonQueryAsync();
        await using NpgsqlCommand fill = database.CreateCommand($$$"""
            insert into alerts.change (position, subject, recorded_at, kinds, content)
                select n, 'deal/deal-' || n, now(), '{newDeal}', '{"position":' || n || ',"subject":"deal/deal-' || n || '","title":"' || repeat('Company: series b. ', 60) || '"}' from generate_series(1, {{{each}}}) n;
            insert into alerts.alert (subscription, position, subject) select 'subscription-' || e.id, n, 'deal/deal-' || n from generate_series(1, {{{each}}}) n, alerts.endpoint e;
            insert into alerts.delivery (id, subscription, position, subject, endpoint)
                select 'alert_' || md5(e.id || ' ' || n), 'subscription-' || e.id, n, 'deal/deal-' || n, e.id from generate_series(1, {{{each}}}) n, alerts.endpoint e;
            """);
        await fill.ExecuteNonQueryAsync();
        await using NpgsqlCommand vacuum = database.CreateCommand("vacuum analyze");
        await vacuum.ExecuteNonQueryAsync();
        await using NpgsqlCommand checkpoint = database.CreateCommand("checkpoint");
        await checkpoint.ExecuteNonQueryAsync();
    }

    private static IHost Server(NpgsqlDataSource database)
    {
        var configuration = new ConfigurationManager { [OutgoingHttp.Setting] = "127.0.0.0/8" };
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging().AddLedger(database, configuration).AddHostedService<WebhookSender>();
        return builder.Build();
    }
}
