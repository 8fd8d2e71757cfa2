using System.Globalization;
using Ledger.App.Views;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Events;
using Ledger.App.Views.Investors;

namespace Ledger.App.Operations.Export;

/// <summary>
/// What stands in the columns of exported tables. Amounts are whole units, empty where unbounded; several values in one cell
/// are separated by semicolons. JSON has more.
/// </summary>
internal static class CsvColumns
{
    public static IReadOnlyList<(string Heading, Func<DealRecord, string?> Cell)> Deal { get; } =
    [
        ("id", deal => deal.Id),
        ("company_id", deal => deal.Company.Id),
        ("company", deal => deal.Company.Name),
        ("kind", deal => Written.Name(deal.Kind)),
        ("status", deal => Written.Name(deal.Status)),
        ("round", deal => deal.Round?.AsWritten),
        ("series", deal => deal.Round?.Series),
        ("modifier", deal => deal.Round?.Modifier),
        ("instrument", deal => deal.Round?.Instrument is { } instrument ? Written.Name(instrument) : null),
        ("amount_qualifier", deal => Written.Name(deal.Amount.Qualifier)),
        ("currency", deal => deal.Amount.Currency),
        ("amount_low", deal => Number(deal.Amount.Low)),
        ("amount_high", deal => Number(deal.Amount.High)),
        ("amount_as_written", deal => deal.Amount.AsWritten),
        ("usd_low_as_reported", deal => Number(deal.Amount.UsdAsReported?.Low)),
        ("usd_high_as_reported", deal => Number(deal.Amount.UsdAsReported?.High)),
        ("announced", deal => deal.Announced.Date),
        ("sectors", deal => Several(deal.Sectors)),
        ("places", deal => Several(deal.Places)),
        ("investors", deal => Several(deal.Investors.Select(investor => $"{investor.Name} ({Written.Name(investor.Role)})"))),
        ("contested", deal => Several(deal.Contested)),
        ("sources", deal => Several(deal.Sources)),
        ("version", deal => Number(deal.Version)),
        ("position", deal => Number(deal.Position)),
    ];

    public static IReadOnlyList<(string Heading, Func<CompanyEntry, string?> Cell)> Company { get; } =
    [
        ("id", company => company.Id),
        ("name", company => company.Name),
        ("aliases", company => Several(company.Aliases)),
        ("sectors", company => Several(company.Sectors)),
        ("deals", company => Number(company.Deals)),
        ("counted", company => Number(company.Counted)),
        ("undisclosed", company => Number(company.Undisclosed)),
        ("totals", company => Several(company.Totals.Select(total => $"{total.Currency} {Number(total.Low)}–{Number(total.High)}"))),
    ];

    public static IReadOnlyList<(string Heading, Func<InvestorEntry, string?> Cell)> Investor { get; } =
    [
        ("id", investor => investor.Id),
        ("name", investor => investor.Name),
        ("aliases", investor => Several(investor.Aliases)),
        ("kinds", investor => Several(investor.Kinds)),
        ("deals", investor => Number(investor.Counts.Deals)),
        ("led", investor => Number(investor.Counts.Led)),
        ("joined", investor => Number(investor.Counts.Joined)),
        ("backed", investor => Number(investor.Counts.Backed)),
        ("companies", investor => Number(investor.Companies)),
    ];

    public static IReadOnlyList<(string Heading, Func<EventRecord, string?> Cell)> Event { get; } =
    [
        ("position", e => Number(e.Position)),
        ("id", e => e.Id.ToString()),
        ("stream", e => e.Stream),
        ("version", e => Number(e.Version)),
        ("type", e => e.Type),
        ("recorded_at", e => e.RecordedAt.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture)),
        ("author", e => e.Author),
        ("data", e => e.Data.GetRawText()),
    ];

    private static string? Number(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture);

    private static string Several(IEnumerable<string> values) => string.Join("; ", values);
}
