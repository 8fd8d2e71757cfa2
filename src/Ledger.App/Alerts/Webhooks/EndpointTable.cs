using System.Security.Cryptography;
using Ledger.App.Alerts.Mail;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Alerts.Webhooks;

/// <summary>An address that webhooks or mails are sent to, as readers are shown it: without what of the address may be secret.</summary>
/// <param name="Host">Of the address; of a mail address a little more.</param>
/// <param name="Why">Why nothing is sent there any more; null while something is.</param>
/// <param name="FailingSince">When it stopped taking what is sent; null while it does.</param>
/// <param name="Pending">How many deliveries wait for it.</param>
public sealed record EndpointRecord(long Id, string Host, string MadeBy, DateTimeOffset MadeAt, DateTimeOffset? DisabledAt, string? Why, DateTimeOffset? FailingSince, int Secrets, long Pending)
{
    public EndpointKind Kind { get; init; }
}

public enum EndpointKind
{
    Webhook,
    Mail,
}

/// <summary>Addresses that webhooks are sent to, and what requests to them are signed with.</summary>
internal sealed class EndpointTable(NpgsqlDataSource database)
{
    private const int SecretBytes = 32;

    /// <summary>How long an old secret signs beside a new one.</summary>
    private const string Overlap = "1 day";

    /// <summary>An address by itself, with a first secret where it is new.</summary>
    public static async Task<(long Id, string? Secret)> FindOrMake(NpgsqlConnection connection, Uri address, string by, CancellationToken cancel)
    {
        var made = await connection.Query("insert into alerts.endpoint (address, made_by) values ($1, $2) on conflict do nothing returning id", row => row.GetInt64(0), cancel, address.AbsoluteUri, by);
        return made.Count > 0 ? (made[0], await AddSecret(connection, made[0], cancel))
            : ((await connection.Query("select id from alerts.endpoint where address = $1", row => row.GetInt64(0), cancel, address.AbsoluteUri)).Single(), null);
    }

    public Task<List<EndpointRecord>> List(CancellationToken cancel) => Read("true order by e.id", cancel);

    /// <summary>A page of them, by their ids.</summary>
    public async Task<Page<EndpointRecord>> List(int limit, string? next, CancellationToken cancel)
    {
        var found = await Read("e.id > $1 order by e.id limit $2", cancel, Cursor.Parse(next, first: 0), limit + 1L);
        return found.Count > limit ? new Page<EndpointRecord>(found[..limit], Cursor.Of(found[limit - 1].Id)) : new Page<EndpointRecord>(found, null);
    }

    /// <summary>Some of them, those that take nothing before others.</summary>
    /// <param name="subscription">Only of those that this one sends to; null for all.</param>
    /// <param name="max">How many.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<List<EndpointRecord>> Worst(string? subscription, int max, CancellationToken cancel) => Read(
        "($1::text is null or e.id in (select endpoint from alerts.channel where subscription = $1)) order by e.disabled_at is null, e.failing_since is null, e.id limit $2",
        cancel, new NpgsqlParameter { Value = (object?)subscription ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }, (long)max);

    /// <exception cref="NotFoundException">There is none.</exception>
    public async Task<EndpointRecord> Get(long id, CancellationToken cancel) => (await Read("e.id = $1", cancel, id)).SingleOrDefault() ?? throw Unknown(id);

    /// <summary>Those that somebody made and that nothing is sent to any more.</summary>
    public Task<List<EndpointRecord>> DisabledOf(string author, CancellationToken cancel) => Read("e.disabled_at is not null and e.made_by = $1 order by e.id", cancel, author);

    public Task<List<EndpointRecord>> Of(string subscription, CancellationToken cancel) => Read("e.id in (select endpoint from alerts.channel where subscription = $1) order by e.id", cancel, subscription);

    /// <summary>Where a subscription sends webhooks to.</summary>
    public static Task<List<Uri>> Addresses(NpgsqlConnection connection, string subscription, CancellationToken cancel) =>
        connection.Query("select e.address from alerts.channel c join alerts.endpoint e on e.id = c.endpoint where e.kind = 'webhook' and c.subscription = $1", row => new Uri(row.GetString(0)), cancel, subscription);

    /// <summary>Makes one more secret; those before it sign beside it for a day.</summary>
    public Task<NewSecret> Rotate(long id, Writer by, CancellationToken cancel) => database.Once(by, async connection =>
    {
        if ((await Get(id, cancel)).Kind == EndpointKind.Mail)
            throw new InvalidValueException("endpoint", $"'{id}' is an address for mails, which are signed with no secret");
        await connection.Execute($"update alerts.secret set expires_at = least(expires_at, clock_timestamp() + interval '{Overlap}') where endpoint = $1", cancel, id);
        await connection.Execute("delete from alerts.secret where endpoint = $1 and expires_at < clock_timestamp()", cancel, id);
        return new NewSecret(id, await AddSecret(connection, id, cancel));
    }, cancel);

    /// <summary>Sends there again, what has waited first.</summary>
    /// <returns>As it is now.</returns>
    public async Task<EndpointRecord> Enable(long id, Writer by, CancellationToken cancel)
    {
        await Get(id, cancel);
        await database.Once(by, async connection =>
        {
            await connection.Execute("update alerts.endpoint set disabled_at = null, disabled_why = null, failing_since = null, failures = 0, not_before = '-infinity' where id = $1", cancel, id);
            return id;
        }, cancel);
        return await Get(id, cancel);
    }

    /// <summary>Forgets an address, with whatever was sent there or was to be.</summary>
    /// <returns>As it was, without its host: a request that is remembered keeps none of it.</returns>
    public Task<EndpointRecord> Forget(long id, Writer by, CancellationToken cancel) => database.Once(by, async connection =>
    {
        var was = await Get(id, cancel);
        await connection.Execute("delete from alerts.endpoint where id = $1", cancel, id);
        return was with { Host = "" };
    }, cancel);

    /// <summary>What readers are shown of an address.</summary>
    public static string Shown(string address) => address.Contains("://", StringComparison.Ordinal) ? new Uri(address).Authority : MailOrder.Shown(address);

    internal static string Given(byte[] secret) => $"whsec_{Convert.ToBase64String(secret)}";

    private static async Task<string> AddSecret(NpgsqlConnection connection, long endpoint, CancellationToken cancel)
    {
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        await connection.Execute("insert into alerts.secret (endpoint, secret) values ($1, $2)", cancel, endpoint, secret);
        return Given(secret);
    }

    private Task<List<EndpointRecord>> Read(string condition, CancellationToken cancel, params object?[] parameters) => database.Query(
        $"""
        select e.id, e.address, e.made_by, e.made_at, e.disabled_at, e.disabled_why, e.failing_since,
            (select count(*) from alerts.secret s where s.endpoint = e.id and (s.expires_at is null or s.expires_at > clock_timestamp()))::int,
            (select count(*) from alerts.delivery d where d.endpoint = e.id and d.state = 'pending'), e.kind
        from alerts.endpoint e where {condition}
        """,
        row => new EndpointRecord(row.GetInt64(0), Shown(row.GetString(1)), row.GetString(2), row.GetDateTime(3), row.IsDBNull(4) ? null : row.GetDateTime(4), row.TextOrNull(5),
            row.IsDBNull(6) ? null : row.GetDateTime(6), row.GetInt32(7), row.GetInt64(8))
        { Kind = Written.Parse<EndpointKind>("kind", row.GetString(9)) }, cancel, parameters);

    private static NotFoundException Unknown(long id) => new($"There is no endpoint {id}.");
}

/// <summary>What the requests to an address are signed with, shown this once.</summary>
public sealed record NewSecret(long Endpoint, string Secret);
