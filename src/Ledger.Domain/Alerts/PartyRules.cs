using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.Domain.Alerts;

/// <summary>
/// Rules over companies, or over investors. Most of them only count deals, all of them together; others look at the deals themselves, for who else
/// is in them.
/// </summary>
public sealed class PartyRules
{
    private readonly KeyIndex<ReadyRule> _all = new();
    private readonly KeyIndex<ReadyRule> _looking = new();

    /// <summary>Those that count, by what there has to be of a party's deals.</summary>
    private readonly Dictionary<int, List<ReadyRule>> _byCount = [];

    /// <summary>Those that count, and can choose whoever has no deal of any sort.</summary>
    private readonly List<ReadyRule> _always = [];

    /// <summary>What is counted of a party's deals.</summary>
    public CountedDeals Counted { get; } = new();

    /// <summary>What those rules ask that count; null where there are none.</summary>
    public RuleNeeds? Counting { get; private set; }

    /// <summary>What the others ask; null where there are none.</summary>
    public RuleNeeds? Looking { get; private set; }

    /// <summary>What all of them ask; null where there are none.</summary>
    public RuleNeeds? All => Counting is { } counting && Looking is { } looking ? counting.And(looking) : Counting ?? Looking;

    internal ReadyRule Add(Rule rule, RuleNeeds needs, DateOnly day, Func<PartyId, PartyId> root)
    {
        var ready = new ReadyRule(new RuleMatcher(rule, day, root, Counted));
        var keys = RuleKeys.Of(rule, root);
        _all.Add(ready, keys);
        if (!ready.Matcher.CountsDealsAlone)
        {
            Looking = Looking?.And(needs) ?? needs;
            _looking.Add(ready, keys);
            return ready;
        }
        Counting = Counting?.And(needs) ?? needs;
        if (ready.Matcher.Needed.Count == 0)
            _always.Add(ready);
        foreach (var number in ready.Matcher.Needed.Select(needed => needed.Number).Distinct())
        {
            if (!_byCount.TryGetValue(number, out var list))
                _byCount[number] = list = [];
            list.Add(ready);
        }
        return ready;
    }

    /// <summary>The rules that can choose a party: where its deals are counted, of those that count; where there are its deals, of all or of the others.</summary>
    internal IEnumerable<ReadyRule> Of(PartyFacts party) =>
        party.Counts is { } counts ? _byCount.Where(rules => counts[rules.Key] > 0).SelectMany(rules => rules.Value).Concat(_always)
        : (party.IsBesideCounts ? _looking : _all).Of(RuleKeys.Of(party));
}

/// <summary>A rule made ready, with whoever follows what it chooses.</summary>
internal sealed class ReadyRule(RuleMatcher matcher)
{
    public RuleMatcher Matcher => matcher;

    public List<AlertSubscription> Subscriptions { get; } = [];
}
