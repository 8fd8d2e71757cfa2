using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>A fact about one deal. The set is closed: its cases live in this file.</summary>
public abstract record DealEvent
{
    private DealEvent() { }

    /// <summary>The deal became known. Always a deal's first event, never repeated.</summary>
    /// <param name="Source">The article that announces it.</param>
    /// <param name="Claims">What the article says, the company and the kind of deal among it, each with the quote that carries it.</param>
    public sealed record DealAnnounced(ArticleId Source, ImmutableArray<Claim> Claims) : DealEvent;

    /// <summary>One more article, or the same one read again, said more of a known deal.</summary>
    /// <param name="Claims">Only what was not recorded before from this source.</param>
    public sealed record DealCorroborated(ArticleId Source, ImmutableArray<Claim> Claims) : DealEvent;
}
