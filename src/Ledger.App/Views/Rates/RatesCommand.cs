using System.CommandLine;
using System.Globalization;
using Ledger.App.CommandLine;
using Ledger.App.Intake.ImportRates;
using Ledger.App.Shell;
using Spectre.Console;

namespace Ledger.App.Views.Rates;

/// <summary><c>ledger rates</c> with its subcommands, and <c>/api/rates</c>.</summary>
internal static class RatesCommand
{
    public static Command Make() => new("rates", "Reference rates, by which sums in other currencies are reckoned in dollars.") { ImportRatesCommand.Make(), Show() };

    public static void MapRates(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/rates", ListRates).WithTags("Rates").WithExample(("currency", "CNY"), ("on", "2020-04-03"), ("limit", "20"));

    /// <summary>Reference rates: of a currency, the latest day first; or without one, all of the latest day</summary>
    /// <remarks>As they were recorded, in units for one euro, and reckoned for one dollar.</remarks>
    /// <param name="rates">The record's.</param>
    /// <param name="currency">An ISO 4217 code.</param>
    /// <param name="on">Those of this day, or the last ones before it: 2020-04-03.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<RateRecord>> ListRates(RateQueries rates, string? currency, string? on, string? next, string? limit, CancellationToken cancel) =>
        rates.List(currency, on, PageLimit.Parse(limit), next, cancel);

    private static Command Show()
    {
        var currency = new Argument<string?>("CURRENCY") { Description = "An ISO 4217 code such as CNY; left out for all of one day.", Arity = ArgumentArity.ZeroOrOne };
        var on = new Option<string?>("--on") { Description = "Those of this day, or the last ones before it.", HelpName = "DATE" };
        var next = new Option<string?>("--next") { Description = "Go on where an earlier list ended.", HelpName = "NEXT" };
        var limit = CommonOptions.Limit(50);
        return new Command("show", "List the rates of a currency, the latest day first; or all of the latest day.") { currency, on, next, limit }.Asking(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<RateQueries>().List(ledger.Parsed.GetValue(currency), ledger.Parsed.GetValue(on), ledger.Parsed.GetValue(limit), ledger.Parsed.GetValue(next), cancel), Write));
    }

    private static void Write(Page<RateRecord> rates, IAnsiConsole console)
    {
        var table = Tables.Of("Day", "Currency", "For a euro", "For a dollar", "Source");
        foreach (var rate in rates.Items)
            table.Row(rate.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), rate.Currency, Shown.Rate(rate.PerEuro), rate.PerDollar is { } dollar ? Shown.Rate(dollar) : null, rate.Source);
        console.Write(table);
        console.WriteNext(rates.Next, "--next");
    }
}
