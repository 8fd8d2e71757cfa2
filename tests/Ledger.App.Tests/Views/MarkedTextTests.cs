using Ledger.App.Views.Articles;
using Xunit;

namespace Ledger.App.Tests.Views;

public sealed class MarkedTextTests
{
    private const string Text = "One two three.\n\nFour five six seven.\r\n  \nEight.";

    [Fact]
    public void The_runs_of_all_lines_are_the_lines_to_the_letter()
    {
        var marked = MarkedText.Of(Text, [Mark("a", "two three.\n\nFour five"), Mark("b", "five six"), Mark("c", "six seven.\r\n  \nEight")]);
        Assert.Equal(["One two three.", "Four five six seven.\r", "Eight."], marked.Lines.Select(line => string.Concat(line.Select(run => run.Text))));
    }

    [Theory]
    [InlineData("two")]
    [InlineData("One two three.\n\nFour five six seven.\r\n  \nEight.")]
    [InlineData("three.\n\nFour")]
    [InlineData("\n\nFour")]
    [InlineData("seven.\r\n  \n")]
    public void A_passage_begins_once_and_ends_once_wherever_its_ends_fall(string passage)
    {
        var marked = MarkedText.Of(Text, [Mark("a", passage)]);
        var runs = marked.Lines.SelectMany(line => line).ToList();
        Assert.Single(runs, run => run.Begins.Count == 1);
        Assert.Single(runs, run => run.Ends.Count == 1);
        Assert.Equal(Squeezed(passage), Squeezed(string.Concat(runs.Where(run => run.In.Count == 1).Select(run => run.Text))));
    }

    [Fact]
    public void Where_passages_overlap_the_text_belongs_to_both()
    {
        var marked = MarkedText.Of(Text, [Mark("later", "two three"), Mark("first", "One two"), Mark("inner", "two")]);
        Assert.Equal(
            [("One ", "first"), ("two", "first inner later"), (" three", "later"), (".", "")],
            marked.Lines[0].Select(run => (run.Text, string.Join(' ', run.In.Select(passage => passage.Claims[0].Claim)))));
    }

    [Fact]
    public void Claims_of_the_same_passage_share_its_number_and_numbers_follow_the_text()
    {
        var marked = MarkedText.Of(Text, [Mark("late", "seven"), Mark("one", "two"), Mark("another", "two")]);
        Assert.Equal([(1, 2), (2, 1)], marked.Passages.Select(passage => (passage.Number, passage.Claims.Count)));
    }

    [Fact]
    public void A_text_without_quotes_is_lines_without_marks() =>
        Assert.All(MarkedText.Of(Text, []).Lines, line => Assert.Empty(Assert.Single(line).In));

    private static QuoteMark Mark(string claim, string passage) =>
        new(claim, "deal", "some-deal", "amount", passage, Text.IndexOf(passage, StringComparison.Ordinal), passage.Length);

    private static string Squeezed(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
