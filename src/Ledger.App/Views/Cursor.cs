using System.Globalization;
using Ledger.Domain.Values;

namespace Ledger.App.Views;

/// <summary>Where a page of a list ended: the position of its last item.</summary>
internal static class Cursor
{
    public static string Of(long position) => position.ToString(CultureInfo.InvariantCulture);

    public static long Parse(string? next, long first = long.MaxValue) =>
        next is null ? first
        : long.TryParse(next, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position
        : throw Wrong(next);

    public static InvalidValueException Wrong(string next) => new("next", $"'{next}' is not what an earlier page gave as next");
}
