using System.Collections.Immutable;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.EventStore;

namespace Ledger.App.Watchlists;

/// <summary>The parties of which rules may say something else after some events than before.</summary>
/// <param name="Parties">Under the ids that they are known by; those that were merged away among them.</param>
/// <param name="Causes">By party, the positions of the events that touch it.</param>
/// <param name="Rates">The positions of events by which sums are reckoned in dollars otherwise than before.</param>
/// <param name="Merges">The positions of events by which parties became one, or several again: that may change what is said of anybody.</param>
internal sealed record Touched(IReadOnlyCollection<string> Parties, Causes Causes, ImmutableArray<long> Rates, ImmutableArray<long> Merges)
{
    /// <param name="events">The events.</param>
    /// <param name="snapshot">Of their end.</param>
    /// <param name="ever">Whether those count, too, who have had to do with a party at any time before, and have no more.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<Touched> By(IReadOnlyList<RecordedEvent> events, Snapshot snapshot, bool ever, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var deals = events.Where(e => e.Data is DealEvent).ToLookup(e => StoredEvents.DealOf(e).Value, e => e.Position);
        var described = events.Where(e => e.Data is PartyEvent).ToLookup(e => StoredEvents.PartyOf(e).Value, e => e.Position);
        var byParty = new Dictionary<string, SortedSet<long>>(StringComparer.Ordinal);
        foreach (var (deal, party) in await PartiesOf(deals.Select(deal => deal.Key).ToArray(), snapshot, cancel))
            Add(party, deals[deal]);
        foreach (var party in described)
            Add(party.Key, party);
        // What a party is itself is asked of whoever has a deal with it.
        foreach (var (party, other) in await Beside(merges.Ids(described.Select(party => merges.Root(party.Key)).Distinct()), snapshot, ever, cancel))
            Add(other, described.Where(one => merges.Root(one.Key) == merges.Root(party)).SelectMany(one => one));
        return new Touched(
            byParty.Keys, new Causes(byParty), [.. events.Where(e => e.Data is RatesEvent).Select(e => e.Position)],
            [.. events.Where(e => e.Data is PartyEvent.PartyMerged or PartyEvent.PartyUnmerged).Select(e => e.Position)]);

        void Add(string party, IEnumerable<long> positions)
        {
            foreach (var id in new[] { party, merges.Root(party) })
            {
                if (!byParty.TryGetValue(id, out var known))
                    byParty[id] = known = [];
                known.UnionWith(positions);
            }
        }
    }

    /// <summary>The companies and investors of deals, at any time: those of today, and those that a correction has taken out.</summary>
    private static async Task<List<(string Deal, string Party)>> PartiesOf(string[] deals, Snapshot snapshot, CancellationToken cancel) => deals.Length == 0 ? [] : await snapshot.Query(
        _ => "select id, company_id from deal where id = any($1) union select deal_id, investor_id from investor_deal where deal_id = any($1)",
        row => (row.GetString(0), row.GetString(1)), cancel, (object)deals);

    /// <summary>Whoever has a deal with one of some parties, or backs it or is backed by it.</summary>
    private static async Task<List<(string Party, string Other)>> Beside(string[] parties, Snapshot snapshot, bool ever, CancellationToken cancel)
    {
        return parties.Length == 0 ? [] : await snapshot.Query(now => Sql(ever ? _ => "true" : now), row => (row.GetString(0), row.GetString(1)), cancel, (object)parties);

        static string Sql(Func<string, string> held) => $"""
            with their as (
                select company_id as party, id as deal from deal where {held("deal")} and company_id = any($1)
                union select investor_id, deal_id from investor_deal where {held("investor_deal")} and investor_id = any($1))
            select party, company_id from their join deal on deal.id = their.deal and {held("deal")}
            union select party, investor_id from their join investor_deal on investor_deal.deal_id = their.deal and {held("investor_deal")}
            union select company_id, investor_id from backer where {held("backer")} and (company_id = any($1) or investor_id = any($1))
            union select investor_id, company_id from backer where {held("backer")} and (company_id = any($1) or investor_id = any($1))
            """;
    }
}
