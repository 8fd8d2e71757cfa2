using FsCheck;
using FsCheck.Fluent;
using Ledger.Domain.Values;
using Text = Ledger.Domain.Values.Text;

namespace Ledger.Domain.Tests.Values;

public sealed class TextTests
{
    [Theory]
    [InlineData("Tencent Holdings")]
    [InlineData("粤财基金")]
    [InlineData("𝄞 treble")]
    [InlineData("a\ttab")]
    [InlineData("O’Neill & Söhne – “quoted”")]
    public void Names_of_any_script_are_taken_as_they_are(string name) => Assert.Equal(name, Text.Line("name", name));

    [Theory]
    [InlineData(null, "is empty")]
    [InlineData("", "is empty")]
    [InlineData(" \t ", "is empty")]
    [InlineData("a\0b", "control character U+0000 at 1")]
    [InlineData("bell\u0007", "control character U+0007 at 4")]
    [InlineData("\u001b[31mred", "control character U+001B at 0")]
    [InlineData("a\u0085b", "control character U+0085 at 1")]
    [InlineData("two\nlines", "runs over several lines")]
    [InlineData("two\rlines", "runs over several lines")]
    public void What_is_no_line_of_text_is_refused(string? value, string problem)
    {
        var refused = Assert.Throws<InvalidValueException>(() => Text.Line("name", value));

        Assert.Equal("name", refused.Field);
        Assert.Contains(problem, refused.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_character_is_refused_wherever_it_stands()
    {
        foreach (var broken in new[] { "a\ud834", "\udd1eb", "a\ud834b", "\udd1e\ud834" })
            Assert.Contains("half a character", Assert.Throws<InvalidValueException>(() => Text.Passage("quote", broken)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_is_taken_or_refused_and_never_changed() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Elements('a', ' ', '\n', '\0', '\ud834', '\udd1e', '中', '\u0007')).Select(chars => new string(chars)).ToArbitrary(), text =>
        {
            var fits = !string.IsNullOrWhiteSpace(text) && !text.Any(c => char.IsControl(c) && c != '\n') && HasWholeCharactersOnly(text);
            var taken = Record.Exception(() => Assert.Same(text, Text.Passage("quote", text)));
            return fits ? taken is null : taken is InvalidValueException;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_text_has_a_greatest_length()
    {
        Assert.Equal(200, Text.Line("name", new string('a', 200)).Length);
        Assert.Equal("has 201 characters; at most 200 are allowed", Assert.Throws<InvalidValueException>(() => Text.Line("name", new string('a', 201))).Problem);
        Assert.Equal("has 4001 characters; at most 4000 are allowed", Assert.Throws<InvalidValueException>(() => Text.Passage("quote", new string('a', 4001))).Problem);
    }

    [Fact]
    public void A_passage_may_run_over_lines() => Assert.Equal("one\r\ntwo", Text.Passage("quote", "one\r\ntwo"));

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("JavaScript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("ftp://example.com/a")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/articles/1")]
    [InlineData("//example.com/a")]
    [InlineData("example.com/a")]
    [InlineData("http://")]
    [InlineData("http:///a")]
    [InlineData("")]
    [InlineData(" ")]
    public void An_address_that_is_not_of_the_web_is_refused(string address)
    {
        var refused = Assert.Throws<InvalidValueException>(() => Text.Address("article.address", address));

        Assert.Equal(("article.address", $"'{address}' is not an absolute http or https address"), (refused.Field, refused.Problem));
    }

    [Fact]
    public void An_address_has_a_greatest_length() =>
        Assert.Throws<InvalidValueException>(() => Text.Address("article.address", "https://example.com/" + new string('a', 2000)));

    [Theory]
    [InlineData("https://example.com/a?b=c#d", "https://example.com/a?b=c#d")]
    [InlineData("HTTP://Example.COM", "http://example.com/")]
    [InlineData("https://example.com/ä b", "https://example.com/%C3%A4%20b")]
    [InlineData(null, null)]
    public void An_address_of_the_web_is_taken_in_one_form(string? address, string? form)
    {
        Assert.Equal(form, Text.Address("article.address", address));
        Assert.Equal(form, Text.Address("article.address", form));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("pre-ipo")]
    [InlineData("2-5-billion")]
    public void Slugs_are_lower_case_letters_digits_and_inner_hyphens(string slug) => Assert.Equal(slug, Slug.Check("deal id", slug));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("-")]
    [InlineData("Series-B")]
    [InlineData("series b")]
    [InlineData("série")]
    [InlineData("a/b")]
    [InlineData("a_b")]
    [InlineData("a\n")]
    public void Other_slugs_are_refused(string? slug) =>
        Assert.Equal("deal id", Assert.Throws<InvalidValueException>(() => Slug.Check("deal id", slug)).Field);

    [Fact]
    public void A_slug_has_at_most_100_characters()
    {
        Assert.Equal(100, Slug.Check("deal id", new string('a', 100)).Length);
        Assert.Throws<InvalidValueException>(() => Slug.Check("deal id", new string('a', 101)));
    }

    [Theory]
    [InlineData("CNY")]
    [InlineData("USD")]
    [InlineData("DEM")]
    public void Currencies_are_taken_by_their_code(string code) => Assert.Equal(code, new Currency(code).Code);

    [Theory]
    [InlineData("cny")]
    [InlineData("RMB")]
    [InlineData("XAU")]
    [InlineData("XXX")]
    [InlineData("XTS")]
    [InlineData("$")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_no_currency_is_refused(string? code)
    {
        var refused = Assert.Throws<InvalidValueException>(() => new Currency(code!));

        Assert.Equal(("currency", $"'{code}' is no ISO 4217 code such as USD, EUR or CNY"), (refused.Field, refused.Problem));
    }

    private static bool HasWholeCharactersOnly(string text) => text.EnumerateRunes().All(rune => rune.Value != 0xFFFD);
}
