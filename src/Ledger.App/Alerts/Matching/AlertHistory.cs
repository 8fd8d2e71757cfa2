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
/// Tries subscriptions on what has happened: by the same reader that finds what is sent, some deals at a time, of those deals only that can have
/// to do with what is followed.
/// </summary>
internal sealed class AlertHistory(Snapshot snapshot, EventLog log, ViewRuntime views, WatchlistStates states, LedgerAddress address)
{
    private const int ShownMax = 50;
    private const int DealsAtOnce = 500;

    /// <summary>How many parts of the record are looked through at a time: one waits for the database while another one is looked through.</summary>
    internal static readonly int AtOnce = Math.Clamp(Environment.ProcessorCount, 1, 4) + 1;

    /// <summary>Every change that would have been told of, in the order of the log.</summary>
    /// <param name="target">What would have been followed.</param>
    /// <param name="kinds">The kinds of change.</param>
    /// <param name="after">From the end of the log at this position on.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<List<FoundChange>> Find(AlertTarget target, AlertKinds kinds, long after, CancellationToken cancel)
    {
        var found = new List<FoundChange>();
        await Find(target, kinds, after, found.AddRange, cancel);
        return [.. found.OrderBy(change => change.Cause.Position)];
    }

    /// <summary>The same, counted and told; of all others than the last ones nothing is kept.</summary>
    public async Task<TriedAlerts> Try(AlertTarget target, string follows, AlertKinds kinds, DateTimeOffset since, CancellationToken cancel)
    {
        var after = await log.PositionAt(since, cancel);
        var (count, of, last) = (0, new Dictionary<string, int>(StringComparer.Ordinal), new PriorityQueue<FoundChange, long>());
        await Find(target, kinds, after, Count, cancel);
        List<FoundChange> shown = [.. last.UnorderedItems.Select(one => one.Element).OrderByDescending(change => change.Cause.Position)];
        var told = new List<AlertContent>();
        foreach (var change in shown)
        {
            await using var then = new Snapshot(views, log) { AsOf = change.Cause.Position };
            told.AddRange(await AlertContent.Of([change], then, address.Value, cancel));
        }
        return new TriedAlerts(
            follows, after, since, count, of.OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal).ToDictionary(), told);

        void Count(IEnumerable<FoundChange> found)
        {
            foreach (var change in found)
            {
                count++;
                foreach (var kind in change.Kinds.Each())
                    of[Written.Name(kind)] = of.GetValueOrDefault(Written.Name(kind)) + 1;
                last.Enqueue(change, change.Cause.Position);
                if (last.Count > ShownMax)
                    last.Dequeue();
            }
        }
    }

    /// <param name="take">Told of what is found, in any order, and never of two parts at a time.</param>
    private async Task Find(AlertTarget target, AlertKinds kinds, long after, Action<IEnumerable<FoundChange>> take, CancellationToken cancel)
    {
        var until = await snapshot.Position(cancel);
        after = Math.Min(after, until);
        var subscription = new AlertSubscription("tried", target, kinds, after, until);
        var matchers = new AlertMatchers([subscription]);
        var span = new RecordSpan(views, log, states);
        await span.Begin(after, cancel);
        var events = await log.Read(new LogQuery { After = after, UpTo = until, Types = RecordSpan.Types }, cancel).ToListAsync(cancel);
        await span.Advance(events, until, matchers.ListsOf(events), cancel);
        take(AlertReader.Lists(events, span, matchers).Concat(AlertReader.Parties(events, span, matchers)));
        var days = (await Day(new LogQuery { After = after, UpTo = until, Limit = 1 }, cancel), await Day(new LogQuery { UpTo = until, Backwards = true, Limit = 1 }, cancel));
        var choices = target is AlertTarget.Chosen { Rule: { Over: not Subject.Deals } rule } ? await PartyChoices.Read(span, rule, after, days, cancel) : null;
        if (target is AlertTarget.Chosen { Rule.Over: Subject.Deals } chosen && RuleNeeds.Of(chosen.Rule).Dollars)
            await span.Rates(cancel);
        var (reader, taking) = (new AlertReader(log), new Lock());
        await Parallel.ForEachAsync((choices?.Deals ?? await Deals(target, span, after, days, cancel)).Chunk(DealsAtOnce), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (deals, stop) =>
        {
            string[] streams = [.. deals.Select(id => StoredEvents.Deals + id)];
            var found = choices is null ? await reader.Deals(streams, after, span, new AlertMatchers([subscription]), stop)
                : [.. (await reader.Alerts(streams, after, span, stop)).Where(alert => alert.Kinds.Overlaps(kinds) && choices.Concern(alert)).Select(alert => FoundChange.Of(alert, [subscription]))];
            lock (taking)
                take(found);
        });
    }

    /// <summary>The ids of the deals that can have to do with a target: those that ever had.</summary>
    private static async Task<IReadOnlyCollection<string>> Deals(AlertTarget target, RecordSpan span, long after, (DateOnly First, DateOnly Last) days, CancellationToken cancel)
    {
        var where = target switch
        {
            AlertTarget.Investor one => Is(RuleField.Investor, one.Party.Value),
            AlertTarget.Company one => Is(RuleField.Company, one.Party.Value),
            AlertTarget.Sector one => Is(RuleField.Sector, one.Slug),
            AlertTarget.Watchlist one when span.EverOn(one.List) is { Count: > 0 } ever => Is(span.List(one.List, span.Position).Over == Subject.Companies ? RuleField.Company : RuleField.Investor, [.. ever]),
            AlertTarget.Watchlist => null,
            AlertTarget.Chosen one => one.Rule.Where,
            _ => throw new InvalidOperationException($"A subscription does not follow {target.GetType().Name}."),
        };
        if (where is null && target is AlertTarget.Watchlist)
            return [];
        await using var open = span.Open();
        return await span.Candidates(open, after, days).Deals(where, cancel);

        static Condition Is(RuleField field, params string[] values) => new Condition.Is(field, [.. values]);
    }

    private async Task<DateOnly> Day(LogQuery query, CancellationToken cancel) => await log.Read(query, cancel).Select(e => DateOnly.FromDateTime(e.RecordedAt.UtcDateTime)).FirstOrDefaultAsync(cancel);
}
