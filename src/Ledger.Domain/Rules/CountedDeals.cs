using Ledger.Domain.Values;

namespace Ledger.Domain.Rules;

/// <summary>
/// What rules over companies, or over investors, ask of a party's deals one by one: how many deals fulfil each of these conditions is then all that
/// has to be known of them. Rules that are made ready together count together. Filled at first, then read from any thread.
/// </summary>
public sealed class CountedDeals
{
    private readonly List<(Condition? Asks, Func<DealFacts, PartyId, bool> Holds)> _conditions = [(null, (_, _) => true)];
    private readonly Dictionary<(Scope, Condition), int> _known = [];
    private readonly KeyIndex<int> _index = new();

    /// <summary>How many conditions there are. The first one holds of every deal.</summary>
    public int Length => _conditions.Count;

    /// <summary>The conditions, without the first one.</summary>
    public IEnumerable<Condition> Conditions => _conditions.Select(one => one.Asks).OfType<Condition>();

    /// <summary>Those that a deal of a party fulfils, by their numbers, each once.</summary>
    public IEnumerable<int> Of(DealFacts deal, PartyId party) =>
        _index.Of(RuleKeys.Of(deal)).Where(number => _conditions[number].Holds(deal, party)).Prepend(0);

    /// <summary>Adds a party's deal to those that are counted, or takes it away.</summary>
    /// <param name="counts">By condition, of how many deals it holds.</param>
    /// <param name="deal">The deal.</param>
    /// <param name="of">The party.</param>
    /// <param name="by">1 or -1.</param>
    public void Add(int[] counts, DealFacts deal, PartyId of, int by)
    {
        foreach (var number in Of(deal, of))
            counts[number] += by;
    }

    /// <returns>Its number.</returns>
    internal int Number(Scope scope, Condition condition, Func<DealFacts, PartyId, bool> holds, Func<PartyId, PartyId> root)
    {
        if (_known.TryGetValue((scope, condition), out var known))
            return known;
        _conditions.Add((condition, holds));
        _index.Add(Length - 1, RuleKeys.Of(new Rule(Subject.Deals, condition), root));
        return _known[(scope, condition)] = Length - 1;
    }
}
