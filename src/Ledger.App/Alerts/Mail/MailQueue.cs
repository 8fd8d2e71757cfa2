using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.Views;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.App.Alerts.Mail;

/// <summary>
/// Mails that are due, taken address by address: a server holds one for a while and mails there. What is in a mail is recorded before it is
/// sent for the first time; so what a server has not done when it goes away, another one does with the same mail.
/// </summary>
internal sealed class MailQueue(NpgsqlDataSource database)
{
    /// <summary>After so many attempts a mail goes on as often while the server takes nothing at all: that is not its fault, and the server may be back soon.</summary>
    private const int TriesOfServer = 2;

    /// <summary>Of one mail; the rest is counted.</summary>
    private const int ToldMax = 100;

    /// <summary>Takes addresses that something is due for, those that were served longest ago first.</summary>
    public Task<List<long>> Take(int max, Guid lease, CancellationToken cancel) => database.Query(
        $"""
        update alerts.endpoint set lease = $2, leased_until = clock_timestamp() + interval '{EndpointLease.Time}', served_at = clock_timestamp()
        where id in (
            select e.id from alerts.endpoint e
            where e.kind = 'mail' and e.disabled_at is null and e.not_before <= clock_timestamp() and e.leased_until <= clock_timestamp()
                and exists (select from alerts.delivery d where d.endpoint = e.id and d.state = 'pending' and d.next_at <= clock_timestamp() and {SubscriptionTable.NotPaused})
            order by e.served_at limit $1 for update skip locked)
        returning id
        """,
        row => row.GetInt64(0), cancel, max, lease);

    /// <summary>How many alerts are to be mailed yet, and how many addresses are mailed something.</summary>
    public async Task<(long Alerts, long Addresses)> Waiting(CancellationToken cancel) => (await database.Query(
        """
        select (select count(*) from alerts.delivery d join alerts.endpoint e on e.id = d.endpoint where e.kind = 'mail' and e.disabled_at is null and d.state = 'pending'),
            (select count(distinct endpoint) from alerts.mailing where ended_at is null)
        """,
        row => (row.GetInt64(0), row.GetInt64(1)), cancel)).Single();

    /// <summary>The next mail to an address; null where nothing is due, or the address is not held any more.</summary>
    public async Task<DueMail?> Next(long endpoint, Guid lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var held = await connection.Query(
            $"update alerts.endpoint set leased_until = clock_timestamp() + interval '{EndpointLease.Time}' where id = $1 and lease = $2 and disabled_at is null returning address, clock_timestamp()",
            row => (Address: row.GetString(0), Now: row.GetDateTime(1)), cancel, endpoint, lease);
        if (held is not [var (address, now)])
            return null;
        await PassOver(connection, endpoint, now, cancel);
        var due = await Due(connection, endpoint, now, cancel);
        var mail = due is null ? null : await Load(connection, endpoint, due.Value.Mail ?? await Compose(connection, endpoint, due.Value.Subscription, now, cancel), address, due.Value.Mailing, cancel);
        await transaction.CommitAsync(cancel);
        return mail;
    }

    /// <summary>Records how sending a mail went, and what follows for everything in it.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="at">When it was sent.</param>
    /// <param name="took">How long that took.</param>
    /// <param name="headers">Of the mail, as far as readers of the record may see them.</param>
    /// <param name="outcome">How it went.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task Record(DueMail mail, DateTimeOffset at, TimeSpan took, IReadOnlyDictionary<string, string> headers, MailOutcome outcome, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // The endpoint first: who forgets it waits for this, and then takes all of it away.
        var answer = outcome.Answer?.Replace(mail.Address, MailOrder.Shown(mail.Address), StringComparison.OrdinalIgnoreCase).Replace('\0', '\uFFFD');
        await RecordAddress(connection, mail.Endpoint, outcome, $"The mail server refuses it: {outcome.Status} {answer}", cancel);
        var isTaken = outcome.Verdict == MailVerdict.Taken;
        var isOfServer = outcome.Verdict == MailVerdict.ServerFails;
        var tries = isOfServer ? Math.Max(mail.Tries, Math.Min(mail.Tries + 1, TriesOfServer)) : mail.Tries + 1;
        var next = isTaken || outcome.IsOver ? null : RetrySchedule.After(isOfServer ? Math.Min(tries, TriesOfServer) : tries, Random.Shared.NextDouble(), null);
        await connection.Execute(
            """
            with told as (
                update alerts.delivery set tries = $10, state = $2, next_at = clock_timestamp() + coalesce($3, interval '0'), ended_at = case when $2 = 'pending' then null else clock_timestamp() end
                where mail = $1 and state = 'pending' returning id)
            insert into alerts.attempt (delivery, number, at, request, status, answer, failure, millis)
            select id, (select count(*) + 1 from alerts.attempt a where a.delivery = told.id), $4, $5, $6, $7, $8, $9 from told
            """,
            cancel, mail.Id, isTaken ? "sent" : next is null ? "failed" : "pending", Null(next, NpgsqlDbType.Interval), at.UtcDateTime, JsonSerializer.Serialize(headers, ApiJson.Compact),
            Null(outcome.Status, NpgsqlDbType.Integer), Null(answer, NpgsqlDbType.Text), Null(outcome.Failure, NpgsqlDbType.Text), (int)took.TotalMilliseconds, tries);
        await transaction.CommitAsync(cancel);
    }

    public Task Renew(IReadOnlyCollection<(long Endpoint, Guid Lease)> held, CancellationToken cancel) => EndpointLease.Renew(database, held, cancel);

    public Task Release(long endpoint, Guid lease, CancellationToken cancel) => EndpointLease.Release(database, endpoint, lease, cancel);

    /// <summary>
    /// What the address was told of already, by a mail of another subscription, it is not told again. Where such a mail is still on its way, it
    /// is waited for.
    /// </summary>
    private static async Task PassOver(NpgsqlConnection connection, long endpoint, DateTime now, CancellationToken cancel)
    {
        // What a mail had no room for it has not told.
        var same = $"""
            o.endpoint = d.endpoint and o.position = d.position and o.subject = d.subject and o.mail is not null and o.subscription <> d.subscription
            and (select count(*) from alerts.delivery b where b.mail = o.mail and b.subscription = o.subscription and (b.position, b.subject) < (o.position, o.subject)) < {ToldMax}
            """;
        const string IsDue = "d.endpoint = $1 and d.state = 'pending' and d.mail is null and d.next_at <= $2";
        await connection.Execute($"update alerts.delivery d set state = 'sent', mail = o.mail, ended_at = clock_timestamp() from alerts.delivery o where {IsDue} and {same} and o.state = 'sent'", cancel, endpoint, now);
        await connection.Execute($"update alerts.delivery d set next_at = o.next_at from alerts.delivery o where {IsDue} and {same} and o.state = 'pending' and o.next_at > $2", cancel, endpoint, now);
    }

    /// <summary>What of an address is due: a mail that was put together before, or else what has waited longest.</summary>
    private static async Task<(string? Mail, string Subscription, Mailing Mailing)?> Due(NpgsqlConnection connection, long endpoint, DateTime now, CancellationToken cancel)
    {
        while (true)
        {
            var first = await connection.Query(
                $"""
                select d.mail, coalesce(l.subscription, d.subscription) from alerts.delivery d left join alerts.mail l on l.id = d.mail
                where d.endpoint = $1 and d.state = 'pending' and d.next_at <= $2 and {SubscriptionTable.NotPaused} order by d.mail is null, d.next_at, d.number limit 1
                """,
                row => (Mail: row.TextOrNull(0), Subscription: row.GetString(1)), cancel, endpoint, now);
            if (first is not [var (mail, subscription)])
                return null;
            var mailing = await MailTable.Find(connection, subscription, endpoint, cancel);
            if (mailing is { EndedAt: null } && mailing.Timing.NotQuiet(now) <= now)
                return (mail, subscription, mailing);
            var these = "endpoint = $1 and state = 'pending' and next_at <= $2 and (mail = $4 or $4 is null and mail is null and subscription = $3)";
            var parameters = new object?[] { endpoint, now, subscription, Null(mail, NpgsqlDbType.Text) };
            if (mailing is { EndedAt: null })
                await connection.Execute($"update alerts.delivery set next_at = $5 where {these}", cancel, [.. parameters, mailing.Timing.NotQuiet(now).UtcDateTime]);
            else
                await connection.Execute(
                    $"""
                    with ended as (update alerts.delivery set state = 'failed', ended_at = clock_timestamp() where {these} returning id)
                    insert into alerts.attempt (delivery, number, at, request, failure, millis)
                    select id, (select count(*) + 1 from alerts.attempt a where a.delivery = ended.id), $2, json_build_object()::text, 'The subscription does not mail this address any more.', 0 from ended
                    """, cancel, parameters);
        }
    }

    /// <summary>Puts what is due of a subscription into one mail, whose id follows from what is in it.</summary>
    private static async Task<string> Compose(NpgsqlConnection connection, long endpoint, string subscription, DateTime now, CancellationToken cancel)
    {
        var deliveries = await connection.Query(
            "select id from alerts.delivery where endpoint = $1 and subscription = $2 and state = 'pending' and mail is null and next_at <= $3 order by number", row => row.GetString(0), cancel, endpoint, subscription, now);
        var id = IdOf(deliveries);
        await connection.Execute("insert into alerts.mail (id, subscription, endpoint) values ($1, $2, $3) on conflict do nothing", cancel, id, subscription, endpoint);
        await connection.Execute("update alerts.delivery set mail = $1 where id = any($2)", cancel, id, deliveries.ToArray());
        return id;
    }

    private static string IdOf(IEnumerable<string> deliveries) => "mail_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', deliveries))).AsSpan(0, 16));

    private static async Task<DueMail> Load(NpgsqlConnection connection, long endpoint, string id, string address, Mailing mailing, CancellationToken cancel)
    {
        const string In = "from alerts.delivery d join alerts.change c on c.position = d.position and c.subject = d.subject where d.mail = $1 and d.subscription = $2";
        var told = await connection.Query(
            $"select c.content {In} order by c.position, c.subject limit $3", row => JsonSerializer.Deserialize<AlertContent>(row.GetString(0), ApiJson.Compact)!, cancel, id, mailing.Subscription, (long)ToldMax);
        var count = (await connection.Query($"select count(*) {In}", row => row.GetInt64(0), cancel, id, mailing.Subscription)).Single();
        var tries = (await connection.Query("select coalesce(max(tries), 0) from alerts.delivery where mail = $1 and state = 'pending'", row => row.GetInt32(0), cancel, id)).Single();
        var (name, target, follows) = (await connection.Query(
            "select name, target, follows from alerts.subscription where subscription = $1 and until is null", row => (row.GetString(0), row.GetString(1), row.GetString(2)), cancel, mailing.Subscription)).Single();
        return new DueMail(id, endpoint, address, mailing, name, target, follows, told, count, tries);
    }

    private static async Task RecordAddress(NpgsqlConnection connection, long endpoint, MailOutcome outcome, string why, CancellationToken cancel)
    {
        if (outcome.Verdict == MailVerdict.Taken)
        {
            await connection.Execute("update alerts.endpoint set failures = 0, failing_since = null, not_before = '-infinity' where id = $1", cancel, endpoint);
            return;
        }
        // What the server has against us, or against one mail, is not the address's fault.
        if (outcome.Verdict is not (MailVerdict.AddressFails or MailVerdict.AddressRefused))
        {
            await connection.Execute("select from alerts.endpoint where id = $1 for update", cancel, endpoint);
            return;
        }
        var failures = (await connection.Query(
            "update alerts.endpoint set failures = failures + 1, failing_since = coalesce(failing_since, clock_timestamp()) where id = $1 returning failures", row => row.GetInt32(0), cancel, endpoint)).FirstOrDefault();
        await connection.Execute(
            """
            update alerts.endpoint set not_before = clock_timestamp() + $2,
                disabled_at = case when $3 or failing_since < clock_timestamp() - $4 then clock_timestamp() end,
                disabled_why = case when $3 then $5 when failing_since < clock_timestamp() - $4 then 'It has taken nothing since ' || to_char(failing_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC.' end
            where id = $1
            """,
            cancel, endpoint, RetrySchedule.Rest(failures), outcome.Verdict == MailVerdict.AddressRefused, RetrySchedule.DisabledAfter, why);
    }

    private static NpgsqlParameter Null(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}

/// <summary>A mail that is to be sent.</summary>
/// <param name="Id">The same whenever it is sent.</param>
/// <param name="Name">Of the subscription.</param>
/// <param name="Target">Of what sort that is which it follows.</param>
/// <param name="Follows">Which.</param>
/// <param name="Told">What it tells, in the order of the log; not more than a mail can hold.</param>
/// <param name="Count">How much it would tell.</param>
/// <param name="Tries">Attempts so far, by the present schedule.</param>
public sealed record DueMail(string Id, long Endpoint, string Address, Mailing Mailing, string Name, string Target, string Follows, IReadOnlyList<AlertContent> Told, long Count, int Tries);
