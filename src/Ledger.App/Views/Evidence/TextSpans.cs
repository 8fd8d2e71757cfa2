namespace Ledger.App.Views.Evidence;

/// <summary>A stretch of text that one set of spans covers.</summary>
/// <param name="Covering">Which of the given spans, by their places in the list; none where the text is bare.</param>
public sealed record TextSegment(int Start, int Length, IReadOnlyList<int> Covering)
{
    public int End => Start + Length;
}

/// <summary>Cuts a text where spans begin and end, so that spans may overlap and nest in any way.</summary>
public static class TextSpans
{
    /// <param name="from">Where to begin.</param>
    /// <param name="to">Where to end; what lies outside is left out.</param>
    /// <param name="spans">Start and length of each, in the units of the text.</param>
    /// <returns>Segments without gaps from <paramref name="from"/> to <paramref name="to"/>, none of them empty.</returns>
    public static IEnumerable<TextSegment> Cut(int from, int to, IReadOnlyList<(int Start, int Length)> spans)
    {
        int[] cuts =
        [
            .. spans.SelectMany(span => new[] { span.Start, span.Start + span.Length })
                .Append(from).Append(to).Where(cut => cut >= from && cut <= to).Distinct().Order(),
        ];
        for (var i = 0; i + 1 < cuts.Length; i++)
        {
            var (start, end) = (cuts[i], cuts[i + 1]);
            int[] covering =
            [
                .. spans.Select((span, index) => (span, index))
                    .Where(one => one.span.Start < end && one.span.Start + one.span.Length > start).Select(one => one.index),
            ];
            yield return new TextSegment(start, end - start, covering);
        }
    }
}
