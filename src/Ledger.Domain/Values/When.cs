using System.Globalization;

namespace Ledger.Domain.Values;

public enum Precision
{
    Day,
    Month,
    Quarter,
    Year,

    /// <summary>A month, and perhaps a day, of a year that the source does not name.</summary>
    Partial,
    Unknown,
}

/// <summary>
/// A point on the effective clock, as precisely as the source gives it and no more.
/// Written as ISO 8601-2 does: <c>2020-04-03</c>, <c>2020-04</c>, <c>2020</c>, with <c>XXXX-04-03</c> and <c>XXXX-04</c>
/// where the year is not said; a quarter is <c>2020-Q2</c>; <c>unknown</c> where nothing is.
/// </summary>
public sealed record When
{
    public static readonly When Unknown = new(Precision.Unknown, null, null, null);

    private const int YearMin = 1800;
    private const int YearMax = 2200;

    private When(Precision precision, int? year, int? month, int? day)
    {
        Precision = precision;
        Year = year;
        Month = month;
        Day = day;
    }

    public Precision Precision { get; }

    public int? Year { get; }

    /// <summary>1 to 12; of a quarter, its first month.</summary>
    public int? Month { get; }

    public int? Day { get; }

    /// <summary>The first day that this may mean; null where no year is known.</summary>
    public DateOnly? From => Year is { } year ? new DateOnly(year, Month ?? 1, Day ?? 1) : null;

    /// <summary>The last day that this may mean, included; null where no year is known.</summary>
    public DateOnly? To => Precision switch
    {
        Precision.Day => From,
        Precision.Month => From?.AddMonths(1).AddDays(-1),
        Precision.Quarter => From?.AddMonths(3).AddDays(-1),
        Precision.Year => From?.AddYears(1).AddDays(-1),
        _ => null,
    };

    private const string InYear = "2020-04-03, 2020-04, 2020-Q2 or 2020";

    public static When Parse(string field, string? text) => Parse(field, text, "2020-04-03, 2020-04, 2020-Q2, 2020, XXXX-04-03, XXXX-04 or unknown");

    /// <summary>The same where nothing but a date of a known year has a meaning: what is before or after another one.</summary>
    public static When ParseInYear(string field, string? text) => Parse(field, text, InYear) is { Year: not null } date ? date
        : throw new InvalidValueException(field, $"'{text}' names no year; {InYear} is expected");

    /// <param name="field">Whose value it is.</param>
    /// <param name="text">The value.</param>
    /// <param name="expected">What is told to be right: dates that are taken there.</param>
    public static When Parse(string field, string? text, string expected)
    {
        if (text is "unknown")
            return Unknown;
        var parts = text?.Split('-') ?? [];
        return parts switch
        {
            ["XXXX", var m] => new(Precision.Partial, null, Number(m, 1, 12, 2), null),
            ["XXXX", var m, var d] => new(Precision.Partial, null, Number(m, 1, 12, 2), DayOf(2000, Number(m, 1, 12, 2), d)),
            [var y] => new(Precision.Year, YearOf(y), null, null),
            [var y, ['Q', var q and >= '1' and <= '4']] => new(Precision.Quarter, YearOf(y), ((q - '1') * 3) + 1, null),
            [var y, var m] => new(Precision.Month, YearOf(y), Number(m, 1, 12, 2), null),
            [var y, var m, var d] => new(Precision.Day, YearOf(y), Number(m, 1, 12, 2), DayOf(YearOf(y), Number(m, 1, 12, 2), d)),
            _ => throw Wrong(),
        };

        int YearOf(string part) => Number(part, YearMin, YearMax, 4);
        int DayOf(int year, int month, string part) => Number(part, 1, DateTime.DaysInMonth(year, month), 2);
        int Number(string part, int min, int max, int digits) =>
            part.Length == digits
            && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max ? number : throw Wrong();
        InvalidValueException Wrong() => new(field,
            $"'{text}' is no date; {expected} is expected");
    }

    /// <summary>Whether both can mean the same day: a month agrees with each of its days, what is unknown with everything.</summary>
    public bool Agrees(When other)
    {
        if (Precision == Precision.Unknown || other.Precision == Precision.Unknown)
            return true;
        return (Year, other.Year) switch
        {
            (null, null) => Month == other.Month && (Day is null || other.Day is null || Day == other.Day),
            (null, { } year) => In(year)?.Overlaps(other) ?? false,
            ({ } year, null) => other.In(year)?.Overlaps(this) ?? false,
            _ => Overlaps(other),
        };
    }

    private bool Overlaps(When other) => From <= other.To && other.From <= To;

    /// <summary>This month or day in a certain year; null where that year does not have it, as most have no 29 February.</summary>
    private When? In(int year) =>
        Day is null ? new When(Precision.Month, year, Month, null)
        : Day <= DateTime.DaysInMonth(year, Month!.Value) ? new When(Precision.Day, year, Month, Day)
        : null;

    public override string ToString()
    {
        var year = Year?.ToString("0000", CultureInfo.InvariantCulture) ?? "XXXX";
        return Precision switch
        {
            Precision.Unknown => "unknown",
            Precision.Year => year,
            Precision.Quarter => $"{year}-Q{((Month - 1) / 3) + 1}",
            _ => Day is { } day ? $"{year}-{Month:00}-{day:00}" : $"{year}-{Month:00}",
        };
    }
}
