using Ledger.App.Views;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Rates;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;

namespace Ledger.App.Deals.Same;

/// <summary>Two recorded deals that may be one.</summary>
/// <param name="Deal">The one with fewer articles, or else the later one, which would be merged.</param>
/// <param name="Into">The one that it would be merged into.</param>
/// <param name="Score">From 40, where it is worth a look, to 100.</param>
/// <param name="Reasons">For it, the strongest first, and then against it.</param>
public sealed record LikelyPair(DealRecord Deal, DealRecord Into, int Score, IReadOnlyList<ReasonRecord> Reasons);

/// <summary>
/// Finds deals that are likely to stand in the ledger twice. Only deals of one company are compared, or of companies that share a name; and what
/// has to be read for a comparison is read only of those that it can make likely.
/// </summary>
public sealed class Duplicates(Snapshot snapshot, PartyNames names, DealQueries deals, RateQueries rates, FoundPairs found)
{
    /// <summary>A name of more companies than these tells nobody apart.</summary>
    private const int NamesakesMax = 10;

    /// <summary>Pairs, the likeliest first.</summary>
    /// <param name="company">An id, a name or an alias; null for all.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="next">Where the page before ended.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Page<LikelyPair>> List(string? company, int limit, string? next, CancellationToken cancel)
    {
        var after = next is null ? null : Place.Parse(next);
        var rest = (await Found(company, cancel)).Where(one => after is null || one.Place.CompareTo(after) > 0).ToList();
        var shown = rest.Take(limit).ToList();
        var records = await deals.Of(shown.SelectMany(one => new[] { one.Pair.One.Id.Value, one.Pair.Other.Id.Value }), cancel);
        var called = await names.Of(shown.SelectMany(one => one.Pair.Parties()), cancel);
        var dollars = await rates.Of(shown.SelectMany(one => one.Pair.Asked()), cancel);
        return new Page<LikelyPair>(
            [
                .. shown.Select(one => new LikelyPair(records[one.Pair.One.Id.Value], records[one.Pair.Other.Id.Value], one.Place.Score,
                    Reasons.Of(one.Pair.Weigh(dollars.At), one.Pair.One, one.Pair.Other, id => called[id.Value].Name, one.Pair.SharedName))),
            ],
            rest.Count > shown.Count ? shown[^1].Place.ToString() : null);
    }

    /// <summary>All pairs of the whole ledger take a while to find, and are the same for every page of the list; those of one company do not.</summary>
    private async Task<IReadOnlyList<(Place Place, Pair Pair)>> Found(string? company, CancellationToken cancel) => company is null && snapshot.Supposed is null
        ? await found.At(await snapshot.Moment(cancel), snapshot.EffectiveUntil, () => Find(null, cancel), cancel)
        : await Find(company, cancel);

    private async Task<List<(Place Place, Pair Pair)>> Find(string? company, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var only = company is null ? null : (await names.Find(company, cancel)).Id.Value;
        var namesakes = (await Namesakes(cancel)).Where(pair => only is null || pair.One == only || pair.Other == only).ToList();
        var wanted = only is null ? null : merges.Ids(namesakes.SelectMany(pair => new[] { pair.One, pair.Other }).Append(only).Distinct());
        var sketches = new Sketches(snapshot);
        var byCompany = (await sketches.Of(wanted, cancel)).ToLookup(deal => deal.Company, deal => deal.Sketch);
        var possible = byCompany.Where(deals => only is null || deals.Key == only).SelectMany(Within)
            .Concat(namesakes.SelectMany(pair => byCompany[pair.One], (pair, one) => (pair, one)).SelectMany(left => byCompany[left.pair.Other], (left, other) => new Pair(left.one, other, left.pair.Name)))
            .Where(pair => !pair.One.IsTiedTo(pair.Other) && Sameness.MayBeLikely(pair.One, pair.Other, pair.SharedName is not null)).ToList();
        var complete = await sketches.Complete(possible.SelectMany(pair => new[] { pair.One, pair.Other }), cancel);
        possible = possible.ConvertAll(pair => Ordered(pair with { One = complete[pair.One.Id], Other = complete[pair.Other.Id] }));
        var dollars = await rates.Of(possible.SelectMany(pair => pair.Asked()), cancel);
        return
        [
            .. possible.Select(pair => (Place: new Place(Sameness.Score(pair.Weigh(dollars.At)), pair.One.Id.Value, pair.Other.Id.Value), pair))
                .Where(one => one.Place.Score >= Sameness.Likely).OrderBy(one => one.Place),
        ];
    }

    private static IEnumerable<Pair> Within(IEnumerable<DealSketch> deals)
    {
        DealSketch[] all = [.. deals];
        for (var i = 1; i < all.Length; i++)
        {
            for (var j = 0; j < i; j++)
                yield return new Pair(all[i], all[j], null);
        }
    }

    /// <summary>The one with more articles last.</summary>
    private static Pair Ordered(Pair pair) => pair.One.Sources.Count > pair.Other.Sources.Count ? pair with { One = pair.Other, Other = pair.One } : pair;

    /// <summary>Companies that share a name, and the name.</summary>
    private async Task<List<(string One, string Other, string Name)>> Namesakes(CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var shared = await snapshot.Query(
            now => $"""
            select key, name, party_id from party_name where {now("party_name")}
                and key in (select key from party_name where {now("party_name")} group by key having count(distinct party_id) > 1) order by key, party_id
            """,
            row => (Key: row.GetString(0), Name: row.GetString(1), Root: merges.Root(row.GetString(2))), cancel);
        return
        [
            .. shared.GroupBy(name => name.Key).Select(key => key.DistinctBy(name => name.Root).ToList()).Where(roots => roots.Count is > 1 and <= NamesakesMax)
                .SelectMany(roots => roots, (roots, one) => (roots, one)).SelectMany(left => left.roots.Where(other => string.CompareOrdinal(left.one.Root, other.Root) < 0), (left, other) => (left.one.Root, other.Root, left.one.Name))
                .DistinctBy(pair => (pair.Item1, pair.Item2)),
        ];
    }

    /// <summary>Where a pair stands in the list; as text, what a page gives as next.</summary>
    internal sealed record Place(int Score, string Deal, string Into) : IComparable<Place>
    {
        public static Place Parse(string text) =>
            text.Split('.') is [var score, var deal, var into] && int.TryParse(score, out var number) ? new Place(number, deal, into) : throw Cursor.Wrong(text);

        public int CompareTo(Place? other)
        {
            var byScore = other!.Score.CompareTo(Score);
            var byDeal = byScore != 0 ? byScore : string.CompareOrdinal(Deal, other.Deal);
            return byDeal != 0 ? byDeal : string.CompareOrdinal(Into, other.Into);
        }

        public override string ToString() => $"{Score}.{Deal}.{Into}";
    }
}
