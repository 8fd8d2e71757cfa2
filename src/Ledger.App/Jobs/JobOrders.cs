using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Jobs;

/// <summary>What people do with jobs. It works through the database, so wherever they are and whichever server runs them.</summary>
internal sealed class JobOrders(NpgsqlDataSource database, JobList jobs, JobRuns runs)
{
    /// <summary>Has a job run as soon as a server takes it; asked for again before that, it is the same run.</summary>
    /// <returns>The run.</returns>
    public async Task<long> Run(string name, string author, string? key, CancellationToken cancel)
    {
        jobs.Named(name);
        await runs.Register(cancel);
        return await runs.Ask(name, author, key, cancel);
    }

    /// <summary>The clock starts it no more, nor is it tried again; what goes on goes on.</summary>
    public Task<bool> Pause(string name, string author, CancellationToken cancel) =>
        Change(name, "update jobs.job set paused_by = $2, paused_at = clock_timestamp() where name = $1 and paused_at is null", cancel, name, author);

    /// <summary>The clock starts it again; what was missed meanwhile runs once.</summary>
    public Task<bool> Resume(string name, CancellationToken cancel) =>
        Change(name, "update jobs.job set paused_by = null, paused_at = null where name = $1", cancel, name);

    /// <summary>Ends what of it goes on, within seconds, and what waits. A failure after which that was to be tried again stays one.</summary>
    /// <returns>Whether there was anything.</returns>
    public Task<bool> Cancel(string name, string author, CancellationToken cancel) => Change(
        name,
        """
        update jobs.run set cancelled_by = $2, state = case state when 'waiting' then 'cancelled' else state end, ended_at = case state when 'waiting' then clock_timestamp() end
        where job = $1 and state in ('waiting', 'running') and cancelled_by is null
        """,
        cancel, name, author);

    /// <summary>Says that somebody has seen what failed.</summary>
    /// <returns>Whether anything has.</returns>
    public Task<bool> Acknowledge(string name, string author, CancellationToken cancel) => Change(
        name,
        $"update jobs.run f set acknowledged_by = $2, acknowledged_at = clock_timestamp() where f.job = $1 and {JobQueries.GivenUp}",
        cancel, name, author);

    private async Task<bool> Change(string name, string sql, CancellationToken cancel, params object[] parameters)
    {
        jobs.Named(name);
        await runs.Register(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.Query($"{sql} returning 1", _ => true, cancel, parameters)).Count > 0;
    }
}
