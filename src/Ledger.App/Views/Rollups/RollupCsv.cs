using System.Globalization;
using CsvHelper;
using Ledger.App.Views.League;

namespace Ledger.App.Views.Rollups;

/// <summary>Rollups as tables for other programs: a row a cell and currency, sums in whole units, empty where there is no bound.</summary>
internal static class RollupCsv
{
    public static Task<byte[]> Of(Rollup rollup) => Write(
        [.. rollup.By.Select(dimension => dimension.Name()), .. Counts, .. Money, .. Dollars],
        rollup.Items.SelectMany(cell => Rows([.. cell.Of.Values], [Number(cell.Deals), Number(cell.Disclosed), Number(cell.Undisclosed)], cell.Money, cell.Usd)));

    public static Task<byte[]> Of(Vintages vintages) => Write(
        ["known_at", "position", .. Counts, .. Money, .. Dollars],
        vintages.Items.SelectMany(vintage => Rows([vintage.KnownAt.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture), Number(vintage.Position)],
            [Number(vintage.Deals), Number(vintage.Disclosed), Number(vintage.Undisclosed)], vintage.Money, vintage.Usd)));

    public static Task<byte[]> Of(IEnumerable<LeagueEntry> league) => Write(
        ["rank", "id", "name", "deals", "led", "new_companies", "disclosed", .. Money, .. Dollars],
        league.SelectMany(entry => Rows([Number(entry.Rank), entry.Id, entry.Name], [Number(entry.Deals), Number(entry.Led), Number(entry.NewCompanies), Number(entry.Disclosed)], entry.Money, entry.Usd)));

    private static readonly string[] Counts = ["deals", "disclosed", "undisclosed"];
    private static readonly string[] Money = ["money_currency", "money_deals", "money_low", "money_high", "median_low", "median_high"];
    private static readonly string[] Dollars = ["usd_deals", "usd_reported", "usd_low", "usd_high", "usd_median_low", "usd_median_high", "rates", "rates_from", "rates_to"];

    /// <summary>What is of the whole cell stands in the row of its first currency only, so that columns can be added up.</summary>
    private static IEnumerable<string?[]> Rows(string?[] of, string?[] counts, IReadOnlyList<RollupMoney> money, RollupDollars? usd)
    {
        var isFirst = true;
        foreach (var one in money.DefaultIfEmpty())
        {
            yield return
            [
                .. of, .. isFirst ? counts : new string?[counts.Length],
                .. one is null ? new string?[Money.Length] : [one.Currency, Number(one.Deals), Number(one.Low), Number(one.High), Number(one.MedianLow), Number(one.MedianHigh)],
                .. usd is null || !isFirst ? new string?[Dollars.Length]
                    : [Number(usd.Deals), Number(usd.Reported), Number(usd.Low), Number(usd.High), Number(usd.MedianLow), Number(usd.MedianHigh), usd.Rates?.Source, Day(usd.Rates?.From), Day(usd.Rates?.To)],
            ];
            isFirst = false;
        }
    }

    private static async Task<byte[]> Write(string[] headings, IEnumerable<string?[]> rows)
    {
        using var output = new MemoryStream();
        await using (var csv = CsvWriter.Create(output, new CsvWriterOptions(), leaveOpen: true))
        {
            await csv.WriteRecordAsync(headings, default);
            foreach (var row in rows)
                await csv.WriteRecordAsync([.. row.Select(cell => cell ?? "")], default);
        }
        return output.ToArray();
    }

    private static string? Number(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture);

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
