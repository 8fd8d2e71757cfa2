using System.Text.Json;
using Ledger.App.Alerts.Mail;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Alerts.Subscriptions;

/// <summary>What is asked of subscriptions, by pages, API and command line alike.</summary>
internal sealed class SubscriptionQueries(NpgsqlDataSource database, SubscriptionTable subscriptions, EndpointTable endpoints, MailTable mails, Targets targets)
{
    public const int LatestMax = 20;

    /// <summary>Subscriptions that were not deleted, in the order of their ids.</summary>
    public async Task<Page<SubscriptionRecord>> List(int limit, string? next, CancellationToken cancel)
    {
        var found = await subscriptions.List(next, limit == int.MaxValue ? limit : limit + 1, cancel);
        var items = new List<SubscriptionRecord>();
        foreach (var version in found.Take(limit))
            items.Add(await Record(version, (await subscriptions.History(version.Subscription, cancel))[0], cancel));
        return new Page<SubscriptionRecord>(items, found.Count > items.Count ? items[^1].Id : null);
    }

    /// <exception cref="NotFoundException">There is no such subscription.</exception>
    public async Task<SubscriptionDetails> Get(string id, CancellationToken cancel)
    {
        var history = await subscriptions.History(id, cancel);
        if (history.Count == 0)
            throw new NotFoundException($"There is no subscription '{Text.Shorten(id)}'.");
        var decisions = new List<DecisionRecord>();
        foreach (var version in Enumerable.Reverse(history))
            decisions.Add(new DecisionRecord(version.Number, version.What, version.By, version.At, version.After, await targets.Tell(version.Target, cancel), [.. version.Kinds.Each()], version.Sends));
        return new SubscriptionDetails(await Record(history[^1], history[0], cancel), decisions, await endpoints.Of(id, cancel), (await Alerts(id, LatestMax, null, cancel)).Items)
        {
            Mails = await mails.Shown(id, cancel),
            FeedSince = (await database.Query("select made_at from alerts.feed where subscription = $1", row => (DateTimeOffset?)row.GetDateTime(0), cancel, id)).SingleOrDefault(),
        };
    }

    /// <summary>What a subscription was told, the last first.</summary>
    public async Task<Page<AlertContent>> Alerts(string id, int limit, string? next, CancellationToken cancel)
    {
        var (position, subject) = next?.Split(':', 2) is { } place ? place is [var before, var at] ? (Cursor.Parse(before), at) : throw Cursor.Wrong(next) : (long.MaxValue, "");
        var found = await database.Query(
            """
            select c.content from alerts.alert a join alerts.change c on c.position = a.position and c.subject = a.subject
            where a.subscription = $1 and (a.position, a.subject) < ($2, $3) order by a.position desc, a.subject desc limit $4
            """,
            row => JsonSerializer.Deserialize<AlertContent>(row.GetString(0), ApiJson.Compact)!, cancel, id, position, subject, limit + 1L);
        var items = found.Take(limit).ToList();
        return new Page<AlertContent>(items, found.Count > items.Count ? $"{Cursor.Of(items[^1].Position)}:{items[^1].Subject}" : null);
    }

    private async Task<SubscriptionRecord> Record(SubscriptionVersion version, SubscriptionVersion first, CancellationToken cancel)
    {
        var (count, last) = (await database.Query(
            "select count(*), (select c.recorded_at from alerts.alert l join alerts.change c on c.position = l.position and c.subject = l.subject where l.subscription = $1 order by l.position desc limit 1) from alerts.alert where subscription = $1",
            row => (row.GetInt64(0), row.IsDBNull(1) ? (DateTimeOffset?)null : row.GetDateTime(1)), cancel, version.Subscription)).Single();
        var (what, which) = Targets.Write(version.Target);
        var state = version.IsActive ? SubscriptionState.Active : version.What == SubscriptionDecision.Deleted ? SubscriptionState.Deleted : SubscriptionState.Paused;
        return new SubscriptionRecord(
            version.Subscription, version.Name, await targets.Tell(version.Target, cancel), new FollowedRecord(what, which), [.. version.Kinds.Each()], state, first.By, first.At, count, last);
    }
}
