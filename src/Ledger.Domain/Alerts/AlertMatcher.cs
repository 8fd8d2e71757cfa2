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
    private readonly KeyIndex<ReadyRule> _ofDeals = new();

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
                        rules[target.Rule] = ready = Ready(target.Rule, day, root);
                    ready.Subscriptions.Add(subscription);
                    break;
            }
        }
    }

    /// <summary>What rules over deals ask; null where there are none.</summary>
    public RuleNeeds? Deals { get; private set; }

    /// <summary>The rules over companies.</summary>
    public PartyRules Companies { get; } = new();

    /// <summary>The rules over investors.</summary>
    public PartyRules Investors { get; } = new();

    /// <summary>Whether another day needs another matcher.</summary>
    public bool HasTime { get; private set; }

    /// <summary>The lists that somebody follows.</summary>
    public IReadOnlyCollection<WatchlistId> Lists => _byList.Keys;

    /// <summary>Whether it matters whose deals change, and who invests in them.</summary>
    public bool AsksParties => _byInvestor.Count > 0 || _byCompany.Count > 0 || _byList.Count > 0 || Companies.All is not null || Investors.All is not null;

    /// <summary>Whether it matters what deals that change are filed under.</summary>
    public bool AsksSectors => _bySector.Count > 0;

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
        MatchParties(Companies, change.CompanyFacts, change, found);
        MatchParties(Investors, change.InvestorFacts, change, found);
        return found;
    }

    private void MatchDeals(AlertFacts change, List<AlertSubscription> found)
    {
        if (_ofDeals.IsEmpty)
            return;
        foreach (var ready in _ofDeals.Of(change.Deals.SelectMany(RuleKeys.Of)))
        {
            if (Concerns(ready, change) && Some(change.Deals, ready.Matcher.Matches))
                Take(ready.Subscriptions, change, found);
        }
    }

    private static void MatchParties(PartyRules rules, IReadOnlyList<PartyFacts> parties, AlertFacts change, List<AlertSubscription> found)
    {
        var chosen = new HashSet<ReadyRule>();
        for (var i = 0; i < parties.Count; i++)
        {
            foreach (var ready in rules.Of(parties[i]))
            {
                if (!chosen.Contains(ready) && Concerns(ready, change) && ready.Matcher.Matches(parties[i]))
                    chosen.Add(ready);
            }
        }
        foreach (var ready in chosen)
            Take(ready.Subscriptions, change, found);
    }

    private ReadyRule Ready(Rule rule, DateOnly day, Func<PartyId, PartyId> root)
    {
        var needs = RuleNeeds.Of(rule);
        HasTime |= needs.Time;
        if (rule.Over != Subject.Deals)
            return (rule.Over == Subject.Companies ? Companies : Investors).Add(rule, needs, day, root);
        Deals = Deals?.And(needs) ?? needs;
        var ready = new ReadyRule(new RuleMatcher(rule, day, root));
        _ofDeals.Add(ready, RuleKeys.Of(rule, root));
        return ready;
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

    private static bool Concerns(ReadyRule ready, AlertFacts change) => ready.Subscriptions.Exists(one => Concerns(one, change));
}
