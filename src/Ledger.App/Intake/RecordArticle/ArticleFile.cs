using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Articles;
using Ledger.Domain.Values;

namespace Ledger.App.Intake.RecordArticle;

/// <summary>An article as it came in, read but not yet recorded.</summary>
/// <param name="Sha256">64 lower-case hexadecimal digits, of the bytes of the text as UTF-8.</param>
public sealed record ArticleFile(ArticleId Id, string Sha256, ArticleText Text, string? FileName)
{
    /// <summary>No article has more bytes; what has is not one, and is not read into memory to find out.</summary>
    private const long BytesMax = 4L * ArticleText.LengthMax;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="InputException">The file is missing, too large, or not UTF-8.</exception>
    public static async Task<ArticleFile> Read(string path, CancellationToken cancel)
    {
        if (!File.Exists(path))
            throw new InputException(path, "does not exist");
        if (new FileInfo(path).Length is > BytesMax and var length)
            throw new InputException(path, $"has {length} bytes; an article has at most {BytesMax}");
        return Parse(await File.ReadAllBytesAsync(path, cancel), path);
    }

    public static ArticleFile Parse(byte[] bytes, string path)
    {
        string text;
        try
        {
            text = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException(path, $"is not UTF-8: byte {e.BytesUnknown?.FirstOrDefault():x2} at offset {FirstInvalid(bytes)} begins no character");
        }
        return Of(text, path);
    }

    /// <summary>Text that was decoded already, from whatever character set.</summary>
    public static ArticleFile Of(string text, string path, int lengthMax = ArticleText.LengthMax)
    {
        try
        {
            var checkedText = new ArticleText(text, lengthMax);
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(Strict.GetBytes(text)));
            return new ArticleFile(new ArticleId(sha256[..16]), sha256, checkedText, Path.GetFileName(path));
        }
        catch (InvalidValueException e)
        {
            throw new InputException(path, e.Message);
        }
    }

    private static int FirstInvalid(byte[] bytes)
    {
        var rest = bytes.AsSpan();
        while (Rune.DecodeFromUtf8(rest, out _, out var consumed) == System.Buffers.OperationStatus.Done)
            rest = rest[consumed..];
        return bytes.Length - rest.Length;
    }
}
