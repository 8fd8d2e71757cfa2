using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;
using Ledger.Domain.Rates;
using Ledger.Domain.Values;

namespace Ledger.App.Intake.ImportRates;

/// <param name="Where">The file and the line.</param>
internal sealed record RatesOfDay(string Where, RatesEvent.ReferenceRatesPublished Rates);

/// <summary>
/// A file of reference rates as the European Central Bank publishes them, the history (<c>eurofxref-hist.csv</c>) or one day
/// (<c>eurofxref.csv</c>): a column Date and one a currency, in units for one euro; N/A where there is none; commas at the ends of lines.
/// </summary>
internal static class RatesFile
{
    public const string Source = "ECB";

    /// <summary>A quarter of a century has two million.</summary>
    public const long BytesMax = 50_000_000;

    // The history writes days as in ISO 8601, the daily file in words.
    private static readonly string[] Dates = ["yyyy-MM-dd", "d MMMM yyyy"];

    /// <summary>The days of the file, the earliest first.</summary>
    /// <exception cref="InputException">Names the line, the value, and what would be right.</exception>
    public static async Task<List<RatesOfDay>> Read(string path, CancellationToken cancel) => Parse(path, await Bytes(path, cancel));

    /// <summary>What is read of a file, wherever it came from.</summary>
    /// <exception cref="InputException">Names the line, the value, and what would be right.</exception>
    public static List<RatesOfDay> Parse(string where, byte[] content) => Parse(where, TextFile.Decode(content, where).TrimStart('\uFEFF'));

    /// <exception cref="InputException">The file is missing or too large.</exception>
    public static async Task<byte[]> Bytes(string path, CancellationToken cancel)
    {
        if (!File.Exists(path))
            throw new InputException(path, "does not exist");
        if (new FileInfo(path).Length is > BytesMax and var length)
            throw new InputException(path, $"has {length} bytes; a file of rates has at most {BytesMax}");
        return await File.ReadAllBytesAsync(path, cancel);
    }

    private static List<RatesOfDay> Parse(string path, string text)
    {
        using var csv = CsvReader.FromText(text, new CsvReaderOptions { TrackLineNumbers = true, AllowLineBreaksInQuotes = false });
        string[] headings = [.. csv.Headers.ToArray().Select(heading => heading.Trim())];
        CheckHeadings($"{path}, line 1", headings);
        var days = new Dictionary<DateOnly, RatesOfDay>();
        while (csv.Read())
        {
            var where = $"{path}, line {csv.LineNumber}";
            var cells = Enumerable.Range(0, csv.FieldCount).Select(i => csv.GetString(i).Trim()).ToArray();
            if (cells is [""] or [])
                continue;
            var day = At(where, () => Row(headings, cells));
            if (!days.TryAdd(day.Day, new RatesOfDay(where, day)))
                throw new InputException(where, $"{day.Day:yyyy-MM-dd} stands twice");
        }
        return days.Count > 0 ? [.. days.Values.OrderBy(day => day.Rates.Day)] : throw new InputException(path, "holds no day");
    }

    private static void CheckHeadings(string where, string[] headings)
    {
        if (headings.FirstOrDefault() != "Date")
            throw new InputException(where, $"begins with '{Text.Shorten(headings.FirstOrDefault() ?? "")}'; a file of the European Central Bank begins with Date and has a column a currency");
        var currencies = headings.Skip(1).Where(heading => heading.Length > 0).ToList();
        foreach (var heading in currencies)
            At(where, () => new Currency(heading));
        if (currencies.GroupBy(heading => heading).FirstOrDefault(same => same.Count() > 1) is { } doubled)
            throw new InputException(where, $"the heading '{doubled.Key}' stands twice");
    }

    private static RatesEvent.ReferenceRatesPublished Row(string[] headings, string[] cells)
    {
        if (cells.Length > headings.Length || cells.Length < headings.TakeWhile(heading => heading.Length > 0).Count())
            throw new InvalidValueException("row", $"has {cells.Length} cells; the headings are {headings.Length}");
        if (!DateOnly.TryParseExact(cells[0], Dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            throw new InvalidValueException("Date", $"'{Text.Shorten(cells[0])}' is no date; 2020-04-03 or 3 April 2020 would be one");
        var rates = ImmutableSortedDictionary.CreateBuilder<string, decimal>(StringComparer.Ordinal);
        for (var i = 1; i < cells.Length; i++)
        {
            if (cells[i] is "" or "N/A")
                continue;
            if (headings[i].Length == 0)
                throw new InvalidValueException("row", $"'{Text.Shorten(cells[i])}' stands under no heading");
            rates.Add(headings[i], decimal.TryParse(cells[i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) ? rate
                : throw new InvalidValueException(headings[i], $"'{Text.Shorten(cells[i])}' is no rate such as 1.0785, nor N/A"));
        }
        return new RatesEvent.ReferenceRatesPublished(day, Source, rates.ToImmutable());
    }

    private static T At<T>(string where, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidValueException e)
        {
            throw new InputException(where, e.Message);
        }
    }
}
