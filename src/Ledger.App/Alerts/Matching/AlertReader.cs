using Ledger.App.Log;
using Ledger.Domain.Alerts;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
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
    private readonly PartyCounts _companies = new(Subject.Companies);
    private readonly PartyCounts _investors = new(Subject.Investors);

    /// <summary>Changes of deals.</summary>
    /// <param name="streams">Of all deals that changed in the part.</param>
    /// <param name="after">What happened up to here was told before.</param>
    /// <param name="span">The record, up to where the log is looked through.</param>
    /// <param name="matchers">The subscriptions.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<List<FoundChange>> Deals(IReadOnlyCollection<string> streams, long after, RecordSpan span, AlertMatchers matchers, CancellationToken cancel)
    {
        var found = new List<FoundChange>();
        var alerts = await Alerts(streams, after, span, cancel);
        string[] deals = [.. streams.Select(stream => StoredEvents.DealOf(stream).Value)];
        if (alerts.Count == 0)
        {
            if (matchers.Last is { } last)
                await Pass(deals, after, span, last, cancel);
            return found;
        }
        var asked = await Ask(alerts, deals, after, span, matchers, cancel);
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
        if (streams.Count == 0)
            return alerts;
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
            if (!matchers.FollowParties && !matchers.Lists.Contains(id))
                continue;
            var (list, before) = (span.List(id, e.Position), span.Members(span.List(id, e.Position - 1), merges));
            var after = span.Members(list, merges);
            if (list.IsKept && before.SetEquals(after))
                continue;
            PartyId[] joined = [.. after.Except(before)], left = [.. before.Except(after)], moved = [.. joined, .. left];
            var told = matchers.At(StoredEvents.CauseOf(e), span).Match(new AlertFacts
            {
                Position = e.Position,
                Kinds = membership,
                Lists = [id],
                Companies = list.Over == Subject.Companies ? moved : [],
                Investors = list.Over == Subject.Investors ? moved : [],
            });
            if (told.Count > 0)
                yield return new FoundChange(StoredEvents.CauseOf(e), AlertContent.SubjectOf(id), membership, told) { List = list, Listed = (WatchlistEvent)e.Data, Joined = joined, Left = left };
        }
    }

    /// <summary>Parties that are found to be the same, or are not any more: told to whoever follows one of them, or a list that one is on.</summary>
    /// <param name="events">In their order; others than those of merges are passed over.</param>
    /// <param name="span">The record, up to where the log is looked through.</param>
    /// <param name="matchers">The subscriptions.</param>
    public static IEnumerable<FoundChange> Parties(IEnumerable<RecordedEvent> events, RecordSpan span, AlertMatchers matchers)
    {
        var merge = AlertKinds.Of(AlertKind.Merge);
        foreach (var e in events)
        {
            if (e.Data is not (PartyEvent.PartyMerged or PartyEvent.PartyUnmerged))
                continue;
            var (party, cause) = (StoredEvents.PartyOf(e), StoredEvents.CauseOf(e));
            var happened = e.Data is PartyEvent.PartyMerged merged ? new PartyMerge(party, merged.Into, merged.Reason, IsUndone: false)
                : new PartyMerge(party, ((PartyEvent.PartyUnmerged)e.Data).From, ((PartyEvent.PartyUnmerged)e.Data).Reason, IsUndone: true);
            var (matcher, root) = (matchers.At(cause, span), span.Root(e.Position));
            HashSet<PartyId> both = [root(party), root(happened.Other)];
            var told = matcher.Match(new AlertFacts
            {
                Position = e.Position,
                Kinds = merge,
                Companies = both,
                Investors = both,
                Lists = matcher.Lists.Count == 0 ? [] : span.ListsWith(both, both, matcher.Lists, e.Position),
            }).DistinctBy(one => one.Id).ToList();
            if (told.Count > 0)
                yield return new FoundChange(cause, AlertContent.SubjectOf(party), merge, told) { Party = happened };
        }
    }

    private async Task<Asked> Ask(List<DealAlert> alerts, string[] deals, long after, RecordSpan span, AlertMatchers matchers, CancellationToken cancel)
    {
        var (first, last) = (alerts[0].Change.Cause, alerts[^1].Change.Cause);
        var matcher = matchers.At(first, span);
        // Where rules come to ask otherwise in the middle of a part, its parties are not counted but looked at as they were at each position.
        var isCounted = matchers.AskAlike(first, last, span);
        if (matcher.Deals is { Traits: true })
            await span.LoadTraits(alerts.SelectMany(alert => alert.Companies().Concat(alert.Investors())), cancel);
        return new Asked(
            span, matcher.Deals is { Dollars: true } ? await span.Rates(cancel) : null,
            await Of(Subject.Companies, matcher.Companies, _companies, alert => alert.Companies()), await Of(Subject.Investors, matcher.Investors, _investors, alert => alert.Investors()));

        async Task<AskedParties> Of(Subject over, PartyRules rules, PartyCounts counts, Func<DealAlert, IEnumerable<PartyId>> of)
        {
            PartyId[] parties = rules is { Counting: null, Looking: null } ? [] : [.. alerts.SelectMany(of).Distinct()];
            var counting = isCounted ? rules.Counting : null;
            if (counting is not null)
                await counts.Advance(span, rules, parties, deals, after, first.Position - 1, cancel);
            var looking = isCounted ? rules.Looking : rules.All;
            return new AskedParties(counting, counts, looking is null ? null : await PartyTimes.Read(span, over, looking, [.. parties.SelectMany(span.EverOneWith).Distinct(StringComparer.Ordinal)], after, cancel));
        }
    }

    /// <summary>Keeps counting where nobody has to be told.</summary>
    private async Task Pass(string[] deals, long after, RecordSpan span, AlertMatcher matcher, CancellationToken cancel)
    {
        foreach (var (rules, counts) in new[] { (matcher.Companies, _companies), (matcher.Investors, _investors) })
        {
            if (rules.Counting is not null && !counts.IsEmpty)
                await counts.Advance(span, rules, [], deals, after, after, cancel);
        }
    }

    /// <summary>What subscriptions ask of some changes, read for all of them at once. They are asked in their order.</summary>
    private sealed record Asked(RecordSpan Span, RatesThen? Rates, AskedParties Companies, AskedParties Investors)
    {
        public AlertFacts Facts(DealAlert alert, AlertMatcher matcher)
        {
            var position = alert.Change.Cause.Position;
            HashSet<PartyId> companyIds = matcher.AsksParties ? alert.Companies() : [], investorIds = matcher.AsksParties ? alert.Investors() : [];
            return new AlertFacts
            {
                Position = position,
                Kinds = alert.Kinds,
                Companies = companyIds,
                Investors = investorIds,
                Sectors = matcher.AsksSectors ? alert.Sectors() : [],
                Lists = matcher.Lists.Count == 0 ? [] : Span.ListsWith(companyIds, investorIds, matcher.Lists, position),
                Deals = matcher.Deals is not { } needs ? [] : [.. alert.Shown().Select(deal => DealFacts.Of(
                    deal, needs.Traits ? party => Span.Traits(party, position) : PartyTraits.Only, (currency, when) => Rates?.At(currency, when, position)))],
                CompanyFacts = Companies.BeforeAndAfter(companyIds, position),
                InvestorFacts = Investors.BeforeAndAfter(investorIds, position),
            };
        }
    }

    /// <param name="Counting">What those rules ask that count; null where nothing is counted.</param>
    /// <param name="Counts">For these.</param>
    /// <param name="Times">For the others; null where there are none.</param>
    private sealed record AskedParties(RuleNeeds? Counting, PartyCounts Counts, PartyTimes? Times)
    {
        public List<PartyFacts> BeforeAndAfter(IReadOnlyCollection<PartyId> roots, long position)
        {
            if (Counting is null && Times is null)
                return [];
            var found = new List<PartyFacts>();
            foreach (var at in (ReadOnlySpan<long>)[position - 1, position])
            {
                foreach (var root in roots)
                {
                    if (Counting is { Traits: var asksItself } && Counts.At(root, at, asksItself) is { } counted)
                        found.Add(counted);
                    if (Times?.At(root, at, []) is { } facts)
                        found.Add(facts with { IsBesideCounts = Counting is not null });
                }
            }
            return found;
        }
    }
}

/// <summary>A change that concerns somebody.</summary>
/// <param name="Cause">The event.</param>
/// <param name="Subject">What changed.</param>
/// <param name="Kinds">How.</param>
/// <param name="Told">Whom it concerns, each once.</param>
internal sealed record FoundChange(Cause Cause, string Subject, AlertKinds Kinds, IReadOnlyList<AlertSubscription> Told)
{
    /// <summary>Null of what is no deal.</summary>
    public DealAlert? Deal { get; init; }

    public static FoundChange Of(DealAlert alert, IReadOnlyList<AlertSubscription> told) => new(alert.Change.Cause, AlertContent.SubjectOf(alert.Change.After.Id), alert.Kinds, told) { Deal = alert };

    /// <summary>Null of what is no merge of parties.</summary>
    public PartyMerge? Party { get; init; }

    /// <summary>Null of what is no list.</summary>
    public Watchlist? List { get; init; }

    /// <summary>What happened to the list.</summary>
    public WatchlistEvent? Listed { get; init; }

    public IReadOnlyList<PartyId> Joined { get; init; } = [];

    public IReadOnlyList<PartyId> Left { get; init; } = [];
}

/// <summary>Two parties are found to be the same, or are not any more.</summary>
/// <param name="Party">That was merged.</param>
/// <param name="Other">Into which.</param>
/// <param name="Reason">Why an editor decided so.</param>
/// <param name="IsUndone">They are not any more.</param>
internal sealed record PartyMerge(PartyId Party, PartyId Other, Reason Reason, bool IsUndone);

/// <summary>Subscriptions made ready for days, and for which parties are one.</summary>
internal sealed class AlertMatchers(IReadOnlyList<AlertSubscription> subscriptions)
{
    private AlertMatcher? _last;
    private (DateOnly Day, object Merges) _of;

    public IReadOnlyList<AlertSubscription> Subscriptions => subscriptions;

    /// <summary>The last ones that were made ready; null where none were.</summary>
    public AlertMatcher? Last => _last;

    /// <summary>The lists that somebody follows.</summary>
    public IReadOnlyCollection<WatchlistId> Lists { get; } = [.. subscriptions.Select(one => one.Target).OfType<AlertTarget.Watchlist>().Select(target => target.List).Distinct()];

    /// <summary>Whether somebody follows a company or an investor, and is told of the lists that it joins or leaves.</summary>
    public bool FollowParties { get; } = subscriptions.Any(one => one.Target is AlertTarget.Company or AlertTarget.Investor && one.Kinds.Overlaps(AlertKinds.Of(AlertKind.Membership)));

    /// <summary>The lists that have to be known where some events are looked at.</summary>
    public IReadOnlyCollection<WatchlistId> ListsOf(IEnumerable<RecordedEvent> events) =>
        FollowParties ? [.. Lists.Union(events.Where(e => e.Data is WatchlistEvent).Select(e => StoredEvents.WatchlistOf(e.Stream)))] : Lists;

    /// <summary>Whether at all changes from one to another one the same is asked of deals and parties.</summary>
    public bool AskAlike(Cause first, Cause last, RecordSpan span) =>
        span.Merges(first.Position) == span.Merges(last.Position) && span.RatesChanged(first.Position) == span.RatesChanged(last.Position)
        && (!At(first, span).HasTime || DateOnly.FromDateTime(first.RecordedAt.UtcDateTime) == DateOnly.FromDateTime(last.RecordedAt.UtcDateTime));

    public AlertMatcher At(Cause cause, RecordSpan span)
    {
        (DateOnly Day, object Merges) of = (DateOnly.FromDateTime(cause.RecordedAt.UtcDateTime), span.Merges(cause.Position));
        if (_last is null || _of.Merges != of.Merges || _last.HasTime && _of.Day != of.Day)
            (_last, _of) = (new AlertMatcher(subscriptions, of.Day, span.Root(cause.Position)), of);
        return _last;
    }
}
