using System.Globalization;
using Ledger.App.Jobs;
using Ledger.App.Tests.Intake;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Ledger.Testing;
using Npgsql;

namespace Ledger.App.Tests.Jobs;

/// <summary>The ledger's own jobs, in servers as somebody would run them.</summary>
public sealed class KilledJobsTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("KILL")]
    [InlineData("STOP")]
    public async Task A_server_that_is_killed_or_paused_in_the_middle_of_every_job_is_taken_over_and_nothing_is_done_twice(string signal)
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        await using var feeds = await FeedServer.Start(Cancel);
        using var rates = new TemporaryFolder();
        await File.WriteAllTextAsync(rates.Combine("rates.csv"), "Date,USD,CNY\n2026-11-19,1.10,7.90\n2026-11-20,1.11,7.95\n", Cancel);
        Assert.Equal(0, (await ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);
        await using var owner = new NpgsqlConnection(ledger.OwnerConnectionString);
        await owner.OpenAsync(Cancel);
        await owner.Execute("insert into ledger.feeds (id, address, added_by) values ('feed', $1, 'Ada')", Cancel, $"{feeds.Address}/good");
        var names = JobList.Make().Select(job => job.Name).ToList();
        await using var first = Serve(ledger, rates.Path);
        await Until(() => owner.Query("select name from jobs.server", row => row.GetString(0), Cancel), servers => servers.Count == 1);
        await using (var locked = await owner.BeginTransactionAsync(Cancel))
        {
            // What every job comes to need stays locked until its server is gone.
            await owner.Execute("lock table ledger.texts, ledger.tree_checkpoints, ledger.view_versions, ledger.review, ledger.inbox, ledger.feeds, ledger.mt_streams in access exclusive mode", Cancel);
            foreach (var name in names)
                await ledger.Get<JobOrders>().Run(name, "Ada", null, Cancel);
            await Until(() => Running(ledger), running => running == names.Count);
            await Until(() => Waiting(ledger), waiting => waiting >= 7);
            await first.Signal(signal);
            await locked.RollbackAsync(Cancel);
        }
        await using (Serve(ledger, rates.Path))
        {
            await Until(() => Ended(ledger), ended => names.All(name => ended.Contains($"{name} takeover succeeded")));
            if (signal == "STOP")
            {
                // It wakes, and finds that others have done its work.
                await first.Signal("CONT");
                var woken = (await owner.Query("select clock_timestamp()", row => row.GetDateTime(0), Cancel)).Single();
                await Until(() => owner.Query("select count(*) from jobs.server where seen_at > $1", row => row.GetInt64(0), Cancel, woken), seen => seen.Single() == 2);
                await first.Terminate();
            }
        }

        Assert.All(names, name => Assert.Equal(1, Ended(ledger).Result.Count(run => run == $"{name} request lost")));
        Assert.Equal(2 * names.Count, (await Ended(ledger)).Count);
        Assert.Single(Directory.GetFiles(Path.Combine(ledger.DataFolder, "backups")));
        Assert.Equal(2L, (await owner.Query("select count(*) from ledger.mt_events where type = 'reference_rates_published'", row => row.GetInt64(0), Cancel)).Single());
        Assert.Equal(2L, (await owner.Query("select count(*) from ledger.inbox", row => row.GetInt64(0), Cancel)).Single());
        Assert.Empty(await owner.Query("select view from ledger.view_versions where state = 'building'", row => row.GetString(0), Cancel));
    }

    private static LedgerProgram Serve(LedgerOnTestDatabase ledger, string rates)
    {
        var environment = JobList.Make().ToDictionary(job => $"Ledger__Jobs__{JobSettings.SectionOf(job.Name)}__Enabled", _ => (string?)"false");
        foreach (var (name, value) in new[]
        {
            ("ConnectionStrings__Ledger", ledger.OwnerConnectionString), ("LEDGER_DATA", ledger.DataFolder), ("Ledger__Jobs__Enabled", "true"),
            ("Ledger__Jobs__rates__From", rates), ("Ledger__Outgoing__Allow", FeedServer.Allowed),
        })
            environment[name] = value;
        return LedgerProgram.Start(["serve", "--urls", "http://127.0.0.1:0"], new LedgerProgramOptions { Environment = environment });
    }

    private static async Task<long> Running(LedgerOnTestDatabase ledger) =>
        (await ledger.Database.Query("select count(*) from jobs.run where state = 'running'", row => row.GetInt64(0), Cancel)).Single();

    /// <summary>How many connections wait for a lock.</summary>
    private static async Task<long> Waiting(LedgerOnTestDatabase ledger) =>
        (await ledger.Database.Query("select count(distinct l.pid) from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database() where not l.granted", row => row.GetInt64(0), Cancel)).Single();

    private static Task<List<string>> Ended(LedgerOnTestDatabase ledger) =>
        ledger.Database.Query("select job, cause, state from jobs.run where ended_at is not null", row => string.Create(CultureInfo.InvariantCulture, $"{row.GetString(0)} {row.GetString(1)} {row.GetString(2)}"), Cancel);

    private static async Task Until<T>(Func<Task<T>> ask, Func<T, bool> isSo) =>
        await JobMachine.Until(async () => isSo(await ask()) ? "so" : null, Cancel);
}
