using Ledger.Domain.Articles;
using Ledger.Domain.Sources;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Deals;

public sealed class SourceTests
{
    [Fact]
    public void A_source_is_ranked_once_and_has_no_rank_until_then()
    {
        var ranked = new SourceEvent.SourceRanked("The Daily", 3, new Reason("because"));

        Assert.Equal([ranked], Assert.IsType<Decision<SourceEvent>.Record>(Source.Unknown.Decide(ranked)).Events);
        Assert.Empty(Assert.IsType<Decision<SourceEvent>.Record>(Source.Unknown.Evolve(ranked, Sample.Cause(1)).Decide(ranked)).Events);
        Assert.Empty(Assert.IsType<Decision<SourceEvent>.Record>(Source.Unknown.Decide(new SourceEvent.SourceRanked("The Daily", 0, new Reason("because")))).Events);
        Assert.Throws<InvalidValueException>(() => new SourceEvent.SourceRanked("The Daily", 1001, new Reason("because")));
    }

    [Theory]
    [InlineData("The Daily", "https://news.example/a", "The Daily")]
    [InlineData(null, "https://www.News.example:8080/a?b", "news.example")]
    [InlineData(null, null, null)]
    public void An_article_comes_from_its_publisher_or_else_from_the_host_of_its_address(string? publisher, string? address, string? source) =>
        Assert.Equal(source, new ArticleDescription(null, publisher, null, address, When.Unknown).Source);
}
