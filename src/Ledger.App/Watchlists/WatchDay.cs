using System.Globalization;
using Ledger.Domain.Values;

namespace Ledger.App.Watchlists;

/// <summary>The days that rules over time are asked of: whole ones, UTC.</summary>
internal static class WatchDay
{
    public static DateOnly Today => DateOnly.FromDateTime(DateTime.UtcNow);

    /// <summary>Null where nothing is said.</summary>
    /// <exception cref="InvalidValueException">It is no date.</exception>
    public static DateOnly? Parse(string field, string? text) => string.IsNullOrWhiteSpace(text) ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1900 and <= 2200 ? day
        : throw new InvalidValueException(field, $"'{text}' is no date; 2024-03-01 would be one");
}
