using System.Globalization;
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
    [InlineData("KILL")]
    [InlineData("STOP")]
    public async Task A_server_that_is_killed_or_paused_in_the_middle_is_taken_over_and_writes_no_more(string signal)
    {
        await using var here = await JobMachine.Start(_ledger.AppConnectionString, [OtherServer.Steps(Steps)], Cancel);
        await JobMachine.Until(async () => await here.Get<JobRuns>().IsAnyServer(Cancel) ? "there" : null, Cancel);
        var first = await Taken(here);
        await JobMachine.Until(async () => (await WrittenBy(here, first.Run)).Count > 10 ? "writes" : null, Cancel);
        await first.Server.Signal(signal);
        var next = await JobMachine.Until(async () => (await here.Get<JobQueries>().Run(first.Run, 0, Cancel)).Run is { NextRun: { } id } ? $"{id}" : null, Cancel);
        var second = long.Parse(next, CultureInfo.InvariantCulture);
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
}
