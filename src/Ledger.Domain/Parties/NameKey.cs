namespace Ledger.Domain.Parties;

/// <summary>What a name is looked up by: in any case, with any white space between its words.</summary>
public static class NameKey
{
    public static string Of(string name) =>
        string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
}
