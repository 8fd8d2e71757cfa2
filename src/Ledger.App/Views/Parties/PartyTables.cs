using Ledger.App.CommandLine;
using Ledger.App.Views.Companies;
using Spectre.Console;

namespace Ledger.App.Views.Parties;

/// <summary>Parties, and what merging them would change, on a terminal.</summary>
internal static class PartyTables
{
    public static void Write(PartyRecord party, IAnsiConsole console) => console.WriteFacts(
        ("Party", $"{party.Name} ({party.Id})"), ("Also", string.Join(", ", party.Aliases)), ("Kind", string.Join(", ", party.Kinds)),
        ("Affiliations", string.Join("; ", party.Affiliations.Select(Affiliation))),
        ("Merged from", party.MergedFrom is { } merged ? string.Join("; ", merged.Select(one => $"{one.Id}, by {one.Why.Author} at {Shown.Time(one.Why.RecordedAt)} UTC, because: {one.Why.Reason}")) : null),
        ("Sources", string.Join(", ", party.Sources)), ("Version", $"{party.Version}, at position {party.Position}"));

    public static void Write(MergePreview preview, IAnsiConsole console)
    {
        console.WriteFacts(("Merge", $"{preview.Party.Name} ({preview.Party.Id})"), ("Into", $"{preview.Into.Name} ({preview.Into.Id})"), ("Also", string.Join(", ", preview.Aliases)));
        if (preview.Companies.AsOne is { } company)
        {
            console.WriteHeading("As a company");
            var table = Tables.Of("", "Company", "Deals", "Counted", "Total");
            foreach (var apart in preview.Companies.Apart)
                table.Row("now", apart.Id, string.Join(", ", apart.Deals), $"{apart.Counted}", Totals(apart.Totals));
            console.Write(table.Row("as one", company.Id, string.Join(", ", company.Deals), $"{company.Counted}", Totals(company.Totals)));
        }
        if (preview.Investors.AsOne is { } investor)
        {
            console.WriteHeading("As an investor");
            var table = Tables.Of("", "Investor", "Deals", "Led", "Joined", "Backed", "Companies", "Co-investors");
            foreach (var (what, one) in preview.Investors.Apart.Select(one => ("now", one)).Append(("as one", investor)))
                table.Row(what, one.Id, $"{one.Counts.Deals}", $"{one.Counts.Led}", $"{one.Counts.Joined}", $"{one.Counts.Backed}", $"{one.Companies}", $"{one.CoInvestors}");
            console.Write(table);
        }
        foreach (var holder in preview.Holders)
            console.WriteLine($"{holder.Name} would have {Shown.Count(holder.CompaniesAfter, "company", "companies")} instead of {holder.CompaniesBefore}.");
        foreach (var deal in preview.Contested)
            console.WriteLine($"Deal {deal.Deal} would be contested in {Fields(deal.After)} instead of {Fields(deal.Before)}.");
    }

    public static string Affiliation(AffiliationRecord affiliation) =>
        $"{Shown.Words(affiliation.Is)} {affiliation.With?.Name}".TrimEnd() + (affiliation.From is { } from ? $", from {from}" : "") + (affiliation.Why is { } why ? $" (by {why.Author}: {why.Reason})" : "");

    public static string Fields(IReadOnlyList<string> fields) => fields.Count == 0 ? "nothing" : string.Join(", ", fields);

    public static string Totals(IEnumerable<CompanyTotal> totals) => string.Join(", ", totals.Select(total => Shown.Range(total.Currency, total.Low, total.High)));
}
