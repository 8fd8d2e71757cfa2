using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Jobs;

/// <summary>
/// What runs, and what waits to: rows that every server reads. A run waits, is taken by one server, and ends; while it goes on its
/// server says so every second, and one that does not is taken for dead.
/// </summary>
internal sealed class JobRuns(NpgsqlDataSource database, JobList jobs)
{
    /// <summary>How long a run is believed to go on without a word of it.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(10);

    /// <summary>How long a server is believed to be there without a word of it.</summary>
    private static readonly TimeSpan ThereFor = TimeSpan.FromSeconds(5);

    /// <summary>Whatever brings a job a run does so after one another.</summary>
    private const string OneByOne = "select pg_advisory_xact_lock(hashtextextended('ledger.jobs ' || $1, 0))";

    /// <summary>Has every job have a row.</summary>
    public async Task Register(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.Execute("insert into jobs.job (name) select unnest($1) on conflict do nothing", cancel, (object)jobs.Names);
    }

    /// <summary>
    /// It is time for a job: it has a run that waits, unless it has one for this time already. Where the one before still goes on, or it is
    /// paused, or is to be tried again anyway, or where no server takes it, one run stands for all the times that come meanwhile.
    /// </summary>
    public async Task Due(string job, DateTimeOffset at, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // One after the other: a time comes to several servers at once.
        await connection.Execute(OneByOne, cancel, job);
        await connection.Execute(
            """
            with known as (
                select from jobs.run where job = $1 and due_at = $2 and cause = 'schedule'),
            waiting as (
                update jobs.run w set not_before = least(w.not_before, $2), due_at = case w.cause when 'schedule' then least(w.due_at, $2) else w.due_at end
                where w.job = $1 and w.state = 'waiting' and w.cause <> 'request' and not exists (select from known)
                    and (w.not_before > clock_timestamp() or w.not_before < clock_timestamp() - interval '1 minute' or exists (select from jobs.run r where r.job = $1 and r.state = 'running')
                        or exists (select from jobs.job j where j.name = $1 and j.paused_at is not null))
                returning 1)
            insert into jobs.run (job, cause, due_at, not_before) select $1, 'schedule', $2, $2
            where not exists (select from known) and not exists (select from waiting)
            """,
            cancel, job, at.UtcDateTime);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>
    /// Somebody wants a job run. Asked again before that begins, or under the same key, it is the same run; and where it was to be tried again
    /// later, it is tried now.
    /// </summary>
    /// <returns>The run.</returns>
    public async Task<long> Ask(string job, string author, string? key, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.Execute(OneByOne, cancel, job);
        var known = await connection.Query(
            """
            select id from jobs.run where job = $1 and (asked_by = $2 and asked_key = $3 or state = 'waiting' and cause = 'request' and $3::text is null)
            order by id desc limit 1
            """,
            row => row.GetInt64(0), cancel, job, author, Text(key));
        var id = known.Count > 0 ? known[0]
            : (await connection.Query(
                """
                with forward as (
                    update jobs.run set cause = 'request', asked_by = $2, asked_key = $3, asked_at = clock_timestamp(), not_before = clock_timestamp()
                    where id = (select max(id) from jobs.run where job = $1 and state = 'waiting' and cause in ('retry', 'takeover')) returning id),
                new as (
                    insert into jobs.run (job, cause, asked_by, asked_key) select $1, 'request', $2, $3 where not exists (select from forward) returning id)
                select id from forward union all select id from new
                """,
                row => row.GetInt64(0), cancel, job, author, Text(key))).Single();
        await transaction.CommitAsync(cancel);
        return id;
    }

    /// <summary>Takes on the run that has waited longest, of a job of which none goes on; null where there is none.</summary>
    /// <param name="server">Who takes it.</param>
    /// <param name="only">The run that is wanted; null for any.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="last">Jobs that are left to others, unless nobody takes them.</param>
    public async Task<ClaimedRun?> Claim(string server, long? only, CancellationToken cancel, params string[] last)
    {
        try
        {
            return (await database.Query(
                """
                with next as (
                    select w.id, w.job from jobs.run w join jobs.job j on j.name = w.job
                    where w.state = 'waiting' and w.not_before <= clock_timestamp() and w.job = any($2) and ($3::bigint is null or w.id = $3)
                        and (j.paused_at is null or w.cause = 'request')
                        and (w.job <> all($4) or w.not_before < clock_timestamp() - interval '1 minute')
                        and not exists (select from jobs.run other where other.job = w.job and other.state = 'running')
                    -- A run that was taken for dead may just be writing: then the job's row is locked, and the others are taken meanwhile.
                    order by w.not_before, w.id limit 1 for update skip locked),
                fenced as (
                    update jobs.job j set fence = j.fence + 1 from next where j.name = next.job returning j.name, j.fence)
                update jobs.run r set state = 'running', server = $1, began_at = clock_timestamp(), seen_at = clock_timestamp(), fence = fenced.fence
                from next join fenced on fenced.name = next.job where r.id = next.id
                returning r.id, r.job, r.attempt, r.fence
                """,
                row => new ClaimedRun(row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.GetInt64(3)), cancel, server, jobs.Names, Number(only), last)).SingleOrDefault();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // Another server was faster with another run of the job.
            return null;
        }
    }

    /// <summary>Says that a run goes on, and keeps what it has said since.</summary>
    /// <returns>Whether it may go on, and who has cancelled it.</returns>
    public async Task<(bool IsCurrent, string? CancelledBy)> See(ClaimedRun run, IReadOnlyList<RunLine> lines, RunProgress progress, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var seen = await connection.Query(
            "update jobs.run set seen_at = clock_timestamp(), done = $2, total = $3, unit = $4, changed = $5 where id = $1 and state = 'running' and fence = $6 returning cancelled_by",
            row => row.TextOrNull(0), cancel, run.Id, Number(progress.Done), Number(progress.Total), Text(progress.Unit), progress.Changed, run.Fence);
        if (seen.Count == 0)
            return (false, null);
        await Keep(connection, run, lines, cancel);
        await transaction.CommitAsync(cancel);
        return (true, seen[0]);
    }

    /// <summary>A run has ended; nothing is kept of one that was taken for dead before.</summary>
    /// <returns>The run that follows because it did not succeed, and from when on; null where none does.</returns>
    public async Task<FollowingRun?> End(ClaimedRun run, RunEnd end, IReadOnlyList<RunLine> lines, RunProgress progress, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // What somebody has cancelled is not tried again, whatever it came to before it was told.
        var ended = await connection.Query(
            """
            update jobs.run set state = case when cancelled_by is not null and $2 in ('failed', 'lost') then 'cancelled' else $2 end, ended_at = clock_timestamp(),
                result = $3, failure = $4, done = $5, total = $6, unit = $7, changed = $8, cancelled_by = coalesce(cancelled_by, $9)
            where id = $1 and state = 'running' and fence = $10 returning state
            """,
            row => Written.Parse<RunState>("state", row.GetString(0)), cancel, run.Id, Written.Name(end.State), Text(end.Result), Text(end.Failure), Number(progress.Done), Number(progress.Total), Text(progress.Unit), progress.Changed, Text(end.CancelledBy), run.Fence);
        if (ended.Count == 0)
            return null;
        await Keep(connection, run, lines, cancel);
        var following = end.IsForGood ? null : await Follow(connection, run.Id, ended[0], cancel);
        await transaction.CommitAsync(cancel);
        return following;
    }

    /// <summary>Runs whose server has gone away are lost; another server takes over where one left off.</summary>
    /// <returns>How many.</returns>
    public async Task<int> TakeForDead(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var lost = await connection.Query(
            """
            update jobs.run set state = case when cancelled_by is null then 'lost' else 'cancelled' end, ended_at = clock_timestamp(), failure = 'Nothing was heard of its server any more.'
            where id in (select id from jobs.run where state = 'running' and seen_at < clock_timestamp() - $1 for update skip locked) returning id, state
            """,
            row => (Id: row.GetInt64(0), State: Written.Parse<RunState>("state", row.GetString(1))), cancel, LostAfter);
        foreach (var (id, state) in lost)
            await Follow(connection, id, state, cancel);
        await transaction.CommitAsync(cancel);
        return lost.Count;
    }

    /// <summary>A server says that it is there.</summary>
    public async Task SeeServer(string name, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.Execute("insert into jobs.server (name) values ($1) on conflict (name) do update set seen_at = clock_timestamp()", cancel, name);
    }

    public async Task ForgetServer(string name, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.Execute("delete from jobs.server where name = $1 or seen_at < clock_timestamp() - interval '1 day'", cancel, name);
    }

    /// <summary>Whether a server runs what is asked for.</summary>
    public async Task<bool> IsAnyServer(CancellationToken cancel) =>
        (await database.Query("select exists (select from jobs.server where seen_at > clock_timestamp() - $1)", row => row.GetBoolean(0), cancel, ThereFor)).Single();

    /// <summary>Whether a run waits, or goes on.</summary>
    public async Task<bool> IsOpen(long id, CancellationToken cancel) =>
        (await database.Query("select exists (select from jobs.run where id = $1 and state in ('waiting', 'running'))", row => row.GetBoolean(0), cancel, id)).Single();

    /// <summary>
    /// What did not succeed is tried again after a wait that grows, and what was lost at once; after the last attempt it stays as it is.
    /// </summary>
    private async Task<FollowingRun?> Follow(NpgsqlConnection connection, long id, RunState state, CancellationToken cancel)
    {
        if (state is not (RunState.Failed or RunState.Lost))
            return null;
        var attempt = (await connection.Query("select attempt from jobs.run where id = $1", row => row.GetInt32(0), cancel, id)).Single();
        if (attempt > jobs.RetryAfter.Count)
            return null;
        var following = await connection.Query(
            """
            with following as (
                insert into jobs.run (job, cause, asked_by, due_at, attempt, not_before)
                select job, $2, asked_by, due_at, attempt + 1, clock_timestamp() + $3 from jobs.run where id = $1 returning id, not_before)
            update jobs.run r set next_run = following.id from following where r.id = $1 returning following.id, following.not_before
            """,
            row => new FollowingRun(row.GetInt64(0), row.GetDateTime(1)), cancel, id, state == RunState.Lost ? "takeover" : "retry", state == RunState.Lost ? TimeSpan.Zero : jobs.RetryAfter[attempt - 1]);
        return following.Single();
    }

    private static Task Keep(NpgsqlConnection connection, ClaimedRun run, IReadOnlyList<RunLine> lines, CancellationToken cancel) => lines.Count == 0 ? Task.CompletedTask
        : connection.Execute(
            "insert into jobs.run_line (run, number, at, text) select $1, * from unnest($2, $3, $4)", cancel,
            run.Id, lines.Select(line => line.Number).ToArray(), lines.Select(line => line.At).ToArray(), lines.Select(line => line.Text).ToArray());

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };

    private static NpgsqlParameter Number(long? number) => new() { Value = (object?)number ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint };
}

/// <summary>How a run ended.</summary>
/// <param name="IsForGood">Whether trying again would be of no use.</param>
internal sealed record RunEnd(RunState State, string? Result = null, string? Failure = null, string? CancelledBy = null, bool IsForGood = false);

/// <summary>The run that is to do what another one did not.</summary>
internal sealed record FollowingRun(long Id, DateTime NotBefore);

/// <summary>How far a run has come.</summary>
public enum RunState
{
    /// <summary>Until its time, or until a server takes it.</summary>
    Waiting,

    /// <summary>On one server.</summary>
    Running,

    /// <summary>It did what it was to do.</summary>
    Succeeded,

    /// <summary>It could not; another run follows, or it was given up.</summary>
    Failed,

    /// <summary>Somebody has ended it.</summary>
    Cancelled,

    /// <summary>Its server went away in the middle; another run follows, or it was given up.</summary>
    Lost,
}

/// <summary>Why there is a run.</summary>
public enum RunCause
{
    /// <summary>It was time.</summary>
    Schedule,

    /// <summary>Somebody asked for it.</summary>
    Request,

    /// <summary>An earlier one failed.</summary>
    Retry,

    /// <summary>An earlier one was lost with its server.</summary>
    Takeover,
}
