using System.Text;

namespace Ledger.Domain.Parties;

/// <summary>
/// What a name is looked up by: in any case, with any white space between its words, and however its characters are put together (an
/// accent beside its letter, Latin letters as wide as Chinese ones).
/// </summary>
public static class NameKey
{
    public static string Of(string name) =>
        // By way of upper case, which letters with two small forms have in common: Σ of σ and ς.
        string.Join(' ', name.Normalize(NormalizationForm.FormKC).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant().ToLowerInvariant();
}
