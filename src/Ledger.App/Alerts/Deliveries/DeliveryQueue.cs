using System.Text.Json;
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
    private const string Lease = "1 minute";

    /// <summary>Takes endpoints that something is due for, those that were served longest ago first.</summary>
    /// <param name="areFailing">Those that take nothing at present, or the others.</param>
    /// <param name="max">How many at the most.</param>
    /// <param name="lease">Of who takes them.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<List<TakenEndpoint>> Take(bool areFailing, int max, Guid lease, CancellationToken cancel) => database.Query(
        $"""
        update alerts.endpoint set lease = $2, leased_until = clock_timestamp() + interval '{Lease}', served_at = clock_timestamp()
        where id in (
            select e.id from alerts.endpoint e
            where e.kind = 'webhook' and e.disabled_at is null and (e.failures > 0) = $3 and e.not_before <= clock_timestamp() and e.leased_until <= clock_timestamp()
                and exists (select from alerts.delivery d where d.endpoint = e.id and d.state = 'pending' and d.next_at <= clock_timestamp())
            order by e.served_at limit $1 for update skip locked)
        returning id, address, failures
        """,
        row => new TakenEndpoint(row.GetInt64(0), new Uri(row.GetString(1)), row.GetInt32(2)), cancel, max, lease, areFailing);

    /// <summary>What is due for an endpoint, and with what to sign it. Nothing where the endpoint is not held any more.</summary>
    public async Task<(List<DueDelivery> Due, List<byte[]> Secrets)> Due(long endpoint, Guid lease, int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var held = await connection.Query(
            $"update alerts.endpoint set leased_until = clock_timestamp() + interval '{Lease}' where id = $1 and lease = $2 and disabled_at is null returning true", row => true, cancel, endpoint, lease);
        if (held.Count == 0)
            return ([], []);
        var due = await connection.Query(
            """
            select d.id, d.subscription, d.tries, c.content, c.recorded_at from alerts.delivery d join alerts.change c on c.position = d.position and c.subject = d.subject
            where d.endpoint = $1 and d.state = 'pending' and d.next_at <= clock_timestamp() order by d.next_at, d.number limit $2
            """,
            row => new DueDelivery(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetDateTime(4)), cancel, endpoint, max);
        var secrets = due.Count == 0 ? []
            : await connection.Query("select secret from alerts.secret where endpoint = $1 and (expires_at is null or expires_at > clock_timestamp()) order by made_at desc", row => row.GetFieldValue<byte[]>(0), cancel, endpoint);
        return (due, secrets);
    }

    /// <summary>Records how an attempt went, and what follows.</summary>
    /// <returns>How often the endpoint has failed since it last took something; null where it is disabled now.</returns>
    public async Task<int?> Record(long endpoint, DueDelivery delivery, Attempt attempt, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // The endpoint first: who forgets it waits for this, and then takes all of it away.
        var failures = (await connection.Query(
            attempt.IsTaken
                ? "update alerts.endpoint set failures = 0, failing_since = null, not_before = '-infinity' where id = $1 returning failures"
                : "update alerts.endpoint set failures = failures + 1, failing_since = coalesce(failing_since, clock_timestamp()) where id = $1 returning failures",
            row => row.GetInt32(0), cancel, endpoint)).FirstOrDefault(-1);
        if (failures < 0)
            return null;
        var next = attempt.IsTaken ? null : RetrySchedule.After(delivery.Tries + 1, Random.Shared.NextDouble(), attempt.RetryAfter);
        await connection.Execute(
            """
            update alerts.delivery set tries = tries + 1, state = $2, next_at = clock_timestamp() + coalesce($3, interval '0'), ended_at = case when $2 = 'pending' then null else clock_timestamp() end
            where id = $1 and state = 'pending'
            """,
            cancel, delivery.Id, attempt.IsTaken ? "sent" : next is null ? "failed" : "pending", Null(next, NpgsqlDbType.Interval));
        await connection.Execute(
            """
            insert into alerts.attempt (delivery, number, at, request, status, answer, failure, millis)
            select $1, (select count(*) + 1 from alerts.attempt where delivery = $1), $2, $3, $4, $5, $6, $7
            """,
            cancel, delivery.Id, attempt.At.UtcDateTime, JsonSerializer.Serialize(attempt.Request, ApiJson.Compact), Null(attempt.Status, NpgsqlDbType.Integer), Null(attempt.Answer, NpgsqlDbType.Text),
            Null(attempt.Failure, NpgsqlDbType.Text), (int)attempt.Took.TotalMilliseconds);
        var isDisabled = !attempt.IsTaken && await Disable(connection, endpoint, attempt, failures, cancel);
        await transaction.CommitAsync(cancel);
        return isDisabled ? null : failures;
    }

    /// <summary>Lets go of an endpoint.</summary>
    public async Task Release(long endpoint, Guid lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.Execute("update alerts.endpoint set lease = null, leased_until = '-infinity' where id = $1 and lease = $2", cancel, endpoint, lease);
    }

    /// <summary>Leaves the endpoint alone for a while; or for good, where it is gone or has taken nothing for days.</summary>
    private static async Task<bool> Disable(NpgsqlConnection connection, long endpoint, Attempt attempt, int failures, CancellationToken cancel)
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
