using System.Text;
using CsvHelper;
using Ledger.App.Intake.RecordArticle;
using Ledger.Domain.Articles;

namespace Ledger.App.Intake.Import;

/// <param name="Value">What the cell says.</param>
/// <param name="Words">The same as it stands in the file, where a quote inside a cell is doubled.</param>
internal readonly record struct Cell(string Value, string Words);

/// <summary>One row of a table, as it stands in the file.</summary>
/// <param name="Line">Where it begins, counted from 1; the headings are line 1.</param>
/// <param name="Start">Offset of its first character in the file, in UTF-16 code units.</param>
/// <param name="Raw">Its characters without the line's end: it is its own quote.</param>
/// <param name="Cells">By heading; none where they cannot be told.</param>
internal sealed record Row(int Line, int Start, string Raw, IReadOnlyDictionary<string, Cell> Cells)
{
    /// <summary>Why there are no cells; null where there are.</summary>
    public string? Problem { get; init; }
}

/// <summary>A file of comma-separated values, whatever its line ends and character set.</summary>
internal sealed class Table
{
    private const int CellsMax = 1000;

    // A quote that somebody forgot to close would take in the rest of the file.
    private const int RecordLengthMax = 100_000;

    private static readonly Dictionary<string, Cell> NoCells = [];

    private readonly string _text;

    private Table(string path, ArticleFile source, string text, IReadOnlyList<string> headings) =>
        (Path, Source, _text, Headings) = (path, source, text, headings);

    public string Path { get; }

    /// <summary>The table as a source: recorded once, and named by every claim made from it.</summary>
    public ArticleFile Source { get; }

    public IReadOnlyList<string> Headings { get; }

    /// <exception cref="InputException">The file is missing, is not in that character set, or has no headings.</exception>
    public static async Task<Table> Open(string path, string encoding, CancellationToken cancel)
    {
        if (!File.Exists(path))
            throw new InputException(path, "does not exist");
        var text = Decode(path, await File.ReadAllBytesAsync(path, cancel), encoding);
        var source = ArticleFile.Of(text, path, ArticleText.TableLengthMax);
        using var csv = Reader(text);
        var headings = csv.Headers.Select(heading => heading.Trim()).ToArray();
        if (headings.Length is 0 or > CellsMax)
            throw new InputException($"{path}, line 1", $"has {headings.Length} headings; from 1 to {CellsMax} are expected");
        // Spreadsheets leave empty columns behind, which nobody can name.
        if (headings.Where(heading => heading.Length > 0).GroupBy(heading => heading).FirstOrDefault(same => same.Count() > 1) is { } doubled)
            throw new InputException($"{path}, line 1", $"the heading '{doubled.Key}' stands twice");
        return new Table(path, source, text, headings);
    }

    /// <summary>The rows after the headings, in their order; blank lines are passed over.</summary>
    public IEnumerable<Row> Rows()
    {
        using var csv = Reader(_text);
        var (start, end) = (0, 0);
        while (csv.Read())
        {
            var raw = Encoding.UTF8.GetString(csv.RawRecord);
            start = _text.IndexOf(raw, start, StringComparison.Ordinal);
            // The later lines of a record are told of with its first.
            if (start >= end)
            {
                var whole = EndOf(start, csv.Separator);
                end = whole ?? start + raw.Length;
                var line = (int)csv.LineNumber;
                var problem = whole is null ? "has a quote that is not closed on its line"
                    : end > start + raw.Length ? $"has a cell that runs on to line {line + LineEnds(start, end)}; a row stands on one line"
                    : csv.FieldCount != Headings.Count ? $"has another number of cells than the {Headings.Count} headings"
                    : null;
                yield return new Row(line, start, raw, problem is null ? Cells(csv) : NoCells) { Problem = problem };
            }
            start += raw.Length;
        }
    }

    /// <summary>
    /// Where the record ends that begins at an offset. Null where a quote in it is not closed: not at all, or only by the quote that opens
    /// another cell, so that it does not come to as many cells as there are headings.
    /// </summary>
    private int? EndOf(int start, char separator)
    {
        var (cells, isQuoted, isCellsFirst, runsOn) = (1, false, true, false);
        var max = Math.Min(_text.Length, start + RecordLengthMax);
        for (var at = start; at < max; at++)
        {
            var (c, next) = (_text[at], at + 1 < max ? _text[at + 1] : '\n');
            if (isQuoted && c == '"' && next == '"')
            {
                at++;
            }
            else if (isQuoted && c == '"')
            {
                if (runsOn && next != separator && next is not ('\r' or '\n'))
                    return null;
                isQuoted = false;
            }
            else if (isQuoted)
            {
                runsOn |= c is '\r' or '\n';
            }
            else if (c is '\r' or '\n')
            {
                return !runsOn || cells == Headings.Count ? at : null;
            }
            else
            {
                cells += c == separator ? 1 : 0;
                isQuoted = c == '"' && isCellsFirst;
                isCellsFirst = c == separator;
            }
        }
        return !isQuoted && max == _text.Length && (!runsOn || cells == Headings.Count) ? max : null;
    }

    private int LineEnds(int start, int end)
    {
        var count = 0;
        for (var at = start; at < end; at++)
            count += _text[at] == '\n' || _text[at] == '\r' && (at + 1 == end || _text[at + 1] != '\n') ? 1 : 0;
        return count;
    }

    private Dictionary<string, Cell> Cells(CsvReader csv)
    {
        var cells = new Dictionary<string, Cell>(StringComparer.Ordinal);
        for (var i = 0; i < Headings.Count; i++)
        {
            if (Headings[i].Length == 0)
                continue;
            var raw = Encoding.UTF8.GetString(csv.GetRawSpan(i)).Trim();
            var words = raw.Length > 1 && raw[0] == '"' && raw[^1] == '"' ? raw[1..^1] : raw;
            cells.Add(Headings[i], new Cell(csv.GetString(i).Trim(), words.Trim()));
        }
        return cells;
    }

    // A quoted cell that is never closed would take in the rest of the file: cells stay on their line.
    private static CsvReader Reader(string text) => CsvReader.FromText(text, new CsvReaderOptions { TrackLineNumbers = true, AllowLineBreaksInQuotes = false });

    private static string Decode(string path, byte[] bytes, string encoding)
    {
        try
        {
            Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
            return Encoding.GetEncoding(encoding, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException(path, $"is not {encoding}: the byte at offset {e.Index} begins no character");
        }
        catch (ArgumentException)
        {
            throw new InputException("encoding", $"'{encoding}' is no character set that is known here");
        }
    }
}
