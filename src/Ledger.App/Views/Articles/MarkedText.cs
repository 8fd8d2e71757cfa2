using Ledger.App.Views.Evidence;

namespace Ledger.App.Views.Articles;

/// <summary>A passage that is quoted, once however many claims it carries.</summary>
/// <param name="Number">From 1, in the order of the text.</param>
public sealed record MarkedPassage(int Number, int Start, int Length, IReadOnlyList<QuoteMark> Claims);

/// <summary>A stretch of a line, with the passages that it belongs to.</summary>
/// <param name="Begins">The passages of which this is the first run.</param>
/// <param name="Ends">The passages of which nothing but white space follows this run.</param>
public sealed record MarkedRun(
    string Text, IReadOnlyList<MarkedPassage> In, IReadOnlyList<MarkedPassage> Begins, IReadOnlyList<MarkedPassage> Ends);

/// <summary>An article's text cut into lines, and these where passages begin and end; passages may overlap, nest and run over lines.</summary>
/// <param name="Lines">Those that are not blank, in order. All runs of a line together are the line, to the letter.</param>
public sealed record MarkedText(IReadOnlyList<MarkedPassage> Passages, IReadOnlyList<IReadOnlyList<MarkedRun>> Lines)
{
    public static MarkedText Of(string text, IEnumerable<QuoteMark> marks)
    {
        MarkedPassage[] passages =
        [
            .. marks.GroupBy(mark => (mark.Start, mark.Length)).OrderBy(place => place.Key.Start).ThenBy(place => place.Key.Length)
                .Select((place, index) => new MarkedPassage(index + 1, place.Key.Start, place.Key.Length, [.. place])),
        ];
        return new MarkedText(passages, LinesWith(text, passages));
    }

    // One walk over lines and passages together: a file of deals has many thousands of both.
    private static List<IReadOnlyList<MarkedRun>> LinesWith(string text, MarkedPassage[] passages)
    {
        var lines = new List<IReadOnlyList<MarkedRun>>();
        var open = new List<MarkedPassage>();
        var begun = new HashSet<MarkedPassage>();
        var next = 0;
        foreach (var (start, end) in LinesOf(text))
        {
            open.RemoveAll(passage => passage.Start + passage.Length <= start);
            for (; next < passages.Length && passages[next].Start < end; next++)
                open.Add(passages[next]);
            lines.Add(Runs(text, start, end, open, begun));
        }
        return lines;
    }

    private static IEnumerable<(int Start, int End)> LinesOf(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is >= 0 and var at ? at : text.Length;
            if (!string.IsNullOrWhiteSpace(text[start..end]))
                yield return (start, end);
            start = end + 1;
        }
    }

    private static List<MarkedRun> Runs(string text, int start, int end, List<MarkedPassage> passages, HashSet<MarkedPassage> begun) =>
    [
        .. TextSpans.Cut(start, end, [.. passages.Select(passage => (passage.Start, passage.Length))]).Select(segment =>
        {
            MarkedPassage[] within = [.. segment.Covering.Select(index => passages[index])];
            return new MarkedRun(text.Substring(segment.Start, segment.Length), within,
                [.. within.Where(begun.Add)],
                [.. within.Where(passage => string.IsNullOrWhiteSpace(text[segment.End..Math.Max(segment.End, passage.Start + passage.Length)]))]);
        }),
    ];
}
