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

    /// <summary>A position of the log, which need not stand at the end of a page.</summary>
    public static long After(string? after) =>
        after is null ? 0
        : long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position
        : throw new InvalidValueException("after", $"'{after}' is no position; a number from 0 is expected");

    public static InvalidValueException Wrong(string next) => new("next", $"'{next}' is not what an earlier page gave as next");
}
