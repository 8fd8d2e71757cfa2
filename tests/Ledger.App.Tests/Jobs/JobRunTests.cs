using Ledger.App.Jobs;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ledger.App.Tests.Jobs;

/// <summary>Runs, without a clock: a server of the test's own takes them one by one.</summary>
public sealed class JobRunTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static readonly string[] Names = ["work", "other"];

    /// <summary>For what never ends where it is not told to.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Func<JobRun, CancellationToken, Task<string>>> _does = [];
    private LedgerOnTestDatabase _ledger = null!;
    private JobMachine _machine = null!;

    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerOnTestDatabase.Create(Cancel);
        _machine = Machine();
        await Runs.Register(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _machine.DisposeAsync();
        await _ledger.DisposeAsync();
    }

    private JobRuns Runs => _machine.Get<JobRuns>();

    private JobQueries Queries => _machine.Get<JobQueries>();

    private JobOrders Orders => _machine.Get<JobOrders>();

    [Fact]
    public async Task A_run_keeps_who_asked_where_it_ran_what_it_said_and_what_it_came_to()
    {
        _does["work"] = (run, _) =>
        {
            run.Log("First line.");
            run.Progress(3, 7, "deals");
            run.Changed(2);
            return Task.FromResult("Three deals.");
        };

        var run = await _machine.RunHere("work");

        Assert.Equal((RunState.Succeeded, RunCause.Request, "Ada", 1, "here", 3L, 7L, "deals", 2L, "Three deals."),
            (run.State, run.Cause, run.AskedBy, run.Attempt, run.Server, run.Done!.Value, run.Total!.Value, run.Unit, run.Changed, run.Result));
        Assert.True(run is { BeganAt: not null, EndedAt: not null, Seconds: >= 0 });
        Assert.Equal(["First line."], (await Queries.Run(run.Id, 0, Cancel)).Lines.Select(line => line.Text));
        Assert.Equal(run.Id, (await Queries.Get("work", Cancel)).Last!.Id);
    }

    [Fact]
    public async Task A_job_that_fails_is_tried_again_with_growing_waits_and_then_stays_failed_until_somebody_looks()
    {
        _does["work"] = (_, _) => throw new InvalidOperationException("There is no way.");
        var failed = await _machine.RunHere("work");
        var waits = new List<double>();
        while (failed.NextRun is { } next)
        {
            var following = (await Queries.Run(next, 0, Cancel)).Run;
            Assert.Equal((RunState.Waiting, RunCause.Retry, failed.Attempt + 1, "Ada"), (following.State, following.Cause, following.Attempt, following.AskedBy));
            waits.Add(Math.Round((following.NotBefore - failed.EndedAt!.Value).TotalMinutes));
            Assert.Null(await Runs.Claim("here", next, Cancel));
            Assert.Equal(HealthStatus.Healthy, (await Health()).Status);
            await Sql($"update jobs.run set not_before = now() where id = {next}");
            await _machine.Get<JobRunner>().Run((await Runs.Claim("here", next, Cancel))!, Cancel);
            failed = (await Queries.Run(next, 0, Cancel)).Run;
        }

        Assert.Equal([1, 5, 30], waits);
        Assert.Equal((RunState.Failed, "There is no way."), (failed.State, failed.Failure));
        Assert.Equal(failed.Id, (await Queries.Get("work", Cancel)).Failing);
        var health = await Health();
        Assert.Equal((HealthStatus.Degraded, true), (health.Status, health.Description!.Contains("'work'", StringComparison.Ordinal)));

        await Orders.Acknowledge("work", "Grace", Cancel);
        Assert.Equal(HealthStatus.Healthy, (await Health()).Status);
        Assert.Equal("Grace", (await Queries.Run(failed.Id, 0, Cancel)).Run.AcknowledgedBy);
    }

    [Fact]
    public async Task What_failed_stays_so_where_it_is_not_tried_again_because_somebody_paused_or_cancelled_that()
    {
        _does["work"] = (_, _) => throw new InvalidOperationException("There is no way.");
        var failed = await _machine.RunHere("work");
        await Orders.Pause("work", "Grace", Cancel);
        Assert.Equal(failed.Id, (await Queries.Get("work", Cancel)).Failing);
        await Orders.Resume("work", Cancel);
        Assert.Equal(HealthStatus.Healthy, (await Health()).Status);

        Assert.True(await Orders.Cancel("work", "Grace", Cancel));
        Assert.Equal((failed.Id, HealthStatus.Degraded), ((await Queries.Get("work", Cancel)).Failing, (await Health()).Status));
        Assert.False(await Orders.Cancel("work", "Grace", Cancel));
        Assert.True(await Orders.Acknowledge("work", "Grace", Cancel));
        Assert.False(await Orders.Acknowledge("work", "Grace", Cancel));
        Assert.Equal(HealthStatus.Healthy, (await Health()).Status);
    }

    [Fact]
    public async Task A_failure_that_would_be_found_again_is_not_tried_again_and_ends_with_a_success()
    {
        _does["work"] = (_, _) => throw new JobFailedException("Rows differ.");
        var failed = await _machine.RunHere("work");
        Assert.Equal((RunState.Failed, null, failed.Id), (failed.State, failed.NextRun, (await Queries.Get("work", Cancel)).Failing!.Value));

        _does["work"] = (_, _) => Task.FromResult("All well.");
        await _machine.RunHere("work");
        Assert.Null((await Queries.Get("work", Cancel)).Failing);
        Assert.Equal(HealthStatus.Healthy, (await Health()).Status);
    }

    [Fact]
    public async Task A_run_that_was_taken_for_dead_writes_nothing_any_more_and_its_end_is_not_kept()
    {
        await Sql("create table public.effect (run bigint)", isOwner: true);
        await Sql("grant all on public.effect to ledger_app", isOwner: true);
        var (began, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var refused = 0;
        _does["work"] = async (run, _) =>
        {
            await run.Confirm(CancellationToken.None);
            if (!run.IsAgain)
            {
                await Write(run);
                began.SetResult();
                await goOn.Task;
                await Assert.ThrowsAsync<FencedOffException>(() => run.Confirm(CancellationToken.None));
                refused++;
            }
            await Write(run);
            return "Written.";
        };
        var id = await Orders.Run("work", "Ada", null, Cancel);
        var first = _machine.Get<JobRunner>().Run((await Runs.Claim("first", id, Cancel))!, Cancel);
        await began.Task;
        await Sql("update jobs.run set seen_at = now() - interval '1 minute' where state = 'running'");
        Assert.Equal(1, await Runs.TakeForDead(Cancel));
        var second = (await Runs.Claim("second", null, Cancel))!;
        await _machine.Get<JobRunner>().Run(second, Cancel);
        goOn.SetResult();
        await first;

        var lost = (await Queries.Run(id, 0, Cancel)).Run;
        Assert.Equal((RunState.Lost, second.Id, 1, 1), (lost.State, lost.NextRun, second.Attempt - 1, refused));
        Assert.Equal([id, second.Id], await _machine.Ask("select run from public.effect order by 1", row => row.GetInt64(0), Cancel));
        Assert.Equal(RunState.Succeeded, (await Queries.Run(second.Id, 0, Cancel)).Run.State);
        Assert.Null((await Queries.Get("work", Cancel)).Failing);

        static Task Write(JobRun run) => run.Write((connection, _, cancel) => connection.Execute("insert into public.effect values ($1)", cancel, run.Id), CancellationToken.None);
    }

    [Fact]
    public async Task No_newer_run_begins_while_an_older_one_writes_and_other_jobs_go_on_meanwhile()
    {
        var (writing, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var bound = "";
        _does["work"] = async (run, _) =>
        {
            if (!run.IsAgain)
            {
                await run.Write(async (connection, _, _) =>
                {
                    // A process that is stopped here keeps others from beginning for that long, and no longer.
                    bound = (await connection.Query("show idle_in_transaction_session_timeout", row => row.GetString(0), Cancel)).Single();
                    writing.SetResult();
                    await goOn.Task;
                }, CancellationToken.None);
            }
            return "Written.";
        };
        _does["other"] = (_, _) => Task.FromResult("Done.");
        var id = await Orders.Run("work", "Ada", null, Cancel);
        var first = _machine.Get<JobRunner>().Run((await Runs.Claim("first", id, Cancel))!, Cancel);
        await writing.Task;
        await Sql("update jobs.run set seen_at = now() - interval '1 minute' where state = 'running'");
        await Runs.TakeForDead(Cancel);
        await Orders.Run("other", "Ada", null, Cancel);

        Assert.Equal("other", (await Runs.Claim("second", null, Cancel))!.Job);
        Assert.Null(await Runs.Claim("second", null, Cancel));
        goOn.SetResult();
        await first;
        Assert.Equal("work", (await Runs.Claim("second", null, Cancel))!.Job);
        Assert.Equal("10s", bound);
    }

    [Fact]
    public async Task A_run_that_takes_its_server_with_it_every_time_is_given_up()
    {
        await Orders.Run("work", "Ada", null, Cancel);
        var runs = 0;
        while (await Runs.Claim("doomed", null, Cancel) is not null)
        {
            runs++;
            await Sql("update jobs.run set seen_at = now() - interval '1 minute' where state = 'running'");
            await Runs.TakeForDead(Cancel);
        }

        Assert.Equal(4, runs);
        Assert.NotNull((await Queries.Get("work", Cancel)).Failing);
    }

    [Fact]
    public async Task What_is_due_twice_runs_once_and_what_is_missed_while_it_runs_or_is_paused_runs_once()
    {
        var at = DateTimeOffset.UtcNow.AddHours(-5);
        await Runs.Due("work", at, Cancel);
        await Runs.Due("work", at, Cancel);
        Assert.NotNull(await Runs.Claim("here", null, Cancel));
        await Runs.Due("work", at, Cancel);
        await Runs.Due("work", at.AddHours(1), Cancel);
        await Runs.Due("work", at.AddHours(2), Cancel);
        Assert.Equal((1L, 1L), await Open());

        await Sql("update jobs.run set state = 'succeeded', ended_at = now() where state = 'running'");
        await Orders.Pause("work", "Ada", Cancel);
        await Runs.Due("work", at.AddHours(3), Cancel);
        Assert.Null(await Runs.Claim("here", null, Cancel));
        Assert.Equal(("Ada", (DateTime?)null), ((await Queries.Get("work", Cancel)).PausedBy, (await Queries.Get("work", Cancel)).NextAt));
        // Somebody may have it run nonetheless.
        Assert.Equal(RunState.Succeeded, (await _machine.RunHere("work")).State);
        await Orders.Resume("work", Cancel);
        Assert.NotNull(await Runs.Claim("here", null, Cancel));
        Assert.Equal((1L, 0L), await Open());
    }

    [Fact]
    public async Task A_run_waits_for_its_time_by_the_database_s_clock_whatever_a_server_s_says()
    {
        await Runs.Due("work", DateTimeOffset.UtcNow.AddHours(1), Cancel);
        Assert.Null(await Runs.Claim("ahead", null, Cancel));
        await Runs.Due("work", DateTimeOffset.UtcNow.AddSeconds(-1), Cancel);
        Assert.NotNull(await Runs.Claim("right", null, Cancel));
        Assert.Equal((1L, 0L), await Open());
    }

    [Fact]
    public async Task Asked_for_twice_before_it_begins_or_under_one_key_it_is_one_run()
    {
        var first = await Orders.Run("work", "Ada", null, Cancel);
        Assert.Equal(first, await Orders.Run("work", "Grace", null, Cancel));
        var keyed = await Orders.Run("work", "Ada", "once", Cancel);
        Assert.Equal(keyed, await Orders.Run("work", "Ada", "once", Cancel));
        Assert.NotEqual(keyed, first);
        await Assert.ThrowsAsync<NotFoundException>(() => Orders.Run("nothing", "Ada", null, Cancel));
    }

    [Fact]
    public async Task A_run_is_cancelled_wherever_it_goes_on_and_so_is_what_waits()
    {
        _does["work"] = async (_, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return "";
        };
        var id = await Orders.Run("work", "Ada", null, Cancel);
        var run = _machine.Get<JobRunner>().Run((await Runs.Claim("here", id, Cancel))!, Cancel);
        var waiting = await Orders.Run("work", "Ada", null, Cancel);
        // What waits for it keeps no other job from running.
        await Orders.Run("other", "Ada", null, Cancel);
        Assert.Equal("other", (await Runs.Claim("here", null, Cancel))?.Job);
        Assert.Null(await Runs.Claim("here", null, Cancel));
        await Orders.Cancel("work", "Grace", Cancel);
        await run.WaitAsync(Patience, Cancel);

        Assert.All(new[] { id, waiting }, one => Assert.Equal((RunState.Cancelled, "Grace", null), Told(Queries.Run(one, 0, Cancel).Result.Run)));

        static (RunState, string?, long?) Told(RunRecord one) => (one.State, one.CancelledBy, one.NextRun);
    }

    [Fact]
    public async Task What_somebody_has_cancelled_is_not_tried_again_be_it_that_it_failed_first_or_that_its_server_is_gone()
    {
        _does["work"] = async (_, _) =>
        {
            await Orders.Cancel("work", "Grace", Cancel);
            throw new InvalidOperationException("There is no way.");
        };
        var failed = await _machine.RunHere("work");
        var id = await Orders.Run("work", "Ada", null, Cancel);
        await Runs.Claim("gone", id, Cancel);
        await Orders.Cancel("work", "Grace", Cancel);
        await Sql("update jobs.run set seen_at = now() - interval '1 minute' where state = 'running'");
        Assert.Equal(1, await Runs.TakeForDead(Cancel));

        Assert.All(new[] { failed.Id, id }, one => Assert.Equal((RunState.Cancelled, "Grace", null), Told(Queries.Run(one, 0, Cancel).Result.Run)));
        Assert.Null((await Queries.Get("work", Cancel)).Now);

        static (RunState, string?, long?) Told(RunRecord one) => (one.State, one.CancelledBy, one.NextRun);
    }

    [Fact]
    public async Task Asked_for_while_it_waits_to_be_tried_again_it_is_tried_at_once()
    {
        _does["work"] = (_, _) => throw new InvalidOperationException("There is no way.");
        var failed = await _machine.RunHere("work");
        Assert.True(await Queries.Get("work", Cancel) is { IsMoving: false, MayRun: true });

        Assert.Equal(failed.NextRun, await Orders.Run("work", "Grace", null, Cancel));
        Assert.Equal(failed.NextRun, await Orders.Run("work", "Heidi", null, Cancel));
        Assert.True(await Queries.Get("work", Cancel) is { IsMoving: true, MayRun: false, Now: { Cause: RunCause.Request, AskedBy: "Grace", Attempt: 2 } });
        Assert.Equal(failed.NextRun, (await Runs.Claim("here", null, Cancel))!.Id);
        Assert.Equal((1L, 0L), await Open());
    }

    [Fact]
    public async Task A_job_that_is_left_to_others_is_taken_on_where_none_of_them_does()
    {
        await Orders.Run("work", "Ada", null, Cancel);
        Assert.Null(await Runs.Claim("here", null, Cancel, "work"));
        await Sql("update jobs.run set not_before = now() - interval '2 minutes'");
        Assert.NotNull(await Runs.Claim("here", null, Cancel, "work"));
    }

    [Fact]
    public async Task A_server_without_the_key_of_the_log_leaves_what_needs_it_to_one_that_has_it()
    {
        var needy = await Orders.Run("work", "Ada", null, Cancel);
        var other = await Orders.Run("other", "Ada", null, Cancel);
        await using var without = await JobMachine.Start(_ledger.AppConnectionString, [.. Names.Select(name => new TestJob(name, (_, _) => Task.FromResult("Done."), needsKey: name == "work"))], Cancel);
        await JobMachine.Until(async () => (await Queries.Run(other, 0, Cancel)).Run is { EndedAt: not null } ended ? ended : null, Cancel);

        Assert.Equal(RunState.Waiting, (await Queries.Run(needy, 0, Cancel)).Run.State);
        Assert.All(JobList.Make(), job => Assert.Equal(job.Name is "verify" or "backup", job.NeedsKey));
    }

    [Fact]
    public async Task A_run_that_was_taken_for_dead_is_ended_on_its_server()
    {
        _does["work"] = async (_, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return "";
        };
        var id = await Orders.Run("work", "Ada", null, Cancel);
        var run = _machine.Get<JobRunner>().Run((await Runs.Claim("here", id, Cancel))!, Cancel);
        // Until its server says nothing in between.
        do
            await Sql("update jobs.run set seen_at = now() - interval '1 minute' where state = 'running'");
        while (await Runs.TakeForDead(Cancel) == 0);

        await run.WaitAsync(Patience, Cancel);
        Assert.Equal(RunState.Lost, (await Queries.Run(id, 0, Cancel)).Run.State);
    }

    [Fact]
    public async Task What_a_server_leaves_when_it_is_stopped_is_taken_over_at_once()
    {
        _does["work"] = async (run, cancel) =>
        {
            if (!run.IsAgain)
                await Task.Delay(Timeout.Infinite, cancel);
            return "Done.";
        };
        using var stop = new CancellationTokenSource();
        var id = await Orders.Run("work", "Ada", null, Cancel);
        var run = _machine.Get<JobRunner>().Run((await Runs.Claim("here", id, Cancel))!, stop.Token);
        await stop.CancelAsync();
        await run;

        var next = (await Runs.Claim("there", null, Cancel))!;
        Assert.Equal(next.Id, (await Queries.Run(id, 0, Cancel)).Run.NextRun);
    }

    private JobMachine Machine() => JobMachine.Make(_ledger.AppConnectionString,
        Names.Select(name => new TestJob(name, (run, cancel) => _does.TryGetValue(name, out var does) ? does(run, cancel) : Task.FromResult("Done."))));

    private Task<HealthCheckResult> Health() => new JobsCheck(Queries).CheckHealthAsync(new HealthCheckContext(), Cancel);

    /// <summary>How many run, and how many wait.</summary>
    private async Task<(long Running, long Waiting)> Open() => (await _machine.Ask(
        "select count(*) filter (where state = 'running'), count(*) filter (where state = 'waiting') from jobs.run where job = 'work'", row => (row.GetInt64(0), row.GetInt64(1)), Cancel)).Single();

    private async Task Sql(string sql, bool isOwner = false)
    {
        await using var connection = new Npgsql.NpgsqlConnection(isOwner ? _ledger.OwnerConnectionString : _ledger.AppConnectionString);
        await connection.OpenAsync(Cancel);
        await connection.Execute(sql, Cancel);
    }
}
