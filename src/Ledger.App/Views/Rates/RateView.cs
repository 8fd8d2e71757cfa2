using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.App.Log;
using Ledger.Domain.Rates;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Rates;

/// <summary>Reference rates, a row a day and currency.</summary>
internal static class RateView
{
    public static View Definition { get; } = new View("rates", RecordViews.SourceOf(nameof(RateView)))
        .Rows(RecordStreams.Rates, Rows, "currency, day");

    private static IEnumerable<RateRow> Rows(ReferenceRates rates)
    {
        decimal? dollar = rates.PerEuro.TryGetValue(Currency.Usd.Code, out var usd) ? usd : null;
        return rates.PerEuro.Append(KeyValuePair.Create(Currency.Eur.Code, 1m)).Select(rate => new RateRow(
            rates.Day, rate.Key, rates.Source, rate.Value, dollar is { } perEuro ? DollarRate.Rounded(rate.Value / perEuro) : null));
    }
}

[Table("rate")]
[Description("Reference rates that central banks have published, by day and currency.")]
internal sealed record RateRow(
    [property: Key, Description("The day that the rate is of.")] DateOnly Day,
    [property: Key, Description("ISO 4217.")] string Currency,
    [property: Key, Description("Who published it: ECB.")] string Source,
    [Description("Units of the currency for one euro, as published.")] decimal PerEuro,
    [Description("Units of the currency for one dollar, by way of the euro, to six significant digits; null where no dollar was published that day.")] decimal? PerDollar);
