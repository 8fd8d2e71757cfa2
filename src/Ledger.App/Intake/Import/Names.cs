using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Values;

namespace Ledger.App.Intake.Import;

/// <summary>Names out of tables: mended where a program has broken them, and made into ids.</summary>
internal static class Names
{
    private static readonly Lazy<Encoding> Windows1252 = new(() =>
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding(1252, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
    });

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>A name whose UTF-8 was read as Windows-1252 and written again is read rightly; any other stays as it is.</summary>
    public static string Repair(string name)
    {
        if (name.All(char.IsAscii))
            return name;
        try
        {
            return StrictUtf8.GetString(Windows1252.Value.GetBytes(name));
        }
        catch (Exception e) when (e is EncoderFallbackException or DecoderFallbackException)
        {
            return name;
        }
    }

    /// <summary>An id that reads like the text; what does not fit or cannot be spelled is told apart by a part of its SHA-256.</summary>
    public static string Slugify(string text) => Slugify(text, null);

    /// <summary>The same behind a prefix, for which there has to be room, too.</summary>
    public static string Slugify(string text, string? prefix)
    {
        var lengthMax = Slug.LengthMax - (prefix?.Length ?? 0);
        var slug = new StringBuilder(text.Length);
        foreach (var c in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
                slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }
        var readable = slug.ToString().Trim('-');
        var spelled = readable.Length > 0 && text.All(char.IsAscii);
        if (spelled && readable.Length <= lengthMax)
            return prefix + readable;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
        var room = Math.Max(0, lengthMax - hash.Length - 1);
        return prefix + $"{(readable.Length > room ? readable[..room].TrimEnd('-') : readable)}-{hash}".TrimStart('-');
    }
}
