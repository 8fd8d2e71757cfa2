using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.App.Views.Rollups;
using Spectre.Console;

namespace Ledger.App.Views.League;

/// <summary><c>ledger league</c>.</summary>
internal static class LeagueCommand
{
    public const string WholeDeals = "Money is that of whole deals: what each investor put in is not known.";

    public static Command Make()
    {
        var by = new Option<string?>("--by") { Description = $"What to rank by: {string.Join(", ", Enum.GetValues<LeagueMeasure>().Select(Written.Name))}.", HelpName = "MEASURE" };
        var (where, dollars, csv, limit) = (RollupOptions.Where(), RollupOptions.Dollars(), RollupOptions.Csv(), CommonOptions.Limit(50));
        var next = new Option<string?>("--next") { Description = "Go on where an earlier list ended.", HelpName = "NEXT" };
        return new Command("league", "Rank investors by deals, deals led, disclosed money or new companies.") { by, where, dollars, csv, limit, next }.Asking(async (ledger, cancel) =>
        {
            var parsed = ledger.Parsed;
            var league = await ledger.Get<LeagueQueries>().Get(Measure(parsed.GetValue(by)), RollupWhere.Parse(parsed.GetValue(where)), RollupDimensions.ParseDollars(parsed.GetValue(dollars)),
                parsed.GetValue(limit), parsed.GetValue(next), cancel);
            await ledger.Print(league, csv, page => RollupCsv.Of(page.Items), Write);
        });
    }

    /// <exception cref="Domain.Values.InvalidValueException">It is none.</exception>
    public static LeagueMeasure Measure(string? by) => by is null ? LeagueMeasure.Deals : Written.Parse<LeagueMeasure>("by", by);

    private static void Write(Page<LeagueEntry> league, IAnsiConsole console)
    {
        var table = Tables.Of("", "Investor", "Deals", "Led", "New companies", "Disclosed", "In dollars");
        foreach (var entry in league.Items)
            table.Row($"{entry.Rank}", entry.Name, $"{entry.Deals}", $"{entry.Led}", $"{entry.NewCompanies}", $"{entry.Disclosed}", entry.Usd is { } usd ? RollupShown.Dollars(usd) : null);
        console.Write(table);
        console.WriteLine(WholeDeals);
        console.WriteNext(league.Next, "--next");
    }
}
