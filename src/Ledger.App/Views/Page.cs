using System.Globalization;
using Ledger.Domain.Values;

namespace Ledger.App.Views;

/// <summary>A page of a list.</summary>
/// <param name="Next">Give it back to get the following items; null where these are the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>How long a page of a list may be, as it is asked for over HTTP.</summary>
internal static class PageLimit
{
    private const int Default = 50;
    private const int Max = 1000;

    public static int Parse(string? limit) =>
        limit is null ? Default
        : int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Max ? number
        : throw new InvalidValueException("limit", $"'{limit}' is out of range; a number from 1 to {Max} is expected");
}
