using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Articles;

public sealed class ArticleDecisionsTests
{
    private static readonly ArticleEvent Recorded = new ArticleEvent.ArticleRecorded(new string('a', 64), 2000, "000.txt");
    private static readonly ArticleDescription Description = new("A title", "TechNode", "Christopher Udemans", "https://technode.com/1", When.Parse("published", "2020-05"));
    private static readonly ClaimValue FirstQuarter = new ClaimValue.MarketFigure("Investment in Q1", When.Unknown, Sample.Exact(119_100_000_000));
    private static readonly ClaimValue YearBefore = new ClaimValue.MarketFigure("Investment in Q1 a year before", When.Unknown, Sample.Exact(173_600_000_000));

    [Fact]
    public void A_new_article_is_recorded() =>
        Given.Article().When(new ArticleCommand.Record(new string('a', 64), 2000, "000.txt")).Then(Recorded);

    [Fact]
    public void The_same_article_twice_changes_nothing() =>
        Given.Article(Recorded).When(new ArticleCommand.Record(new string('a', 64), 2000, "000.txt")).ThenNothing();

    [Fact]
    public void The_same_article_in_another_file_changes_nothing() =>
        Given.Article(Recorded).When(new ArticleCommand.Record(new string('a', 64), 2000, "copy.txt")).ThenNothing();

    [Fact]
    public void An_article_is_described() =>
        Given.Article(Recorded).When(new ArticleCommand.Describe(Description)).Then(new ArticleEvent.ArticleDescribed(Description));

    [Fact]
    public void The_same_description_twice_changes_nothing() =>
        Given.Article(Recorded, new ArticleEvent.ArticleDescribed(Description)).When(new ArticleCommand.Describe(Description with { })).ThenNothing();

    [Fact]
    public void A_later_description_replaces_the_earlier_one()
    {
        var corrected = new ArticleDescription("Another title", null, null, null, When.Unknown);

        Given.Article(Recorded, new ArticleEvent.ArticleDescribed(Description)).When(new ArticleCommand.Describe(corrected)).Then(new ArticleEvent.ArticleDescribed(corrected));
        Assert.Equal(corrected, Article.Unknown(Sample.Article)
            .Evolve(Recorded, Sample.Cause(1)).Evolve(new ArticleEvent.ArticleDescribed(Description), Sample.Cause(2)).Evolve(new ArticleEvent.ArticleDescribed(corrected), Sample.Cause(3))
            .Description);
    }

    [Fact]
    public void A_figure_of_a_market_is_recorded_on_its_article() =>
        Given.Article(Recorded).When(new ArticleCommand.ClaimFigures(Sample.Claims(FirstQuarter, YearBefore)))
            .Then(new ArticleEvent.ArticleClaimed(Sample.Claims(FirstQuarter, YearBefore)));

    [Fact]
    public void Of_figures_only_the_new_ones_are_recorded() =>
        Given.Article(Recorded, new ArticleEvent.ArticleClaimed(Sample.Claims(FirstQuarter)))
            .When(new ArticleCommand.ClaimFigures(Sample.Claims(YearBefore, FirstQuarter, YearBefore)))
            .Then(new ArticleEvent.ArticleClaimed(Sample.Claims(YearBefore)));

    [Fact]
    public void The_same_figures_twice_change_nothing() =>
        Given.Article(Recorded, new ArticleEvent.ArticleClaimed(Sample.Claims(FirstQuarter))).When(new ArticleCommand.ClaimFigures(Sample.Claims(FirstQuarter))).ThenNothing();

    [Fact]
    public void A_claim_about_a_deal_is_no_figure_of_a_market() =>
        Given.Article(Recorded).When(new ArticleCommand.ClaimFigures(Sample.Claims(FirstQuarter, Sample.Company)))
            .ThenRefused("field-not-of-an-article", "Article article-one: company is not a field of an article.");

    [Fact]
    public void Nothing_is_said_of_an_article_that_is_not_recorded()
    {
        Given.Article().When(new ArticleCommand.Describe(Description)).ThenRefused("article-unknown", "Article article-one is not recorded.");
        Given.Article().When(new ArticleCommand.ClaimFigures(Sample.Claims(FirstQuarter))).ThenRefused("article-unknown", "Article article-one is not recorded.");
    }

    [Fact]
    public void An_articles_particulars_are_checked()
    {
        Assert.Equal("article.address", Assert.Throws<InvalidValueException>(() => new ArticleDescription(null, null, null, "javascript:alert(1)", When.Unknown)).Field);
        Assert.Equal("article.title", Assert.Throws<InvalidValueException>(() => new ArticleDescription("two\nlines", null, null, null, When.Unknown)).Field);
        Assert.Equal("article.publisher", Assert.Throws<InvalidValueException>(() => new ArticleDescription(null, " ", null, null, When.Unknown)).Field);
        Assert.Equal("article.author", Assert.Throws<InvalidValueException>(() => new ArticleDescription(null, null, "a\0", null, When.Unknown)).Field);
    }
}
