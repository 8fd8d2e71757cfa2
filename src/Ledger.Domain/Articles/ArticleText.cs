using Ledger.Domain.Values;

namespace Ledger.Domain.Articles;

/// <summary>The text of an article as it was recorded. It is evidence: nothing in it is trimmed, mended or normalised.</summary>
public sealed class ArticleText
{
    public const int LengthMax = 1_000_000;

    /// <summary>Of a table that deals are imported from, which is one source like an article.</summary>
    public const int TableLengthMax = 100_000_000;

    private readonly string _text;

    public ArticleText(string text, int lengthMax = LengthMax)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new InvalidValueException("article", "is empty");
        if (text.Length > lengthMax)
            throw new InvalidValueException("article", $"has {text.Length} characters; at most {lengthMax} are allowed");
        if (text.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var nul)
            throw new InvalidValueException("article", $"has a NUL character at {nul}; text is expected");
        _text = text;
    }

    /// <summary>Finds the place of a quote.</summary>
    /// <param name="passage">The words as they stand in the article, to the letter.</param>
    /// <param name="occurrence">Which of several, counted from 1; null where the passage stands once.</param>
    /// <exception cref="InvalidValueException">The passage does not stand there, or stands several times and none was chosen.</exception>
    public Quote Locate(string passage, int? occurrence)
    {
        Text.Passage("quote", passage);
        var starts = Occurrences(passage);
        if (starts.Count == 0)
            throw new InvalidValueException("quote", $"“{Text.Shorten(passage)}” does not stand in the article");
        if (occurrence is null && starts.Count > 1)
            throw new InvalidValueException("quote", $"“{Text.Shorten(passage)}” stands in the article {starts.Count} times; occurrence says which, from 1 to {starts.Count}");
        var chosen = occurrence ?? 1;
        if (chosen < 1 || chosen > starts.Count)
            throw new InvalidValueException("quote", $"“{Text.Shorten(passage)}” has no occurrence {chosen}; it stands in the article {starts.Count} {(starts.Count == 1 ? "time" : "times")}");
        return new Quote(passage, chosen, starts[chosen - 1]);
    }

    public override string ToString() => _text;

    private List<int> Occurrences(string passage)
    {
        var starts = new List<int>();
        for (var at = _text.IndexOf(passage, StringComparison.Ordinal); at >= 0; at = _text.IndexOf(passage, at + 1, StringComparison.Ordinal))
            starts.Add(at);
        return starts;
    }
}
