using System.Diagnostics;
using System.Security.Cryptography;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Jobs;

/// <summary>
/// Takes on what waits, as long as the server runs: what the clock has brought, what somebody has asked for, and what a server
/// that went away has left.
/// </summary>
internal sealed class JobServer(JobList jobs, JobRuns runs, JobRunner runner, JobClock clock, IServiceProvider services, TimeProvider time, ILogger<JobServer> log) : BackgroundService
{
    private readonly string[] _last = services.GetService<LogTree>() is null ? [.. jobs.All.Where(one => one.Job.NeedsKey).Select(one => one.Job.Name)] : [];

    /// <summary>A clock that moves by more, against time as it passes, was set.</summary>
    private static readonly TimeSpan Jump = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly List<Task> _going = [];

    /// <summary>Since when the database has answered without a break: while it did not, nobody could say that a run goes on.</summary>
    private long _steadySince = Stopwatch.GetTimestamp();

    private (DateTimeOffset Time, long At)? _clock;

    /// <summary>By which runs tell where they are.</summary>
    public string Name { get; } = $"{Environment.MachineName}-{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(2))}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The server answers before this begins.
        await Task.Yield();
        if (!jobs.IsEnabled)
            return;
        var isStarted = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (HasJumped() || !isStarted)
                {
                    await runs.Register(stoppingToken);
                    await clock.Start(stoppingToken);
                    isStarted = true;
                }
                await Step(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                log.LogWarning(e is NpgsqlException ? null : e, "Jobs wait for the database ({Reason})", e.Message);
                _steadySince = Stopwatch.GetTimestamp();
            }
            await clock.Wait(Pause, stoppingToken);
        }
        await clock.Stop();
        await Task.WhenAll(_going);
        await Leave();
    }

    /// <summary>Whether this machine's clock was set since the last time.</summary>
    private bool HasJumped()
    {
        var (then, now) = (_clock, (time.GetUtcNow(), Stopwatch.GetTimestamp()));
        _clock = now;
        return then is { } before && (now.Item1 - before.Time - Stopwatch.GetElapsedTime(before.At, now.Item2)).Duration() > Jump;
    }

    private async Task Step(CancellationToken stop)
    {
        await runs.SeeServer(Name, stop);
        if (Stopwatch.GetElapsedTime(_steadySince) > JobRuns.LostAfter && await runs.TakeForDead(stop) is > 0 and var lost)
            log.LogWarning("{Count} runs were lost with their servers", lost);
        while (!stop.IsCancellationRequested && await runs.Claim(Name, null, stop, _last) is { } claimed)
            _going.Add(Task.Run(() => Go(claimed, stop), CancellationToken.None));
        _going.RemoveAll(run => run.IsCompleted);
    }

    private async Task Go(ClaimedRun claimed, CancellationToken stop)
    {
        try
        {
            await runner.Run(claimed, stop);
        }
        catch (Exception e)
        {
            log.LogError(e, "Job {Job}, run {Run} ended in an unforeseen way", claimed.Job, claimed.Id);
        }
        // Another run of the job may wait.
        clock.Wake();
    }

    private async Task Leave()
    {
        try
        {
            await runs.ForgetServer(Name, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // It is forgotten after a while.
        }
    }
}
