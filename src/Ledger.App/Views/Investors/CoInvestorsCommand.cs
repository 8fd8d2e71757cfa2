using System.CommandLine;
using Ledger.App.CommandLine;

namespace Ledger.App.Views.Investors;

/// <summary><c>ledger co-investors NAME</c>.</summary>
internal static class CoInvestorsCommand
{
    public static Command Make()
    {
        var name = new Argument<string>("NAME") { Description = "An id, a name or an alias, in any case." };
        var affiliates = new Option<bool>("--with-affiliates") { Description = "Count its funds, subsidiaries and corporate ventures in, and theirs." };
        var limit = CommonOptions.Limit(50);
        var next = new Option<string?>("--next") { Description = "Go on where an earlier list ended.", HelpName = "NEXT" };
        return new Command("co-investors", "List who invests together with an investor, those it meets most often first.") { name, affiliates, limit, next }.Asking(async (ledger, cancel) =>
        {
            var parsed = ledger.Parsed;
            var others = await ledger.Get<InvestorQueries>().CoInvestors(parsed.GetRequiredValue(name), parsed.GetValue(affiliates), parsed.GetValue(limit), parsed.GetValue(next), cancel);
            ledger.Print(others, (page, console) =>
            {
                var table = Tables.Of("Investor", "Deals together");
                foreach (var other in page.Items)
                    table.Row(other.Name, $"{other.Deals}");
                console.Write(table);
                console.WriteNext(page.Next, "--next");
            });
        });
    }
}
