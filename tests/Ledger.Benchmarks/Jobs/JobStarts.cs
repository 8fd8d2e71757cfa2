using Ledger.App;
using Ledger.App.Jobs;
using Ledger.App.Operations.Migrate;
using Ledger.App.Views;
using Ledger.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ledger.Benchmarks.Jobs;

/// <summary>How long after its time a job starts, of which two servers are told at once.</summary>
internal static class JobStarts
{
    private const int Servers = 2;
    private const int Jobs = 20;

    public static IReadOnlyList<IMeasurement> All(int seconds) =>
    [
        new Trial("start of a job that is due", async say =>
        {
            await using TestDatabase test = await TestDatabase.Create(
                "benchmark-jobs-" + TestDatabase.Fingerprint(LedgerSchema.Migrations.Select(m => m.Sql)), async (connection, cancel) => await LedgerSchema.Migrate(connection, cancel));
            await using var database = NpgsqlDataSource.Create(test.AppConnectionString);
            List<IHost> servers = [.. Enumerable.Range(0, Servers).Select(_ => Server(database))];
            foreach (IHost server in servers)
                await server.StartAsync();
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            foreach (IHost server in servers)
            {
                await server.StopAsync();
                server.Dispose();
            }
            List<double> waits = await database.Query(
                "select extract(epoch from began_at - due_at)::float8 from jobs.run where began_at is not null", row => row.GetDouble(0), CancellationToken.None);
            long twice = (await database.Query(
                "select count(*) from (select from jobs.run where state = 'succeeded' group by job, due_at having count(*) > 1) t", row => row.GetInt64(0), CancellationToken.None)).Single();
            say($"{waits.Count:N0} runs of {Jobs} jobs on {Servers} servers: p50 {Quantiles.Median(waits) * 1000:N0} ms after their time, p99 {Quantiles.Of(waits, 0.99) * 1000:N0} ms");
            return
            [
                Figure.AtMost("start of a job that is due, two servers, longest after its time", waits.Max(), "s", 2),
                Figure.AtMost("times of jobs that two servers ran twice", twice, "times", 0),
            ];
        }),
    ];

    private static IHost Server(NpgsqlDataSource database)
    {
        var configuration = new ConfigurationManager();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging().AddLedger(database, configuration).AddJobServer();
        builder.Services.AddSingleton(_ => new JobList(Enumerable.Range(0, Jobs).Select(i => new Tick($"tick-{i}")), configuration, ""));
        return builder.Build();
    }

    private sealed class Tick(string name) : LedgerJob
    {
        public override string Name => name;

        public override string Does => "Nothing.";

        public override string Cron => "0/2 * * * * ?";

        public override Task<string> Run(JobRun run, CancellationToken cancellation) => Task.FromResult("Done.");
    }
}
