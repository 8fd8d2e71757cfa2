using CsvHelper;
using Ledger.App.Deals.Change;
using Ledger.App.Intake;
using Ledger.App.Intake.Announce;
using Ledger.Domain.Values;

namespace Ledger.App.Deals.Bulk;

/// <summary>A list of changes as people write it: YAML, or a csv whose headings are the names of the fields.</summary>
internal static class ChangesFile
{
    // A claim has too many fields for a cell.
    private static readonly string[] Headings = ["deal", "do", "claim", "other", "as", "sector", "place", "reason"];

    /// <exception cref="InputException">Names the file, the line and the field.</exception>
    public static async Task<ChangeListFields> Read(string path, CancellationToken cancel)
    {
        var text = TextFile.Decode(await TextFile.Read(path, "a list of changes", cancel), path);
        return path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? ReadTable(path, text) : StrictYaml.Parse<ChangeListFields>(path, text);
    }

    /// <summary>A text that came without a name: a table if its first line is one of headings.</summary>
    /// <exception cref="InputException">Names the line and the field.</exception>
    public static ChangeListFields Parse(string where, string text) =>
        text.TrimStart().Split('\n')[0].Split(',').All(heading => Headings.Contains(heading.Trim())) ? ReadTable(where, text.TrimStart()) : StrictYaml.Parse<ChangeListFields>(where, text);

    /// <summary>The changes, each with a reason, and why they are made.</summary>
    /// <param name="list">As it was written.</param>
    /// <param name="where">What refusals name: the file.</param>
    /// <param name="reason">The reason that was given beside the list; null where none was.</param>
    /// <param name="field">Where that can be given; null where it cannot.</param>
    /// <exception cref="InvalidValueException">Neither gives a reason.</exception>
    public static (IReadOnlyList<DealChangeRequest> Changes, Reason Why) Changes(this ChangeListFields list, string where, string? reason, string? field = null)
    {
        var why = new Reason(reason ?? list.Reason ?? throw new InvalidValueException("reason", $"is missing; the list gives it{(field is null ? "" : $", or {field}")}"));
        list.Reason ??= why.Text;
        return (ChangeReader.Read(where, list), why);
    }

    private static ChangeListFields ReadTable(string path, string text)
    {
        using var csv = CsvReader.FromText(text, new CsvReaderOptions { TrackLineNumbers = true });
        string[] headings = [.. csv.Headers.ToArray().Select(heading => heading.Trim())];
        if (headings.FirstOrDefault(heading => !Headings.Contains(heading)) is { } unknown)
            throw new InputException(path, $"'{unknown}' is not one of the headings {string.Join(", ", Headings)}");
        var list = new ChangeListFields();
        while (csv.Read())
        {
            if (csv.FieldCount != headings.Length)
                throw new InputException($"{path}, line {csv.LineNumber}", $"has {csv.FieldCount} cells; the headings are {headings.Length}");
            var cells = headings.Select((heading, i) => (heading, Cell: csv.GetString(i).Trim())).Where(cell => cell.Cell.Length > 0).ToDictionary(cell => cell.heading, cell => cell.Cell);
            list.Changes.Add(new ChangeFields
            {
                Line = csv.LineNumber,
                Deal = cells.GetValueOrDefault("deal"),
                Do = cells.GetValueOrDefault("do"),
                Claim = cells.GetValueOrDefault("claim"),
                Other = cells.GetValueOrDefault("other"),
                As = cells.GetValueOrDefault("as"),
                Sector = cells.GetValueOrDefault("sector"),
                Place = cells.GetValueOrDefault("place"),
                Reason = cells.GetValueOrDefault("reason"),
            });
        }
        return list;
    }
}
