using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Articles;

/// <summary>Something that somebody wants recorded of an article. The set is closed.</summary>
public abstract record ArticleCommand
{
    private ArticleCommand() { }

    public sealed record Record(string TextSha256, int Length, string? FileName) : ArticleCommand;

    public sealed record Describe(ArticleDescription Description) : ArticleCommand;

    public sealed record ClaimFigures(ImmutableArray<Claim> Claims) : ArticleCommand;
}

public static class ArticleDecisions
{
    public static Decision<ArticleEvent> Decide(Article article, ArticleCommand command) => command switch
    {
        ArticleCommand.Record when article.IsKnown => Decision<ArticleEvent>.Nothing,
        ArticleCommand.Record c => Happened(new ArticleEvent.ArticleRecorded(c.TextSha256, c.Length, c.FileName)),
        _ when !article.IsKnown => new Decision<ArticleEvent>.Refuse(new Refusal("article-unknown", $"Article {article.Id} is not recorded.")),
        ArticleCommand.Describe c when c.Description == article.Description => Decision<ArticleEvent>.Nothing,
        ArticleCommand.Describe c => Happened(new ArticleEvent.ArticleDescribed(c.Description)),
        ArticleCommand.ClaimFigures c => Claim(article, c.Claims),
        _ => throw new InvalidOperationException($"An article knows no command {command.GetType().Name}."),
    };

    private static Decision<ArticleEvent> Claim(Article article, ImmutableArray<Claim> claims)
    {
        if (claims.Misplaced([Field.MarketFigure], $"Article {article.Id}", "an-article") is { } refusal)
            return new Decision<ArticleEvent>.Refuse(refusal);
        var news = article.Claims.News(claims);
        return news.IsEmpty ? Decision<ArticleEvent>.Nothing : Happened(new ArticleEvent.ArticleClaimed(news));
    }

    private static Decision<ArticleEvent>.Record Happened(ArticleEvent happened) => new([happened]);
}
