using System.Globalization;
using Ledger.Domain.Rates;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Rates;

/// <summary>A reference rate as the command line, the API and the pages show it.</summary>
/// <param name="PerEuro">Units of the currency for one euro, as published.</param>
/// <param name="PerDollar">Units for one dollar, by way of the euro, to six significant digits; null where no dollar was published that day.</param>
/// <param name="Position">Where in the log it was recorded.</param>
public sealed record RateRecord(DateOnly Day, string Currency, decimal PerEuro, decimal? PerDollar, string Source, long Position);

/// <summary>What is asked of reference rates, by pages, API and command line alike: as far as they were known at the moment that is read.</summary>
public sealed class RateQueries(Snapshot snapshot)
{
    /// <summary>Rates of a currency, the latest day first; or where none is named, all of the latest day.</summary>
    /// <param name="currency">ISO 4217, in any case; null for all.</param>
    /// <param name="on">Only those of this day or before; null for all.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="next">Where the page before ended.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Page<RateRecord>> List(string? currency, string? on, int limit, string? next, CancellationToken cancel)
    {
        var code = currency is null ? null : new Currency(currency.ToUpperInvariant()).Code;
        var until = on is null ? DateOnly.MaxValue : Day("on", on);
        if (next is not null && code is not null)
            until = Day("next", next).AddDays(-1);
        var found = await snapshot.Query(
            now => $"""
            select day, currency, per_euro, per_dollar, source, from_position from rate where {now("rate")} and day <= $1
                {(code is null ? $"and day = (select max(day) from rate where {now("rate")} and day <= $1) and currency > $3" : "and currency = $3")}
            order by day desc, currency limit $2
            """,
            row => new RateRecord(row.GetFieldValue<DateOnly>(0), row.GetString(1), row.GetDecimal(2), row.IsDBNull(3) ? null : row.GetDecimal(3), row.GetString(4), row.GetInt64(5)),
            cancel, until, (long)limit + 1, code ?? next ?? "");
        var items = found.Take(limit).ToList();
        return new Page<RateRecord>(items, found.Count == items.Count ? null : code is null ? items[^1].Currency : items[^1].Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    /// <summary>What a dollar cost in currencies at dates. What is not known, or has no date, is left out.</summary>
    internal Task<DollarRates> Of(IEnumerable<(Currency Currency, When When)> asked, CancellationToken cancel) =>
        Between(asked.Select(one => (one.Currency, Days: DollarRate.Days(one.When))).Where(one => one.Days is not null).Select(one => (one.Currency, one.Days!.Value.From, one.Days.Value.To)), cancel);

    /// <summary>The same, of spans of days; of one day by the last rates up to it.</summary>
    internal async Task<DollarRates> Between(IEnumerable<(Currency Currency, DateOnly From, DateOnly To)> asked, CancellationToken cancel)
    {
        var spans = asked.Where(one => one.Currency != Currency.Usd).Select(one => (one.Currency.Code, one.From, one.To)).Distinct().ToList();
        if (spans.Count == 0)
            return new DollarRates([]);
        var found = await snapshot.Query(
            now => $"""
            select asked.code, asked.first, asked.last, found.low, found.high, found.first, found.last, found.source
            from unnest($1, $2, $3) as asked(code, first, last) cross join lateral ({Used(now)}) found
            where found.low is not null
            """,
            row => KeyValuePair.Create((row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetFieldValue<DateOnly>(2)), new DollarRate(
                new Currency(row.GetString(0)), row.GetDecimal(3), row.GetDecimal(4), row.GetFieldValue<DateOnly>(5), row.GetFieldValue<DateOnly>(6), row.GetString(7))),
            cancel, spans.Select(span => span.Code).ToArray(), spans.Select(span => span.From).ToArray(), spans.Select(span => span.To).ToArray());
        return new DollarRates(found.ToDictionary());
    }

    /// <summary>SQL for the rates that count for a currency and a time, which are code, first and last of asked: the least and the most, and the days that they are of.</summary>
    internal static string Used(Func<string, string> now) => $"""
        select min(used.per_dollar) as low, max(used.per_dollar) as high, min(used.day) as first, max(used.day) as last, max(used.source) as source
        from (select per_dollar, day, source from rate where {now("rate")} and currency = asked.code and per_dollar is not null
                and day between asked.first - case when asked.first = asked.last then {DollarRate.DaysBackMax} else 0 end and asked.last
            order by day desc limit case when asked.first = asked.last then 1 end) used
        """;

    private static DateOnly Day(string field, string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day > DateOnly.MinValue ? day
            : throw new InvalidValueException(field, $"'{text}' is no date; 2024-03-01 would be one");
}

/// <summary>What a dollar cost at the times that were asked for.</summary>
internal sealed class DollarRates(Dictionary<(string, DateOnly, DateOnly), DollarRate> found)
{
    /// <summary>Null where it is not known.</summary>
    public DollarRate? At(Currency currency, When when) =>
        DollarRate.Days(when) is var (from, to) ? At(currency, from, to) : null;

    public DollarRate? At(Currency currency, DateOnly from, DateOnly to) => found.GetValueOrDefault((currency.Code, from, to));
}
