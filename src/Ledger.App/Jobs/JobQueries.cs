using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Jobs;

/// <summary>Reads jobs and their runs, for pages, the API and commands alike.</summary>
internal sealed class JobQueries(NpgsqlDataSource database, JobList jobs)
{
    private const string Columns =
        """
        r.id, r.job, r.state, r.cause, r.asked_by, r.asked_at, r.due_at, r.not_before, r.attempt, r.next_run, r.server, r.began_at, r.ended_at,
        extract(epoch from coalesce(r.ended_at, clock_timestamp()) - r.began_at)::float8, r.done, r.total, r.unit, r.changed, r.result, r.failure, r.cancelled_by, r.acknowledged_by, r.acknowledged_at
        """;

    /// <summary>
    /// SQL for a run <c>f</c> that did not succeed, that nobody has acknowledged, and after which nothing follows: nothing ever was to, or somebody
    /// has cancelled what was, or that waits for the end of a pause.
    /// </summary>
    internal const string GivenUp =
        """
        f.state in ('failed', 'lost') and f.acknowledged_at is null and not exists (
            select from jobs.run next join jobs.job on job.name = next.job
            where next.id = f.next_run and next.state <> 'cancelled' and (next.state <> 'waiting' or next.cause = 'request' or job.paused_at is null))
        """;

    /// <summary>The same, where nothing has succeeded since.</summary>
    private const string Failing =
        $"""
        {GivenUp}
        and not exists (select from jobs.run later where later.job = f.job and later.state = 'succeeded' and later.id > f.id)
        """;

    /// <summary>All jobs by name.</summary>
    public async Task<IReadOnlyList<JobRecord>> List(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var paused = (await connection.Query("select name, paused_by, paused_at from jobs.job where paused_at is not null", row => (Name: row.GetString(0), By: row.GetString(1), At: row.GetDateTime(2)), cancel)).ToDictionary(job => job.Name);
        var open = (await connection.Query($"select {Columns} from jobs.run r where r.state in ('waiting', 'running') order by r.state = 'running', r.not_before desc", Read, cancel))
            .GroupBy(run => run.Job).ToDictionary(job => job.Key, job => job.Last());
        var last = (await connection.Query(
            $"select {Columns} from unnest($1) j (name) cross join lateral (select * from jobs.run e where e.job = j.name and e.state not in ('waiting', 'running') order by e.id desc limit 1) r", Read, cancel, (object)jobs.Names))
            .ToDictionary(run => run.Job);
        var failing = (await connection.Query($"select f.job, max(f.id) from jobs.run f where {Failing} group by f.job", row => (Job: row.GetString(0), Run: row.GetInt64(1)), cancel)).ToDictionary(one => one.Job, one => one.Run);
        var now = DateTimeOffset.UtcNow;
        return
        [
            .. jobs.All.Select(one => new JobRecord(
                one.Job.Name, one.Job.Does, one.Schedule.Cron.CronExpressionString, one.Schedule.Zone.Id, one.Schedule.IsEnabled,
                paused.ContainsKey(one.Job.Name) ? null : one.Schedule.Next(now)?.UtcDateTime,
                paused.TryGetValue(one.Job.Name, out var by) ? by.By : null, by.Name is null ? null : by.At,
                open.GetValueOrDefault(one.Job.Name), last.GetValueOrDefault(one.Job.Name), failing.TryGetValue(one.Job.Name, out var run) ? run : null)),
        ];
    }

    /// <exception cref="NotFoundException">There is no such job.</exception>
    public async Task<JobRecord> Get(string name, CancellationToken cancel)
    {
        jobs.Named(name);
        return (await List(cancel)).Single(job => job.Name == name);
    }

    /// <summary>Runs, the latest first.</summary>
    /// <param name="name">Of one job; null for all.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="next">Where the page before ended.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Page<RunRecord>> Runs(string? name, int limit, string? next, CancellationToken cancel)
    {
        if (name is not null)
            jobs.Named(name);
        var found = await database.Query(
            $"select {Columns} from jobs.run r where r.id < $1 {(name is null ? "" : "and r.job = $3")} order by r.id desc limit $2", Read, cancel,
            [Cursor.Parse(next), (long)limit + 1, .. name is null ? Array.Empty<object>() : [name]]);
        var items = found.Take(limit).ToList();
        return new Page<RunRecord>(items, found.Count == items.Count ? null : Cursor.Of(items[^1].Id));
    }

    /// <summary>A run and its lines.</summary>
    /// <param name="id">The run's.</param>
    /// <param name="after">Only lines with a higher number.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="NotFoundException">There is no such run.</exception>
    public async Task<RunWithLines> Run(long id, int after, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        // First: of a run that had ended then, all lines are there.
        var run = (await connection.Query($"select {Columns} from jobs.run r where r.id = $1", Read, cancel, id)).SingleOrDefault()
            ?? throw new NotFoundException($"There is no run {id}; finished ones are cleared away after a time.");
        return new RunWithLines(run, await connection.Query(
            "select number, at, text from jobs.run_line where run = $1 and number > $2 order by number", row => new RunLine(row.GetInt32(0), row.GetDateTime(1), row.GetString(2)), cancel, id, after));
    }

    /// <summary>The same of a run of one job.</summary>
    /// <exception cref="NotFoundException">There is no such run, or it is another job's.</exception>
    public async Task<RunWithLines> Run(string name, long id, CancellationToken cancel) =>
        await Run(id, 0, cancel) is var found && found.Run.Job == name ? found : throw new NotFoundException($"Run {id} is one of '{found.Run.Job}'.");

    private static RunRecord Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), Written.Parse<RunState>("state", row.GetString(2)), Written.Parse<RunCause>("cause", row.GetString(3)), row.TextOrNull(4), row.GetDateTime(5),
        row.GetFieldValue<DateTime?>(6), row.GetDateTime(7), row.GetInt32(8), row.GetFieldValue<long?>(9), row.TextOrNull(10), row.GetFieldValue<DateTime?>(11), row.GetFieldValue<DateTime?>(12),
        row.GetFieldValue<double?>(13) is { } seconds ? Math.Round(seconds, 3) : null, row.GetFieldValue<long?>(14), row.GetFieldValue<long?>(15), row.TextOrNull(16), row.GetInt64(17),
        row.TextOrNull(18), row.TextOrNull(19), row.TextOrNull(20), row.TextOrNull(21), row.GetFieldValue<DateTime?>(22));
}
