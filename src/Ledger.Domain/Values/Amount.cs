using System.Globalization;

namespace Ledger.Domain.Values;

public enum AmountQualifier
{
    /// <summary>The figure itself: low and high are equal.</summary>
    Exact,

    /// <summary>"Around", "approximately": low and high are the figure that was given; no width is made up for it.</summary>
    Approximately,

    /// <summary>"Over", "at least", "more than": a low and no high.</summary>
    Over,

    /// <summary>"Up to": a high and no low.</summary>
    UpTo,

    /// <summary>"Hundreds of millions": at least the low, below the high if there is one.</summary>
    OrderOfMagnitude,

    /// <summary>Neither figure nor currency is known. Never zero.</summary>
    Undisclosed,
}

/// <summary>
/// Money as a source gives it: an interval, in whole units of one currency (700 million yuan is 700000000).
/// </summary>
public sealed record Amount
{
    public static readonly Amount Undisclosed = new(AmountQualifier.Undisclosed, null, null, null);

    /// <summary>A thousand million million: no deal is larger, and a slip of the keyboard usually is.</summary>
    public const decimal Max = 1_000_000_000_000_000m;

    public Amount(AmountQualifier qualifier, Currency? currency, decimal? low, decimal? high)
    {
        CheckFigure("amount.low", low);
        CheckFigure("amount.high", high);
        if (qualifier != AmountQualifier.Undisclosed && currency is null)
            throw new InvalidValueException("amount.currency", "is missing; only an undisclosed amount has none");
        var problem = (qualifier, low, high) switch
        {
            (AmountQualifier.Exact or AmountQualifier.Approximately, { } l, { } h) when l == h => null,
            (AmountQualifier.Exact or AmountQualifier.Approximately, _, _) => "takes the same low and high",
            (AmountQualifier.Over, { }, null) => null,
            (AmountQualifier.Over, _, _) => "takes a low and no high",
            (AmountQualifier.UpTo, null, { }) => null,
            (AmountQualifier.UpTo, _, _) => "takes a high and no low",
            (AmountQualifier.OrderOfMagnitude, { }, null) => null,
            (AmountQualifier.OrderOfMagnitude, { } l, { } h) when l < h => null,
            (AmountQualifier.OrderOfMagnitude, _, _) => "takes a low, and a high that is above it or none",
            (AmountQualifier.Undisclosed, null, null) => null,
            (AmountQualifier.Undisclosed, _, _) => "takes neither low nor high",
            _ => "is not known",
        };
        if (problem is not null)
            throw new InvalidValueException("amount", $"qualifier {char.ToLowerInvariant(qualifier.ToString()[0])}{qualifier.ToString()[1..]} {problem} (low {Figure(low)}, high {Figure(high)})");
        if (qualifier == AmountQualifier.Undisclosed && currency is not null)
            throw new InvalidValueException("amount.currency", $"is {currency}; an undisclosed amount has none");
        Qualifier = qualifier;
        Currency = currency;
        Low = Plain(low);
        High = Plain(high);
    }

    public AmountQualifier Qualifier { get; }

    /// <summary>Null only where the amount is undisclosed.</summary>
    public Currency? Currency { get; }

    /// <summary>Null where there is no lower bound.</summary>
    public decimal? Low { get; }

    /// <summary>Null where there is no upper bound. The bound of an order of magnitude is itself left out: "hundreds of millions" are below 1000 million.</summary>
    public decimal? High { get; }

    public bool IsDisclosed => Qualifier != AmountQualifier.Undisclosed;

    /// <summary>Whether both can be the same sum. What is undisclosed agrees with everything; other currencies never agree.</summary>
    public bool Agrees(Amount other)
    {
        if (!IsDisclosed || !other.IsDisclosed)
            return true;
        return Currency == other.Currency && !Below(this, other) && !Below(other, this);

        static bool Below(Amount a, Amount b) => a.High is { } high && b.Low is { } low
            && (a.Qualifier == AmountQualifier.OrderOfMagnitude ? high <= low : high < low);
    }

    private static void CheckFigure(string field, decimal? figure)
    {
        if (figure is { } f && (f <= 0 || f > Max))
            throw new InvalidValueException(field, $"{Figure(f)} is out of range; a figure above 0 and at most {Max} is expected");
    }

    /// <summary>Without zeros at its end: 700.00 is the same figure as 700, and must be stored and told apart as the same.</summary>
    private static decimal? Plain(decimal? figure) => figure is { Scale: 0 } ? figure : figure / 1.0000000000000000000000000000m;

    private static string Figure(decimal? figure) => figure?.ToString(CultureInfo.InvariantCulture) ?? "none";
}
