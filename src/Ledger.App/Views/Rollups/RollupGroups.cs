using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Views.Rollups;

/// <summary>What the facts of one group come to.</summary>
/// <param name="Of">The values of the dimensions; null where a deal says nothing of one.</param>
/// <param name="IsWhole">Whether it is all of the cell, and not only what is in one currency.</param>
/// <param name="Money">In the currency of the group; null where it is of several, or undisclosed.</param>
internal sealed record RollupGroup(string?[] Of, bool IsWhole, long Deals, long Disclosed, RollupMoney? Money, RollupDollars? Usd);

/// <summary>
/// Facts in groups: by the dimensions, and by these and the currency, since sums of several currencies are none. Medians are taken of each group by
/// itself, which takes half as long as to sort all facts by the dimensions and their sums.
/// </summary>
/// <param name="facts">Which. Their parameters are to be asked for after this was made.</param>
/// <param name="by">The dimensions.</param>
/// <param name="dollars">Where dollars come from.</param>
internal sealed class RollupGroups(FactSql facts, IReadOnlyList<RollupDimension> by, DollarsBy dollars)
{
    private readonly List<(string Join, string Column)> _dimensions = [.. by.Select(facts.Dimension)];

    /// <param name="now">What says that a row of a table holds.</param>
    public string Sql(Func<string, string> now)
    {
        var names = string.Concat(Enumerable.Range(0, by.Count).Select(n => $"d{n}, "));
        var isApart = by.Contains(RollupDimension.Currency);
        return $"""
            with {facts.Tables(dollars, now)}
            select {string.Concat(Enumerable.Range(0, by.Count).Select(n => $"medians.d{n}::text as d{n}, "))}
                code, is_whole, deals, disclosed, low, high, highs, reported, dollar_deals, dollars_low, dollars_high, dollar_highs, first_day, last_day, source,
                median_low, {UpperMedian("", "median_low")} as median_high, dollars_median_low, {UpperMedian("dollars_", "dollars_median_low")} as dollars_median_high
            from (
                select grouped.*, {Median("exact || other_low")} as median_low, {Median("dollars_exact || dollars_other_low")} as dollars_median_low
                from (
                    select {names} valued.currency as code, {(isApart ? "true" : "grouping(valued.currency) = 1")} as is_whole, {FactSql.Sums},
                        {Bounds("", "amount", "valued.currency is not null")}, {Bounds("dollars_", "dollars", FactSql.HasDollars + (isApart ? " and valued.currency is distinct from 'USD'" : ""))}
                    from (
                        select {string.Concat(_dimensions.Select((dimension, n) => $"{dimension.Column} as d{n}, "))} valued.*
                        from valued {string.Join(' ', _dimensions.Select(dimension => dimension.Join))}) valued
                    group by {(isApart ? $"{names} valued.currency" : $"grouping sets (({names.TrimEnd(',', ' ')}), ({names} valued.currency))")}) grouped
                offset 0) medians
            """;
    }

    /// <summary>
    /// The bounds of a group, of which most amounts have the same two: sorting is what takes long, and need not be done twice. Every deal that has an
    /// amount has both: as in sums, what has no lower bound begins at nothing, and what has no upper one is more than all others. Dollars are left out
    /// where they are the money itself.
    /// </summary>
    private static string Bounds(string prefix, string of, string only) => $"""
        array_agg({of}_low) filter (where {of}_low = {of}_high and {only}) as {prefix}exact,
        array_agg(coalesce({of}_low, 0)) filter (where ({of}_low = {of}_high) is not true and {only}) as {prefix}other_low,
        array_agg(coalesce({of}_high, 'infinity')) filter (where ({of}_low = {of}_high) is not true and {only}) as {prefix}other_high
        """;

    private static string UpperMedian(string prefix, string lower) =>
        $"case when {prefix}other_high is null then {lower} else array_replace({Median($"{prefix}exact || {prefix}other_high")}, 'infinity', null) end";

    /// <summary>Reads a row of it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="at">Where the columns begin.</param>
    public RollupGroup Read(NpgsqlDataReader row, int at = 0)
    {
        var of = by.Select((dimension, n) => Value(dimension, row.TextOrNull(at + n))).ToArray();
        at += by.Count;
        var (code, deals, disclosed) = (row.TextOrNull(at), row.GetInt64(at + 2), row.GetInt64(at + 3));
        var money = code is null ? null
            : new RollupMoney(code, disclosed, row.GetDecimal(at + 4), row.GetInt64(at + 6) < disclosed ? null : row.GetDecimal(at + 5), Median(row, at + 15), Median(row, at + 16));
        var usd = Dollars(row, at + 7, at + 17);
        return new RollupGroup(of, row.GetBoolean(at + 1), deals, disclosed, money,
            money?.Currency == Currency.Usd.Code ? usd! with { MedianLow = money.MedianLow, MedianHigh = money.MedianHigh } : usd);
    }

    /// <summary>Reads dollars, whose columns stand in the order of <see cref="FactSql.Sums"/>.</summary>
    public static RollupDollars? Dollars(NpgsqlDataReader row, int at, int? medians)
    {
        var deals = row.GetInt64(at + 1);
        return deals == 0 ? null : new RollupDollars(deals, row.GetInt64(at), row.GetDecimal(at + 2), row.GetInt64(at + 4) < deals ? null : row.GetDecimal(at + 3),
            medians is { } low ? Median(row, low) : null, medians is { } high ? Median(row, high + 1) : null,
            row.IsDBNull(at + 7) ? null : new RollupRates(row.GetString(at + 7), row.GetFieldValue<DateOnly>(at + 5), row.GetFieldValue<DateOnly>(at + 6)));
    }

    /// <summary>Cells in their order: of time, and then by name; what says nothing comes last.</summary>
    public List<RollupCell> Cells(IReadOnlyCollection<RollupGroup> groups)
    {
        var money = groups.Where(group => group.Money is not null).ToLookup(group => string.Join('\n', group.Of), group => group.Money!);
        return
        [
            .. groups.Where(group => group.IsWhole).OrderBy(group => group.Of, Order)
                .Select(group => new RollupCell(Named(group.Of), group.Deals, group.Disclosed, group.Deals - group.Disclosed,
                    [.. money[string.Join('\n', group.Of)].OrderBy(one => one.Currency, StringComparer.Ordinal)], group.Usd)),
        ];
    }

    public static readonly IComparer<string?[]> Order = Comparer<string?[]>.Create((a, b) =>
        a.Zip(b, (one, other) => one is null || other is null ? (one is null).CompareTo(other is null) : string.CompareOrdinal(one, other)).FirstOrDefault(order => order != 0));

    private Dictionary<string, string?> Named(string?[] of) =>
        new(by.Zip(of, (dimension, value) => KeyValuePair.Create(dimension.Name(), value)), StringComparer.Ordinal);

    private static string? Value(RollupDimension dimension, string? text) => !dimension.IsPeriod() ? text
        : text is null ? RollupPeriod.Unknown : RollupPeriod.Of(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Both values in the middle, which are the same one of an odd number of them.</summary>
    private static string Median(string values) => $"(select percentile_disc(array[0.5, 0.50000001]) within group (order by value) from unnest({values}) value)";

    /// <summary>Null where there is no value, or one in the middle has no bound.</summary>
    private static decimal? Median(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<decimal?[]>(column) is [{ } below, { } above] ? (below + above) / 2 : null;
}
