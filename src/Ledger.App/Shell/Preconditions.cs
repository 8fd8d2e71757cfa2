using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Microsoft.Net.Http.Headers;

namespace Ledger.App.Shell;

/// <summary>What a request says of the state that its sender has seen, and of whether it was sent before.</summary>
internal static class Preconditions
{
    private const int KeyLengthMax = 200;

    /// <summary>
    /// A record with its ETag: the version of what it is about, and a hash of the answer, which also depends on others: <c>"7-0f1e2d3c4b5a6978"</c>.
    /// Who has it already (<c>If-None-Match</c>) is answered 304.
    /// </summary>
    public static IResult Versioned<T>(this HttpContext context, T record, long version)
    {
        var answer = JsonSerializer.SerializeToUtf8Bytes(record, ApiJson.Compact);
        var hash = Convert.ToHexStringLower(SHA256.HashData(answer).AsSpan(0, 8));
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(answer, "application/json; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{version}-{hash}\""));
    }

    /// <summary>The version that the request was made for: that of <c>If-Match</c>, whatever follows it there; null where it says none, or any.</summary>
    /// <exception cref="InvalidValueException">It is no ETag of ours.</exception>
    public static long? IfMatch(HttpRequest request)
    {
        if (request.Headers.IfMatch is not [{ } tag, ..] || tag.Trim() == "*")
            return null;
        return request.Headers.IfMatch.Count == 1 && tag.Trim() is ['"', .. var inner, '"']
            && long.TryParse(inner.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
            : throw new InvalidValueException("If-Match", $"'{request.Headers.IfMatch}' is not one ETag as it was given, nor \"7\", which stands for version 7");
    }

    /// <summary>Who writes, with the key of the request, if it has one.</summary>
    /// <exception cref="InvalidValueException">The key is none.</exception>
    public static Writer WriterOf<TFields>(HttpContext context, TFields fields)
    {
        var author = Author.Of(context);
        if (context.Request.Headers["Idempotency-Key"] is not [{ } given, ..])
            return author;
        var key = given.Trim() is ['"', .. var inner, '"'] ? inner : given.Trim();
        if (key.Length is 0 or > KeyLengthMax || key.Any(c => c is < '!' or > '~' or '"' or '\\'))
            throw new InvalidValueException("Idempotency-Key", $"'{Text.Shorten(given)}' is no key; 1 to {KeyLengthMax} letters, digits and signs without spaces and quotes are expected");
        byte[] asked = [.. System.Text.Encoding.UTF8.GetBytes($"{context.Request.Path}{context.Request.QueryString}\n"), .. JsonSerializer.SerializeToUtf8Bytes(fields, ApiJson.Compact)];
        return new Writer(author) { Key = key, Request = $"request-{Convert.ToHexStringLower(SHA256.HashData(asked).AsSpan(0, 16))}" };
    }
}
