using System.Collections.Concurrent;
using Ledger.App.Jobs;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Tests.Jobs;

/// <summary>Several servers on one database, and their clocks.</summary>
public sealed class JobClusterTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private LedgerOnTestDatabase _ledger = null!;

    public async ValueTask InitializeAsync() => _ledger = await LedgerOnTestDatabase.Create(Cancel);

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_hundred_short_runs_run_once_each_and_none_is_missed(int servers)
    {
        var ran = new ConcurrentQueue<long>();
        // At once, as they would come up after a failure of the power.
        var machines = await Task.WhenAll(Enumerable.Range(0, servers).Select(_ => JobMachine.Start(_ledger.AppConnectionString, Jobs(ran), Cancel)));
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
            await Task.WhenAll(machines.Select(machine => machine.DisposeAsync().AsTask()));
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
        await JobMachine.Until(async () => (await one.Ask("select job from jobs.run where state = 'succeeded' group by 1 having count(*) >= 3", row => row.GetString(0), Cancel)).Count == 10 ? "all" : null, Cancel);

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

    /// <summary>The real clock, until it is set.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
