using FsCheck;
using FsCheck.Fluent;
using Ledger.Domain.Articles;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Articles;

public sealed class ArticleTextTests
{
    private static readonly ArticleText Article = new("Photo: Xinhua alt=Photo: Xinhua> Enflame raised RMB 700 million.");

    [Fact]
    public void A_quote_that_stands_once_is_found_without_saying_where() =>
        Assert.Equal(new Quote("RMB 700 million", 1, 48), Article.Locate("RMB 700 million", null));

    [Fact]
    public void A_quote_that_stands_twice_is_found_by_its_occurrence()
    {
        Assert.Equal(new Quote("Photo: Xinhua", 1, 0), Article.Locate("Photo: Xinhua", 1));
        Assert.Equal(new Quote("Photo: Xinhua", 2, 18), Article.Locate("Photo: Xinhua", 2));
    }

    [Theory]
    [InlineData("RMB 800 million", null, "“RMB 800 million” does not stand in the article")]
    [InlineData("RMB 800 million", 1, "“RMB 800 million” does not stand in the article")]
    [InlineData("rmb 700 million", null, "“rmb 700 million” does not stand in the article")]
    [InlineData("Photo: Xinhua", null, "“Photo: Xinhua” stands in the article 2 times; occurrence says which, from 1 to 2")]
    [InlineData("Photo: Xinhua", 3, "“Photo: Xinhua” has no occurrence 3; it stands in the article 2 times")]
    [InlineData("Photo: Xinhua", 0, "“Photo: Xinhua” has no occurrence 0; it stands in the article 2 times")]
    [InlineData("Photo: Xinhua", -1, "“Photo: Xinhua” has no occurrence -1; it stands in the article 2 times")]
    [InlineData("", null, "is empty")]
    public void A_quote_that_does_not_stand_at_one_place_is_refused(string passage, int? occurrence, string problem)
    {
        var refused = Assert.Throws<InvalidValueException>(() => Article.Locate(passage, occurrence));

        Assert.Equal(("quote", problem), (refused.Field, refused.Problem));
    }

    [Fact]
    public void Occurrences_may_overlap() =>
        Assert.Equal([0, 1, 2], Enumerable.Range(1, 3).Select(occurrence => new ArticleText("aaaa").Locate("aa", occurrence).Start));

    [Fact]
    public void Offsets_count_utf16_code_units() =>
        Assert.Equal(3, new ArticleText("𝄞 Enflame").Locate("Enflame", null).Start);

    [Fact]
    public void Whatever_passage_of_an_article_is_quoted_it_stands_where_the_quote_says() =>
        Prop.ForAll(Passages.ToArbitrary(), passage =>
        {
            var article = new ArticleText(passage.Text);
            var words = passage.Text.Substring(passage.Start, passage.Length);
            var starts = new List<int>();
            while (Record.Exception(() => starts.Add(article.Locate(words, starts.Count + 1).Start)) is null)
            {
            }
            return starts.Contains(passage.Start)
                && starts.SequenceEqual(starts.Order().Distinct())
                && starts.TrueForAll(start => passage.Text.AsSpan(start).StartsWith(words, StringComparison.Ordinal))
                && (starts.Count > 1) == (Record.Exception(() => article.Locate(words, null)) is InvalidValueException);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(" \r\n ", "is empty")]
    [InlineData("half\0way", "has a NUL character at 4; text is expected")]
    public void What_is_no_text_is_no_article(string text, string problem) =>
        Assert.Equal(problem, Assert.Throws<InvalidValueException>(() => new ArticleText(text)).Problem);

    [Fact]
    public void An_article_has_a_greatest_length()
    {
        Assert.Equal(1_000_000, new ArticleText(new string('a', 1_000_000)).ToString().Length);
        Assert.Throws<InvalidValueException>(() => new ArticleText(new string('a', 1_000_001)));
    }

    [Fact]
    public void A_text_is_kept_to_the_letter() => Assert.Equal("\uFEFF one \r\n two ", new ArticleText("\uFEFF one \r\n two ").ToString());

    [Fact]
    public void A_place_before_the_first_is_no_place()
    {
        Assert.Equal("quote.occurrence", Assert.Throws<InvalidValueException>(() => new Quote("words", 0, 0)).Field);
        Assert.Equal("quote.start", Assert.Throws<InvalidValueException>(() => new Quote("words", 1, -1)).Field);
    }

    // Two letters only, so that passages repeat and overlap.
    private static readonly Gen<(string Text, int Start, int Length)> Passages =
        from letters in Gen.NonEmptyListOf(Gen.Elements('a', 'b'))
        let text = new string([.. letters])
        from start in Gen.Choose(0, text.Length - 1)
        from length in Gen.Choose(1, text.Length - start)
        select (text, start, length);
}
