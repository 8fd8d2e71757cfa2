using Ledger.App.CommandLine;
using Ledger.Domain.Claims;
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
            table.Row(deal.Id, deal.Company.Name, Shown.Round(deal), Shown.Words(deal.Status) + (deal.Contested.Count > 0 ? $" (contested: {string.Join(", ", deal.Contested)})" : ""), Shown.Amount(deal.Amount),
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
            ("In dollars, computed", deal.Amount.ComputedUsd is null ? null : Shown.Computed(deal.Amount)), ("Rate of the source", deal.Amount.ImpliedRate is null ? null : Shown.Implied(deal.Amount)),
            ("Valuation", deal.Valuation is { } v ? $"{Shown.Amount(v.Qualifier, v.Currency, v.Low, v.High)}, {Shown.Words(v.Basis)}" : null),
            ("Investors", Investors(deal)), ("Announced", Shown.Date(deal.Announced)), ("Period", deal.Period is { } period ? Shown.Date(period) : null),
            ("Use of proceeds", deal.UseOfProceeds), ("Sectors", string.Join(", ", deal.Sectors)), ("Places", string.Join(", ", deal.Places)),
            ("Reported by", string.Join(", ", deal.ReportedBy)), ("Contested", string.Join(", ", deal.Contested)),
            ("Merged into", Tie(deal.MergedInto)), ("Merged from", deal.MergedFrom is { } from ? string.Join(", ", from) : null),
            ("Retracted", Ruling(deal.Retracted)), ("Part of", Tie(deal.PartOf)), ("Covered by", Tie(deal.CoveredBy)),
            ("Another deal than", deal.DistinctFrom is { } others ? string.Join("; ", others.Select(Tie)) : null),
            ("Parts", Sum(deal.Parts, deal.PartsSum)), ("Covers", Sum(deal.Covers, deal.CoveredSum)),
            ("Filed under", deal.Tags is { } tags ? string.Join(", ", tags.Select(tag => $"{tag.Value} ({Ruling(tag.Why)})")) : null),
            ("Version", $"{deal.Version}, at position {deal.Position}"));
        console.WriteHeading("Claims");
        var claims = Tables.Of("Claim", "Field", "Value", "Standing", "Quote", "Article");
        foreach (var claim in deal.Claims ?? [])
            claims.Row(claim.Id, claim.Current ? claim.Field : $"({claim.Field})", Shown.Value(claim.Value, claim.AsWritten), Standing(claim), $"“{claim.Quote.Text}”", claim.Source);
        console.Write(claims);
    }

    public static void Write(Page<HistoryEntry> history, IAnsiConsole console)
    {
        foreach (var entry in history.Items)
        {
            var from = entry.Sources.Count > 0 ? $", from {string.Join(", ", entry.Sources)}" : "";
            console.WriteHeading($"Version {entry.Version}: {Shown.Words(entry.Event ?? "changed")}, position {entry.Position}, {Shown.Time(entry.RecordedAt)} UTC, by {entry.Author}{from}");
            if (entry.Reason is not null || entry.Changes.Count == 0)
                console.WriteLine(Shown.Capital(entry.Says ?? "") + (entry.Reason is { } reason ? $", because: {reason}" : ""));
            if (entry.Changes.Count == 0)
                continue;
            var table = Tables.Of("Field", "From", "To", "Quote");
            foreach (var change in entry.Changes)
                table.Row(change.Field, Value(change.From), Value(change.To), (change.To ?? change.From)?.Quote is { } quote ? $"“{quote}”" : null);
            console.Write(table);
        }
    }

    private static string Standing(ClaimRecord claim) => Shown.Words(claim.Standing)
        + (claim.ChosenBy is { } by && by != ChosenBy.Agreement ? $", chosen: {Shown.Why(by)}" : "")
        + (claim.CorrectedBy is { } correction ? $", by {correction}" : "")
        + (claim.Decided is { } decided ? $", {Ruling(decided)}" : "");

    private static string? Ruling(RulingRecord? ruling) => ruling is null ? null
        : $"by {ruling.Author} at {Shown.Time(ruling.RecordedAt)} UTC, because: {ruling.Reason}";

    private static string? Tie(TieRecord? tie) => tie is null ? null
        : $"{tie.Deal}{(tie.As is { } kind ? $", as {Shown.Words(kind)}" : "")}, {Ruling(tie.Why)}";

    private static string? Sum(IReadOnlyList<TieRecord>? ties, SumRecord? sum) => ties is null ? null
        : string.Join(", ", ties.Select(tie => tie.Deal)) + (sum is null ? "" : $": {Shown.Sum(sum)}");

    private static string? Value(ChangedValue? value) => value is null ? null : Shown.Value(value.Value, value.AsWritten);

    private static string Investors(DealRecord deal) => string.Join(", ",
        deal.Investors.Select(investor => $"{investor.Name} ({Shown.Words(investor.Role)})")
            .Concat(deal.UnnamedInvestors.Select(unnamed => $"{unnamed.AsWritten} ({Shown.Words(unnamed.Role)})"))
            .Concat(deal.OthersUndisclosed && deal.UnnamedInvestors.Count == 0 ? ["others undisclosed"] : []));
}
