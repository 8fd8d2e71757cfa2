using Ledger.App.Jobs;
using Ledger.App.Operations;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Ledger.EventStore;
using Ledger.Testing;
using Npgsql;

namespace Ledger.App.Tests.Jobs;

/// <summary>What each of the ledger's own jobs does, run in a command as somebody would where no server runs.</summary>
public sealed class JobsOfTheDayTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private LedgerOnTestDatabase _ledger = null!;

    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerOnTestDatabase.Create(Cancel);
        Assert.Equal(0, (await _ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task The_log_is_verified_and_one_that_was_tampered_with_fails_for_good()
    {
        JsonAssert.Has("""{ "job": "verify", "state": "succeeded", "done": 92, "total": 92, "unit": "events" }""", System.Text.Json.Nodes.JsonNode.Parse((await _ledger.Run("jobs", "run", "verify", "--json")).Output));
        await Owner("alter table ledger.mt_events disable trigger all; update ledger.mt_events set data = data || '{\"forged\": true}' where seq_id = 19; alter table ledger.mt_events enable trigger all");

        var run = await _ledger.Run("jobs", "run", "verify");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("The log is not what was signed: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("failed in run 2", (await _ledger.Run("jobs")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Views_that_drifted_are_told_with_samples_and_go_on_being_read_as_they_are()
    {
        var sound = await _ledger.Run("jobs", "run", "drift");
        Assert.True(sound.ExitCode == 0, sound.Errors);
        var before = await Versions();
        await Owner("do $$ begin execute format('update %I.deal set status = ''rumoured'' where id = ''biren-pledge'' and to_position is null', (select schema_name from ledger.view_versions where view = 'deal' and state = 'live')); end $$");

        var run = await _ledger.Run("jobs", "run", "drift");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Rows differ from what the log makes them: deal; 'ledger replay' builds these anew.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("biren-pledge", run.Errors, StringComparison.Ordinal);
        Assert.Equal(before, await Versions());
        Assert.Equal(["rumoured"], await _ledger.Database.Query("select status from views.deal where id = 'biren-pledge'", row => row.GetString(0), Cancel));
    }

    [Fact]
    public async Task Backups_can_be_restored_and_the_last_few_are_kept()
    {
        var folder = Path.Combine(_ledger.DataFolder, "backups");
        Directory.CreateDirectory(folder);
        foreach (var day in Enumerable.Range(1, 9))
            await File.WriteAllTextAsync(Path.Combine(folder, $"ledger-2026010{day}-023000-run-1.tar.gz"), "", Cancel);
        string[] mine = ["ledger-2025.tar.gz", "ledger-before-the-move.tar.gz", "mine.tar.gz"];
        foreach (var name in mine)
            await File.WriteAllTextAsync(Path.Combine(folder, name), "", Cancel);
        // As the role of the server, which may read all that belongs in a backup.
        var backup = await ProgramHere.Run(_ledger, _ledger.AppConnectionString, ["jobs", "run", "backup"]);
        Assert.True(backup.ExitCode == 0, backup.Errors);

        // Whatever has another name is somebody's own.
        var files = Directory.GetFiles(folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(mine, files.Intersect(mine));
        var kept = files.Except(mine).ToList();
        Assert.Equal(("ledger-20260104-023000-run-1.tar.gz", 7), (kept[0], kept.Count));
        await using var empty = await TestDatabase.CreateEmpty(Cancel);
        using var to = new TemporaryFolder();
        var restored = await LedgerProgram.Run(["restore", Path.Combine(folder, kept[^1]), "--data", to.Path, "--connection", empty.OwnerConnectionString]);
        Assert.True(restored.ExitCode == 0, restored.Errors);
    }

    [Fact]
    public async Task Rates_come_from_a_folder_once_and_only_where_one_is_configured()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Combine("a.csv"), "Date,USD\n2026-11-19,1.10\n", Cancel);
        await File.WriteAllTextAsync(folder.Combine("b.csv"), "Date,USD\n2026-11-19,1.10\n2026-11-20,1.11\n", Cancel);
        Assert.Contains("Ledger__Jobs__rates__From", (await _ledger.Run("jobs", "run", "rates")).Errors, StringComparison.Ordinal);

        Environment.SetEnvironmentVariable("Ledger__Jobs__rates__From", folder.Path);
        try
        {
            Assert.Contains("3 days read, 2 events recorded.", (await _ledger.Run("jobs", "run", "rates")).Output, StringComparison.Ordinal);
            Assert.Contains("3 days read, all recorded already.", (await _ledger.Run("jobs", "run", "rates")).Output, StringComparison.Ordinal);

            // What comes after a bad file is recorded all the same, and the bad one is not tried again before somebody has mended it.
            await File.WriteAllTextAsync(folder.Combine("0.csv"), "Day,USD\n2026-11-18,1.09\n", Cancel);
            await File.WriteAllTextAsync(folder.Combine("c.csv"), "Date,USD\n2026-11-18,1.09\n", Cancel);
            var bad = await _ledger.Run("jobs", "run", "rates");
            Assert.Contains($"1 file could not be taken: {folder.Combine("0.csv")}, line 1: begins with 'Day'", bad.Errors, StringComparison.Ordinal);
            Assert.Contains("Of the others 4 days read, 1 event recorded.", bad.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("tries again", bad.Errors, StringComparison.Ordinal);
            Assert.StartsWith("rates: nothing of it goes on or waits; failed in run ", (await _ledger.Run("jobs", "cancel", "rates")).Output, StringComparison.Ordinal);
            Assert.DoesNotContain("seen to", (await _ledger.Run("jobs", "acknowledge", "rates")).Output, StringComparison.Ordinal);
            Assert.StartsWith("rates: no failure of it is left to be seen to; ", (await _ledger.Run("jobs", "acknowledge", "rates")).Output, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("Ledger__Jobs__rates__From", null);
        }
        Assert.Equal("2026-11-20", (string)(await _ledger.Ask("rates", "show", "USD"))["items"]![0]!["day"]!);
    }

    [Fact]
    public async Task What_is_of_no_use_any_more_is_cleared_away_and_no_event()
    {
        Assert.Equal(0, (await _ledger.Run("replay")).ExitCode);
        await Owner(
            """
            insert into jobs.job (name) values ('feeds') on conflict do nothing;
            insert into jobs.run (job, cause, state, began_at, ended_at, next_run) select 'feeds', 'schedule', case when n = 3 then 'failed' else 'succeeded' end, now() - interval '100 days', now() - interval '100 days', null from generate_series(1, 30) n;
            insert into jobs.run_line (run, number, at, text) select id, 1, now(), 'a line' from jobs.run;
            insert into ledger.feeds (id, address, added_by) values ('feed', 'https://example.com', 'Ada');
            insert into ledger.inbox (feed, guid, title, seen_at, done_at) values ('feed', 'old', 'old', now() - interval '100 days', now() - interval '100 days'), ('feed', 'unread', 'unread', now() - interval '100 days', null), ('feed', 'there', 'there', now(), now() - interval '100 days');
            update ledger.view_versions set switched_at = switched_at - interval '40 days' where state = 'live';
            """);
        var events = await Count("ledger.mt_events");

        var run = await _ledger.Run("jobs", "run", "clean-up", "--json");

        // All but the last 20, and the one that failed and that nobody has seen to.
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal((21L, 21L, 2L, events), (await Count("jobs.run where job = 'feeds'"), await Count("jobs.run_line l join jobs.run r on r.id = l.run and r.job = 'feeds'"), await Count("ledger.inbox"), await Count("ledger.mt_events")));
        Assert.Equal(0L, await Count("ledger.view_versions where state = 'kept'"));
        Assert.DoesNotContain(await _ledger.Get<ViewRuntime>().Status(Cancel), version => version.State == ViewState.Kept);
    }

    [Fact]
    public async Task Jobs_are_listed_ordered_and_told_of_on_the_command_line()
    {
        var jobs = (await _ledger.Ask("jobs"))["items"]!.AsArray();
        Assert.Equal(JobList.Make().Select(job => job.Name).Order(StringComparer.Ordinal), jobs.Select(job => (string)job!["name"]!));
        JsonAssert.Has("""{ "name": "verify", "pausedBy": "Ada", "nextAt": null }""", await _ledger.Ask("jobs", "pause", "verify", "--as", "Ada"));
        JsonAssert.Has("""{ "name": "verify", "pausedBy": null }""", await _ledger.Ask("jobs", "resume", "verify"));
        await _ledger.Ask("jobs", "cancel", "verify");
        await _ledger.Ask("jobs", "acknowledge", "verify");
        var run = await _ledger.Run("jobs", "run", "review", "--follow");
        Assert.True(run.ExitCode == 0, run.Errors);
        JsonAssert.Has("""{ "items": [{"job": "review", "state": "succeeded", "cause": "request"}], "next": null }""", await _ledger.Ask("jobs", "history", "review"));
        var id = (long)(await _ledger.Ask("jobs", "history"))["items"]![0]!["id"]!;
        JsonAssert.Has("""{ "run": {"job": "review"} }""", await _ledger.Ask("jobs", "show", $"{id}"));
        Assert.Equal((2, 2), ((await _ledger.Run("jobs", "run", "nothing")).ExitCode, (await _ledger.Run("jobs", "show", "99")).ExitCode));
    }

    [Fact]
    public async Task A_command_hands_a_run_over_to_a_server_and_follows_it()
    {
        await using var server = await JobMachine.Start(_ledger.AppConnectionString, [new TestJob("review", async (run, _) =>
        {
            run.Log("On the server.");
            run.Progress(3, 7, "deals");
            // Until whoever follows it can have seen that.
            await JobMachine.Until(async () => await Count("jobs.run where done = 3 and seen_at < clock_timestamp() - interval '0.5 seconds'") > 0 ? "seen" : null, Cancel);
            return "Reviewed.";
        })], Cancel);
        await JobMachine.Until(async () => await server.Get<JobRuns>().IsAnyServer(Cancel) ? "there" : null, Cancel);

        var followed = await _ledger.Run("jobs", "run", "review", "--follow");
        Assert.Equal((0, "Reviewed."), (followed.ExitCode, followed.Output.Trim()));
        Assert.Contains("On the server.", followed.Errors, StringComparison.Ordinal);
        Assert.Contains("3 of 7 deals", followed.Errors, StringComparison.Ordinal);
        Assert.Contains("is handed over: ledger jobs show ", (await _ledger.Run("jobs", "run", "review")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_follows_runs_the_job_itself_where_the_server_has_gone_away_since()
    {
        await Owner("insert into jobs.server (name, seen_at) values ('gone', now() - interval '3 seconds')");

        var followed = await _ledger.Run("jobs", "run", "review", "--follow", "--json");

        Assert.True(followed.ExitCode == 0, followed.Errors);
        Assert.Contains("in a command of", (string)System.Text.Json.Nodes.JsonNode.Parse(followed.Output)!["server"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_stops_a_command_has_cancelled_what_runs_in_it()
    {
        await using var owner = new NpgsqlConnection(_ledger.OwnerConnectionString);
        await owner.OpenAsync(Cancel);
        await using var locked = await owner.BeginTransactionAsync(Cancel);
        await owner.Execute("lock table ledger.review in access exclusive mode", Cancel);
        await using var command = _ledger.Start("jobs", "run", "review");
        await JobMachine.Until(async () => await Count("jobs.run where state = 'running'") == 1 ? "runs" : null, Cancel);

        Assert.Equal(1, (await command.Terminate()).ExitCode);
        Assert.Equal([("cancelled", Environment.UserName)], await _ledger.Database.Query("select state, cancelled_by from jobs.run", row => (row.GetString(0), row.GetString(1)), Cancel));
    }

    private async Task<List<string>> Versions() =>
        await _ledger.Database.Query("select view || version || state from ledger.view_versions order by 1", row => row.GetString(0), Cancel);

    private async Task<long> Count(string rows) => (await _ledger.Database.Query($"select count(*) from {rows}", row => row.GetInt64(0), Cancel)).Single();

    private async Task Owner(string sql)
    {
        await using var owner = new NpgsqlConnection(_ledger.OwnerConnectionString);
        await owner.OpenAsync(Cancel);
        await owner.Execute(sql, Cancel);
    }
}
