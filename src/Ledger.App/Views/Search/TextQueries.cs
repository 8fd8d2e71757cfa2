using System.Globalization;
using Ledger.App.Views.Articles;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Search;

/// <summary>An article in which the words were found.</summary>
/// <param name="Fragment">The text around them.</param>
/// <param name="Quotes">Those of its quotes that hold the words, in the order of their places; the first of many.</param>
public sealed record FoundArticle(
    string Id, string? FileName, string? Title, string? Publisher, string Published, IReadOnlyList<FoundText> Fragment, IReadOnlyList<FoundQuote> Quotes);

/// <param name="Claims">What is claimed by the quote.</param>
public sealed record FoundQuote(IReadOnlyList<FoundText> Text, IReadOnlyList<QuotedClaim> Claims);

/// <param name="Subject">What the claim is about: deal, party or article.</param>
public sealed record QuotedClaim(string Subject, string SubjectId, string Field, string AsWritten);

/// <summary>A stretch of text.</summary>
/// <param name="Found">Whether it is what was looked for.</param>
public sealed record FoundText(string Text, bool Found);

/// <summary>
/// Finds articles and quotes by the words in them, in any form that English has of a word, best first. What is written without spaces
/// has no words to PostgreSQL: there the text is looked through as it stands.
/// </summary>
public sealed class TextQueries(Snapshot snapshot)
{
    private const int TextLengthMax = 200_000;
    private const int QuotesMax = 5;
    private const int Around = 80;

    // No character of a text that anybody would look for.
    private const char Begin = '\u0001';
    private const char End = '\u0002';

    /// <summary>The articles of one moment.</summary>
    /// <param name="words">As people write them: "quoted" words stand together, -word must not be there, or is an alternative.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="next">Where the page before ended.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidValueException">The page before has not given that.</exception>
    public async Task<Page<FoundArticle>> Find(string words, int limit, string? next, CancellationToken cancel)
    {
        var isWritten = words.Any(IsWithoutSpaces);
        var (rank, id) = Place(next);
        // In both, $1 is what is looked for, and its rank follows from the text alone, so that a page begins where the one before ended.
        var lower = $"lower(left(content, {TextLengthMax}))";
        var (ranked, matches, headline) = isWritten
            ? ($"((length({lower}) - length(replace({lower}, $1, ''))) / length($1))::real", $"strpos({lower}, $1) > 0", "null")
            : ("ts_rank(ledger.searched(content), websearch_to_tsquery('english', ledger.searchable($1)))", "ledger.searched(content) @@ websearch_to_tsquery('english', ledger.searchable($1))",
                $"ts_headline('english', ledger.searchable(content), websearch_to_tsquery('english', ledger.searchable($1)), '{Headline}, MaxFragments=2, MinWords=8, MaxWords=25, FragmentDelimiter=\" … \"')");
        var sought = isWritten ? words.ToLowerInvariant() : words;
        var rows = await snapshot.Query(
            now => $"""
            select found.id, file_name, title, publisher, published, rank, left(content, {TextLengthMax}), {headline}
            from (
                select article.id, file_name, title, publisher, published, {ranked} as rank, texts.sha256
                from article join ledger.texts on texts.sha256 = decode(article.sha256, 'hex')
                where {now("article")} and {matches}) found
            join ledger.texts using (sha256)
            where {(next is null ? "true" : "(rank < $2 or rank = $2 and id > $3)")}
            order by rank desc, id limit {limit + 1}
            """,
            row => (Id: row.GetString(0), FileName: row.TextOrNull(1), Title: row.TextOrNull(2), Publisher: row.TextOrNull(3), Published: row.GetString(4), Rank: row.GetFloat(5), Text: row.GetString(6), Fragment: row.TextOrNull(7)),
            cancel, next is null ? [sought] : [sought, rank, id]);
        var shown = rows.Take(limit).ToList();
        var quotes = await Quotes(words, isWritten, shown.ToDictionary(row => row.Id, row => row.Text), cancel);
        return new Page<FoundArticle>(
            [.. shown.Select(row => new FoundArticle(row.Id, row.FileName, row.Title, row.Publisher, row.Published, row.Fragment is { } fragment ? Marked(fragment) : Window(row.Text, words), [.. quotes[row.Id].Take(QuotesMax)]))],
            rows.Count > limit ? string.Create(CultureInfo.InvariantCulture, $"{shown[^1].Rank:R}_{shown[^1].Id}") : null);
    }

    private static string Headline => $"StartSel={Begin}, StopSel={End}";

    /// <summary>Every quote that holds the words stands in an article that does.</summary>
    private async Task<ILookup<string, FoundQuote>> Quotes(string words, bool isWritten, Dictionary<string, string> texts, CancellationToken cancel)
    {
        var rows = await snapshot.Rows<QuoteRow>($"and r.article_id = any($1) and r.start < {TextLengthMax} order by r.start, r.length, r.subject, r.subject_id, r.field, r.as_written", cancel, (object)texts.Keys.ToArray());
        var passages = rows.Where(row => row.Start + row.Length <= texts[row.ArticleId].Length)
            .GroupBy(row => (row.ArticleId, row.Start, row.Length)).Select(place => (place.Key.ArticleId, Text: texts[place.Key.ArticleId].Substring(place.Key.Start, place.Key.Length), Claims: place)).ToList();
        var found = isWritten
            ? passages.Select((passage, index) => (passage, index)).Where(one => one.passage.Text.Contains(words, StringComparison.OrdinalIgnoreCase)).ToDictionary(one => one.index, one => Split(one.passage.Text, words))
            : (await snapshot.Query(
                _ => $"select n, ts_headline('english', ledger.searchable(passage), q, '{Headline}, HighlightAll=true') from unnest($1) with ordinality given (passage, n), websearch_to_tsquery('english', ledger.searchable($2)) q where ledger.searched(passage) @@ q",
                row => (Index: (int)row.GetInt64(0) - 1, Runs: Marked(row.GetString(1))), cancel, passages.Select(passage => passage.Text).ToArray(), words)).ToDictionary(one => one.Index, one => ToTheLetter(one.Runs, passages[one.Index].Text));
        return passages.Select((passage, index) => (passage, index)).Where(one => found.ContainsKey(one.index)).ToLookup(one => one.passage.ArticleId,
            one => new FoundQuote(found[one.index], [.. one.passage.Claims.Select(claim => new QuotedClaim(claim.Subject, claim.SubjectId, claim.Field, claim.AsWritten)).Distinct()]));
    }

    /// <summary>Scripts whose words no space parts: Thai and its neighbours, Chinese, Japanese, Korean.</summary>
    private static bool IsWithoutSpaces(char c) => c is >= '\u0e00' and <= '\u109f' or >= '\u1780' and <= '\u17ff' or >= '\u2e80' and <= '\ud7ff' or >= '\uf900' and <= '\ufaff';

    private static (float Rank, string Id) Place(string? next)
    {
        if (next is null)
            return default;
        var parts = next.Split('_', 2);
        return parts.Length == 2 && float.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var rank) ? (rank, parts[1]) : throw Cursor.Wrong(next);
    }

    private static List<FoundText> Marked(string headline) =>
    [
        .. headline.Split(Begin).SelectMany((part, index) => index == 0 ? [new FoundText(part, false)]
            : part.Split(End, 2) is [var found, var rest] ? [new FoundText(found, true), new FoundText(rest, false)] : new[] { new FoundText(part, false) })
            .Where(text => text.Text.Length > 0),
    ];

    /// <summary>With the signs of the text itself: what is searched has a plain one in the place of each.</summary>
    private static List<FoundText> ToTheLetter(List<FoundText> runs, string text)
    {
        if (runs.Sum(run => run.Text.Length) != text.Length)
            return runs;
        var at = 0;
        var restored = new List<FoundText>();
        foreach (var run in runs)
        {
            restored.Add(run with { Text = text.Substring(at, run.Text.Length) });
            at += run.Text.Length;
        }
        return restored;
    }

    /// <summary>The text around the first place where the words stand.</summary>
    private static List<FoundText> Window(string text, string words)
    {
        var at = Math.Max(text.IndexOf(words, StringComparison.OrdinalIgnoreCase), 0);
        var (from, to) = (Math.Max(at - Around, 0), Math.Min(at + words.Length + Around, text.Length));
        if (char.IsLowSurrogate(text[from]))
            from++;
        if (to < text.Length && char.IsLowSurrogate(text[to]))
            to++;
        return Split(text[from..to].ReplaceLineEndings(" "), words);
    }

    private static List<FoundText> Split(string text, string words)
    {
        var parts = new List<FoundText>();
        for (var at = text.IndexOf(words, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(words, StringComparison.OrdinalIgnoreCase))
        {
            parts.AddRange([new FoundText(text[..at], false), new FoundText(text.Substring(at, words.Length), true)]);
            text = text[(at + words.Length)..];
        }
        return [.. parts.Append(new FoundText(text, false)).Where(part => part.Text.Length > 0)];
    }
}
