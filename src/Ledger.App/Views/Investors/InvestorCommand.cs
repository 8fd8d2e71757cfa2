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
        var affiliates = new Option<bool>("--with-affiliates") { Description = "Count its funds, subsidiaries and corporate ventures in, and theirs." };
        return new Command("investor", "Show an investor: its deals, companies and co-investors.") { name, affiliates }.Asking(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<InvestorQueries>().Get(ledger.Parsed.GetRequiredValue(name), ledger.Parsed.GetValue(affiliates), cancel), Write));
    }

    private static void Write(InvestorOverview investor, IAnsiConsole console)
    {
        console.WriteFacts(
            ("Investor", $"{investor.Name} ({investor.Id})"), ("Also", string.Join(", ", investor.Aliases)),
            ("Kind", string.Join(", ", investor.Kinds)),
            ("Affiliations", string.Join(", ", investor.Affiliations.Select(to => $"{Shown.Words(to.Is)} {to.With?.Name}".TrimEnd()))),
            ("Merged from", investor.MergedFrom is { } merged ? string.Join(", ", merged.Select(one => one.Id)) : null),
            ("Counted in", investor.Affiliates is { } members ? string.Join(", ", members.Select(member => $"{member.Name} ({Shown.Words(member.Is)} {member.Of.Name})")) : null),
            ("Deals", $"{investor.Counts.Deals}: led {investor.Counts.Led}, joined {investor.Counts.Joined}, backer in {investor.Counts.Backed}"),
            ("Sources", string.Join(", ", investor.Sources)));
        console.WriteHeading("Deals");
        console.Write(DealTables.Of(investor.Deals.Select(held => held.Deal)));
        if (investor.DealsNext is not null)
            console.MarkupLineInterpolated($"The latest of {investor.Counts.Deals}; all: ledger deals --investor {investor.Id}");
        console.WriteHeading("Companies");
        var companies = Tables.Of("Company", "Roles", "Deals");
        foreach (var company in investor.Companies)
            companies.Row(company.Name, string.Join(", ", company.Roles.Select(Shown.Words)), string.Join(", ", company.Deals));
        console.Write(companies);
        WriteRest(console, investor.Companies.Count, investor.CompaniesInAll);
        console.WriteHeading("Co-investors");
        var others = Tables.Of("Investor", "Deals together");
        foreach (var other in investor.CoInvestors)
            others.Row(other.Name, other.Deals.ToString());
        console.Write(others);
        WriteRest(console, investor.CoInvestors.Count, investor.CoInvestorsInAll);
    }

    private static void WriteRest(IAnsiConsole console, int shown, long inAll)
    {
        if (shown < inAll)
            console.MarkupLineInterpolated($"The first {shown} of {inAll}, by the number of deals.");
    }
}
