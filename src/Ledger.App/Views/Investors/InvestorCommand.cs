using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.App.Views.Deals;
using Spectre.Console;

namespace Ledger.App.Views.Investors;

/// <summary><c>ledger investor NAME</c>.</summary>
internal static class InvestorCommand
{
    public static Command Make()
    {
        var name = new Argument<string>("NAME") { Description = "An id, a name or an alias, in any case." };
        return new Command("investor", "Show an investor: its deals, companies and co-investors.") { name }.Asking(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<InvestorQueries>().Get(ledger.Parsed.GetRequiredValue(name), cancel), Write));
    }

    private static void Write(InvestorOverview investor, IAnsiConsole console)
    {
        console.WriteFacts(
            ("Investor", $"{investor.Name} ({investor.Id})"), ("Also", string.Join(", ", investor.Aliases)),
            ("Kind", string.Join(", ", investor.Kinds)),
            ("Affiliations", string.Join(", ", investor.Affiliations.Select(to => $"{Shown.Words(to.Is)} {to.With?.Name}".TrimEnd()))),
            ("Deals", $"{investor.Counts.Deals}: led {investor.Counts.Led}, joined {investor.Counts.Joined}, backer in {investor.Counts.Backed}"),
            ("Sources", string.Join(", ", investor.Sources)));
        console.WriteHeading("Deals");
        console.Write(DealTables.Of(investor.Deals.Select(held => held.Deal)));
        console.WriteHeading("Companies");
        var companies = Tables.Of("Company", "Roles", "Deals");
        foreach (var company in investor.Companies)
            companies.Row(company.Name, string.Join(", ", company.Roles.Select(Shown.Words)), string.Join(", ", company.Deals));
        console.Write(companies);
        console.WriteHeading("Co-investors");
        var others = Tables.Of("Investor", "Deals together");
        foreach (var other in investor.CoInvestors)
            others.Row(other.Name, other.Deals.ToString());
        console.Write(others);
    }
}
