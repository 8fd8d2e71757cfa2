using System.Buffers.Text;
using System.Security.Cryptography;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.App.Alerts.Mail;

/// <summary>When a subscription's mails go to an address, as readers are shown it.</summary>
/// <param name="Address">Not all of it.</param>
/// <param name="When">In words.</param>
/// <param name="UnsubscribedAt">When whoever reads them has ended them; null while they go on.</param>
public sealed record MailingRecord(long Endpoint, string Address, MailDigest Digest, string Hour, string Day, string Zone, string? Quiet, string When, DateTimeOffset? UnsubscribedAt);

/// <summary>The mails of one subscription to one address.</summary>
/// <param name="Token">The secret of the link that ends them.</param>
/// <param name="EndedAt">Null while they go on.</param>
public sealed record Mailing(string Subscription, long Endpoint, string Address, MailTiming Timing, string Token, string MadeBy, DateTimeOffset? EndedAt, bool ByReader);

/// <summary>Which subscription mails whom, and when.</summary>
internal sealed class MailTable(NpgsqlDataSource database, MailRelay relay)
{
    private const int TokenBytes = 24;

    private const string Timing = "m.digest, m.hour, m.day, m.zone, m.quiet_from, m.quiet_until";

    private const string Columns = $"select {Timing}, m.subscription, m.endpoint, e.address, m.token, m.made_by, m.ended_at, m.by_reader from alerts.mailing m join alerts.endpoint e on e.id = m.endpoint";

    /// <summary>Has a subscription mail somebody, or at other times.</summary>
    /// <param name="connection">In a transaction, in which the subscription is decided about.</param>
    /// <param name="subscription">Its id.</param>
    /// <param name="order">What is asked for.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidValueException">No mail can be sent, or it cannot be then.</exception>
    public async Task Set(NpgsqlConnection connection, string subscription, MailOrder order, string by, CancellationToken cancel)
    {
        var known = await Of(connection, subscription, cancel);
        if (order.To is not [])
            _ = relay.Settings;
        if (order.To is null && known.Count == 0)
            throw new InvalidValueException("mail", "is missing; the subscription mails nobody");
        foreach (var ended in known.Where(one => order.To is { } to && !to.Contains(one.Address, StringComparer.OrdinalIgnoreCase)))
            await End(connection, subscription, ended.Endpoint, byReader: false, cancel);
        foreach (var address in order.To ?? [.. known.Select(one => one.Address)])
        {
            // Whoever takes another one's place is mailed when that one was.
            var before = known.Find(one => string.Equals(one.Address, address, StringComparison.OrdinalIgnoreCase)) ?? known.FirstOrDefault();
            var timing = order.Apply(before?.Timing ?? MailTiming.Default);
            var endpoint = await FindOrMake(connection, address, by, cancel);
            if (await Find(connection, subscription, endpoint, cancel) is { EndedAt: not null, ByReader: true })
                throw new InvalidValueException("mail", $"{MailOrder.Shown(address)} has unsubscribed from it; whoever reads there and wants it again is mailed by a subscription of another name");
            await Set(connection, subscription, endpoint, timing, by, cancel);
        }
    }

    /// <summary>Whether a subscription mails those, and then, that are asked for.</summary>
    public static async Task<bool> Is(NpgsqlConnection connection, string subscription, MailOrder? order, CancellationToken cancel)
    {
        var (known, asked) = (await Of(connection, subscription, cancel), order?.To ?? []);
        return known.Count == asked.Count && known.All(one => asked.Contains(one.Address, StringComparer.OrdinalIgnoreCase) && order!.Apply(MailTiming.Default) == one.Timing);
    }

    /// <summary>Has a subscription mail nobody.</summary>
    public static async Task EndAll(NpgsqlConnection connection, string subscription, CancellationToken cancel)
    {
        foreach (var one in await Of(connection, subscription, cancel))
            await End(connection, subscription, one.Endpoint, byReader: false, cancel);
    }

    /// <summary>What is shown of whom a subscription mails, and of who has ended that.</summary>
    public async Task<List<MailingRecord>> Shown(string subscription, CancellationToken cancel) => (await database.Query($"{Columns} where m.subscription = $1 and (m.ended_at is null or m.by_reader) order by m.endpoint", Read, cancel, subscription))
        .ConvertAll(one => new MailingRecord(
            one.Endpoint, MailOrder.Shown(one.Address), one.Timing.Digest, $"{one.Timing.Hour:HH\\:mm}", one.Timing.Day.ToString().ToLowerInvariant(), one.Timing.Zone.Id, one.Timing.Quiet?.ToString(), one.Timing.ToString(), one.EndedAt));

    /// <summary>What a link that ends mails is of; null where it is of nothing.</summary>
    public async Task<Mailing?> Find(string token, CancellationToken cancel) => (await database.Query($"{Columns} where m.token = $1", Read, cancel, token)).SingleOrDefault();

    /// <summary>Ends the mails that a link is of; to end them once more changes nothing.</summary>
    /// <returns>False where it is of none.</returns>
    public async Task<bool> Unsubscribe(string token, CancellationToken cancel)
    {
        if (await Find(token, cancel) is not { } found)
            return false;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await End(connection, found.Subscription, found.Endpoint, byReader: true, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    public static async Task<Mailing?> Find(NpgsqlConnection connection, string subscription, long endpoint, CancellationToken cancel) =>
        (await connection.Query($"{Columns} where m.subscription = $1 and m.endpoint = $2", Read, cancel, subscription, endpoint)).SingleOrDefault();

    /// <summary>Where subscriptions send to, and when mails go there; null for webhooks.</summary>
    public static Task<List<(string Subscription, long Endpoint, MailTiming? Mail)>> Channels(NpgsqlConnection connection, string[] subscriptions, CancellationToken cancel) => connection.Query(
        $"""
        select {Timing}, c.subscription, c.endpoint from alerts.channel c left join alerts.mailing m on m.subscription = c.subscription and m.endpoint = c.endpoint
        where c.subscription = any($1)
        """,
        row => (row.GetString(6), row.GetInt64(7), row.IsDBNull(0) ? null : ReadTiming(row)), cancel, (object)subscriptions);

    private static Task<List<Mailing>> Of(NpgsqlConnection connection, string subscription, CancellationToken cancel) =>
        connection.Query($"{Columns} where m.subscription = $1 and m.ended_at is null", Read, cancel, subscription);

    private static async Task Set(NpgsqlConnection connection, string subscription, long endpoint, MailTiming timing, string by, CancellationToken cancel)
    {
        await connection.Execute("insert into alerts.channel (subscription, endpoint) values ($1, $2) on conflict do nothing", cancel, subscription, endpoint);
        // The link of mails that were sent before stays good.
        await connection.Execute(
            """
            insert into alerts.mailing (subscription, endpoint, token, digest, hour, day, zone, quiet_from, quiet_until, made_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (subscription, endpoint) do update set digest = excluded.digest, hour = excluded.hour, day = excluded.day, zone = excluded.zone, quiet_from = excluded.quiet_from,
                quiet_until = excluded.quiet_until, made_by = excluded.made_by, ended_at = null, by_reader = false
            """,
            cancel, subscription, endpoint, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes)), Written.Name(timing.Digest), timing.Hour, Written.Name(timing.Day), timing.Zone.Id,
            Time(timing.Quiet?.From), Time(timing.Quiet?.Until), by);
        // What waits for another time waits for this one now.
        await connection.Execute(
            "update alerts.delivery set next_at = $3 where subscription = $1 and endpoint = $2 and state = 'pending' and mail is null", cancel, subscription, endpoint, timing.Next(DateTimeOffset.UtcNow).UtcDateTime);
    }

    /// <summary>Ends the mails of a subscription to an address, and with them what is on its way there.</summary>
    private static async Task End(NpgsqlConnection connection, string subscription, long endpoint, bool byReader, CancellationToken cancel)
    {
        // The endpoint first, as whoever sends does.
        await connection.Execute("select from alerts.endpoint where id = $1 for update", cancel, endpoint);
        await connection.Execute("delete from alerts.channel where subscription = $1 and endpoint = $2", cancel, subscription, endpoint);
        await connection.Execute("delete from alerts.delivery where subscription = $1 and endpoint = $2 and state = 'pending'", cancel, subscription, endpoint);
        await connection.Execute(
            "update alerts.mailing set ended_at = clock_timestamp(), by_reader = $3 where subscription = $1 and endpoint = $2 and ended_at is null", cancel, subscription, endpoint, byReader);
    }

    private static async Task<long> FindOrMake(NpgsqlConnection connection, string address, string by, CancellationToken cancel)
    {
        var made = await connection.Query("insert into alerts.endpoint (address, kind, made_by) values ($1, 'mail', $2) on conflict do nothing returning id", row => row.GetInt64(0), cancel, address, by);
        return made.Count > 0 ? made[0] : (await connection.Query("select id from alerts.endpoint where kind = 'mail' and lower(address) = lower($1)", row => row.GetInt64(0), cancel, address)).Single();
    }

    private static Mailing Read(NpgsqlDataReader row) =>
        new(row.GetString(6), row.GetInt64(7), row.GetString(8), ReadTiming(row), row.GetString(9), row.GetString(10), row.IsDBNull(11) ? null : row.GetDateTime(11), row.GetBoolean(12));

    /// <summary>A zone that a server does not know any more has the clocks of UTC: mails go at another hour then, and not never.</summary>
    private static MailTiming ReadTiming(NpgsqlDataReader row) => new(
        Written.Parse<MailDigest>("digest", row.GetString(0)), row.GetFieldValue<TimeOnly>(1), Written.Parse<DayOfWeek>("day", row.GetString(2)),
        TimeZoneInfo.TryFindSystemTimeZoneById(row.GetString(3), out var zone) ? zone : TimeZoneInfo.Utc, row.IsDBNull(4) ? null : new QuietHours(row.GetFieldValue<TimeOnly>(4), row.GetFieldValue<TimeOnly>(5)));

    private static NpgsqlParameter Time(TimeOnly? time) => new() { Value = (object?)time ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Time };
}
