using System.CommandLine;
using Ledger.App.CommandLine;
using Spectre.Console;

namespace Ledger.App.Views.Deals;

/// <summary><c>ledger deals</c>, <c>ledger deal</c> and <c>ledger history</c>.</summary>
internal static class DealCommands
{
    public static Command List()
    {
        var company = new Option<string?>("--company") { Description = "Only deals of this company: an id, a name or an alias.", HelpName = "X" };
        var investor = new Option<string?>("--investor") { Description = "Only deals that this investor is in: an id, a name or an alias.", HelpName = "X" };
        var next = new Option<string?>("--next") { Description = "Go on where an earlier list ended.", HelpName = "NEXT" };
        var limit = CommonOptions.Limit(50);
        return new Command("deals", "List deals, those that changed last first.") { company, investor, next, limit }.Asking(async (ledger, cancel) =>
        {
            var filter = new DealFilter(ledger.Parsed.GetValue(company), ledger.Parsed.GetValue(investor), ledger.Parsed.GetValue(limit), ledger.Parsed.GetValue(next));
            ledger.Print(await ledger.Get<DealQueries>().List(filter, cancel), DealTables.Write);
        });
    }

    public static Command Show()
    {
        var id = new Argument<string>("ID") { Description = "The deal's id." };
        return new Command("deal", "Show a deal with every claim, its quote and its source.") { id }.Asking(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<DealQueries>().Get(ledger.Parsed.GetRequiredValue(id), cancel), DealTables.Write));
    }

    public static Command History()
    {
        var id = new Argument<string>("ID") { Description = "The deal's id." };
        return new Command("history", "Show what each event changed in a deal.") { id }.Asking(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<DealQueries>().History(ledger.Parsed.GetRequiredValue(id), cancel), DealTables.Write));
    }
}
