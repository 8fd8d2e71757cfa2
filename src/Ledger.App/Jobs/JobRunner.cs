using Npgsql;

namespace Ledger.App.Jobs;

/// <summary>Runs a run that this process has taken on, and says every second that it goes on.</summary>
internal sealed class JobRunner(JobList jobs, JobRuns runs, NpgsqlDataSource database, IServiceScopeFactory scopes, ILogger<JobRunner> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long the end of a run is tried to be kept while the database is out of reach.</summary>
    private static readonly TimeSpan EndFor = TimeSpan.FromMinutes(2);

    /// <summary>Runs to its end, whatever that is.</summary>
    /// <param name="claimed">The run.</param>
    /// <param name="stop">Stops it, with its server: another one takes over.</param>
    /// <param name="stopper">Whoever stops it where no server does: then it is cancelled.</param>
    public async Task Run(ClaimedRun claimed, CancellationToken stop, string? stopper = null)
    {
        var (job, _) = jobs.Named(claimed.Job);
        await using var scope = scopes.CreateAsyncScope();
        var run = new JobRun(claimed, scope.ServiceProvider, database, log);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var ended = new CancellationTokenSource();
        var watch = Watch(run, claimed, cancel, ended.Token);
        RunEnd end;
        try
        {
            end = new RunEnd(RunState.Succeeded, await job.Run(run, cancel.Token));
        }
        catch (Exception e)
        {
            end = Of(e);
        }
        await ended.CancelAsync();
        var (isCurrent, cancelledBy) = await watch;
        if (end.State != RunState.Succeeded && cancel.IsCancellationRequested)
            end = Stopped(cancelledBy ?? (stop.IsCancellationRequested ? stopper : null), isCurrent);
        if (end.State == RunState.Failed)
            log.LogWarning("Job {Job}, run {Run} failed: {Failure}", claimed.Job, claimed.Id, end.Failure);
        await End(run, claimed, end);

        RunEnd Of(Exception e)
        {
            if (e is not (JobFailedException or OperationCanceledException or FencedOffException))
                log.LogError(e, "Job {Job}, run {Run} failed", claimed.Job, claimed.Id);
            return new RunEnd(RunState.Failed, Failure: e.Message, IsForGood: e is JobFailedException);
        }
    }

    private static RunEnd Stopped(string? by, bool isCurrent) =>
        by is not null ? new RunEnd(RunState.Cancelled, CancelledBy: by)
        : new RunEnd(RunState.Lost, Failure: isCurrent ? "Its server was stopped." : "A newer run has begun.");

    /// <summary>Until the run has ended; cancels it where it must not go on. While the database is out of reach it goes on: its fence holds.</summary>
    private async Task<(bool IsCurrent, string? CancelledBy)> Watch(JobRun run, ClaimedRun claimed, CancellationTokenSource cancel, CancellationToken ended)
    {
        while (true)
        {
            await Task.Delay(Pause, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
                return (true, null);
            var (lines, progress) = run.Take();
            try
            {
                var seen = await runs.See(claimed, lines, progress, CancellationToken.None);
                if (seen is { IsCurrent: true, CancelledBy: null })
                    continue;
                if (!seen.IsCurrent)
                    log.LogWarning("Job {Job}, run {Run} was taken for dead; it is ended", claimed.Job, claimed.Id);
                await cancel.CancelAsync();
                return seen;
            }
            catch (NpgsqlException e)
            {
                run.GiveBack(lines);
                log.LogWarning("Job {Job}, run {Run}: the database does not answer ({Reason})", claimed.Job, claimed.Id, e.Message);
            }
        }
    }

    private async Task End(JobRun run, ClaimedRun claimed, RunEnd end)
    {
        var (lines, progress) = run.Take();
        var until = DateTime.UtcNow + EndFor;
        while (true)
        {
            try
            {
                if (await runs.End(claimed, end, lines, progress, CancellationToken.None) is { } following)
                    log.LogInformation("Job {Job}: run {Run} follows at {Time}", claimed.Job, following.Id, following.NotBefore);
                return;
            }
            catch (NpgsqlException e) when (DateTime.UtcNow < until)
            {
                log.LogWarning("Job {Job}, run {Run}: its end cannot be kept ({Reason})", claimed.Job, claimed.Id, e.Message);
                await Task.Delay(Pause);
            }
            catch (NpgsqlException e)
            {
                // It will be taken for dead, and run again.
                log.LogError(e, "Job {Job}, run {Run}: its end was not kept", claimed.Job, claimed.Id);
                return;
            }
        }
    }
}
