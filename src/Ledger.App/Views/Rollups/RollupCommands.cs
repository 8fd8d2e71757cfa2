using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.App.Views.Deals;
using Ledger.Domain.Values;
using Spectre.Console;

namespace Ledger.App.Views.Rollups;

/// <summary><c>ledger rollup</c> and <c>ledger vintages</c>.</summary>
internal static class RollupCommands
{
    public static Command Rollup()
    {
        var by = new Option<string?>("--by")
        {
            Description = $"What to tell deals apart by: {string.Join(", ", Enum.GetValues<RollupDimension>().Select(dimension => dimension.Name()))}; several with commas between.",
            HelpName = "DIMENSIONS",
        };
        var deals = new Option<bool>("--deals") { Description = "List the deals that are counted." };
        var (where, dollars, csv, limit) = (RollupOptions.Where(), RollupOptions.Dollars(), RollupOptions.Csv(), CommonOptions.Limit(1000));
        var next = new Option<string?>("--next") { Description = "Go on where an earlier list ended.", HelpName = "NEXT" };
        return new Command("rollup", "Sum up deals and money by month, quarter or year, sector, series and more.") { by, where, dollars, deals, csv, limit, next }.Asking(async (ledger, cancel) =>
        {
            var parsed = ledger.Parsed;
            var (chosen, fits, rollups) = (RollupDimensions.Parse(parsed.GetValue(by)), RollupWhere.Parse(parsed.GetValue(where)), ledger.Get<RollupQueries>());
            if (parsed.GetValue(deals))
            {
                if (parsed.GetValue(csv))
                    throw new InvalidValueException("csv", "stands beside deals, which are listed for people or with --json; leave --csv or --deals out");
                ledger.Print(await rollups.Deals(chosen, fits, parsed.GetValue(limit), parsed.GetValue(next), cancel), DealTables.Write);
                return;
            }
            var rollup = await rollups.Get(chosen, fits, RollupDimensions.ParseDollars(parsed.GetValue(dollars)), cancel);
            await ledger.Print(RollupQueries.Page(rollup, parsed.GetValue(limit), parsed.GetValue(next)), csv, RollupCsv.Of, Write);
        });
    }

    public static Command Vintages()
    {
        var periods = Enum.GetValues<RollupDimension>().Where(dimension => dimension.IsPeriod())
            .Select(dimension => (dimension, Option: new Option<string?>($"--{dimension.Name()}") { Description = $"The {dimension.Name()} whose deals are counted.", HelpName = "PERIOD" })).ToList();
        var (where, dollars, csv) = (RollupOptions.Where(), RollupOptions.Dollars(), RollupOptions.Csv());
        var command = new Command("vintages", "Show a period's deals and money as they were known at the end of each month after.") { where, dollars, csv };
        foreach (var (_, option) in periods)
            command.Options.Add(option);
        return command.Asking(async (ledger, cancel) =>
        {
            var fits = new RollupWhere(RollupWhere.Parse(ledger.Parsed.GetValue(where)).Given
                .Concat(periods.Where(period => ledger.Parsed.GetValue(period.Option) is not null).Select(period => KeyValuePair.Create(period.dimension.Name(), ledger.Parsed.GetValue(period.Option)!))));
            var vintages = await ledger.Get<VintageQueries>().Get(fits, RollupDimensions.ParseDollars(ledger.Parsed.GetValue(dollars)), cancel);
            await ledger.Print(vintages, csv, RollupCsv.Of, Write);
        });
    }

    private static void Write(Rollup rollup, IAnsiConsole console)
    {
        var table = Tables.Of([.. rollup.By.Select(RollupShown.Name), .. Headings]);
        foreach (var cell in rollup.Items)
            table.Row([.. rollup.By.Select(dimension => RollupShown.Value(dimension, cell.Of[dimension.Name()])), .. Cells(cell.Deals, cell.Undisclosed, cell.Money, cell.Usd)]);
        console.Write(table);
        foreach (var line in RollupShown.Notes(rollup))
            console.WriteLine(line);
        console.WriteNext(rollup.Next, "--next");
    }

    private static void Write(Vintages vintages, IAnsiConsole console)
    {
        var table = Tables.Of(["Known at the end of", .. Headings]);
        foreach (var vintage in vintages.Items)
            table.Row([RollupShown.KnownAt(vintage), .. Cells(vintage.Deals, vintage.Undisclosed, vintage.Money, vintage.Usd)]);
        console.Write(table);
    }

    private static readonly string[] Headings = ["Deals", "Undisclosed", "Money as announced", "Median", "In dollars", "Median"];

    private static string?[] Cells(long deals, long undisclosed, IReadOnlyList<RollupMoney> money, RollupDollars? usd) =>
    [
        $"{deals}", $"{undisclosed}",
        string.Join('\n', money.Select(one => Shown.Range(one.Currency, one.Low, one.High))), string.Join('\n', money.Select(one => RollupShown.Median(one.Currency, one.MedianLow, one.MedianHigh))),
        usd is null ? null : RollupShown.Dollars(usd), usd is null ? null : RollupShown.Median("USD", usd.MedianLow, usd.MedianHigh),
    ];
}
