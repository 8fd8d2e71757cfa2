using System.Text.Json;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.Views;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.App.Alerts.Deliveries;

/// <summary>
/// Deliveries that are due, taken endpoint by endpoint: a server holds one for a while and sends there; what it has not done when it goes
/// away, another one does.
/// </summary>
internal sealed class DeliveryQueue(NpgsqlDataSource database)
{
    /// <summary>Takes endpoints that something is due for, those that were served longest ago first.</summary>
    /// <param name="areFailing">Those that take nothing at present, or the others.</param>
    /// <param name="max">How many at the most.</param>
    /// <param name="lease">Of who takes them.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<List<TakenEndpoint>> Take(bool areFailing, int max, Guid lease, CancellationToken cancel) => database.Query(
        $"""
        update alerts.endpoint set lease = $2, leased_until = clock_timestamp() + interval '{EndpointLease.Time}', served_at = clock_timestamp()
        where id in (
            select e.id from alerts.endpoint e
            where e.kind = 'webhook' and e.disabled_at is null and (e.failures > 0) = $3 and e.not_before <= clock_timestamp() and e.leased_until <= clock_timestamp()
                and exists (select from alerts.delivery d where d.endpoint = e.id and d.state = 'pending' and d.next_at <= clock_timestamp() and {SubscriptionTable.NotPaused})
            order by e.served_at limit $1 for update skip locked)
        returning id, address, failures
        """,
        row => new TakenEndpoint(row.GetInt64(0), new Uri(row.GetString(1)), row.GetInt32(2)), cancel, max, lease, areFailing);

    /// <summary>What is due for an endpoint, and with what to sign it. Nothing where the endpoint is not held any more.</summary>
    public async Task<(List<DueDelivery> Due, List<byte[]> Secrets)> Due(long endpoint, Guid lease, int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command($"update alerts.endpoint set leased_until = clock_timestamp() + interval '{EndpointLease.Time}' where id = $1 and lease = $2 and disabled_at is null returning true", endpoint, lease),
                Command(
                    $"""
                    select d.id, d.subscription, d.tries, c.content, c.recorded_at from alerts.delivery d join alerts.change c on c.position = d.position and c.subject = d.subject
                    where d.endpoint = $1 and d.state = 'pending' and d.next_at <= clock_timestamp() and {SubscriptionTable.NotPaused} order by d.next_at, d.number limit $2
                    """,
                    endpoint, max),
                Command("select secret from alerts.secret where endpoint = $1 and (expires_at is null or expires_at > clock_timestamp()) order by made_at desc", endpoint),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return ([], []);
        var (due, secrets) = (new List<DueDelivery>(), new List<byte[]>());
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
            due.Add(new DueDelivery(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetDateTime(4)));
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
            secrets.Add(reader.GetFieldValue<byte[]>(0));
        return (due, secrets);
    }

    /// <summary>How often an endpoint has failed since it last took something, after some more attempts.</summary>
    public static int Failures(int before, IReadOnlyList<(DueDelivery Delivery, Attempt Attempt)> attempts) =>
        attempts.Aggregate(before, (failures, one) => one.Attempt.IsTaken ? 0 : failures + 1);

    /// <summary>Records how attempts at one endpoint went, and what follows, all at once.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="lease">Of who has it; null where it goes on having it.</param>
    /// <param name="attempts">In the order in which they ended; at least one.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How often the endpoint has failed since it last took something; null where it is disabled now.</returns>
    public async Task<int?> Record(long endpoint, Guid? lease, IReadOnlyList<(DueDelivery Delivery, Attempt Attempt)> attempts, CancellationToken cancel)
    {
        var (isAnyTaken, failed) = (attempts.Any(one => one.Attempt.IsTaken), Failures(0, attempts));
        var waits = attempts.Select(one => one.Attempt.IsTaken ? null : RetrySchedule.After(one.Delivery.Tries + 1, Random.Shared.NextDouble(), one.Attempt.RetryAfter)).ToList();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                // The endpoint first: who forgets it waits for this, and then takes all of it away.
                Command(
                    """
                    update alerts.endpoint set failures = case when $2 then 0 else failures end + $3,
                        failing_since = case when $3 = 0 then null when $2 then clock_timestamp() else coalesce(failing_since, clock_timestamp()) end,
                        not_before = case when $3 = 0 then '-infinity' else not_before end,
                        lease = case when lease = $4 then null else lease end, leased_until = case when lease = $4 then '-infinity' else leased_until end
                    where id = $1 returning failures
                    """,
                    endpoint, isAnyTaken, failed, Null(lease, NpgsqlDbType.Uuid)),
                Command(
                    """
                    update alerts.delivery set tries = tries + 1, state = went.state, next_at = clock_timestamp() + coalesce(went.wait, interval '0'),
                        ended_at = case when went.state = 'pending' then null else clock_timestamp() end
                    from unnest($1, $2, $3) as went (id, state, wait) where delivery.id = went.id and delivery.state = 'pending'
                    """,
                    attempts.Select(one => one.Delivery.Id).ToArray(), attempts.Zip(waits, (one, wait) => one.Attempt.IsTaken ? "sent" : wait is null ? "failed" : "pending").ToArray(), waits.ToArray()),
                Command(
                    """
                    insert into alerts.attempt (delivery, number, at, request, status, answer, failure, millis)
                    select d.id, (select count(*) + 1 from alerts.attempt a where a.delivery = d.id), went.at, went.request, went.status, went.answer, went.failure, went.millis
                    from unnest($1, $2, $3, $4, $5, $6, $7) as went (id, at, request, status, answer, failure, millis) join alerts.delivery d on d.id = went.id
                    """,
                    attempts.Select(one => one.Delivery.Id).ToArray(), attempts.Select(one => one.Attempt.At.UtcDateTime).ToArray(), attempts.Select(one => JsonSerializer.Serialize(one.Attempt.Request, ApiJson.Compact)).ToArray(),
                    attempts.Select(one => one.Attempt.Status).ToArray(), Texts(attempts.Select(one => one.Attempt.Answer)), Texts(attempts.Select(one => one.Attempt.Failure)),
                    attempts.Select(one => (int)one.Attempt.Took.TotalMilliseconds).ToArray()),
            },
        };
        int? failures;
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
        {
            failures = await reader.ReadAsync(cancel) ? reader.GetInt32(0) : null;
            while (await reader.NextResultAsync(cancel))
            {
                // What fails is told when its turn comes.
            }
        }
        var worst = attempts.Select(one => one.Attempt).FirstOrDefault(attempt => attempt.Status == StatusCodes.Status410Gone) ?? attempts[^1].Attempt;
        var isDisabled = failures is null || failed > 0 && await Rest(connection, endpoint, worst, failures.Value, cancel);
        await transaction.CommitAsync(cancel);
        return isDisabled ? null : failures;
    }

    public Task Renew(IReadOnlyCollection<(long Endpoint, Guid Lease)> held, CancellationToken cancel) => EndpointLease.Renew(database, held, cancel);

    public Task Release(long endpoint, Guid lease, CancellationToken cancel) => EndpointLease.Release(database, endpoint, lease, cancel);

    /// <summary>Leaves the endpoint alone for a while; or for good, where it is gone or has taken nothing for days.</summary>
    private static async Task<bool> Rest(NpgsqlConnection connection, long endpoint, Attempt attempt, int failures, CancellationToken cancel)
    {
        var rest = attempt.RetryAfter is { } asked && asked > RetrySchedule.Rest(failures) ? (asked < RetrySchedule.RetryAfterMax ? asked : RetrySchedule.RetryAfterMax) : RetrySchedule.Rest(failures);
        var disabled = await connection.Query(
            """
            update alerts.endpoint set not_before = clock_timestamp() + $2,
                disabled_at = case when $3 or failing_since < clock_timestamp() - $4 then clock_timestamp() end,
                disabled_why = case when $3 then 'It answered 410: it is gone.' when failing_since < clock_timestamp() - $4 then 'It has taken nothing since ' || to_char(failing_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC.' end
            where id = $1 returning disabled_at is not null
            """,
            row => row.GetBoolean(0), cancel, endpoint, rest, attempt.Status == StatusCodes.Status410Gone, RetrySchedule.DisabledAfter);
        return disabled.Single();
    }

    private static NpgsqlBatchCommand Command(string sql, params object?[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in Sql.Parameters(parameters))
            command.Parameters.Add(parameter);
        return command;
    }

    private static NpgsqlParameter Texts(IEnumerable<string?> texts) => new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter Null(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}

/// <param name="Failures">Since it last took something.</param>
internal sealed record TakenEndpoint(long Id, Uri Address, int Failures);

/// <param name="Tries">Attempts so far, by the present schedule.</param>
/// <param name="Content">JSON.</param>
internal sealed record DueDelivery(string Id, string Subscription, int Tries, string Content, DateTime RecordedAt)
{
    /// <summary>What is sent: the same whenever it is sent.</summary>
    public string Body { get; } = $$$"""{"type":"alert","timestamp":{{{JsonSerializer.Serialize(RecordedAt, ApiJson.Compact)}}},"data":{"subscription":{{{JsonSerializer.Serialize(Subscription, ApiJson.Compact)}}},"alert":{{{Content}}}}}""";
}

/// <summary>How sending went.</summary>
/// <param name="Request">The headers that were sent.</param>
/// <param name="Status">Null where there was no answer.</param>
/// <param name="Failure">Why there was none.</param>
internal sealed record Attempt(DateTimeOffset At, IReadOnlyDictionary<string, string> Request, int? Status, string? Answer, string? Failure, TimeSpan? RetryAfter, TimeSpan Took)
{
    public bool IsTaken => Status is >= 200 and < 300;
}
