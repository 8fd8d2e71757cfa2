using System.Globalization;
using System.Text.Json;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.Deals;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.App.Alerts.Deliveries;

public enum DeliveryState
{
    /// <summary>It is sent, or tried again, when its time comes.</summary>
    Pending,

    /// <summary>It was taken.</summary>
    Sent,

    /// <summary>It was tried as often as the schedule says, and never taken.</summary>
    Failed,

    /// <summary>It waits, since its endpoint is sent nothing.</summary>
    Disabled,
}

/// <summary>One alert on its way to one endpoint.</summary>
/// <param name="Id">Its <c>webhook-id</c>.</param>
/// <param name="Host">Where it goes; of a mail address not all of it.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="NextAt">When it is sent next; null where it is not.</param>
/// <param name="Lag">From when the change was recorded to when this was taken; null where it was not, or somebody had it sent again.</param>
/// <param name="Last">How the last attempt went, in words.</param>
public sealed record DeliveryRecord(
    string Id, string Subscription, long Position, string Subject, long Endpoint, string Host, DeliveryState State, int Attempts, DateTimeOffset MadeAt, DateTimeOffset? NextAt, DateTimeOffset? EndedAt, TimeSpan? Lag, string? Last);

/// <summary>A delivery with every attempt.</summary>
/// <param name="Body">What is sent to a webhook, as it is sent; null of a mail.</param>
public sealed record DeliveryDetails(DeliveryRecord Delivery, AlertContent Alert, string? Body, IReadOnlyList<AttemptRecord> Attempts);

/// <param name="Request">The headers that it was sent with.</param>
/// <param name="Status">Null where there was no answer.</param>
/// <param name="Answer">The beginning of its body.</param>
/// <param name="Failure">Why there was no answer.</param>
public sealed record AttemptRecord(int Number, DateTimeOffset At, IReadOnlyDictionary<string, string> Request, int? Status, string? Answer, string? Failure, int Milliseconds);

/// <summary>How many deliveries are how far.</summary>
/// <param name="SentLastHour">Taken within the last hour.</param>
/// <param name="MedianLag">Of webhooks among those that nobody had sent again, from when the change was recorded; null where there are none.</param>
/// <param name="LongLag">The same: 99 of 100 took no longer.</param>
/// <param name="OldestPending">How long the one that has waited longest was due; null where none is.</param>
/// <param name="Position">Up to where the log has been looked through.</param>
/// <param name="Behind">How many events come after that.</param>
public sealed record DeliverySummary(long Pending, long Sent, long Failed, long Disabled, long SentLastHour, TimeSpan? MedianLag, TimeSpan? LongLag, TimeSpan? OldestPending, long Position, long Behind);

/// <summary>What is asked of deliveries, by pages, API and command line alike; and sending them again.</summary>
internal sealed class DeliveryQueries(NpgsqlDataSource database, EventLog log, AlertSignal signal)
{
    private const string State = "case when d.state = 'pending' and e.disabled_at is not null then 'disabled' else d.state end";

    /// <summary>Its subscription is still kept, and sends there by mail as long as it is to.</summary>
    private const string Kept = """
        exists (select from alerts.subscription s where s.subscription = d.subscription and s.until is null and s.what <> 'deleted')
        and (e.kind <> 'mail' or exists (select from alerts.mailing m where m.subscription = d.subscription and m.endpoint = d.endpoint and m.ended_at is null))
        """;

    private const string Columns = $"""
        select d.id, d.subscription, d.position, d.subject, d.endpoint, e.address, {State},
            (select count(*) from alerts.attempt a where a.delivery = d.id)::int, d.made_at, case when {State} = 'pending' then greatest(d.next_at, e.not_before) end, d.ended_at,
            case when d.state = 'sent' and d.again_at is null then d.ended_at - c.recorded_at end,
            (select coalesce(a.status::text, a.failure) from alerts.attempt a where a.delivery = d.id order by a.number desc limit 1), d.number
        from alerts.delivery d join alerts.endpoint e on e.id = d.endpoint join alerts.change c on c.position = d.position and c.subject = d.subject
        """;

    /// <summary>Deliveries, those made last first.</summary>
    /// <param name="subscription">Only this one's; null for all.</param>
    /// <param name="state">Only those; null for all.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="next">Where the page before ended.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Page<DeliveryRecord>> List(string? subscription, DeliveryState? state, int limit, string? next, CancellationToken cancel)
    {
        var found = await database.Query(
            $"{Columns} where d.number < $1 and ($2::text is null or d.subscription = $2) and ($3::text is null or {State} = $3) order by d.number desc limit $4",
            row => (Delivery: Read(row), Number: row.GetInt64(13)), cancel, Cursor.Parse(next), TextOf(subscription), TextOf(state is { } only ? Written.Name(only) : null), limit + 1L);
        var items = found.Take(limit).ToList();
        return new Page<DeliveryRecord>([.. items.Select(item => item.Delivery)], found.Count > items.Count ? Cursor.Of(items[^1].Number) : null);
    }

    /// <exception cref="NotFoundException">There is no such delivery.</exception>
    public async Task<DeliveryDetails> Get(string id, CancellationToken cancel)
    {
        var delivery = (await database.Query($"{Columns} where d.id = $1", Read, cancel, id)).SingleOrDefault() ?? throw new NotFoundException($"There is no delivery '{Text.Shorten(id)}'.");
        var (content, recordedAt, isMailed) = (await database.Query(
            "select c.content, c.recorded_at, e.kind = 'mail' from alerts.change c, alerts.endpoint e where c.position = $1 and c.subject = $2 and e.id = $3",
            row => (row.GetString(0), row.GetDateTime(1), row.GetBoolean(2)), cancel, delivery.Position, delivery.Subject, delivery.Endpoint)).Single();
        var attempts = await database.Query(
            "select number, at, request, status, answer, failure, millis from alerts.attempt where delivery = $1 order by number",
            row => new AttemptRecord(row.GetInt32(0), row.GetDateTime(1), JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(2))!, row.IsDBNull(3) ? null : row.GetInt32(3), row.TextOrNull(4), row.TextOrNull(5), row.GetInt32(6)),
            cancel, id);
        var body = isMailed ? null : new DueDelivery(id, delivery.Subscription, 0, content, recordedAt).Body;
        return new DeliveryDetails(delivery, JsonSerializer.Deserialize<AlertContent>(content, ApiJson.Compact)!, body, attempts);
    }

    /// <param name="subscription">Only of this one; null for all.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<DeliverySummary> Summary(string? subscription, CancellationToken cancel)
    {
        const string Lags = "within group (order by d.ended_at - c.recorded_at) filter (where e.kind = 'webhook' and d.state = 'sent' and d.again_at is null and d.ended_at > clock_timestamp() - interval '1 hour')";
        var head = await log.Head(cancel);
        return (await database.Query(
            $"""
            select count(*) filter (where {State} = 'pending'), count(*) filter (where d.state = 'sent'), count(*) filter (where d.state = 'failed'), count(*) filter (where {State} = 'disabled'),
                count(*) filter (where d.state = 'sent' and d.ended_at > clock_timestamp() - interval '1 hour'), percentile_cont(0.5) {Lags}, percentile_cont(0.99) {Lags},
                clock_timestamp() - min(d.next_at) filter (where {State} = 'pending' and d.next_at < clock_timestamp()), coalesce((select position from alerts.runner), 0)
            from alerts.delivery d join alerts.endpoint e on e.id = d.endpoint join alerts.change c on c.position = d.position and c.subject = d.subject
            where $1::text is null or d.subscription = $1
            """,
            row => new DeliverySummary(
                row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), Time(row, 5), Time(row, 6), Time(row, 7), row.GetInt64(8), Math.Max(0, head - row.GetInt64(8))), cancel, TextOf(subscription))).Single();
    }

    /// <summary>Sends one again, under the same id.</summary>
    /// <exception cref="NotFoundException">There is no such delivery.</exception>
    public async Task<DeliveryRecord> Resend(string id, Writer by, CancellationToken cancel)
    {
        var found = (await Get(id, cancel)).Delivery;
        if (await Again(by, $"d.id = $1 and {Kept}", cancel, id) == 0)
            throw new RefusedException($"alert {found.Subscription}", new Refusal("subscription-deleted", $"Delivery {id} is not sent again: its subscription was deleted, or does not mail there any more."));
        return (await Get(id, cancel)).Delivery;
    }

    /// <summary>Sends again, under the same ids, what was made since a time.</summary>
    /// <param name="since">The time.</param>
    /// <param name="subscription">Only this one's; null for all.</param>
    /// <param name="state">Only what is so; null for all.</param>
    /// <param name="by">Who has it sent.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How many.</returns>
    /// <exception cref="NotFoundException">There is no such subscription.</exception>
    public async Task<int> Resend(DateTimeOffset since, string? subscription, DeliveryState? state, Writer by, CancellationToken cancel)
    {
        if (subscription is not null && (await database.Query("select 1 from alerts.subscription where subscription = $1 limit 1", row => row.GetInt32(0), cancel, subscription)).Count == 0)
            throw new NotFoundException($"There is no subscription '{Text.Shorten(subscription)}'.");
        return await Again(by, $"d.made_at >= $1 and {Kept} and ($2::text is null or d.subscription = $2) and ($3::text is null or {State} = $3)", cancel, since.UtcDateTime, TextOf(subscription), TextOf(state is { } only ? Written.Name(only) : null));
    }

    /// <summary>A day, which begins at midnight UTC, or a time.</summary>
    /// <exception cref="InvalidValueException">It is neither.</exception>
    public static DateTimeOffset Since(string field, string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
        : throw new InvalidValueException(field, $"'{text}' is no time; 2026-03-01 or 2026-03-01T12:30Z would be one");

    private async Task<int> Again(Writer by, string condition, CancellationToken cancel, params object?[] parameters)
    {
        var again = await database.Once(by, async connection => (await connection.Query(
            $"update alerts.delivery d set state = 'pending', tries = 0, next_at = clock_timestamp(), ended_at = null, again_at = clock_timestamp() from alerts.endpoint e where e.id = d.endpoint and {condition} returning 1", _ => 1, cancel, parameters)).Count, cancel);
        signal.Raise();
        return again;
    }

    private static DeliveryRecord Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetInt64(4), EndpointTable.Shown(row.GetString(5)), Written.Parse<DeliveryState>("state", row.GetString(6)), row.GetInt32(7),
        row.GetDateTime(8), row.IsDBNull(9) ? null : row.GetDateTime(9), row.IsDBNull(10) ? null : row.GetDateTime(10), Time(row, 11), row.TextOrNull(12));

    private static TimeSpan? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<TimeSpan>(column);

    private static NpgsqlParameter TextOf(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
