using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Articles;

/// <summary>An article as its events tell it.</summary>
public sealed record Article(ArticleId Id, Cause? Last, string? TextSha256, string? FileName, ArticleDescription Description, ImmutableArray<RecordedClaim> Claims)
{
    public bool IsKnown => Last is not null;

    public long Version => Last?.Version ?? 0;

    public static Article Unknown(ArticleId id) => new(id, null, null, null, ArticleDescription.Empty, []);

    public Article Evolve(ArticleEvent happened, Cause cause) => happened switch
    {
        ArticleEvent.ArticleRecorded e => this with { Last = cause, TextSha256 = e.TextSha256, FileName = e.FileName },
        ArticleEvent.ArticleDescribed e => this with { Last = cause, Description = e.Description },
        ArticleEvent.ArticleClaimed e => this with
        {
            Last = cause,
            Claims = Claims.AddRange(e.Claims.Select(claim => new RecordedClaim(claim, Id, cause))),
        },
        _ => throw new InvalidOperationException($"An article knows no event {happened.GetType().Name}."),
    };
}
