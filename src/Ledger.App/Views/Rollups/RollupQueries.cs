using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Rollups;

/// <summary>What is asked of rollups, by pages, API and command line alike.</summary>
public sealed class RollupQueries(Snapshot snapshot, PartyNames names, DealQueries deals)
{
    /// <summary>Deals and money by some dimensions, all cells.</summary>
    /// <param name="by">The dimensions; none for one cell.</param>
    /// <param name="where">Which deals; where nothing is asked of a status, those whose money counts as raised.</param>
    /// <param name="dollars">Where dollars come from.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidValueException">A condition makes no sense.</exception>
    /// <exception cref="NotFoundException">Nobody goes by a name, or several do.</exception>
    public async Task<Rollup> Get(IReadOnlyList<RollupDimension> by, RollupWhere where, DollarsBy dollars, CancellationToken cancel)
    {
        var facts = await FactSql.Of(where, by.Contains(RollupDimension.Status), snapshot, names, cancel);
        var groups = new RollupGroups(facts, by, dollars);
        var cells = groups.Cells(await snapshot.Query(groups.Sql, row => groups.Read(row), cancel, facts.Parameters));
        IReadOnlyList<RollupDimension> several = [.. by.Where(dimension => dimension.MayBeSeveral())];
        var total = several.Count > 0 ? await Total(by, where, cancel)
            : new RollupTotal(cells.Sum(cell => cell.Deals), cells.Sum(cell => cell.Disclosed), cells.Sum(cell => cell.Undisclosed));
        return new Rollup(by, cells, null, total, several);
    }

    /// <summary>So many cells of a rollup, after the one where the page before ended.</summary>
    /// <exception cref="InvalidValueException">No page ended there.</exception>
    public static Rollup Page(Rollup rollup, int limit, string? next)
    {
        var after = rollup.Items;
        if (next is not null)
        {
            string?[] last = [.. next.Split('\t').Select(value => value.Length == 0 ? null : value)];
            if (last.Length != rollup.By.Count)
                throw Cursor.Wrong(next);
            after = [.. rollup.Items.Where(cell => RollupGroups.Order.Compare([.. cell.Of.Values], last) > 0)];
        }
        return rollup with { Items = [.. after.Take(limit)], Next = after.Count > limit ? string.Join('\t', after[limit - 1].Of.Values) : null };
    }

    /// <summary>The deals behind a cell, or behind all of them, those that changed last first.</summary>
    /// <param name="by">The dimensions of the rollup: by status it counts deals of any.</param>
    /// <param name="where">The conditions of the rollup, and the values of the cell.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="next">Where the page before ended.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Page<DealRecord>> Deals(IReadOnlyList<RollupDimension> by, RollupWhere where, int limit, string? next, CancellationToken cancel)
    {
        var facts = await FactSql.Of(where, by.Contains(RollupDimension.Status), snapshot, names, cancel);
        var before = facts.Parameter(Cursor.Parse(next));
        var rows = await snapshot.Query(
            now => $"""
            with {facts.Tables(DollarsBy.Reported, now)}
            select deal.id, deal.from_position from deal join fact on fact.deal_id = deal.id
            where {now("deal")} and deal.from_position < {before} order by deal.from_position desc limit {limit + 1L}
            """,
            row => (Id: row.GetString(0), Position: row.GetInt64(1)), cancel, facts.Parameters);
        var shown = rows.Take(limit).ToList();
        var records = await deals.Of(shown.Select(row => row.Id), cancel);
        return new Page<DealRecord>([.. shown.Where(row => records.ContainsKey(row.Id)).Select(row => records[row.Id])], rows.Count > limit ? Cursor.Of(shown[^1].Position) : null);
    }

    private async Task<RollupTotal> Total(IReadOnlyList<RollupDimension> by, RollupWhere where, CancellationToken cancel)
    {
        var facts = await FactSql.Of(where, by.Contains(RollupDimension.Status), snapshot, names, cancel);
        return (await snapshot.Query(now => $"with {facts.Tables(DollarsBy.Reported, now)} select count(*), count(currency) from fact",
            row => new RollupTotal(row.GetInt64(0), row.GetInt64(1), row.GetInt64(0) - row.GetInt64(1)), cancel, facts.Parameters)).Single();
    }
}
