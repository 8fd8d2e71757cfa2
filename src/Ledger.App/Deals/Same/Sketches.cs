using System.Collections.Immutable;
using Ledger.App.Views;
using Ledger.App.Views.Parties;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Deals.Same;

/// <param name="Company">The party that the one which the deal names is known to be.</param>
/// <param name="IsContested">Whether its articles disagree about what it is told from others by.</param>
internal sealed record KnownDeal(string Company, DealSketch Sketch, bool IsContested);

/// <summary>Reads from the views what deals are told apart by; what was retracted or merged into another deal is left out.</summary>
internal sealed class Sketches(Snapshot snapshot)
{
    private static readonly string Contestable = $"{{{string.Join(',', new[] { Field.Round, Field.Amount, Field.UsdAsReported, Field.Announced }.Select(Written.Name))}}}";

    /// <summary>Deals without their investors and articles, those that changed last at the end.</summary>
    /// <param name="companies">The ids that deals may name; null for all.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<List<KnownDeal>> Of(string[]? companies, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        // A large ledger has few days, and many deals on each.
        var times = new Dictionary<string, When>(StringComparer.Ordinal);
        var deals = await snapshot.Query(
            now => $"""
            select id, company_id, kind, series, modifier, instrument, round_as_written is not null, qualifier, currency, amount_low, amount_high, usd_low, usd_high, announced, part_of, covered_by, distinct_from,
                contested && '{Contestable}'::text[]
            from deal where {now("deal")} and merged_into is null and not retracted {(companies is null ? "" : "and company_id = any($1)")}
            order by from_position
            """,
            row => Read(row, merges, times), cancel, (object)(companies ?? []));
        return await Following(deals, cancel);
    }

    /// <summary>Deals that are told apart from one that was merged since are so from the one that it was merged into.</summary>
    private async Task<List<KnownDeal>> Following(List<KnownDeal> deals, CancellationToken cancel)
    {
        var into = new Dictionary<DealId, DealId>();
        for (var level = deals.SelectMany(deal => deal.Sketch.Distinct).Distinct().ToList(); level.Count > 0;)
        {
            var merged = await snapshot.Query(now => $"select id, merged_into from deal where {now("deal")} and merged_into is not null and id = any($1)",
                row => KeyValuePair.Create(new DealId(row.GetString(0)), new DealId(row.GetString(1))), cancel, (object)level.Select(id => id.Value).ToArray());
            level = [.. merged.Where(one => into.TryAdd(one.Key, one.Value)).Select(one => one.Value)];
        }
        return into.Count == 0 ? deals : deals.ConvertAll(deal => deal.Sketch.Distinct.Any(into.ContainsKey) ? deal with { Sketch = deal.Sketch with { Distinct = [.. deal.Sketch.Distinct.Select(Root)] } } : deal);

        DealId Root(DealId id) => into.TryGetValue(id, out var next) ? Root(next) : id;
    }

    /// <summary>The same deals with their investors and articles.</summary>
    public async Task<Dictionary<DealId, DealSketch>> Complete(IEnumerable<DealSketch> deals, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var known = deals.DistinctBy(deal => deal.Id).ToDictionary(deal => deal.Id);
        string[] ids = [.. known.Keys.Select(id => id.Value)];
        var investors = (await snapshot.Query(now => $"select deal_id, investor_id from investor_deal where {now("investor_deal")} and deal_id = any($1)",
            row => (Deal: new DealId(row.GetString(0)), Investor: merges.Root(new PartyId(row.GetString(1)))), cancel, (object)ids)).ToLookup(row => row.Deal, row => row.Investor);
        foreach (var (id, sources) in await snapshot.Query(now => $"select id, sources from deal where {now("deal")} and id = any($1)",
            row => (new DealId(row.GetString(0)), row.GetFieldValue<string[]>(1)), cancel, (object)ids))
        {
            known[id] = known[id] with { Investors = [.. investors[id]], Sources = [.. sources.Select(source => new ArticleId(source))] };
        }
        return known;
    }

    /// <summary>Contested deals, each as it goes and as its articles tell it.</summary>
    public async Task<ILookup<DealId, DealSketch>> Sides(IEnumerable<DealId> contested, CancellationToken cancel) =>
        (await snapshot.Deals(contested.Select(id => id.Value), cancel)).SelectMany(DealSketch.Sides).ToLookup(side => side.Id);

    private static KnownDeal Read(NpgsqlDataReader row, Merges merges, Dictionary<string, When> times)
    {
        var round = row.GetBoolean(6) ? new ClaimValue.Round(row.TextOrNull(3), row.TextOrNull(4), row.TextOrNull(5) is { } instrument ? Enum.Parse<Instrument>(instrument, ignoreCase: true) : null) : null;
        var amount = new Amount(Enum.Parse<AmountQualifier>(row.GetString(7), ignoreCase: true), row.TextOrNull(8) is { } currency ? new Currency(currency) : null, Figure(9), Figure(10));
        var sketch = new DealSketch(new DealId(row.GetString(0)), Enum.Parse<DealKind>(row.GetString(2), ignoreCase: true), round, amount, Usd(Figure(11), Figure(12)),
            Time(row.GetString(13)), [], [])
        {
            Whole = row.TextOrNull(14) is { } whole ? new DealId(whole) : null,
            CoveredBy = row.TextOrNull(15) is { } aggregate ? new DealId(aggregate) : null,
            Distinct = row.GetFieldValue<string[]>(16) is { Length: > 0 } others ? [.. others.Select(other => new DealId(other))] : [],
        };
        return new KnownDeal(merges.Root(row.GetString(1)), sketch, row.GetBoolean(17));

        When Time(string text)
        {
            if (!times.TryGetValue(text, out var time))
                times.Add(text, time = When.Parse("announced", text));
            return time;
        }

        decimal? Figure(int column) => row.IsDBNull(column) ? null : row.GetDecimal(column);
    }

    /// <summary>The row keeps the bounds of the dollars, which are all that they are compared by.</summary>
    private static Amount? Usd(decimal? low, decimal? high) => (low, high) switch
    {
        (null, null) => null,
        ({ }, null) => new Amount(AmountQualifier.Over, Currency.Usd, low, null),
        (null, { }) => new Amount(AmountQualifier.UpTo, Currency.Usd, null, high),
        _ => new Amount(low == high ? AmountQualifier.Exact : AmountQualifier.OrderOfMagnitude, Currency.Usd, low, high),
    };
}
