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
        var alerts = await Alerts(streams, after, span, cancel);
        if (alerts.Count == 0)
            return found;
        var asked = await Asked.Of(alerts, after, span, matchers.At(alerts[0].Change.Cause, span), cancel);
        foreach (var alert in alerts)
        {
            var matcher = matchers.At(alert.Change.Cause, span);
            var told = matcher.Match(asked.Facts(alert, matcher));
            if (told.Count > 0)
                found.Add(FoundChange.Of(alert, told));
        }
        return found;
    }

    /// <summary>What of deals is worth an alert to whom it concerns, in the order of the log.</summary>
    public async Task<List<DealAlert>> Alerts(IReadOnlyCollection<string> streams, long after, RecordSpan span, CancellationToken cancel)
    {
        var alerts = new List<DealAlert>();
        // Of a merge that began before the end of the part the rest is read, too: it was recorded at once.
        foreach (var stream in (await log.ReadStreams(streams, cancel: cancel)).GroupBy(e => e.Stream))
        {
            var events = stream.Select(e => ((DealEvent)e.Data, StoredEvents.CauseOf(e))).ToList();
            alerts.AddRange(DealAlert.Of(Deal.Unknown(StoredEvents.DealOf(stream.Key)), events, span.Root, after).TakeWhile(alert => alert.Change.Cause.Position <= span.Position));
        }
        alerts.Sort((one, other) => one.Change.Cause.Position.CompareTo(other.Change.Cause.Position));
        return alerts;
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

    /// <summary>What subscriptions ask of some changes, read for all of them at once.</summary>
    private sealed class Asked(RecordSpan span, RatesThen? rates, PartyTimes? companies, PartyTimes? investors)
    {
        public static async Task<Asked> Of(List<DealAlert> alerts, long after, RecordSpan span, AlertMatcher matcher, CancellationToken cancel)
        {
            if (matcher.Deals is { Traits: true })
                await span.LoadTraits(alerts.SelectMany(alert => alert.Companies().Concat(alert.Investors())), cancel);
            return new Asked(
                span, matcher.Deals is { Dollars: true } ? await span.Rates(cancel) : null,
                matcher.Companies is { } ofCompanies ? await Read(Subject.Companies, ofCompanies, alerts.SelectMany(alert => alert.Companies())) : null,
                matcher.Investors is { } ofInvestors ? await Read(Subject.Investors, ofInvestors, alerts.SelectMany(alert => alert.Investors())) : null);

            Task<PartyTimes> Read(Subject over, RuleNeeds needs, IEnumerable<PartyId> parties) =>
                PartyTimes.Read(span, over, needs, [.. parties.Distinct().SelectMany(span.EverOneWith).Distinct(StringComparer.Ordinal)], after, cancel);
        }

        public AlertFacts Facts(DealAlert alert, AlertMatcher matcher)
        {
            var position = alert.Change.Cause.Position;
            var (companyIds, investorIds) = (alert.Companies(), alert.Investors());
            return new AlertFacts
            {
                Position = position,
                Kinds = alert.Kinds,
                Companies = companyIds,
                Investors = investorIds,
                Sectors = alert.Sectors(),
                Lists = matcher.Lists.Count == 0 ? [] : span.ListsWith(companyIds, investorIds, matcher.Lists, position),
                Deals = matcher.Deals is not { } needs ? [] : [.. alert.Shown().Select(deal => DealFacts.Of(
                    deal, needs.Traits ? party => span.Traits(party, position) : PartyTraits.Only, (currency, when) => rates?.At(currency, when, position)))],
                CompanyFacts = Of(companies, companyIds, position),
                InvestorFacts = Of(investors, investorIds, position),
            };
        }

        /// <summary>Companies or investors before the change at a position and after it.</summary>
        private static IReadOnlyList<PartyFacts> Of(PartyTimes? times, IReadOnlyCollection<PartyId> roots, long position) => times is null ? []
            : [.. roots.SelectMany(root => new[] { times.At(root, position - 1, []), times.At(root, position, []) }).OfType<PartyFacts>()];
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

    public static FoundChange Of(DealAlert alert, IReadOnlyList<AlertSubscription> told) => new(alert.Change.Cause, AlertContent.SubjectOf(alert.Change.After.Id), alert.Kinds, told) { Deal = alert };

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
