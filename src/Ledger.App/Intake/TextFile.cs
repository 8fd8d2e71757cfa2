using System.Buffers;
using System.Text;
using Ledger.Domain.Articles;

namespace Ledger.App.Intake;

/// <summary>Files of text that somebody gives us.</summary>
internal static class TextFile
{
    /// <summary>No article or announcement has more bytes; what has is not one, and is not read into memory to find out.</summary>
    private const long BytesMax = 4L * ArticleText.LengthMax;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="kind">What the file is to be, for the sentence that refuses it: "an article".</param>
    /// <exception cref="InputException">The file is missing or too large.</exception>
    public static async Task<byte[]> Read(string path, string kind, CancellationToken cancel)
    {
        if (!File.Exists(path))
            throw new InputException(path, "does not exist");
        if (new FileInfo(path).Length is > BytesMax and var length)
            throw new InputException(path, $"has {length} bytes; {kind} has at most {BytesMax}");
        return await File.ReadAllBytesAsync(path, cancel);
    }

    /// <exception cref="InputException">The bytes are not UTF-8.</exception>
    public static string Decode(byte[] bytes, string path)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            var at = FirstInvalid(bytes);
            throw new InputException(path, $"is not UTF-8: byte {bytes[at]:x2} at offset {at} begins no character");
        }
    }

    private static int FirstInvalid(byte[] bytes)
    {
        var rest = bytes.AsSpan();
        while (Rune.DecodeFromUtf8(rest, out _, out var consumed) == OperationStatus.Done)
            rest = rest[consumed..];
        return bytes.Length - rest.Length;
    }
}
