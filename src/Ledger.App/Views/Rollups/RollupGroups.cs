using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Views.Rollups;

/// <summary>The facts of one group.</summary>
/// <param name="Of">The values of the dimensions; null where a deal says nothing of one.</param>
/// <param name="Currency">As announced; null where the amounts are undisclosed.</param>
/// <param name="Deals">How many there are.</param>
/// <param name="Beside">Of these, how many have dollars beside the currency by their source.</param>
/// <param name="Money">In the currency.</param>
/// <param name="Dollars">In dollars, where the currency is another one.</param>
/// <param name="Rates">The rates by which dollars were reckoned; null where none was.</param>
internal sealed record RollupGroup(string?[] Of, string? Currency, long Deals, long Beside, RollupAmounts Money, RollupAmounts Dollars, RollupRates? Rates)
{
    private bool IsInDollars => Currency == Domain.Values.Currency.Usd.Code;

    public long Reported => IsInDollars ? Deals : Beside;

    public RollupAmounts AllDollars => IsInDollars ? Money : Dollars;
}

/// <summary>
/// Facts in groups by the dimensions and the currency, since sums of several currencies are none. Amounts are collected and not summed up: what has to
/// be sorted for medians takes the database four times as long as this program.
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
        // A text that groups are told apart by twice takes twice as long.
        var currency = by.ToList().IndexOf(RollupDimension.Currency) is var at and >= 0 ? $"d{at}" : "currency";
        return $"""
            with {facts.Tables(dollars, now)}
            select {string.Concat(Enumerable.Range(0, by.Count).Select(n => $"d{n}::text, "))} {currency}, count(*), count(*) filter (where usd_low is not null or usd_high is not null),
                {Amounts("amount", "")}, {Amounts("beside", " and currency is distinct from 'USD'")},
                {(dollars == DollarsBy.Rates ? "min(first_day), max(last_day), max(source)" : "null::date, null::date, null::text")}
            from (
                select {string.Concat(_dimensions.Select((dimension, n) => $"{dimension.Column} as d{n}, "))} valued.*
                from valued {string.Join(' ', _dimensions.Select(dimension => dimension.Join))}) valued
            group by {(currency == "currency" ? names + currency : names.TrimEnd(',', ' '))}
            """;
    }

    /// <summary>Most amounts have the same two bounds, and need not be sorted twice.</summary>
    private static string Amounts(string of, string only) => $"""
        ledger.collect({of}_low) filter (where {of}_low = {of}_high{only}),
        ledger.collect(coalesce({of}_low, 0)) filter (where {of}_low is distinct from {of}_high{only}),
        ledger.collect({of}_high) filter (where {of}_low is distinct from {of}_high{only})
        """;

    /// <summary>Reads a row of it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="at">Where the columns begin.</param>
    public RollupGroup Read(NpgsqlDataReader row, int at = 0)
    {
        var of = by.Select((dimension, n) => Value(dimension, row.TextOrNull(at + n))).ToArray();
        at += by.Count;
        return new RollupGroup(of, row.TextOrNull(at), row.GetInt64(at + 1), row.GetInt64(at + 2), ReadAmounts(row, at + 3), ReadAmounts(row, at + 6), ReadRates(row, at + 9));
    }

    private static RollupAmounts ReadAmounts(NpgsqlDataReader row, int at)
    {
        return new RollupAmounts(Collected<decimal>(at), Collected<decimal>(at + 1), Collected<decimal?>(at + 2));

        T[] Collected<T>(int column) => row.IsDBNull(column) ? [] : row.GetFieldValue<T[]>(column);
    }

    /// <summary>Reads the first day, the last one, and the source; null where no rate was used.</summary>
    public static RollupRates? ReadRates(NpgsqlDataReader row, int at) =>
        row.IsDBNull(at + 2) ? null : new RollupRates(row.GetString(at + 2), row.GetFieldValue<DateOnly>(at), row.GetFieldValue<DateOnly>(at + 1));

    /// <summary>Cells in their order: of time, and then by name; what says nothing comes last. Without dimensions there is one, also of no deals.</summary>
    public List<RollupCell> Cells(IReadOnlyCollection<RollupGroup> groups) => by.Count == 0 ? [Cell([], [.. groups])]
        : [.. Spelled(groups).GroupBy(group => string.Join('\n', group.Of)).Select(cell => (cell.First().Of, Groups: cell.ToList())).OrderBy(cell => cell.Of, Order).Select(cell => Cell(cell.Of, cell.Groups))];

    public static readonly IComparer<string?[]> Order = Comparer<string?[]>.Create((a, b) =>
        a.Zip(b, (one, other) => one is null || other is null ? (one is null).CompareTo(other is null) : string.CompareOrdinal(one, other)).FirstOrDefault(order => order != 0));

    /// <summary>A place is the same however sources spell it; it is called what most deals call it.</summary>
    private IEnumerable<RollupGroup> Spelled(IReadOnlyCollection<RollupGroup> groups)
    {
        var place = by.ToList().IndexOf(RollupDimension.Place);
        if (place < 0)
            return groups;
        var spelling = groups.Where(group => group.Of[place] is not null).GroupBy(group => group.Of[place]!).GroupBy(spelled => NameKey.Of(spelled.Key))
            .ToDictionary(same => same.Key, same => same.OrderByDescending(spelled => spelled.Sum(group => group.Deals)).ThenBy(spelled => spelled.Key, StringComparer.Ordinal).First().Key, StringComparer.Ordinal);
        return groups.Select(group => group with { Of = [.. group.Of.Select((value, n) => n == place && value is not null ? spelling[NameKey.Of(value)] : value)] });
    }

    private RollupCell Cell(string?[] of, List<RollupGroup> groups)
    {
        var disclosed = groups.FindAll(group => group.Currency is not null);
        var (deals, known) = (groups.Sum(group => group.Deals), disclosed.Sum(group => group.Deals));
        return new RollupCell(Named(of), deals, known, deals - known,
            [.. disclosed.GroupBy(group => group.Currency!).OrderBy(same => same.Key, StringComparer.Ordinal).Select(same => Money(same.Key, RollupAmounts.Of([.. same.Select(group => group.Money)])))], Usd(groups));
    }

    private static RollupMoney Money(string currency, RollupAmounts all) => new(currency, all.Deals, all.Low, all.High, all.MedianLow, all.MedianHigh);

    private static RollupDollars? Usd(List<RollupGroup> groups)
    {
        var all = RollupAmounts.Of([.. groups.Select(group => group.AllDollars)]);
        return all.Deals == 0 ? null : new RollupDollars(all.Deals, groups.Sum(group => group.Reported), all.Low, all.High, all.MedianLow, all.MedianHigh, RatesOf([.. groups.Select(group => group.Rates).OfType<RollupRates>()]));
    }

    private static RollupRates? RatesOf(List<RollupRates> rates) =>
        rates.Count == 0 ? null : new RollupRates(rates.Max(used => used.Source)!, rates.Min(used => used.From), rates.Max(used => used.To));

    private Dictionary<string, string?> Named(string?[] of) =>
        new(by.Zip(of, (dimension, value) => KeyValuePair.Create(dimension.Name(), value)), StringComparer.Ordinal);

    private static string? Value(RollupDimension dimension, string? text) => !dimension.IsPeriod() ? text
        : text is null ? RollupPeriod.Unknown : RollupPeriod.Of(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
}
