using Ledger.App.Shell;

namespace Ledger.App.Views.Rollups;

/// <summary>Rollups as charts.</summary>
internal static class RollupChart
{
    private const int SeriesMax = 7;
    private const int CategoriesMax = 24;

    /// <summary>Deals by the period, or else the first dimension, and by the next one; null where that would count deals twice, or there is nothing to compare.</summary>
    public static ChartData? Of(Rollup rollup)
    {
        if (rollup.By.Count == 0)
            return null;
        var foot = rollup.By.FirstOrDefault(dimension => dimension.IsPeriod(), rollup.By[0]);
        var apart = rollup.By.Where(dimension => dimension != foot && !dimension.IsPeriod()).Select(dimension => (RollupDimension?)dimension).FirstOrDefault();
        if (rollup.By.Any(dimension => dimension != foot && dimension != apart && dimension.MayBeSeveral()))
            return null;
        var cells = rollup.Items.GroupBy(cell => cell.Of[foot.Name()] ?? "").ToList();
        // Periods stay in their order; of others those with most deals are shown.
        var shown = foot.IsPeriod() ? cells : [.. cells.OrderByDescending(cell => cell.Sum(one => one.Deals)).Take(CategoriesMax)];
        if (shown.Count < 2)
            return null;
        string[] categories = [.. shown.Select(cell => RollupShown.Value(foot, cell.First().Of[foot.Name()]))];
        if (apart is not { } by)
            return new ChartData(categories, [new ChartSeries("Deals", "bar", [.. shown.Select(cell => (decimal?)cell.Sum(one => one.Deals))])], ["Deals"]);
        var largest = rollup.Items.GroupBy(cell => cell.Of[by.Name()] ?? "").OrderByDescending(cell => cell.Sum(one => one.Deals)).ThenBy(cell => cell.Key, StringComparer.Ordinal).Select(cell => cell.Key).ToList();
        var series = largest.Take(SeriesMax).Select(value => (Name: RollupShown.Value(by, value.Length == 0 ? null : value), Values: (string[])[value])).ToList();
        // Other sectors of a deal may be among those that are shown already, so these are not added up.
        if (largest.Count > SeriesMax && !by.MayBeSeveral())
            series.Add(("Others", [.. largest.Skip(SeriesMax)]));
        return new ChartData(categories,
            [.. series.Select(one => new ChartSeries(one.Name, "bar", [.. shown.Select(cell => (decimal?)cell.Where(part => one.Values.Contains(part.Of[by.Name()] ?? "")).Sum(part => part.Deals))], IsStacked: !by.MayBeSeveral()))],
            ["Deals"]);
    }

    /// <summary>Deals, and what they come to in dollars, as they were known; null where there is nothing to compare.</summary>
    public static ChartData? Of(Vintages vintages)
    {
        if (vintages.Items.Count < 2)
            return null;
        List<ChartSeries> series = [new("Deals", "bar", [.. vintages.Items.Select(vintage => (decimal?)vintage.Deals)])];
        var isInDollars = vintages.Items.Any(vintage => vintage.Usd is not null);
        if (isInDollars)
        {
            series.Add(new ChartSeries("At least, in dollars", "line", [.. vintages.Items.Select(vintage => vintage.Usd?.Low)], Axis: 1));
            series.Add(new ChartSeries("At most, in dollars", "line", [.. vintages.Items.Select(vintage => vintage.Usd?.High)], Axis: 1));
        }
        return new ChartData([.. vintages.Items.Select(vintage => RollupShown.KnownAt(vintage))], series, isInDollars ? ["Deals", "Dollars"] : ["Deals"]);
    }
}
