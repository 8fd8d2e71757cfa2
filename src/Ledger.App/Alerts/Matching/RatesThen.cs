using Ledger.App.Views;
using Ledger.Domain.Rates;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts.Matching;

/// <summary>Reference rates as they were known at each position of the log.</summary>
internal sealed class RatesThen
{
    /// <summary>By currency, in the order of their days.</summary>
    private readonly Dictionary<string, Rate[]> _rates;

    private RatesThen(Dictionary<string, Rate[]> rates) => _rates = rates;

    public static async Task<RatesThen> Read(Snapshot snapshot, CancellationToken cancel)
    {
        var rows = await snapshot.Query(
            _ => "select currency, day, per_dollar, source, from_position, to_position from rate where per_dollar is not null order by day, source",
            row => (Currency: string.Intern(row.GetString(0)), Rate: new Rate(row.GetFieldValue<DateOnly>(1), row.GetDecimal(2), string.Intern(row.GetString(3)), row.GetInt64(4), row.IsDBNull(5) ? long.MaxValue : row.GetInt64(5))), cancel);
        return new RatesThen(rows.GroupBy(row => row.Currency, row => row.Rate).ToDictionary(rates => rates.Key, rates => rates.ToArray(), StringComparer.Ordinal));
    }

    /// <summary>What a dollar cost at a time, as far as it was known at a position.</summary>
    public DollarRate? At(Currency currency, When when, long position) => DollarRate.Days(when) is var (from, to) ? At(currency, from, to, position) : null;

    /// <summary>The same, of a span of days; of one day by the last rates up to it.</summary>
    public DollarRate? At(Currency currency, DateOnly from, DateOnly to, long position)
    {
        var (since, until) = (long.MinValue, long.MaxValue);
        return At(currency, from, to, position, ref since, ref until);
    }

    /// <summary>The same, and narrows the part of the log in which that stayed so.</summary>
    public DollarRate? At(Currency currency, DateOnly from, DateOnly to, long position, ref long since, ref long until)
    {
        if (currency == Currency.Usd || !_rates.TryGetValue(currency.Code, out var rates))
            return null;
        var first = from == to ? from.AddDays(-DollarRate.DaysBackMax) : from;
        DollarRate? found = null;
        for (var at = Last(rates, to); at >= 0 && rates[at].Day >= first; at--)
        {
            var rate = rates[at];
            foreach (var moment in (ReadOnlySpan<long>)[rate.From, rate.To])
                (since, until) = moment <= position ? (Math.Max(since, moment), until) : (since, Math.Min(until, moment));
            if (rate.From > position || rate.To <= position)
                continue;
            found = found is null ? new DollarRate(currency, rate.PerDollar, rate.PerDollar, rate.Day, rate.Day, rate.Source)
                : found with
                {
                    Low = Math.Min(found.Low, rate.PerDollar),
                    High = Math.Max(found.High, rate.PerDollar),
                    From = rate.Day,
                    Source = string.CompareOrdinal(found.Source, rate.Source) < 0 ? rate.Source : found.Source,
                };
            if (from == to)
                break;
        }
        return found;
    }

    /// <summary>The last rate of a day or of one before it; -1 where there is none.</summary>
    private static int Last(Rate[] rates, DateOnly day)
    {
        var (low, high) = (0, rates.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = rates[middle].Day <= day ? (middle + 1, high) : (low, middle);
        }
        return low - 1;
    }

    private readonly record struct Rate(DateOnly Day, decimal PerDollar, string Source, long From, long To);
}
