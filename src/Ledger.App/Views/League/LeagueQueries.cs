using Ledger.App.Views.Parties;
using Ledger.App.Views.Rollups;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Views.League;

/// <summary>What investors are ranked by.</summary>
public enum LeagueMeasure
{
    Deals,
    Led,

    /// <summary>The least that the deals come to in dollars.</summary>
    Money,

    /// <summary>Companies that the investor had not invested in before.</summary>
    NewCompanies,
}

/// <summary>An investor's place among others.</summary>
/// <param name="Rank">From 1; those who are level share one.</param>
/// <param name="Deals">Deals led or joined; who only backs a company is in none.</param>
/// <param name="Led">Of these, those that it led.</param>
/// <param name="NewCompanies">Companies of these deals in which it has no earlier deal, and had not invested before by what sources say.</param>
/// <param name="Disclosed">Of the deals, those with a disclosed amount.</param>
/// <param name="Money">What these deals raised, a row a currency as announced: whole deals, since investors' shares are not known. Without medians.</param>
/// <param name="Usd">The same in dollars; null where no deal has a figure in dollars.</param>
public sealed record LeagueEntry(
    long Rank, string Id, string Name, long Deals, long Led, long NewCompanies, long Disclosed, IReadOnlyList<RollupMoney> Money, RollupDollars? Usd);

/// <summary>League tables of investors, for pages, API and command line alike.</summary>
public sealed class LeagueQueries(Snapshot snapshot, PartyNames names)
{
    /// <summary>Investors, the first of the ranking first; those that are level by name.</summary>
    /// <param name="measure">What they are ranked by; who has none of it is left out.</param>
    /// <param name="where">Which deals count.</param>
    /// <param name="dollars">Where dollars come from.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="next">Where the page before ended: an investor's id.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidValueException">A condition makes no sense.</exception>
    /// <exception cref="NotFoundException">Nobody goes by a name, or several do.</exception>
    public async Task<Page<LeagueEntry>> Get(LeagueMeasure measure, RollupWhere where, DollarsBy dollars, int limit, string? next, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var facts = await FactSql.Of(where, ofAnyStatus: false, snapshot, names, cancel);
        var held = await Held(facts, merges, cancel);
        var sums = await snapshot.Query(
            now => Sql(facts, dollars, merges, held, now),
            row => new Sum(row.GetString(0), row.TextOrNull(1), row.GetBoolean(2), row.GetInt64(3), row.GetInt64(4),
                new Totals(row.GetInt64(5), row.GetInt64(6), row.GetDecimal(7), row.GetInt64(9) < row.GetInt64(6) ? null : row.GetDecimal(8)), Dollars(row, 10)),
            cancel, facts.Parameters);
        var money = sums.Where(sum => sum is { IsWhole: false, Currency: not null }).ToLookup(sum => sum.Investor);
        var ranked = Ranked(sums.Where(sum => sum.IsWhole), measure);
        var called = await names.Of(ranked.Select(one => one.Sum.Investor), cancel);
        var inOrder = ranked.OrderBy(one => one.Rank).ThenBy(one => called[one.Sum.Investor].Name, StringComparer.OrdinalIgnoreCase).ThenBy(one => one.Sum.Investor, StringComparer.Ordinal).ToList();
        var from = next is null ? 0 : inOrder.FindIndex(one => one.Sum.Investor == next) + 1;
        if (next is not null && from == 0)
            throw Cursor.Wrong(next);
        return new Page<LeagueEntry>(
            [
                .. inOrder.Skip(from).Take(limit).Select(one => new LeagueEntry(one.Rank, one.Sum.Investor, called[one.Sum.Investor].Name, one.Sum.All.Deals, one.Sum.Led, one.Sum.NewCompanies, one.Sum.All.Disclosed,
                    [.. money[one.Sum.Investor].OrderBy(sum => sum.Currency, StringComparer.Ordinal).Select(sum => new RollupMoney(sum.Currency!, sum.All.Disclosed, sum.All.Low, sum.All.High, null, null))], one.Sum.Usd)),
            ],
            inOrder.Count > from + limit ? inOrder[from + limit - 1].Sum.Investor : null);
    }

    private const string DollarsLow = "case when valued.currency = 'USD' then amount_low else beside_low end";
    private const string DollarsHigh = "case when valued.currency = 'USD' then amount_high else beside_high end";

    private const string Sums = $"""
        count(*), count(valued.currency), coalesce(sum(amount_low), 0), coalesce(sum(amount_high), 0), count(amount_high),
        count(*) filter (where in_dollars), count(*) filter (where in_dollars or source is not null),
        coalesce(sum({DollarsLow}), 0), coalesce(sum({DollarsHigh}), 0), count({DollarsHigh}), min(first_day), max(last_day), max(source)
        """;

    /// <summary>Reads dollars, whose columns stand in the order of <see cref="Sums"/>.</summary>
    private static RollupDollars? Dollars(NpgsqlDataReader row, int at)
    {
        var deals = row.GetInt64(at + 1);
        return deals == 0 ? null : new RollupDollars(
            deals, row.GetInt64(at), row.GetDecimal(at + 2), row.GetInt64(at + 4) < deals ? null : row.GetDecimal(at + 3), null, null, RollupGroups.ReadRates(row, at + 5));
    }

    private sealed record Totals(long Deals, long Disclosed, decimal Low, decimal? High);

    private sealed record Sum(string Investor, string? Currency, bool IsWhole, long Led, long NewCompanies, Totals All, RollupDollars? Usd);

    private static List<(long Rank, Sum Sum)> Ranked(IEnumerable<Sum> sums, LeagueMeasure measure)
    {
        var ranked = new List<(long Rank, Sum Sum)>();
        foreach (var level in sums.Where(sum => Of(sum) > 0).GroupBy(Of).OrderByDescending(level => level.Key))
        {
            var rank = ranked.Count + 1;
            ranked.AddRange(level.Select(sum => ((long)rank, sum)));
        }
        return ranked;

        decimal Of(Sum sum) => measure switch
        {
            LeagueMeasure.Led => sum.Led,
            LeagueMeasure.Money => sum.Usd?.Low ?? 0,
            LeagueMeasure.NewCompanies => sum.NewCompanies,
            _ => sum.All.Deals,
        };
    }

    /// <summary>
    /// Every deal that an investor is in, with whether it is its first in the company: the first by date of all that it has there, whatever the
    /// conditions leave of them. Where no date is known it is the first only if it is the only one.
    /// </summary>
    private static string Sql(FactSql facts, DollarsBy dollars, Merges merges, Func<Func<string, string>, string> held, Func<string, string> now)
    {
        var company = merges.Sql("rollup_fact.company_id");
        return $"""
            with {facts.Tables(dollars, now)},
            held as ({held(now)}),
            placed as (
                select held.*, {company} as company, announced_from is not distinct from min(announced_from) over mine and (announced_from is not null or count(*) over mine = 1) as is_first
                from held join rollup_fact on rollup_fact.deal_id = held.deal_id
                where {facts.Every(now)}
                window mine as (partition by held.investor, {company}))
            select placed.investor, valued.currency, grouping(valued.currency) = 1, count(*) filter (where led), count(distinct company) filter (where is_first and not existing), {Sums}
            from placed join valued on valued.deal_id = placed.deal_id
            group by grouping sets ((placed.investor), (placed.investor, valued.currency))
            """;
    }

    /// <summary>
    /// SQL for who is in which deal. Of a deal that names two parties which have turned out to be one, its claims say in which role that one is.
    /// </summary>
    private async Task<Func<Func<string, string>, string>> Held(FactSql facts, Merges merges, CancellationToken cancel)
    {
        if (merges.IsEmpty)
            return now => $"select investor_id as investor, deal_id, role = 'lead' as led, existing from investor_deal where {now("investor_deal")} and role <> 'backer'";
        var root = merges.Sql("investor_id");
        string[] several =
        [
            .. await snapshot.Query(now => $"select distinct deal_id from investor_deal where {now("investor_deal")} and investor_id = any($1) group by deal_id, {root} having count(*) > 1",
                row => row.GetString(0), cancel, (object)merges.Ids(merges.Merged.Select(merges.Root)))
        ];
        var known = (await snapshot.Deals(several, cancel)).SelectMany(deal => deal.Investors, (deal, investor) => (Deal: deal.Id.Value, Investor: investor))
            .Where(one => one.Investor is { Party: not null, Role: not InvestorRole.Backer }).ToList();
        var (left, investors, deals) = (facts.Parameter(several), facts.Parameter(known.Select(one => one.Investor.Party!.Value.Value).ToArray()), facts.Parameter(known.Select(one => one.Deal).ToArray()));
        var (led, existing) = (facts.Parameter(known.Select(one => one.Investor.Role == InvestorRole.Lead).ToArray()), facts.Parameter(known.Select(one => one.Investor.Existing).ToArray()));
        return now => $"""
            select {root} as investor, deal_id, role = 'lead' as led, existing from investor_deal where {now("investor_deal")} and role <> 'backer' and deal_id <> all({left})
            union all select * from unnest({investors}, {deals}, {led}, {existing})
            """;
    }
}
