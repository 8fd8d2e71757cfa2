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
        var series = new Option<string?>("--series") { Description = "Only of this series: b, seed, pre-ipo.", HelpName = "S" };
        var status = new Option<string?>("--status") { Description = "Only of this status: pledged, announced, closed.", HelpName = "STATUS" };
        var currency = new Option<string?>("--currency") { Description = "Only amounts in this currency, by ISO 4217.", HelpName = "CODE" };
        var amountFrom = new Option<string?>("--amount-from") { Description = "Only deals whose amount can be as much, in whole units of --currency.", HelpName = "N" };
        var amountTo = new Option<string?>("--amount-to") { Description = "Only deals whose amount can be as little.", HelpName = "N" };
        var announcedFrom = new Option<string?>("--announced-from") { Description = "Only deals that can have been announced then or later: 2020-04-03, 2020-04, 2020-Q2, 2020.", HelpName = "DATE" };
        var announcedTo = new Option<string?>("--announced-to") { Description = "Only deals that can have been announced then or before.", HelpName = "DATE" };
        var sector = new Option<string?>("--sector") { Description = "Only of this sector.", HelpName = "SECTOR" };
        var source = new Option<string?>("--source") { Description = "Only deals of which this article says something: its id.", HelpName = "ARTICLE" };
        var contested = new Option<string?>("--contested") { Description = "Only deals that are contested: true, false, or a field that is.", HelpName = "WHAT" };
        return new Command("deals", "List deals, those that changed last first.")
        {
            company, investor, series, status, currency, amountFrom, amountTo, announcedFrom, announcedTo, sector, source, contested, next, limit,
        }.Asking(async (ledger, cancel) =>
        {
            var parsed = ledger.Parsed;
            var filter = new DealFilter(parsed.GetValue(company), parsed.GetValue(investor), parsed.GetValue(limit), parsed.GetValue(next))
            {
                Series = parsed.GetValue(series),
                Status = parsed.GetValue(status),
                Currency = parsed.GetValue(currency),
                AmountFrom = parsed.GetValue(amountFrom),
                AmountTo = parsed.GetValue(amountTo),
                AnnouncedFrom = parsed.GetValue(announcedFrom),
                AnnouncedTo = parsed.GetValue(announcedTo),
                Sector = parsed.GetValue(sector),
                Source = parsed.GetValue(source),
                Contested = parsed.GetValue(contested),
            };
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
