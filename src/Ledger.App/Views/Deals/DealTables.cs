using Ledger.App.CommandLine;
using Spectre.Console;

namespace Ledger.App.Views.Deals;

/// <summary>Deals as tables on a terminal.</summary>
internal static class DealTables
{
    public static void Write(Page<DealRecord> deals, IAnsiConsole console)
    {
        console.Write(Of(deals.Items));
        console.WriteNext(deals.Next, "--next");
    }

    public static Table Of(IEnumerable<DealRecord> deals)
    {
        var table = Tables.Of("Deal", "Company", "Round", "Status", "Amount", "Investors", "Announced");
        foreach (var deal in deals)
        {
            table.Row(deal.Id, deal.Company.Name, Shown.Round(deal), Shown.Words(deal.Status), Shown.Amount(deal.Amount),
                Investors(deal), Shown.Date(deal.Announced));
        }
        return table;
    }

    public static void Write(DealRecord deal, IAnsiConsole console)
    {
        console.WriteFacts(
            ("Deal", deal.Id), ("Company", deal.Company.Name), ("Kind", Shown.Words(deal.Kind)), ("Round", deal.Round?.AsWritten),
            ("Status", Shown.Words(deal.Status)), ("Amount", Shown.Amount(deal.Amount)), ("As written", deal.Amount.AsWritten),
            ("In dollars, as reported", deal.Amount.UsdAsReported is { } usd ? Shown.Amount(usd.Qualifier, "USD", usd.Low, usd.High) : null),
            ("Valuation", deal.Valuation is { } v ? $"{Shown.Amount(v.Qualifier, v.Currency, v.Low, v.High)}, {Shown.Words(v.Basis)}" : null),
            ("Investors", Investors(deal)), ("Announced", Shown.Date(deal.Announced)), ("Period", deal.Period is { } period ? Shown.Date(period) : null),
            ("Use of proceeds", deal.UseOfProceeds), ("Sectors", string.Join(", ", deal.Sectors)), ("Places", string.Join(", ", deal.Places)),
            ("Reported by", string.Join(", ", deal.ReportedBy)), ("Contested", string.Join(", ", deal.Contested)),
            ("Version", $"{deal.Version}, at position {deal.Position}"));
        console.WriteHeading("Claims");
        var claims = Tables.Of("Field", "Value", "Quote", "Article");
        foreach (var claim in deal.Claims ?? [])
            claims.Row(claim.Current ? claim.Field : $"({claim.Field})", Shown.Value(claim.Value, claim.AsWritten), $"“{claim.Quote.Text}”", claim.Source);
        console.Write(claims);
    }

    public static void Write(Page<HistoryEntry> history, IAnsiConsole console)
    {
        foreach (var entry in history.Items)
        {
            console.WriteHeading($"Version {entry.Version}: {Shown.Words(entry.Event ?? "changed")}, position {entry.Position}, {Shown.Time(entry.RecordedAt)} UTC, by {entry.Author}, from {string.Join(", ", entry.Sources)}");
            var table = Tables.Of("Field", "From", "To", "Quote");
            foreach (var change in entry.Changes)
                table.Row(change.Field, Value(change.From), Value(change.To), (change.To ?? change.From)?.Quote is { } quote ? $"“{quote}”" : null);
            console.Write(table);
        }
    }

    private static string? Value(ChangedValue? value) => value is null ? null : Shown.Value(value.Value, value.AsWritten);

    private static string Investors(DealRecord deal) => string.Join(", ",
        deal.Investors.Select(investor => $"{investor.Name} ({Shown.Words(investor.Role)})")
            .Concat(deal.UnnamedInvestors.Select(unnamed => $"{unnamed.AsWritten} ({Shown.Words(unnamed.Role)})"))
            .Concat(deal.OthersUndisclosed && deal.UnnamedInvestors.Count == 0 ? ["others undisclosed"] : []));
}
