using Ledger.App.Log;
using Ledger.Domain.Alerts;
using Ledger.Domain.Deals;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;

namespace Ledger.App.Alerts.Matching;

/// <summary>
/// Finds in a part of the log the changes that concern subscriptions: the one way in which both what is sent and what would have been sent is
/// found.
/// </summary>
internal sealed class AlertReader(EventLog log)
{
    /// <summary>Changes of deals.</summary>
    /// <param name="streams">Of the deals.</param>
    /// <param name="after">What happened up to here was told before.</param>
    /// <param name="span">The record, up to where the log is looked through.</param>
    /// <param name="matchers">The subscriptions.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<List<FoundChange>> Deals(IReadOnlyCollection<string> streams, long after, RecordSpan span, AlertMatchers matchers, CancellationToken cancel)
    {
        var found = new List<FoundChange>();
        // Of a merge that began before the end of the part the rest is read, too: it was recorded at once.
        foreach (var stream in (await log.ReadStreams(streams, cancel: cancel)).GroupBy(e => e.Stream))
        {
            var events = stream.Select(e => ((DealEvent)e.Data, StoredEvents.CauseOf(e))).ToList();
            foreach (var alert in DealAlert.Of(Deal.Unknown(StoredEvents.DealOf(stream.Key)), events, span.Root, after).TakeWhile(alert => alert.Change.Cause.Position <= span.Position))
            {
                var told = matchers.At(alert.Change.Cause, span).Match(await Facts(alert, span, matchers.At(alert.Change.Cause, span), cancel));
                if (told.Count > 0)
                    found.Add(new FoundChange(alert.Change.Cause, AlertContent.SubjectOf(alert.Change.After.Id), alert.Kinds, told) { Deal = alert });
            }
        }
        return found;
    }

    /// <summary>Changes of who is on lists.</summary>
    /// <param name="events">In their order; others than those of lists are passed over.</param>
    /// <param name="span">The record, up to where the log is looked through.</param>
    /// <param name="matchers">The subscriptions.</param>
    public static IEnumerable<FoundChange> Lists(IEnumerable<RecordedEvent> events, RecordSpan span, AlertMatchers matchers)
    {
        var membership = AlertKinds.Of(AlertKind.Membership);
        foreach (var e in events.Where(e => e.Data is WatchlistEvent))
        {
            var (id, merges) = (StoredEvents.WatchlistOf(e.Stream), span.Merges(e.Position));
            if (!matchers.Lists.Contains(id))
                continue;
            var (list, before) = (span.List(id, e.Position), span.Members(span.List(id, e.Position - 1), merges));
            var after = list.IsKept ? span.Members(list, merges) : before;
            if (before.SetEquals(after))
                continue;
            var told = matchers.At(StoredEvents.CauseOf(e), span).Match(new AlertFacts { Position = e.Position, Kinds = membership, Lists = [id] });
            if (told.Count > 0)
            {
                yield return new FoundChange(StoredEvents.CauseOf(e), AlertContent.SubjectOf(id), membership, told)
                {
                    List = list,
                    Joined = [.. after.Except(before)],
                    Left = [.. before.Except(after)],
                };
            }
        }
    }

    private static async Task<AlertFacts> Facts(DealAlert alert, RecordSpan span, AlertMatcher matcher, CancellationToken cancel)
    {
        var position = alert.Change.Cause.Position;
        var deals = new[] { alert.Change.Before, alert.Change.After }.Where(DealAlert.IsShown).ToList();
        var companies = deals.Select(deal => deal.Company!.Value).ToHashSet();
        var investors = deals.SelectMany(deal => deal.Investors).Select(investor => investor.Party).OfType<PartyId>().ToHashSet();
        IReadOnlyList<DealFacts> facts = [];
        if (matcher.Deals is { } needs)
        {
            var traits = needs.Traits ? await span.Traits(companies.Concat(investors), position, cancel) : PartyTraits.Only;
            var rates = needs.Dollars ? await span.Rates(position, cancel) : (_, _) => null;
            facts = [.. deals.Select(deal => DealFacts.Of(deal, traits, rates))];
        }
        return new AlertFacts
        {
            Position = position,
            Kinds = alert.Kinds,
            Companies = companies,
            Investors = investors,
            Sectors = deals.SelectMany(deal => deal.Sectors).ToHashSet(StringComparer.Ordinal),
            Lists = matcher.Lists.Count == 0 ? [] : span.ListsWith(companies, investors, matcher.Lists, position),
            Deals = facts,
            CompanyFacts = matcher.Companies is { } ofCompanies ? await span.PartyFacts(Subject.Companies, ofCompanies, companies, position, cancel) : [],
            InvestorFacts = matcher.Investors is { } ofInvestors ? await span.PartyFacts(Subject.Investors, ofInvestors, investors, position, cancel) : [],
        };
    }
}

/// <summary>A change that concerns somebody.</summary>
/// <param name="Cause">The event.</param>
/// <param name="Subject">What changed.</param>
/// <param name="Kinds">How.</param>
/// <param name="Told">Whom it concerns, each once.</param>
internal sealed record FoundChange(Cause Cause, string Subject, AlertKinds Kinds, IReadOnlyList<AlertSubscription> Told)
{
    /// <summary>Null of a list.</summary>
    public DealAlert? Deal { get; init; }

    /// <summary>Null of a deal.</summary>
    public Watchlist? List { get; init; }

    public IReadOnlyList<PartyId> Joined { get; init; } = [];

    public IReadOnlyList<PartyId> Left { get; init; } = [];
}

/// <summary>Subscriptions made ready for days, and for which parties are one.</summary>
internal sealed class AlertMatchers(IReadOnlyList<AlertSubscription> subscriptions)
{
    private AlertMatcher? _last;
    private (DateOnly Day, object Merges) _of;

    public IReadOnlyList<AlertSubscription> Subscriptions => subscriptions;

    /// <summary>The lists that somebody follows.</summary>
    public IReadOnlyCollection<WatchlistId> Lists { get; } = [.. subscriptions.Select(one => one.Target).OfType<AlertTarget.Watchlist>().Select(target => target.List).Distinct()];

    public AlertMatcher At(Cause cause, RecordSpan span)
    {
        (DateOnly Day, object Merges) of = (DateOnly.FromDateTime(cause.RecordedAt.UtcDateTime), span.Merges(cause.Position));
        if (_last is null || _of.Merges != of.Merges || _last.HasTime && _of.Day != of.Day)
            (_last, _of) = (new AlertMatcher(subscriptions, of.Day, span.Root(cause.Position)), of);
        return _last;
    }
}
