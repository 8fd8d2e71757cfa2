using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Articles;
using Ledger.Domain.Values;

namespace Ledger.App.Intake.RecordArticle;

/// <summary>An article as it came in, read but not yet recorded.</summary>
/// <param name="Sha256">64 lower-case hexadecimal digits, of the bytes of the text as UTF-8.</param>
public sealed record ArticleFile(ArticleId Id, string Sha256, ArticleText Text, string? FileName)
{
    /// <exception cref="InputException">The file is missing, too large, or no text in UTF-8.</exception>
    public static async Task<ArticleFile> Read(string path, CancellationToken cancel) =>
        Parse(await TextFile.Read(path, "an article", cancel), path);

    /// <exception cref="InputException">The bytes are no text in UTF-8.</exception>
    public static ArticleFile Parse(byte[] bytes, string path) => Of(TextFile.Decode(bytes, path), path);

    /// <summary>Text that was decoded already, from whatever character set.</summary>
    public static ArticleFile Of(string text, string path, int lengthMax = ArticleText.LengthMax)
    {
        try
        {
            var checkedText = new ArticleText(text, lengthMax);
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            return new ArticleFile(new ArticleId(sha256[..16]), sha256, checkedText, Path.GetFileName(path));
        }
        catch (InvalidValueException e)
        {
            throw new InputException(path, e.Message);
        }
    }
}
