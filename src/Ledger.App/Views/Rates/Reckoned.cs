using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Rates;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Rates;

/// <summary>A sum in dollars as the ledger reckons it, by reference rates; no source gives it, and no event holds it.</summary>
/// <param name="Low">Whole dollars; null where the sum has no lower bound.</param>
/// <param name="High">Null where it has no upper bound.</param>
public sealed record ComputedUsdRecord(decimal? Low, decimal? High, DollarRateRecord Rate)
{
    internal static ComputedUsdRecord? Of(Deal deal, DollarRates rates)
    {
        if (deal.Amount.Currency is not { } currency || rates.At(currency, WhenOf(deal)) is not { } rate)
            return null;
        var (low, high) = rate.Dollars(deal.Amount.Low, deal.Amount.High);
        return new ComputedUsdRecord(low, high, DollarRateRecord.Of(rate)!);
    }

    /// <summary>What has to be asked for a deal: its currency, and the time of its rate.</summary>
    internal static IEnumerable<(Currency, When)> Asked(Deal deal) => deal.Amount.Currency is { } currency ? [(currency, WhenOf(deal))] : [];

    internal static When WhenOf(Deal deal) => deal.Value<ClaimValue.Announced>(Field.Announced)?.When ?? When.Unknown;
}

/// <summary>What a dollar cost, by reference rates.</summary>
/// <param name="Low">Units of the currency for one dollar, to six significant digits; of a month, a quarter or a year the least.</param>
/// <param name="High">The most; the same as the least of one day.</param>
/// <param name="From">The day of the rate; of a longer time the first one used.</param>
/// <param name="To">The last one used.</param>
/// <param name="Source">Who published it.</param>
public sealed record DollarRateRecord(decimal Low, decimal High, DateOnly From, DateOnly To, string Source)
{
    internal static DollarRateRecord? Of(DollarRate? rate) => rate is null ? null : new DollarRateRecord(rate.Low, rate.High, rate.From, rate.To, rate.Source);
}

/// <summary>The rate between a sum and the dollars that the source gives beside it.</summary>
/// <param name="Low">Units of the currency for one dollar, the least that the two allow; null where there is no bound.</param>
/// <param name="High">The most.</param>
/// <param name="Reference">What a dollar cost at the time of the deal; null where that is not known.</param>
/// <param name="Implausible">Whether it is farther from that than sources are by rounding; null where there is nothing to compare it with.</param>
public sealed record ImpliedRateRecord(decimal? Low, decimal? High, DollarRateRecord? Reference, bool? Implausible)
{
    internal static ImpliedRateRecord? Of(Deal deal, DollarRates rates)
    {
        var reference = deal.Amount.Currency is { } currency ? rates.At(currency, ComputedUsdRecord.WhenOf(deal)) : null;
        return ImpliedRate.Of(deal.Amount, deal.Value<ClaimValue.UsdAsReported>(Field.UsdAsReported)?.Amount, reference) is { } implied
            ? new ImpliedRateRecord(implied.Low, implied.High, DollarRateRecord.Of(reference), implied.IsImplausible) : null;
    }
}
