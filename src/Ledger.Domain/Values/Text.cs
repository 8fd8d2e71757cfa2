using System.Buffers;

namespace Ledger.Domain.Values;

/// <summary>Checks of free text before it enters a log that never forgets.</summary>
public static class Text
{
    public const int NameLengthMax = 200;
    public const int PassageLengthMax = 4000;

    private static readonly SearchValues<char> ControlsAndSurrogates =
        SearchValues.Create([.. Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c).Where(c => char.IsControl(c) || char.IsSurrogate(c))]);

    /// <summary>A single line: a name, words as written.</summary>
    public static string Line(string field, string? value, int lengthMax = NameLengthMax)
    {
        var text = Passage(field, value, lengthMax);
        if (text.AsSpan().IndexOfAny('\r', '\n') >= 0)
            throw new InvalidValueException(field, $"'{Shorten(text)}' runs over several lines; one is expected");
        return text;
    }

    /// <summary>Text of one or several lines, not blank, without control characters other than tabs and line ends.</summary>
    public static string Passage(string field, string? value, int lengthMax = PassageLengthMax)
    {
        if (string.IsNullOrWhiteSpace(value))
            throw new InvalidValueException(field, "is empty");
        if (value.Length > lengthMax)
            throw new InvalidValueException(field, $"has {value.Length} characters; at most {lengthMax} are allowed");
        // Most texts have none of these, which is quickly seen.
        for (var i = value.AsSpan().IndexOfAny(ControlsAndSurrogates); i >= 0 && i < value.Length; i++)
        {
            if (char.IsControl(value[i]) && value[i] is not ('\t' or '\r' or '\n'))
                throw new InvalidValueException(field, $"has the control character U+{(int)value[i]:X4} at {i}");
            if (!char.IsSurrogate(value[i]))
                continue;
            if (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[i + 1]))
                throw new InvalidValueException(field, $"has half a character (U+{(int)value[i]:X4}) at {i}");
            i++;
        }
        return value;
    }

    /// <summary>An absolute http or https address. Anything else would one day be put behind a link and clicked.</summary>
    public static string? Address(string field, string? value)
    {
        if (value is null)
            return null;
        if (Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && value.Length <= 2000)
            return address.AbsoluteUri;
        throw new InvalidValueException(field, $"'{Shorten(value)}' is not an absolute http or https address");
    }

    public static string Shorten(string value, int length = 60) =>
        value.Length <= length ? value : string.Concat(value.AsSpan(0, length - 1), "…");
}
