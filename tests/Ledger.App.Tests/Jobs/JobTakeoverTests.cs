using Ledger.App.Jobs;
using Ledger.App.Operations.Migrate;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Ledger.Testing;
using Npgsql;

namespace Ledger.App.Tests.Jobs;

/// <summary>Servers that are killed and stopped, and a database that goes away.</summary>
public sealed class JobTakeoverTests : IAsyncLifetime
{
    private const int Steps = 100;

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private LedgerOnTestDatabase _ledger = null!;

    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerOnTestDatabase.Create(Cancel);
        await using var owner = new NpgsqlConnection(_ledger.OwnerConnectionString);
        await owner.OpenAsync(Cancel);
        await owner.Execute("create table public.step (number bigint generated always as identity, run bigint not null); grant all on public.step to ledger_app", Cancel);
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task Servers_that_are_killed_or_paused_in_the_middle_are_taken_over_and_write_no_more()
    {
        // Each has a job of its own, which this one knows besides, and takes over: it begins only when they are gone.
        await using var here = JobMachine.Make(_ledger.AppConnectionString, [OtherServer.Steps("killed", Steps), OtherServer.Steps("paused", Steps)]);
        using var killed = OtherServer.Start(_ledger.AppConnectionString, "killed");
        using var paused = OtherServer.Start(_ledger.AppConnectionString, "paused");
        var (ofKilled, ofPaused) = (await here.Get<JobOrders>().Run("killed", "Ada", null, Cancel), await here.Get<JobOrders>().Run("paused", "Ada", null, Cancel));
        await Writes(here, ofKilled);
        await Writes(here, ofPaused);
        await killed.Signal("KILL");
        await paused.Signal("STOP");
        await here.Start(Cancel);
        var (afterKilled, afterPaused) = (await Follows(here, ofKilled), await Follows(here, ofPaused));
        await Writes(here, afterPaused);
        await paused.Signal("CONT");
        var name = (await here.Get<JobQueries>().Run(ofPaused, 0, Cancel)).Run.Server!;
        var woken = (await here.Ask("select clock_timestamp()", row => row.GetDateTime(0), Cancel)).Single();
        await JobMachine.Until(async () => (await here.Ask("select 'awake' from jobs.server where name = $1 and seen_at > $2", row => row.GetString(0), Cancel, name, woken)).FirstOrDefault(), Cancel);

        foreach (var (first, second) in new[] { (ofKilled, afterKilled), (ofPaused, afterPaused) })
        {
            var run = await JobMachine.Until(async () => (await here.Get<JobQueries>().Run(second, 0, Cancel)).Run is { EndedAt: not null } ended ? ended : null, Cancel);
            Assert.Equal((RunState.Succeeded, RunCause.Takeover, here.Name), (run.State, run.Cause, run.Server));
            Assert.Equal(Steps, (await WrittenBy(here, second)).Count);
            Assert.True((await WrittenBy(here, first)).Max() < (await WrittenBy(here, second)).Min(), "The first has written after the second began.");
            Assert.Equal(RunState.Lost, (await here.Get<JobQueries>().Run(first, 0, Cancel)).Run.State);
        }
    }

    [Fact]
    public async Task Jobs_go_on_when_PostgreSQL_was_restarted()
    {
        await using var cluster = await PrivateCluster.Create(Cancel);
        await using (var owner = new NpgsqlConnection(cluster.ConnectionString("ledger")))
        {
            await owner.OpenAsync(Cancel);
            await LedgerSchema.Migrate(owner, Cancel);
        }
        var starts = 0;
        LedgerJob[] jobs =
        [
            new TestJob("tick", (_, _) => Task.FromResult("Done."), "0/2 * * * * ?"),
            new TestJob("long", async (run, cancel) =>
            {
                if (Interlocked.Increment(ref starts) == 1)
                {
                    while (true)
                    {
                        await run.Confirm(cancel);
                        await Task.Delay(20, cancel);
                    }
                }
                return "Done.";
            }),
        ];
        await using var machine = await JobMachine.Start(cluster.ConnectionString("ledger_app"), jobs, Cancel, settings: ("Ledger:Jobs:RetryAfter", "00:00:01"));
        await JobMachine.Until(async () => (await machine.Ask("select 1 from jobs.run where job = 'tick' and state = 'succeeded'", _ => "ran", Cancel)).FirstOrDefault(), Cancel);
        var asked = await machine.Get<JobOrders>().Run("long", "Ada", null, Cancel);
        await JobMachine.Until(() => Task.FromResult(starts == 1 ? "began" : null), Cancel);

        await cluster.Stop();
        await cluster.Start(Cancel);

        var since = DateTime.UtcNow;
        await JobMachine.Until(async () => await Answer(() => machine.Ask("select 1 from jobs.run where job = 'tick' and state = 'succeeded' and due_at > $1", _ => "ran", Cancel, since)), Cancel);
        var run = await JobMachine.Until(async () => (await machine.Get<JobQueries>().Run(asked, 0, Cancel)).Run is { NextRun: { } next } ? (await machine.Get<JobQueries>().Run(next, 0, Cancel)).Run is { EndedAt: not null } ended ? ended : null : null, Cancel);
        Assert.Equal((RunState.Succeeded, RunCause.Retry), (run.State, run.Cause));
        Assert.Empty(await machine.Ask("select 1 from jobs.run where due_at is not null group by job, due_at having count(*) filter (where state = 'succeeded') > 1", _ => "twice", Cancel));

        static async Task<string?> Answer(Func<Task<List<string>>> ask)
        {
            try
            {
                return (await ask()).FirstOrDefault();
            }
            catch (NpgsqlException)
            {
                return null;
            }
        }
    }

    private static Task<string> Writes(JobMachine machine, long run) => JobMachine.Until(async () => (await WrittenBy(machine, run)).Count > 10 ? "writes" : null, Cancel);

    /// <summary>The run that takes over from another one.</summary>
    private static async Task<long> Follows(JobMachine machine, long run)
    {
        var lost = await JobMachine.Until(async () => (await machine.Get<JobQueries>().Run(run, 0, Cancel)).Run is { NextRun: not null } lost ? lost : null, Cancel);
        return lost.NextRun!.Value;
    }

    private static Task<List<long>> WrittenBy(JobMachine machine, long run) => machine.Ask("select number from public.step where run = $1", row => row.GetInt64(0), Cancel, run);
}
