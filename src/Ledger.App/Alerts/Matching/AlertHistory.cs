using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.App.Views.Parties;
using Ledger.App.Watchlists;
using Ledger.Domain.Alerts;
using Ledger.Domain.Rules;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Alerts.Matching;

/// <summary>What a subscription would have sent.</summary>
/// <param name="After">The end of the log at the beginning of the time that was tried.</param>
/// <param name="Count">How many alerts there would have been.</param>
/// <param name="Kinds">How many of them were of each kind; one may be of several.</param>
/// <param name="Alerts">The last of them, the last one first.</param>
public sealed record TriedAlerts(string Follows, long After, DateTimeOffset Since, int Count, IReadOnlyDictionary<string, int> Kinds, IReadOnlyList<AlertContent> Alerts);

/// <summary>
/// Tries subscriptions on what has happened: by the same reader that finds what is sent, deal by deal, of those deals only that can have to do
/// with what is followed.
/// </summary>
internal sealed class AlertHistory(Snapshot snapshot, EventLog log, ViewRuntime views, WatchlistStates states, PartyNames names)
{
    private const int ShownMax = 50;
    private const int DealsAtOnce = 2000;

    /// <summary>Every change that would have been told of, in the order of the log.</summary>
    /// <param name="target">What would have been followed.</param>
    /// <param name="kinds">The kinds of change.</param>
    /// <param name="after">From the end of the log at this position on.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<List<FoundChange>> Find(AlertTarget target, AlertKinds kinds, long after, CancellationToken cancel)
    {
        var until = await snapshot.Position(cancel);
        after = Math.Min(after, until);
        var matchers = new AlertMatchers([new AlertSubscription("tried", target, kinds, after, until)]);
        var span = new RecordSpan(views, log, states);
        await span.Begin(after, cancel);
        var events = await log.Read(new LogQuery { After = after, UpTo = until, Types = RecordSpan.Types }, cancel).ToListAsync(cancel);
        await span.Advance(events, until, matchers.Lists, cancel);
        var found = AlertReader.Lists(events, span, matchers).ToList();
        foreach (var deals in (await Deals(target, span, cancel)).Chunk(DealsAtOnce))
            found.AddRange(await new AlertReader(log).Deals([.. deals.Select(id => StoredEvents.Deals + id)], after, span, matchers, cancel));
        return [.. found.OrderBy(change => change.Cause.Position)];
    }

    /// <summary>The same, counted and told.</summary>
    public async Task<TriedAlerts> Try(AlertTarget target, string follows, AlertKinds kinds, DateTimeOffset since, CancellationToken cancel)
    {
        var after = await log.PositionAt(since, cancel);
        var found = await Find(target, kinds, after, cancel);
        var last = Enumerable.Reverse(found).Take(ShownMax).ToList();
        var called = await names.Of(last.SelectMany(AlertContent.Parties), cancel);
        return new TriedAlerts(
            follows, after, since, found.Count, found.SelectMany(change => change.Kinds.Each()).CountBy(kind => Written.Name(kind)).OrderByDescending(kind => kind.Value).ToDictionary(),
            [.. last.Select(change => AlertContent.Of(change, called, ""))]);
    }

    /// <summary>The ids of the deals that can have to do with a target: those that ever had.</summary>
    private Task<List<string>> Deals(AlertTarget target, RecordSpan span, CancellationToken cancel) => target switch
    {
        AlertTarget.Investor one => Of("select distinct deal_id from investor_deal where investor_id = any($1)", span.EverOneWith(one.Party).ToArray(), cancel),
        AlertTarget.Company one => Of("select distinct id from deal where company_id = any($1)", span.EverOneWith(one.Party).ToArray(), cancel),
        AlertTarget.Sector one => Of("select distinct id from deal where $1 = any(sectors)", one.Slug, cancel),
        AlertTarget.Watchlist one => span.List(one.List, span.Position).Over == Subject.Companies
            ? Of("select distinct id from deal where company_id = any($1)", span.EverOn(one.List).ToArray(), cancel)
            : Of("select distinct deal_id from investor_deal where investor_id = any($1)", span.EverOn(one.List).ToArray(), cancel),
        _ => snapshot.Query(_ => "select distinct id from deal", row => row.GetString(0), cancel),
    };

    private Task<List<string>> Of(string sql, object parameter, CancellationToken cancel) => snapshot.Query(_ => sql, row => row.GetString(0), cancel, parameter);
}
