using Ledger.App.Alerts.Mail;
using Ledger.App.Alerts.Matching;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.Deals;
using Ledger.App.Log;
using Ledger.App.Operations.Outgoing;
using Ledger.App.Views;
using Ledger.App.Watchlists;
using Ledger.Domain.Alerts;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.App.Alerts.Subscriptions;

/// <summary>What somebody has decided about a subscription.</summary>
public enum SubscriptionDecision
{
    Made,
    Changed,
    Paused,
    Resumed,
    Deleted,
}

/// <summary>A subscription from one decision about it to the next.</summary>
/// <param name="Number">Of the decision, from 1.</param>
/// <param name="After">The end of the log at that moment: it holds for what comes after.</param>
/// <param name="Sends">To how many addresses, and when; none of them, since who forgets one forgets it everywhere. Null where that was not recorded.</param>
internal sealed record SubscriptionVersion(
    string Subscription, int Number, SubscriptionDecision What, string By, DateTimeOffset At, string Name, AlertTarget Target, AlertKinds Kinds, bool IsActive, long After, long? Until, string? Sends = null)
{
    public AlertSubscription Matching => new(Subscription, Target, Kinds, After, Until);
}

/// <summary>Decides about subscriptions. Whatever is decided holds for the changes after the end of the log at that moment.</summary>
internal sealed class SubscriptionTable(NpgsqlDataSource database, EventLog log, OutgoingHttp http, MailTable mails)
{
    /// <summary>In place of addresses: there are to be none.</summary>
    private const string None = "none";

    /// <summary>Of a delivery <c>d</c>: while its subscription is paused it waits, also where it was made before.</summary>
    internal const string NotPaused = "not exists (select from alerts.subscription s where s.subscription = d.subscription and s.until is null and s.what = 'paused')";

    private const string Columns = "subscription, number, what, by, at, name, target, follows, kinds, is_active, after, until, sends";

    /// <summary>Makes one that mails nobody.</summary>
    public Task<MadeSubscription> Make(string name, AlertTarget target, AlertKinds kinds, IReadOnlyList<string> webhooks, Writer by, CancellationToken cancel) => Make(name, target, kinds, webhooks, null, by, cancel);

    /// <summary>Makes one; its id comes from its name. The same again changes nothing.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="target">What it follows.</param>
    /// <param name="kinds">Which changes it is told of.</param>
    /// <param name="webhooks">Where it sends to.</param>
    /// <param name="mail">Whom it mails, and when; null for nobody.</param>
    /// <param name="by">Who makes it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Its id, and the secrets of addresses that were not known before.</returns>
    /// <exception cref="RefusedException">One is called so already.</exception>
    public async Task<MadeSubscription> Make(string name, AlertTarget target, AlertKinds kinds, IReadOnlyList<string> webhooks, MailOrder? mail, Writer by, CancellationToken cancel)
    {
        var (id, addresses) = (WatchlistLedger.IdOf(name).Value, Checked(webhooks));
        Targets.Check(target, kinds);
        return await Decide(id, by, async (connection, last, secrets) =>
        {
            if (last is { What: SubscriptionDecision.Made } && last.Target == target && last.Kinds == kinds && addresses.ToHashSet().SetEquals(await EndpointTable.Addresses(connection, id, cancel))
                && await MailTable.Is(connection, id, mail, cancel))
                return null;
            if (last is not null)
                throw new RefusedException($"alert {id}", new Refusal("subscription-exists", $"A subscription has the name '{name}' already{(last.What == SubscriptionDecision.Deleted ? ", and was deleted" : "")}; choose another one."));
            await CheckName(connection, id, name, cancel);
            secrets.AddRange(await Connect(connection, id, addresses, by.Author, cancel));
            if (mail is not null)
                await mails.Set(connection, id, mail, by.Author, cancel);
            return new SubscriptionVersion(id, 1, SubscriptionDecision.Made, by.Author, default, Text.Line("name", name.Trim(), 100), target, kinds, true, 0, null);
        }, cancel);
    }

    /// <summary>Has it follow something else, be called otherwise, or send elsewhere; what is null stays as it is.</summary>
    public async Task<MadeSubscription> Change(string id, string? name, AlertTarget? target, AlertKinds? kinds, IReadOnlyList<string>? webhooks, MailOrder? mail, Writer by, CancellationToken cancel)
    {
        if (name is null && target is null && kinds is null && webhooks is null && mail is null)
            throw new InvalidValueException("change", "is nothing: name, what to follow, kinds, webhook or mail are expected");
        var addresses = webhooks is null ? null : Checked(webhooks);
        return await Decide(id, by, async (connection, last, secrets) =>
        {
            var changed = Kept(id, last) with { What = SubscriptionDecision.Changed };
            changed = changed with { Name = name is null ? changed.Name : Text.Line("name", name.Trim(), 100), Target = target ?? changed.Target, Kinds = kinds ?? changed.Kinds };
            Targets.Check(changed.Target, changed.Kinds);
            await CheckName(connection, id, changed.Name, cancel);
            if (addresses is not null)
            {
                await connection.Execute("delete from alerts.channel c using alerts.endpoint e where e.id = c.endpoint and e.kind = 'webhook' and c.subscription = $1", cancel, id);
                secrets.AddRange(await Connect(connection, id, addresses, by.Author, cancel));
            }
            if (mail is not null)
                await mails.Set(connection, id, mail, by.Author, cancel);
            return changed with { By = by.Author };
        }, cancel);
    }

    /// <summary>Has it send nothing for what happens until it is resumed.</summary>
    public Task<MadeSubscription> Pause(string id, Writer by, CancellationToken cancel) => Decide(id, by, (_, last, _) =>
        Task.FromResult(Kept(id, last).IsActive ? last! with { What = SubscriptionDecision.Paused, By = by.Author, IsActive = false } : null), cancel);

    public Task<MadeSubscription> Resume(string id, Writer by, CancellationToken cancel) => Decide(id, by, (_, last, _) =>
        Task.FromResult(Kept(id, last).IsActive ? null : last! with { What = SubscriptionDecision.Resumed, By = by.Author, IsActive = true }), cancel);

    /// <summary>Ends it, and what still waits to be sent for it; its history stays.</summary>
    public Task<MadeSubscription> Delete(string id, Writer by, CancellationToken cancel) => Decide(id, by, async (connection, last, _) =>
    {
        var kept = Kept(id, last);
        await MailTable.EndAll(connection, id, cancel);
        await connection.Execute("delete from alerts.channel where subscription = $1", cancel, id);
        await connection.Execute("delete from alerts.feed where subscription = $1", cancel, id);
        // The endpoints first, as whoever sends does.
        await connection.Execute(
            "select from alerts.endpoint where id in (select endpoint from alerts.delivery where subscription = $1 and state = 'pending') order by id for update", cancel, id);
        await connection.Execute("delete from alerts.delivery where subscription = $1 and state = 'pending'", cancel, id);
        return kept with { What = SubscriptionDecision.Deleted, By = by.Author, IsActive = false };
    }, cancel);

    /// <summary>Every decision about a subscription, the first one first; none where there is no such subscription.</summary>
    public Task<List<SubscriptionVersion>> History(string id, CancellationToken cancel) =>
        database.Query($"select {Columns} from alerts.subscription where subscription = $1 order by number", Read, cancel, id);

    /// <summary>The subscriptions that there are, by their ids; those that were deleted are left out.</summary>
    public Task<List<SubscriptionVersion>> List(string? after, int limit, CancellationToken cancel) => database.Query(
        $"select {Columns} from alerts.subscription where until is null and what <> 'deleted' and subscription collate \"C\" > $1 order by subscription collate \"C\" limit $2", Read, cancel, after ?? "", limit);

    /// <summary>What may concern changes after a position.</summary>
    public static Task<List<SubscriptionVersion>> Active(NpgsqlConnection connection, long position, CancellationToken cancel) =>
        connection.Query($"select {Columns} from alerts.subscription where is_active and (until is null or until > $1)", Read, cancel, position);

    /// <exception cref="RefusedException">Another one is called so.</exception>
    private static async Task CheckName(NpgsqlConnection connection, string id, string name, CancellationToken cancel)
    {
        var others = await connection.Query(
            "select subscription from alerts.subscription where until is null and what <> 'deleted' and subscription <> $1 and lower(name) = lower($2)", row => row.GetString(0), cancel, id, name.Trim());
        if (others is [var other, ..])
            throw new RefusedException($"alert {id}", new Refusal("subscription-exists", $"Subscription '{other}' has the name '{name.Trim()}' already; choose another one."));
    }

    /// <exception cref="InvalidValueException">Nothing may be sent there.</exception>
    private List<Uri> Checked(IReadOnlyList<string> webhooks) => webhooks is [None] ? [] : [.. webhooks.Select(address => http.Check("webhook", address))];

    private static SubscriptionVersion Kept(string id, SubscriptionVersion? last) => last switch
    {
        null => throw new NotFoundException($"There is no subscription '{Text.Shorten(id)}'."),
        { What: SubscriptionDecision.Deleted } => throw new RefusedException($"alert {id}", new Refusal("subscription-deleted", $"The subscription was deleted by {last.By}.")),
        _ => last,
    };

    /// <param name="id">The subscription's.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="decide">What follows the last decision; null where that stays. It adds the secrets that it makes.</param>
    /// <param name="cancel">Gives up.</param>
    private Task<MadeSubscription> Decide(string id, Writer by, Func<NpgsqlConnection, SubscriptionVersion?, List<NewSecret>, Task<SubscriptionVersion?>> decide, CancellationToken cancel) => database.Once(by, async connection =>
    {
        // While it is held nobody looks through the log: what was decided is known to whoever does so next.
        await AlertRunner.Begin(connection, cancel);
        await connection.Execute("select from alerts.runner for update", cancel);
        var last = (await connection.Query($"select {Columns} from alerts.subscription where subscription = $1 and until is null", Read, cancel, id)).SingleOrDefault();
        var secrets = new List<NewSecret>();
        if (await decide(connection, last, secrets) is { } next)
            await Append(connection, id, last, next, cancel);
        return new MadeSubscription(id, secrets);
    }, cancel);

    private async Task Append(NpgsqlConnection connection, string id, SubscriptionVersion? last, SubscriptionVersion next, CancellationToken cancel)
    {
        var head = await log.Head(cancel);
        await connection.Execute("update alerts.subscription set until = $2 where subscription = $1 and until is null", cancel, id, head);
        var (target, follows) = Targets.Write(next.Target);
        await connection.Execute(
            "insert into alerts.subscription (subscription, number, what, by, name, target, follows, kinds, is_active, after, sends) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", cancel,
            id, (last?.Number ?? 0) + 1, Written.Name(next.What), next.By, next.Name, target, follows,
            new NpgsqlParameter { Value = next.Kinds.IsAll ? DBNull.Value : next.Kinds.Each().Select(Written.Name).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }, next.IsActive, head, await Sends(connection, id, cancel));
    }

    /// <summary>"2 webhooks; 1 mail address, daily at 08:00, Europe/Berlin"; "nobody".</summary>
    private static async Task<string> Sends(NpgsqlConnection connection, string id, CancellationToken cancel)
    {
        var told = (await MailTable.Channels(connection, [id], cancel)).GroupBy(channel => channel.Mail?.ToString()).OrderBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => same.Key is { } timing ? $"{Shown.Count(same.Count(), "mail address", "mail addresses")}, {timing}" : Shown.Count(same.Count(), "webhook")).ToList();
        return told.Count > 0 ? string.Join("; ", told) : "nobody";
    }

    private static async Task<List<NewSecret>> Connect(NpgsqlConnection connection, string id, IEnumerable<Uri> addresses, string by, CancellationToken cancel)
    {
        var secrets = new List<NewSecret>();
        foreach (var address in addresses.Distinct())
        {
            var (endpoint, secret) = await EndpointTable.FindOrMake(connection, address, by, cancel);
            if (secret is not null)
                secrets.Add(new NewSecret(endpoint, secret));
            await connection.Execute("insert into alerts.channel (subscription, endpoint) values ($1, $2)", cancel, id, endpoint);
        }
        return secrets;
    }

    private static SubscriptionVersion Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetInt32(1), Written.Parse<SubscriptionDecision>("what", row.GetString(2)), row.GetString(3), row.GetDateTime(4), row.GetString(5),
        Targets.Stored(row.GetString(6), row.GetString(7)), row.IsDBNull(8) ? AlertKinds.All : AlertKinds.Of(row.GetFieldValue<string[]>(8).Select(kind => Written.Parse<AlertKind>("kinds", kind))),
        row.GetBoolean(9), row.GetInt64(10), row.IsDBNull(11) ? null : row.GetInt64(11), row.TextOrNull(12));
}

/// <param name="Id">The subscription's.</param>
/// <param name="Secrets">Of addresses that were not known before. They are shown this once.</param>
public sealed record MadeSubscription(string Id, IReadOnlyList<NewSecret> Secrets);
