using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.App.Views.Deals;
using Spectre.Console;

namespace Ledger.App.Views.Companies;

/// <summary><c>ledger company NAME</c>.</summary>
internal static class CompanyCommand
{
    public static Command Make()
    {
        var name = new Argument<string>("NAME") { Description = "An id, a name or an alias, in any case." };
        var group = new Option<bool>("--group") { Description = "Count the deals of its subsidiaries in, and of theirs." };
        return new Command("company", "Show a company: its rounds, totals, investors and sources.") { name, group }.Asking(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<CompanyQueries>().Get(ledger.Parsed.GetRequiredValue(name), ledger.Parsed.GetValue(group), cancel), Write));
    }

    private static void Write(CompanyRecord company, IAnsiConsole console)
    {
        var valuation = company.LatestValuation?.Valuation;
        console.WriteFacts(
            ("Company", $"{company.Name} ({company.Id})"), ("Also", string.Join(", ", company.Aliases)),
            ("Founded", company.Founded is { } founded ? Shown.Date(founded) : null),
            ("Places", string.Join(", ", company.Places)), ("Sectors", string.Join(", ", company.Sectors)),
            ("Latest valuation", valuation is null ? null : $"{Shown.Amount(valuation.Qualifier, valuation.Currency, valuation.Low, valuation.High)}, {Shown.Words(valuation.Basis)}"),
            ("Merged from", company.MergedFrom is { } merged ? string.Join(", ", merged.Select(one => one.Id)) : null),
            ("Group", company.Group is { } group ? string.Join(", ", group.Select(member => $"{member.Name} ({Shown.Words(member.Is)} {member.Of.Name})")) : null),
            ("Sources", string.Join(", ", company.Sources)));
        console.WriteHeading("Money raised (without aggregates, plans and what was postponed or withdrawn)");
        var totals = Tables.Of("Currency", "Total", "Deals", "Of which only pledged");
        foreach (var total in company.Totals)
        {
            totals.Row(total.Currency, Shown.Range(total.Currency, total.Low, total.High), total.Deals.ToString(),
                total.Pledged is { } pledged ? $"{Shown.Range(total.Currency, pledged.Low, pledged.High)} in {pledged.Deals}" : null);
        }
        if (company.Undisclosed > 0)
            totals.Row("", "undisclosed", company.Undisclosed.ToString());
        console.Write(totals);
        console.WriteHeading("Deals");
        console.Write(DealTables.Of(company.Deals));
        console.WriteHeading("Investors");
        var investors = Tables.Of("Investor", "Roles", "Deals");
        foreach (var investor in company.Investors)
            investors.Row(investor.Name, string.Join(", ", investor.Roles.Select(Shown.Words)), string.Join(", ", investor.Deals));
        console.Write(investors);
    }
}
