using System.Buffers;

namespace Ledger.Domain.Values;

/// <summary>A deal's identity: lower-case letters, digits and hyphens, at most 100 of them.</summary>
public readonly record struct DealId(string Value)
{
    public string Value { get; } = Slug.Check("deal id", Value);

    public override string ToString() => Value;
}

/// <summary>A company's or investor's identity. Being one or the other is a role in a deal, not a kind of party.</summary>
public readonly record struct PartyId(string Value)
{
    public string Value { get; } = Slug.Check("party id", Value);

    public override string ToString() => Value;
}

/// <summary>An article's identity: the first 16 hexadecimal digits of the SHA-256 of its bytes, so that the same text is the same article.</summary>
public readonly record struct ArticleId(string Value)
{
    public string Value { get; } = Slug.Check("article id", Value);

    public override string ToString() => Value;
}

/// <summary>A claim's identity, derived from what it says, of whom and where: the same claim made again has the same one.</summary>
public readonly record struct ClaimId(string Value)
{
    public string Value { get; } = Slug.Check("claim id", Value);

    public override string ToString() => Value;
}

/// <summary>A watchlist's identity, made from the name that it was defined under.</summary>
public readonly record struct WatchlistId(string Value)
{
    public string Value { get; } = Slug.Check("watchlist id", Value);

    public override string ToString() => Value;
}

/// <summary>The alphabet of identities and of closed vocabularies that grow (sectors, series).</summary>
public static class Slug
{
    public const int LengthMax = 100;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static string Check(string field, string? value)
    {
        if (string.IsNullOrEmpty(value))
            throw new InvalidValueException(field, "is empty; lower-case letters, digits and hyphens are expected");
        if (value.Length > LengthMax)
            throw new InvalidValueException(field, $"has {value.Length} characters; at most {LengthMax} are allowed");
        if (value.AsSpan().ContainsAnyExcept(Alphabet) || value[0] == '-' || value[^1] == '-')
            throw new InvalidValueException(field, $"'{value}' has other characters than lower-case letters, digits and inner hyphens");
        return value;
    }
}
