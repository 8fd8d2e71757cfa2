using System.Globalization;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Rollups;

/// <summary>
/// Periods of deals: that of the asked length in which a deal's date lies; where the date is less precise than that, what the date says,
/// as a period of its own; and "unknown" where no year is known. No day is ever made up.
/// </summary>
internal static class RollupPeriod
{
    public const string Unknown = "unknown";

    // A date spans so many days less one; the numbers tell its precision, since months and quarters are never nearer to each other.
    private const int DaysBelowOfMonth = 31;
    private const int DaysBelowOfQuarter = 92;

    private static readonly DateOnly Zero = new(1800, 1, 1);

    /// <summary>
    /// SQL for a number that stands for the period of a row, in order of time: words would take longer to make than all the rest. Null where it is unknown.
    /// </summary>
    public static string Sql(RollupDimension dimension) => dimension switch
    {
        RollupDimension.Month => $"case when announced_to - announced_from < {DaysBelowOfMonth} then {Code("date_trunc('month', announced_from::timestamp)::date", 0)} {Coarser(RollupDimension.Month)} end",
        RollupDimension.Quarter => $"case when announced_to - announced_from < {DaysBelowOfQuarter} then {Code("date_trunc('quarter', announced_from::timestamp)::date", 1)} {Coarser(RollupDimension.Quarter)} end",
        _ => Code("date_trunc('year', announced_from::timestamp)::date", 2),
    };

    /// <summary>What such a number stands for: "2020-04", "2020-Q2", "2020".</summary>
    public static string Of(int code)
    {
        var first = Zero.AddDays(code / 4);
        return (code % 4) switch
        {
            0 => first.ToString("yyyy-MM", CultureInfo.InvariantCulture),
            1 => string.Create(CultureInfo.InvariantCulture, $"{first.Year:0000}-Q{((first.Month - 1) / 3) + 1}"),
            _ => first.ToString("yyyy", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>SQL for the rows of a period.</summary>
    /// <param name="dimension">How long periods are.</param>
    /// <param name="value">One of them.</param>
    /// <param name="parameter">How SQL refers to a value.</param>
    /// <exception cref="InvalidValueException">It is no period of that length.</exception>
    public static string Condition(RollupDimension dimension, string value, Func<object, string> parameter)
    {
        if (Parse(dimension, value) is not { From: { } from, To: { } to } when)
            return "announced_from is null";
        var (first, last) = (parameter(from), parameter(to));
        return when.Precision == PrecisionOf(dimension) ? $"announced_from >= {first} and announced_to <= {last}" : $"announced_from = {first} and announced_to = {last}";
    }

    /// <summary>A period as it is written; <see cref="When.Unknown"/> of an unknown one.</summary>
    /// <exception cref="InvalidValueException">It is no period of that length.</exception>
    public static When Parse(RollupDimension dimension, string value)
    {
        var when = When.Parse(dimension.Name(), value, $"{Example(dimension)} or {Unknown}");
        return when.Precision >= PrecisionOf(dimension) && when.Precision != Precision.Partial ? when
            : throw new InvalidValueException(dimension.Name(), $"'{value}' is no {dimension.Name()}; {Example(dimension)} or {Unknown} would be one");
    }

    /// <summary>What a date is counted under.</summary>
    public static string Of(RollupDimension dimension, When date)
    {
        if (date.Year is not { } year)
            return Unknown;
        return (Precision)Math.Max((int)date.Precision, (int)PrecisionOf(dimension)) switch
        {
            Precision.Month => string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{date.Month:00}"),
            Precision.Quarter => string.Create(CultureInfo.InvariantCulture, $"{year:0000}-Q{((date.Month - 1) / 3) + 1}"),
            _ => year.ToString("0000", CultureInfo.InvariantCulture),
        };
    }

    private static string Coarser(RollupDimension dimension) =>
        (dimension == RollupDimension.Month ? $"when announced_to - announced_from < {DaysBelowOfQuarter} then {Code("announced_from", 1)} " : "") + $"else {Code("announced_from", 2)}";

    private static string Code(string first, int precision) =>
        string.Create(CultureInfo.InvariantCulture, $"({first} - date '{Zero:yyyy-MM-dd}') * 4 + {precision}");

    private static Precision PrecisionOf(RollupDimension dimension) => dimension switch
    {
        RollupDimension.Month => Precision.Month,
        RollupDimension.Quarter => Precision.Quarter,
        _ => Precision.Year,
    };

    private static string Example(RollupDimension dimension) => dimension switch
    {
        RollupDimension.Month => "2020-04",
        RollupDimension.Quarter => "2020-Q2",
        _ => "2020",
    };
}
