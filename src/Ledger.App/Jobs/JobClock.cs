using Ledger.App.Views;
using Npgsql;
using Quartz;
using Quartz.Extensibility;

namespace Ledger.App.Jobs;

/// <summary>
/// Says when jobs are due, for all servers of a database together: Quartz, clustered on it. At its time a job comes to wait; that is all
/// that happens by the clock.
/// </summary>
internal sealed class JobClock(NpgsqlDataSource database, JobList jobs, JobRuns runs, ILoggerFactory logs, TimeProvider time) : IJobFactory, IJob, IDisposable
{
    private const string Tables = "jobs.qrtz_";

    // Any number that the program locks nowhere else.
    private const long Provisioning = 0x6a6f6273;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>How often is looked for what was missed: by a machine that has slept, or whose clock was behind.</summary>
    private static readonly TimeSpan LookForMissed = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = logs.CreateLogger<JobClock>();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private IScheduler? _scheduler;

    /// <summary>Makes Quartz's tables where they are missing, gives it the schedules of this program, and starts it.</summary>
    public async Task Start(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        // Servers that start at once would make the tables at once.
        await connection.Execute($"select pg_advisory_lock({Provisioning})", cancel);
        try
        {
            _scheduler ??= await Build(cancel);
            foreach (var (job, schedule) in jobs.All)
                await Set(_scheduler, job, schedule, cancel);
            await _scheduler.Start(cancel);
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
                await connection.Execute($"select pg_advisory_unlock({Provisioning})", CancellationToken.None);
        }
    }

    /// <summary>Until it is woken, or some time has passed.</summary>
    public async Task Wait(TimeSpan max, CancellationToken cancel)
    {
        try
        {
            await _wake.WaitAsync(max, cancel);
        }
        catch (OperationCanceledException)
        {
            // Whoever waits looks for itself.
        }
    }

    /// <summary>Something may have come to wait.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake.
        }
    }

    public async Task Stop()
    {
        try
        {
            if (_scheduler is not null)
                await _scheduler.Shutdown(waitForJobsToComplete: true);
        }
        catch (Exception e)
        {
            _log.LogWarning("The clock of the jobs was stopped out of order ({Reason})", e.Message);
        }
    }

    public void Dispose() => _wake.Dispose();

    /// <summary>A job is due. Until that is kept it is not over, and if this server dies before, another one keeps it.</summary>
    async ValueTask IJob.Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var (name, due) = (context.JobDetail.Key.Name, context.ScheduledFireTimeUtc ?? context.FireTimeUtc);
        while (true)
        {
            try
            {
                await runs.Due(name, due, cancellationToken);
                Wake();
                return;
            }
            catch (NpgsqlException e)
            {
                _log.LogWarning("Job {Job} is due, which cannot be kept ({Reason})", name, e.Message);
                await Task.Delay(Retry, cancellationToken);
            }
        }
    }

    ValueTask<JobScope> IJobFactory.CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken) => new(new JobScope(this, null));

    ValueTask IJobFactory.ReturnJob(JobScope scope, CancellationToken cancellationToken) => default;

    private ValueTask<IScheduler> Build(CancellationToken cancel) => QuartzSchedulerBuilder.Create(quartz =>
    {
        quartz.Services.AddSingleton(logs);
        quartz.ConfigureScheduler(options => (options.InstanceName, options.GenerateInstanceId) = ("ledger", true));
        quartz.UseTimeProvider(time);
        quartz.UseJobFactory(this);
        quartz.UsePersistentStore(store =>
        {
            store.UsePostgres(options => options.DataSourceFactory = _ => database);
            store.ConfigureStore(options => (options.StoreJobDataAsStrings, options.TablePrefix, options.DbRetryInterval, options.MisfireHandlerFrequency) = (true, Tables, Retry, LookForMissed));
            store.ProvisionSchema();
            store.UseSystemTextJsonSerializer();
            store.UseClustering(cluster => (cluster.CheckinInterval, cluster.CheckinMisfireThreshold) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)));
        });
    }).BuildScheduler(cancel);

    /// <summary>
    /// What is kept stays as it is while the schedule is the same, so that what was missed is known; unless it waits for a later time than
    /// comes next, which a clock has left behind that was ahead.
    /// </summary>
    private async Task Set(IScheduler scheduler, LedgerJob job, JobSchedule schedule, CancellationToken cancel)
    {
        var (key, trigger) = (new JobKey(job.Name), new TriggerKey(job.Name));
        var kept = await scheduler.GetTrigger(trigger, cancel) as ICronTrigger;
        if (schedule.Next(time.GetUtcNow()) is not { } next)
        {
            if (kept is not null)
                await scheduler.UnscheduleJob(trigger, cancel);
            return;
        }
        if (kept is not null && kept.CronExpressionString == schedule.Cron.CronExpressionString && kept.TimeZone.Id == schedule.Zone.Id && kept.NextFireTimeUtc <= next)
            return;
        var detail = JobBuilder.Create<JobClock>().WithIdentity(key).StoreDurably().RequestRecovery().Build();
        await scheduler.AddJob(detail, new AddJobOptions { Replace = true }, cancel);
        var wanted = TriggerBuilder.Create(time).WithIdentity(trigger).ForJob(key).WithCronSchedule(schedule.Cron).StartAt(time.GetUtcNow()).Build();
        if (kept is null)
            await scheduler.ScheduleJob(wanted, cancellationToken: cancel);
        else
            await scheduler.RescheduleJob(trigger, wanted, cancel);
    }
}
