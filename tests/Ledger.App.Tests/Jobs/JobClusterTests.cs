using System.Collections.Concurrent;
using Ledger.App.Jobs;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Ledger.Testing;
using Npgsql;

namespace Ledger.App.Tests.Jobs;

/// <summary>Several servers on one database, some of which are killed and stopped.</summary>
public sealed class JobClusterTests : IAsyncLifetime
{
    private const int Steps = 200;

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

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_hundred_short_runs_run_once_each_and_none_is_missed(int servers)
    {
        var ran = new ConcurrentQueue<long>();
        var machines = new List<JobMachine>();
        for (var i = 0; i < servers; i++)
            machines.Add(await JobMachine.Start(_ledger.AppConnectionString, Jobs(ran), Cancel));
        try
        {
            await machines[0].Get<JobRuns>().Register(Cancel);
            var asked = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => machines[i % servers].Get<JobOrders>().Run($"job-{i % 20}", "Ada", $"{i}", Cancel)));
            await JobMachine.Until(async () => ran.Count(asked.Contains) >= 100 && await Unfinished(machines[0]) == 0 ? ran : null, Cancel);

            Assert.Equal(asked.Order(), ran.Order());
            Assert.Equal(100, asked.Distinct().Count());
        }
        finally
        {
            foreach (var machine in machines)
                await machine.DisposeAsync();
        }

        static IEnumerable<LedgerJob> Jobs(ConcurrentQueue<long> ran) => Enumerable.Range(0, 20).Select(i => new TestJob($"job-{i}", (run, _) =>
        {
            ran.Enqueue(run.Id);
            return Task.FromResult("Done.");
        }));

        static async Task<long> Unfinished(JobMachine machine) => (await machine.Ask("select count(*) from jobs.run where state in ('waiting', 'running')", row => row.GetInt64(0), Cancel)).Single();
    }

    [Fact]
    public async Task What_the_clock_brings_to_two_servers_runs_once_at_each_of_its_times()
    {
        await using var one = await JobMachine.Start(_ledger.AppConnectionString, Jobs(), Cancel);
        await using var two = await JobMachine.Start(_ledger.AppConnectionString, Jobs(), Cancel);
        await JobMachine.Until(async () => (await one.Ask("select job from jobs.run where state = 'succeeded' group by 1 having count(*) >= 4", row => row.GetString(0), Cancel)).Count == 10 ? "all" : null, Cancel);

        var times = (await one.Ask("select job, due_at from jobs.run where cause = 'schedule' order by 1, 2", row => (Job: row.GetString(0), Due: row.GetDateTime(1)), Cancel)).ToLookup(run => run.Job, run => run.Due);
        Assert.All(times, job => Assert.All(job.Zip(job.Skip(1)), pair => Assert.Equal(TimeSpan.FromSeconds(2), pair.Second - pair.First)));
        Assert.Empty(await one.Ask("select id from jobs.run where state not in ('waiting', 'running', 'succeeded') or began_at < due_at", row => row.GetInt64(0), Cancel));

        static IEnumerable<LedgerJob> Jobs() => Enumerable.Range(0, 10).Select(i => new TestJob($"tick-{i}", (_, _) => Task.FromResult("Done."), "0/2 * * * * ?"));
    }

    [Fact]
    public async Task What_was_missed_while_no_server_was_there_runs_once()
    {
        TestJob[] jobs = [new TestJob("hourly", (_, _) => Task.FromResult("Done."), "0 0 * * * ?")];
        await using (var first = await JobMachine.Start(_ledger.AppConnectionString, jobs, Cancel))
            await JobMachine.Until(async () => await first.Get<JobRuns>().IsAnyServer(Cancel) ? "there" : null, Cancel);
        // As if five hours had passed since.
        await using (var owner = new NpgsqlConnection(_ledger.OwnerConnectionString))
        {
            await owner.OpenAsync(Cancel);
            await owner.Execute($"update jobs.qrtz_triggers set next_fire_time = next_fire_time - {TimeSpan.FromHours(5).Ticks}", Cancel);
        }

        await using var second = await JobMachine.Start(_ledger.AppConnectionString, jobs, Cancel);
        await JobMachine.Until(async () => (await second.Ask("select 1 from jobs.run where state = 'succeeded'", _ => "ran", Cancel)).FirstOrDefault(), Cancel);
        await JobMachine.Until(async () => (await second.Ask($"select 1 from jobs.qrtz_triggers where next_fire_time > {DateTime.UtcNow.Ticks}", _ => "next", Cancel)).FirstOrDefault(), Cancel);
        Assert.Equal(1, (await second.Ask("select count(*) from jobs.run", row => row.GetInt64(0), Cancel)).Single());
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("STOP")]
    public async Task A_server_that_is_killed_or_paused_in_the_middle_is_taken_over_and_writes_no_more(string signal)
    {
        await using var here = await JobMachine.Start(_ledger.AppConnectionString, [OtherServer.Steps(Steps)], Cancel, settings: ("Ledger:Jobs:Enabled", "true"));
        await JobMachine.Until(async () => await here.Get<JobRuns>().IsAnyServer(Cancel) ? "there" : null, Cancel);
        var first = await Taken(here);
        await JobMachine.Until(async () => (await WrittenBy(here, first.Run)).Count > 10 ? "writes" : null, Cancel);
        await first.Server.Signal(signal);
        var next = await JobMachine.Until(async () => (await here.Get<JobQueries>().Run(first.Run, 0, Cancel)).Run is { NextRun: { } id } ? $"{id}" : null, Cancel);
        var second = long.Parse(next, System.Globalization.CultureInfo.InvariantCulture);
        await JobMachine.Until(async () => (await WrittenBy(here, second)).Count > 10 ? "writes" : null, Cancel);
        if (signal == "STOP")
            await first.Server.Signal("CONT");
        await JobMachine.Until(async () => (await here.Get<JobQueries>().Run(second, 0, Cancel)).Run is { EndedAt: not null } ended ? ended : null, Cancel);

        var run = (await here.Get<JobQueries>().Run(second, 0, Cancel)).Run;
        Assert.Equal((RunState.Succeeded, RunCause.Takeover, here.Name), (run.State, run.Cause, run.Server));
        Assert.Equal(Steps, (await WrittenBy(here, second)).Count);
        Assert.True((await WrittenBy(here, first.Run)).Max() < (await WrittenBy(here, second)).Min(), "The first has written after the second began.");
        Assert.Equal(RunState.Lost, (await here.Get<JobQueries>().Run(first.Run, 0, Cancel)).Run.State);
        first.Server.Dispose();
    }

    [Fact]
    public async Task Jobs_go_on_when_PostgreSQL_was_restarted()
    {
        await using var cluster = await PrivateCluster.Create(Cancel);
        await using (var owner = new NpgsqlConnection(cluster.ConnectionString("ledger")))
        {
            await owner.OpenAsync(Cancel);
            await Ledger.App.Operations.Migrate.LedgerSchema.Migrate(owner, Cancel);
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

    [Fact]
    public async Task A_server_whose_clock_jumps_starts_nothing_early_nothing_twice_and_goes_on_when_it_is_right_again()
    {
        var clock = new JumpingClock();
        await using var machine = await JobMachine.Start(_ledger.AppConnectionString, [new TestJob("tick", (_, _) => Task.FromResult("Done."), "0/2 * * * * ?")], Cancel, clock);
        await JobMachine.Until(async () => (await Ended()).Count >= 1 ? "ran" : null, Cancel);
        clock.Ahead = TimeSpan.FromHours(3);
        await JobMachine.Until(async () => (await machine.Ask("select 1 from jobs.run where state = 'waiting' and due_at > now() + interval '1 hour'", _ => "early", Cancel)).FirstOrDefault(), Cancel);
        var before = (await Ended()).Count;
        clock.Ahead = TimeSpan.Zero;
        await JobMachine.Until(async () => (await Ended()).Count >= before + 2 ? "ran again" : null, Cancel);

        Assert.Empty(await machine.Ask("select 1 from jobs.run where began_at < due_at", _ => "early", Cancel));
        Assert.Equal((await Ended()).Distinct().Count(), (await Ended()).Count);

        Task<List<DateTime>> Ended() => machine.Ask("select due_at from jobs.run where state = 'succeeded'", row => row.GetDateTime(0), Cancel);
    }

    /// <summary>Has a process of its own take on the run, whose server here may be faster.</summary>
    private async Task<(OtherServer Server, long Run)> Taken(JobMachine here)
    {
        // A run that no other server would take: it is claimed for it.
        var server = OtherServer.Start(_ledger.AppConnectionString);
        await JobMachine.Until(async () => (await here.Ask("select name from jobs.server where name <> $1", row => row.GetString(0), Cancel, here.Name)).FirstOrDefault(), Cancel);
        while (true)
        {
            var id = await here.Get<JobOrders>().Run(OtherServer.Job, "Ada", null, Cancel);
            var run = await JobMachine.Until(async () => (await here.Get<JobQueries>().Run(id, 0, Cancel)).Run is { Server: not null } taken ? taken : null, Cancel);
            if (run.Server != here.Name)
                return (server, id);
            await here.Get<JobOrders>().Cancel(OtherServer.Job, "Ada", Cancel);
            await JobMachine.Until(async () => (await here.Get<JobQueries>().Run(id, 0, Cancel)).Run is { EndedAt: not null } ended ? ended : null, Cancel);
        }
    }

    private static Task<List<long>> WrittenBy(JobMachine machine, long run) => machine.Ask("select number from public.step where run = $1", row => row.GetInt64(0), Cancel, run);

    /// <summary>The real clock, until it is set.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
