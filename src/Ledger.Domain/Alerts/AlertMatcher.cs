using System.Collections.Immutable;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.Domain.Alerts;

/// <summary>
/// Finds the subscriptions that a change concerns. They are indexed by what they follow, and rules by what they cannot do without, so that a
/// change asks few of them. Made for a day, and for which parties are one.
/// </summary>
public sealed class AlertMatcher
{
    private readonly Dictionary<PartyId, List<AlertSubscription>> _byInvestor = [];
    private readonly Dictionary<PartyId, List<AlertSubscription>> _byCompany = [];
    private readonly Dictionary<string, List<AlertSubscription>> _bySector = new(StringComparer.Ordinal);
    private readonly Dictionary<WatchlistId, List<AlertSubscription>> _byList = [];
    private readonly RuleIndex _ofDeals = new();
    private readonly RuleIndex _ofCompanies = new();
    private readonly RuleIndex _ofInvestors = new();

    /// <param name="subscriptions">Whoever may have to be told.</param>
    /// <param name="day">UTC: rules over time are asked of it.</param>
    /// <param name="root">The party that one is known to be.</param>
    public AlertMatcher(IEnumerable<AlertSubscription> subscriptions, DateOnly day, Func<PartyId, PartyId> root)
    {
        var rules = new Dictionary<Rule, ReadyRule>();
        foreach (var subscription in subscriptions)
        {
            switch (subscription.Target)
            {
                case AlertTarget.Investor target:
                    Add(_byInvestor, root(target.Party), subscription);
                    break;
                case AlertTarget.Company target:
                    Add(_byCompany, root(target.Party), subscription);
                    break;
                case AlertTarget.Sector target:
                    Add(_bySector, target.Slug, subscription);
                    break;
                case AlertTarget.Watchlist target:
                    Add(_byList, target.List, subscription);
                    break;
                case AlertTarget.Chosen target:
                    if (!rules.TryGetValue(target.Rule, out var ready))
                        rules[target.Rule] = ready = new ReadyRule(target.Rule, new RuleMatcher(target.Rule, day, root));
                    ready.Subscriptions.Add(subscription);
                    break;
            }
        }
        foreach (var ready in rules.Values)
            Add(ready, root);
        Deals = Needs(rules.Keys, Subject.Deals);
        Companies = Needs(rules.Keys, Subject.Companies);
        Investors = Needs(rules.Keys, Subject.Investors);
        HasTime = Deals is { Time: true } || Companies is { Time: true } || Investors is { Time: true };
    }

    /// <summary>What rules over deals ask; null where there are none.</summary>
    public RuleNeeds? Deals { get; }

    /// <summary>What rules over companies ask; null where there are none.</summary>
    public RuleNeeds? Companies { get; }

    /// <summary>What rules over investors ask; null where there are none.</summary>
    public RuleNeeds? Investors { get; }

    /// <summary>Whether another day needs another matcher.</summary>
    public bool HasTime { get; }

    /// <summary>The lists that somebody follows.</summary>
    public IReadOnlyCollection<WatchlistId> Lists => _byList.Keys;

    /// <summary>Whom the change concerns, each once.</summary>
    public List<AlertSubscription> Match(AlertFacts change)
    {
        var found = new List<AlertSubscription>();
        foreach (var investor in change.Investors)
            Take(_byInvestor, investor, change, found);
        foreach (var company in change.Companies)
            Take(_byCompany, company, change, found);
        foreach (var sector in change.Sectors)
            Take(_bySector, sector, change, found);
        foreach (var list in change.Lists)
            Take(_byList, list, change, found);
        MatchDeals(change, found);
        MatchParties(_ofCompanies, change.CompanyFacts, change, found);
        MatchParties(_ofInvestors, change.InvestorFacts, change, found);
        return found;
    }

    private void MatchDeals(AlertFacts change, List<AlertSubscription> found)
    {
        if (_ofDeals.IsEmpty)
            return;
        foreach (var ready in _ofDeals.Of(change.Deals.SelectMany(RuleKeys.Of)))
        {
            if (ready.Concerns(change) && Some(change.Deals, ready.Matcher.Matches))
                ready.Take(change, found);
        }
    }

    private static void MatchParties(RuleIndex rules, IReadOnlyList<PartyFacts> parties, AlertFacts change, List<AlertSubscription> found)
    {
        if (rules.IsEmpty)
            return;
        foreach (var ready in rules.Of(parties.SelectMany(RuleKeys.Of)))
        {
            if (ready.Concerns(change) && Some(parties, ready.Matcher.Matches))
                ready.Take(change, found);
        }
    }

    private void Add(ReadyRule ready, Func<PartyId, PartyId> root)
    {
        var index = ready.Rule.Over switch
        {
            Subject.Deals => _ofDeals,
            Subject.Companies => _ofCompanies,
            _ => _ofInvestors,
        };
        index.Add(ready, RuleKeys.Of(ready.Rule, root));
    }

    private static bool Some<T>(IReadOnlyList<T> list, Func<T, bool> matches)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (matches(list[i]))
                return true;
        }
        return false;
    }

    private static RuleNeeds? Needs(IEnumerable<Rule> rules, Subject over)
    {
        RuleNeeds? needs = null;
        foreach (var rule in rules.Where(rule => rule.Over == over))
            needs = needs is null ? RuleNeeds.Of(rule) : needs.And(RuleNeeds.Of(rule));
        return needs;
    }

    private static void Add<TKey, TItem>(Dictionary<TKey, List<TItem>> index, TKey key, TItem item) where TKey : notnull
    {
        if (!index.TryGetValue(key, out var list))
            index[key] = list = [];
        list.Add(item);
    }

    private static void Take<TKey>(Dictionary<TKey, List<AlertSubscription>> index, TKey key, AlertFacts change, List<AlertSubscription> found) where TKey : notnull
    {
        if (index.TryGetValue(key, out var list))
            Take(list, change, found);
    }

    private static void Take(List<AlertSubscription> list, AlertFacts change, List<AlertSubscription> found)
    {
        foreach (var subscription in list)
        {
            if (Concerns(subscription, change))
                found.Add(subscription);
        }
    }

    private static bool Concerns(AlertSubscription subscription, AlertFacts change) =>
        change.Position > subscription.After && !(change.Position > subscription.Until) && subscription.Kinds.Overlaps(change.Kinds);

    private sealed class ReadyRule(Rule rule, RuleMatcher matcher)
    {
        public Rule Rule => rule;

        public RuleMatcher Matcher => matcher;

        public List<AlertSubscription> Subscriptions { get; } = [];

        public bool Concerns(AlertFacts change) => Subscriptions.Exists(one => AlertMatcher.Concerns(one, change));

        public void Take(AlertFacts change, List<AlertSubscription> found) => AlertMatcher.Take(Subscriptions, change, found);
    }

    /// <summary>Rules by what they cannot do without.</summary>
    private sealed class RuleIndex
    {
        private readonly Dictionary<(RuleField, string), List<ReadyRule>> _byKey = [];
        private readonly List<ReadyRule> _others = [];

        public bool IsEmpty => _byKey.Count == 0 && _others.Count == 0;

        public void Add(ReadyRule ready, IReadOnlyCollection<(RuleField, string)>? keys)
        {
            if (keys is null)
                _others.Add(ready);
            foreach (var key in keys ?? [])
                AlertMatcher.Add(_byKey, key, ready);
        }

        /// <summary>The rules that can choose what has these keys, each once.</summary>
        public IEnumerable<ReadyRule> Of(IEnumerable<(RuleField, string)> keys)
        {
            if (_byKey.Count == 0)
                return _others;
            var lists = keys.Distinct().Select(key => _byKey.GetValueOrDefault(key)).OfType<List<ReadyRule>>().ToList();
            return lists.Count switch
            {
                0 => _others,
                1 => lists[0].Concat(_others),
                _ => lists.SelectMany(list => list).Distinct().Concat(_others),
            };
        }
    }
}
