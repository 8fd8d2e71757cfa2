using System.Collections.Immutable;
using System.Globalization;
using Ledger.Domain.Values;

namespace Ledger.Domain.Rates;

/// <summary>A fact about the reference rates of one day. The set is closed.</summary>
public abstract record RatesEvent
{
    private RatesEvent() { }

    /// <summary>A central bank published its reference rates of a day. Always the first event of that day, never repeated.</summary>
    /// <param name="Day">The day that the rates are of.</param>
    /// <param name="Source">Who published them: ECB.</param>
    /// <param name="PerEuro">By ISO 4217 codes, units of the currency for one euro, as published.</param>
    public sealed record ReferenceRatesPublished(DateOnly Day, string Source, ImmutableSortedDictionary<string, decimal> PerEuro) : RatesEvent
    {
        public DateOnly Day { get; } = Day >= ReferenceRates.First ? Day
            : throw new InvalidValueException("day", $"{Day:yyyy-MM-dd} is before {ReferenceRates.First:yyyy-MM-dd}, the first day of which there are reference rates of the euro");

        public string Source { get; } = Text.Line("source", Source);

        public ImmutableSortedDictionary<string, decimal> PerEuro { get; } = ReferenceRates.Check(PerEuro);
    }

    /// <summary>Rates that were recorded of the day were wrong, or missing.</summary>
    /// <param name="PerEuro">Those that are other ones now; the rest stays.</param>
    public sealed record ReferenceRatesCorrected(ImmutableSortedDictionary<string, decimal> PerEuro, Reason Reason) : RatesEvent
    {
        public ImmutableSortedDictionary<string, decimal> PerEuro { get; } = ReferenceRates.Check(PerEuro);
    }
}

/// <summary>The reference rates of one day, as their events tell them.</summary>
/// <param name="Last">Null while none are recorded.</param>
/// <param name="PerEuro">Units of a currency for one euro.</param>
public sealed record ReferenceRates(Cause? Last, DateOnly Day, string Source, ImmutableSortedDictionary<string, decimal> PerEuro)
{
    /// <summary>The European Central Bank's first.</summary>
    public static readonly DateOnly First = new(1999, 1, 4);

    /// <summary>The largest there was is some two million Turkish lira; a slip of the keyboard is larger.</summary>
    private const decimal Max = 1_000_000_000m;

    public static readonly ReferenceRates Unknown = new(null, First, "", ImmutableSortedDictionary<string, decimal>.Empty);

    public long Version => Last?.Version ?? 0;

    public ReferenceRates Evolve(RatesEvent happened, Cause cause) => happened switch
    {
        RatesEvent.ReferenceRatesPublished e => new(cause, e.Day, e.Source, e.PerEuro),
        RatesEvent.ReferenceRatesCorrected e => this with { Last = cause, PerEuro = PerEuro.SetItems(e.PerEuro) },
        _ => throw new InvalidOperationException($"Rates know no event {happened.GetType().Name}."),
    };

    /// <summary>
    /// What rates that somebody has come to. What is recorded is left alone where it is the same; where it is not, one of the two is wrong,
    /// and which one nobody but an editor can say.
    /// </summary>
    /// <param name="wanted">Rates of the same day.</param>
    /// <param name="today">UTC; rates of a later day cannot have been published.</param>
    /// <param name="correct">Why other figures than those recorded are right; null where nobody says so.</param>
    public Decision<RatesEvent> Decide(RatesEvent.ReferenceRatesPublished wanted, DateOnly today, Reason? correct)
    {
        if (wanted.Day > today)
            return Refuse("rates-of-the-future", $"{wanted.Day:yyyy-MM-dd} is after today, {today:yyyy-MM-dd}; no rates of it can have been published.", isOfInput: true);
        if (Last is null)
            return new Decision<RatesEvent>.Record([wanted]);
        var others = wanted.PerEuro.RemoveRange(wanted.PerEuro.Where(rate => PerEuro.TryGetValue(rate.Key, out var known) && known == rate.Value).Select(rate => rate.Key));
        if (others.IsEmpty)
            return Decision<RatesEvent>.Nothing;
        if (correct is { } reason)
            return new Decision<RatesEvent>.Record([new RatesEvent.ReferenceRatesCorrected(others, reason)]);
        var (code, figure) = others.First();
        var recorded = PerEuro.TryGetValue(code, out var held) ? $"{code} {Figure(held)}" : $"no {code}";
        return Refuse("rates-differ", $"Of {Day:yyyy-MM-dd} {recorded} is recorded, and {code} {Figure(figure)} is given; if that is right, say why with a reason.");
    }

    internal static ImmutableSortedDictionary<string, decimal> Check(ImmutableSortedDictionary<string, decimal> perEuro)
    {
        if (perEuro.IsEmpty)
            throw new InvalidValueException("perEuro", "holds no rate");
        foreach (var (code, rate) in perEuro)
        {
            if (new Currency(code) == Currency.Eur)
                throw new InvalidValueException("perEuro.EUR", "is there; rates are of one euro");
            if (rate is <= 0 or > Max)
                throw new InvalidValueException($"perEuro.{code}", $"{Figure(rate)} is out of range; a figure above 0 and at most {Max} is expected");
        }
        return perEuro.WithComparers(StringComparer.Ordinal);
    }

    private static string Figure(decimal figure) => figure.ToString(CultureInfo.InvariantCulture);

    private static Decision<RatesEvent> Refuse(string type, string sentence, bool isOfInput = false) =>
        new Decision<RatesEvent>.Refuse(new Refusal(type, sentence, isOfInput));
}
