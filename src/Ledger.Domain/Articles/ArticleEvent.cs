using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Articles;

/// <summary>A fact about one article. The set is closed: its cases live in this file.</summary>
public abstract record ArticleEvent
{
    private ArticleEvent() { }

    /// <summary>The article was taken into the record. Always its first event, never repeated.</summary>
    /// <param name="TextSha256">SHA-256 of its bytes (UTF-8), 64 lower-case hexadecimal digits; the text itself is kept under it.</param>
    /// <param name="Length">In UTF-16 code units, as quotes count.</param>
    /// <param name="FileName">Under which it arrived; null where it did not come as a file.</param>
    public sealed record ArticleRecorded(string TextSha256, int Length, string? FileName) : ArticleEvent;

    /// <summary>What is known of the article beside its text. A later description replaces an earlier one whole.</summary>
    public sealed record ArticleDescribed(ArticleDescription Description) : ArticleEvent;

    /// <summary>The article says something of a market rather than of a deal or a party.</summary>
    public sealed record ArticleClaimed(ImmutableArray<Claim> Claims) : ArticleEvent;
}

/// <summary>An article's particulars; each is null where the article itself does not tell it.</summary>
/// <param name="Publisher">Who brought it out.</param>
/// <param name="Publication">When, as precisely as is known.</param>
public sealed record ArticleDescription(string? Title, string? Publisher, string? Author, string? Address, When Publication)
{
    public static readonly ArticleDescription Empty = new(null, null, null, null, When.Unknown);

    public string? Title { get; } = Title is null ? null : Text.Line("article.title", Title, 500);

    public string? Publisher { get; } = Publisher is null ? null : Text.Line("article.publisher", Publisher);

    public string? Author { get; } = Author is null ? null : Text.Line("article.author", Author);

    public string? Address { get; } = Text.Address("article.address", Address);

    /// <summary>Whose word it is: the publisher's, or that of the host where none is named; null where nothing tells.</summary>
    public string? Source => Publisher ?? (Address is null ? null : new Uri(Address).Host is var host && host.StartsWith("www.", StringComparison.Ordinal) ? host[4..] : new Uri(Address).Host);
}
