using Ledger.App.Views.Evidence;

namespace Ledger.App.Views.Articles;

/// <summary>A passage that is quoted, once however many claims it carries.</summary>
/// <param name="Number">From 1, in the order of the text.</param>
public sealed record MarkedPassage(int Number, int Start, int Length, IReadOnlyList<QuoteMark> Claims);

/// <summary>A stretch of a line, with the passages that it belongs to.</summary>
/// <param name="Begins">The passages whose first letter this is.</param>
/// <param name="Ends">The passages whose last letter this is.</param>
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
        return new MarkedText(passages, [.. LinesOf(text).Select(line => Runs(text, line.Start, line.End, passages))]);
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

    private static List<MarkedRun> Runs(string text, int start, int end, MarkedPassage[] passages) =>
    [
        .. TextSpans.Cut(start, end, [.. passages.Select(passage => (passage.Start, passage.Length))]).Select(segment =>
        {
            MarkedPassage[] within = [.. segment.Covering.Select(index => passages[index])];
            return new MarkedRun(text.Substring(segment.Start, segment.Length), within,
                [.. within.Where(passage => passage.Start == segment.Start)],
                [.. within.Where(passage => passage.Start + passage.Length == segment.End)]);
        }),
    ];
}
