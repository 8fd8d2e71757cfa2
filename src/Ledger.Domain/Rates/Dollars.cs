using Ledger.Domain.Values;

namespace Ledger.Domain.Rates;

/// <summary>What a dollar cost in a currency, on one day or over a span of days.</summary>
/// <param name="Low">Units of the currency for one dollar, where it cost least; rounded to six significant digits, and computed with as it is here.</param>
/// <param name="High">Where it cost most; the same as <paramref name="Low"/> of one day.</param>
/// <param name="From">The first day of which a rate was published and used.</param>
/// <param name="To">The last one.</param>
/// <param name="Source">Who published them.</param>
public sealed record DollarRate(Currency Currency, decimal Low, decimal High, DateOnly From, DateOnly To, string Source)
{
    /// <summary>
    /// How many days before a day its rate may have been published: over weekends and holidays there are none. The longest pauses, at Easter
    /// and at the turn of the year, are shorter.
    /// </summary>
    public const int DaysBackMax = 7;

    /// <summary>How a rate is written and computed with.</summary>
    public static decimal Rounded(decimal rate)
    {
        var digits = 5;
        for (var rest = rate; rest >= 10 && digits > 0; rest /= 10)
            digits--;
        for (var rest = rate; rest < 1 && digits < 10; rest *= 10)
            digits++;
        return decimal.Round(rate, digits, MidpointRounding.AwayFromZero) / 1.0000000000000000000000000000m;
    }

    /// <summary>
    /// The days whose rates count for a date: of a day its own, or the last ones before it; of a month, a quarter or a year all of them, so
    /// that what is computed is as imprecise as the date. Null where no year is known: no day is ever made up.
    /// </summary>
    public static (DateOnly From, DateOnly To)? Days(When when) => (when.Precision, when.From, when.To) switch
    {
        (Precision.Day, { } day, _) => (day, day),
        (_, { } from, { } to) => (from, to),
        _ => null,
    };

    /// <summary>A sum in dollars, in whole ones. A bound that the sum lacks is lacking of this, too.</summary>
    public (decimal? Low, decimal? High) Dollars(decimal? low, decimal? high) => (Whole(low / High), Whole(high / Low));

    private static decimal? Whole(decimal? dollars) => dollars is { } figure ? decimal.Round(figure, 0, MidpointRounding.AwayFromZero) : null;
}

/// <summary>The rate at which a source must have reckoned that gives a sum both in another currency and in dollars.</summary>
/// <param name="Low">Units of the currency for one dollar, the least that the two figures allow; null where they have no bound.</param>
/// <param name="High">The most.</param>
/// <param name="Reference">What a dollar cost at the time; null where that is not known, or the time is not.</param>
public sealed record ImpliedRate(decimal? Low, decimal? High, DollarRate? Reference)
{
    /// <summary>
    /// How far from every reference rate of the time it may be, as a part of that. Articles round their figures, and reckon with rates of
    /// other days and banks; who takes yuan for dollars is off by far more.
    /// </summary>
    public const decimal Tolerance = 0.1m;

    /// <summary>Whether no rate of the time comes near it; null where none is known.</summary>
    public bool? IsImplausible => Reference is null ? null
        : Low > Reference.High * (1 + Tolerance) || High < Reference.Low * (1 - Tolerance);

    /// <summary>Null where the source gives no two figures, or these say nothing of a rate.</summary>
    public static ImpliedRate? Of(Amount amount, Amount? usd, DollarRate? reference)
    {
        if (usd is null || amount.Currency is null || amount.Currency == Currency.Usd)
            return null;
        var (low, high) = (Rounded(amount.Low / usd.High), Rounded(amount.High / usd.Low));
        return low is null && high is null ? null : new ImpliedRate(low, high, reference);
    }

    private static decimal? Rounded(decimal? rate) => rate is { } figure ? DollarRate.Rounded(figure) : null;
}
