using System.Diagnostics;
using System.Text.Json.Nodes;
using Ledger.App.Operations.EmbeddedPostgres;
using Ledger.App.Tests.Support;
using Ledger.Testing;
using Npgsql;

namespace Ledger.App.Tests.CommandLine;

/// <summary>The program on the database that it starts itself: killed while it records, and used by several at once.</summary>
public sealed class RecoveryTests(SeededLedger seeded)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    /// <summary>Fifty with LEDGER_SOAK=1.</summary>
    private static readonly int Kills = Environment.GetEnvironmentVariable("LEDGER_SOAK") == "1" ? 50 : 5;

    [Fact]
    public async Task Killed_at_any_moment_while_it_records_and_started_again_it_comes_to_the_same_record()
    {
        var expected = await Rows.Record((await seeded.Ledger).OwnerConnectionString, Cancel);
        using var initialised = new TemporaryFolder();
        await using (await EmbeddedCluster.Open(initialised.Path, Cancel)) { }

        for (var kill = 0; kill < Kills; kill++)
        {
            using var data = new TemporaryFolder();
            await Copy(initialised.Combine("postgres"), data.Path);
            var (recorded, moment) = await KillWhileRecording(data.Path, kill);

            var again = await LedgerProgram.Run(["demo", "--once", "--json", "--data", data.Path]);

            var summary = LedgerOnTestDatabase.Parse(again);
            TestContext.Current.TestOutputHelper?.WriteLine($"kill {kill}, {moment}: {recorded} events were recorded, {summary["recordedEvents"]} after it");
            Assert.Equal(92, recorded + (long)summary["recordedEvents"]!);
            JsonAssert.Has("""{ "position": 92, "articles": 5, "deals": 13, "companies": 11, "investors": 17 }""", summary);
            await using var cluster = await EmbeddedCluster.Open(data.Path, Cancel);
            Assert.Equal(expected, await Rows.Record(cluster.ConnectionString(EmbeddedCluster.OwnerRole), Cancel));
            NpgsqlConnection.ClearAllPools();
        }
    }

    [Fact]
    public async Task Commands_work_while_the_server_runs_on_the_same_data_folder()
    {
        using var data = new TemporaryFolder();
        await using var server = LedgerProgram.Start(["demo", "--urls", "http://127.0.0.1:0", "--data", data.Path]);
        var address = (await server.Printed("Ledger is at ")).Split(' ')[^1].Trim();
        using var http = new HttpClient { BaseAddress = new Uri(address) };

        var deals = LedgerOnTestDatabase.Parse(await LedgerProgram.Run(["deals", "--json", "--data", data.Path]));
        Assert.Equal(JsonAssert.Show(deals), JsonAssert.Show(JsonNode.Parse(await http.GetStringAsync("api/deals", Cancel))));

        using var folder = new TemporaryFolder();
        Intake.Input.WriteTo(folder, ("articles/a.txt", Intake.Input.Article), ("announcements/a.yaml", Intake.Input.WithClaim("sector: robotics\nwords: Series B\nquote: Series B")));
        // The article, one party that is new, and the deal.
        Assert.Equal(3, (int)LedgerOnTestDatabase.Parse(await LedgerProgram.Run(["seed", folder.Path, "--json", "--data", data.Path]))["recordedEvents"]!);
        // The server sees what another process recorded.
        Assert.Equal("robotics", (string)JsonNode.Parse(await Eventually(http, "api/deals/enflame-series-b"))!["sectors"]![0]!);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await http.GetAsync("health/ready", Cancel)).StatusCode);

        var ended = await server.Terminate();
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(14, LedgerOnTestDatabase.Parse(await LedgerProgram.Run(["deals", "--json", "--data", data.Path]))["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task Two_that_make_a_ledger_from_nothing_at_once_come_to_one()
    {
        using var data = new TemporaryFolder();

        var runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => LedgerProgram.Run(["demo", "--once", "--json", "--data", data.Path])));

        Assert.Equal(92, runs.Sum(run => (int)LedgerOnTestDatabase.Parse(run)["recordedEvents"]!));
    }

    /// <summary>Every other time a while after the log's tables are there, otherwise as soon as a certain number of events is in them.</summary>
    private static async Task<(long Recorded, string Moment)> KillWhileRecording(string data, int kill)
    {
        var random = new Random(kill);
        await using var cluster = await EmbeddedCluster.Open(data, Cancel);
        await using var database = NpgsqlDataSource.Create(cluster.ConnectionString(EmbeddedCluster.OwnerRole));
        // The one that records and ends, and the one that goes on to serve.
        await using var program = LedgerProgram.Start(["demo", "--data", data, .. kill % 3 == 0 ? (string[])["--once"] : ["--urls", "http://127.0.0.1:0"]]);
        var (events, wait) = kill % 2 == 0 ? (0, TimeSpan.FromMilliseconds(random.Next(600))) : (random.Next(1, 92), TimeSpan.Zero);
        for (var waited = Stopwatch.StartNew(); (await Head(database) ?? -1) < events && waited.Elapsed < TimeSpan.FromSeconds(30);)
            await Task.Yield();
        await Task.Delay(wait, Cancel);
        await program.Kill();
        return (await Settled(database), $"{wait.TotalMilliseconds:0} ms after {events} events");
    }

    /// <summary>How much is recorded once the server has done what the killed program had sent it.</summary>
    private static async Task<long> Settled(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'");
        while ((long)(await command.ExecuteScalarAsync(Cancel))! > 0)
            await Task.Delay(20, Cancel);
        return await Head(database) ?? 0;
    }

    /// <summary>Null while there is no log.</summary>
    private static async Task<long?> Head(NpgsqlDataSource database)
    {
        try
        {
            await using var command = database.CreateCommand("select coalesce(max(seq_id), 0) from ledger.mt_events");
            return (long)(await command.ExecuteScalarAsync(Cancel))!;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return null;
        }
    }

    private static async Task<string> Eventually(HttpClient http, string address)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(50, Cancel))
        {
            var answer = await http.GetAsync(address, Cancel);
            if (answer.IsSuccessStatusCode || waited.Elapsed > TimeSpan.FromSeconds(10))
                return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Cancel);
        }
    }

    /// <summary>With owners and rights, which PostgreSQL is strict about.</summary>
    private static async Task Copy(string folder, string into)
    {
        using var copy = Process.Start("cp", ["-a", folder, into]);
        await copy.WaitForExitAsync(Cancel);
        Assert.Equal(0, copy.ExitCode);
    }
}
