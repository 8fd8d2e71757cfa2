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
    private readonly Dictionary<(RuleField, string), List<ReadyRule>> _byKey = [];
    private readonly List<ReadyRule> _ofAnyDeal = [];
    private readonly List<ReadyRule> _ofCompanies = [];
    private readonly List<ReadyRule> _ofInvestors = [];

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
        if (change.Deals.Count == 0 || _ofAnyDeal.Count == 0 && _byKey.Count == 0)
            return;
        foreach (var ready in change.Deals.SelectMany(Keys).Distinct().SelectMany(key => _byKey.GetValueOrDefault(key) ?? []).Concat(_ofAnyDeal))
        {
            if (ready.Concerns(change) && change.Deals.Any(ready.Matcher.Matches))
                ready.Take(change, found);
        }
    }

    private static void MatchParties(List<ReadyRule> rules, IReadOnlyList<PartyFacts> parties, AlertFacts change, List<AlertSubscription> found)
    {
        foreach (var ready in rules)
        {
            if (ready.Concerns(change) && parties.Any(ready.Matcher.Matches))
                ready.Take(change, found);
        }
    }

    private void Add(ReadyRule ready, Func<PartyId, PartyId> root)
    {
        if (ready.Rule.Over != Subject.Deals)
            (ready.Rule.Over == Subject.Companies ? _ofCompanies : _ofInvestors).Add(ready);
        else if (KeyOf(ready.Rule.Where) is { } key)
            Add(_byKey, (key.Field, key.Field == RuleField.Sector ? key.Values[0] : root(new PartyId(key.Values[0])).Value), ready);
        else
            _ofAnyDeal.Add(ready);
    }

    /// <summary>A condition on a sector or a party without which the rule chooses nothing; null where there is none that is easily seen.</summary>
    private static Condition.Is? KeyOf(Condition? where)
    {
        IEnumerable<Condition> all = where is Condition.All several ? several.Conditions : where is null ? [] : [where];
        var single = all.OfType<Condition.Is>().Where(one => one.Values.Length == 1).ToList();
        return single.Find(one => one.Field == RuleField.Company) ?? single.Find(one => one.Field is RuleField.Investor) ?? single.Find(one => one.Field == RuleField.Sector);
    }

    private static IEnumerable<(RuleField, string)> Keys(DealFacts deal) =>
    [
        (RuleField.Company, deal.Company.Id.Value),
        .. deal.Investors.Select(investor => (RuleField.Investor, investor.Party.Id.Value)),
        .. deal.Sectors.Select(sector => (RuleField.Sector, sector)),
    ];

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

    private sealed record ReadyRule(Rule Rule, RuleMatcher Matcher)
    {
        public List<AlertSubscription> Subscriptions { get; } = [];

        public bool Concerns(AlertFacts change) => Subscriptions.Exists(one => AlertMatcher.Concerns(one, change));

        public void Take(AlertFacts change, List<AlertSubscription> found) => AlertMatcher.Take(Subscriptions, change, found);
    }
}
