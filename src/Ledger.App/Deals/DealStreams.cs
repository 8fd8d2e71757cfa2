using System.Collections.Immutable;
using Ledger.App.Log;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;

namespace Ledger.App.Deals;

/// <summary>The deals that commands touch, as they are and with all that happened to them: what was recorded and what is decided.</summary>
internal sealed class DealStreams
{
    private readonly Dictionary<DealId, Deal> _deals = [];
    private readonly Dictionary<DealId, List<PastEvent>> _history = [];

    /// <summary>The deal under this id, which may have been merged into another one.</summary>
    public Deal this[DealId id] => _deals.GetValueOrDefault(id) ?? Deal.Unknown(id);

    /// <summary>The deal where what is said of this one stands: itself, or the one that it was merged into.</summary>
    public Deal Root(DealId id)
    {
        var deal = this[id];
        return deal.MergedInto is { } into ? Root(into.Deal) : deal;
    }

    public ImmutableArray<PastEvent> History(DealId id) => [.. _history.GetValueOrDefault(id, [])];

    /// <summary>The deals that have to be loaded beside those that are: where their claims stand, and where these came from.</summary>
    public IEnumerable<DealId> Missing() => _deals.Values
        .SelectMany(deal => deal.WithAbsorbed().Skip(1).Select(absorbed => absorbed.Id).Concat(deal.MergedInto is { } into ? [into.Deal] : []))
        .Distinct().Where(id => !_deals.ContainsKey(id));

    public void Take(DealId id, DealEvent happened, Cause cause)
    {
        _deals[id] = this[id].Evolve(happened, cause);
        if (!_history.TryGetValue(id, out var past))
            _history.Add(id, past = []);
        past.Add(new PastEvent(happened, cause));
    }

}
