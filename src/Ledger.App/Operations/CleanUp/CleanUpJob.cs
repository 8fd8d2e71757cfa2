using Ledger.App.Alerts;
using Ledger.App.Intake.Feeds;
using Ledger.App.Jobs;
using Ledger.App.Views;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Operations.CleanUp;

/// <summary>
/// Clears away what is of no use any more, by the policy that the README states. Events are never among it. Links to sign in need no
/// clearing: they are in the memory of the server that made them.
/// </summary>
internal sealed class CleanUpJob : LedgerJob
{
    /// <summary>Of each job so many runs stay, however old they are.</summary>
    private const int RunsKept = 20;

    private TimeSpan _runs;
    private TimeSpan _views;
    private TimeSpan _inbox;
    private TimeSpan _alerts;

    public override string Name => "clean-up";

    public override string Does => "Clears away finished runs, versions of views that nobody reads, old idempotency keys, articles of the inbox that were read, and old alerts.";

    public override string Cron => "0 0 5 * * ?";

    public override void Configure(JobSettings settings)
    {
        _runs = TimeSpan.FromDays(settings.Number("RunsDays", 90, 1));
        _views = TimeSpan.FromDays(settings.Number("ViewsDays", 30, 1));
        _inbox = TimeSpan.FromDays(settings.Number("InboxDays", 90, 1));
        _alerts = TimeSpan.FromDays(settings.Number("AlertsDays", 365, 1));
    }

    public override async Task<string> Run(JobRun run, CancellationToken cancellation)
    {
        var (runs, inbox, alerts, requests) = (0, 0, 0, 0);
        await run.Write(async (connection, _, end) => runs = await ForgetRuns(connection, end), cancellation);
        await run.Write(async (connection, _, end) => inbox = await FeedTable.Forget(connection, _inbox, end), cancellation);
        await run.Write(async (connection, _, end) => alerts = await OldAlerts.Forget(connection, _alerts, end), cancellation);
        await run.Write(async (connection, _, end) => requests = await AlertRequests.Forget(connection, end), cancellation);
        await run.Confirm(cancellation);
        var versions = await run.Get<ViewRuntime>().Forget(_views, cancellation);
        foreach (var version in versions)
            run.Log($"View {version} is gone.");
        var keys = requests + await run.Get<EventLog>().ForgetOldKeys(cancellation);
        run.Changed(runs + inbox + alerts + versions.Count + keys);
        return $"Gone: {Shown.Count(runs, "run")}, {Shown.Count(versions.Count, "version")} of views, {Shown.Count(keys, "idempotency key")}, {Shown.Count(inbox, "article")} of the inbox, {Shown.Count(alerts, "alert")}.";
    }

    /// <summary>Not those that failed and that nobody has seen to.</summary>
    private async Task<int> ForgetRuns(NpgsqlConnection connection, CancellationToken cancel) => (await connection.Query(
        $"""
        delete from jobs.run where id in (
            select id from (select id, ended_at, row_number() over (partition by job order by id desc) as number, {JobQueries.GivenUp} as is_unseen
                from jobs.run f where state not in ('waiting', 'running')) r
            where r.number > $1 and r.ended_at < now() - $2 and not r.is_unseen) returning 1
        """,
        _ => true, cancel, RunsKept, _runs)).Count;
}
