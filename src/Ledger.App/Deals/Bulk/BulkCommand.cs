using System.CommandLine;
using CsvHelper;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Deals.Change;
using Ledger.App.Intake;
using Ledger.App.Intake.Announce;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Spectre.Console;

namespace Ledger.App.Deals.Bulk;

/// <summary><c>ledger bulk make</c> and <c>ledger bulk undo</c>.</summary>
internal static class BulkCommand
{
    private const int DealsShownMax = 20;

    // A claim has too many fields for a cell.
    private static readonly string[] Headings = ["deal", "do", "claim", "other", "as", "sector", "place", "reason"];

    public static Command Make() => new("bulk", "Change many deals at once, with one cause, and undo it as one.") { MakeChanges(), Undo() };

    private static Command MakeChanges()
    {
        var file = new Argument<string>("FILE") { Description = "Changes as YAML, or as a csv whose headings are the names of their fields." };
        var (reason, preview) = (Reason(), Preview());
        return new Command("make", "Make the changes that a file lists: all of them or none.") { file, reason, preview }.Writing(async (ledger, cancel) =>
        {
            var path = ledger.Parsed.GetRequiredValue(file);
            var list = await Read(path, cancel);
            var why = new Reason(ledger.Parsed.GetValue(reason) ?? list.Reason ?? throw new InvalidValueException("reason", "is missing; the file or --reason gives it"));
            list.Reason ??= why.Text;
            var changes = ChangeReader.Read(path, list);
            await ledger.Open(migrate: false, cancel);
            await Show(await ledger.Get<BulkChanges>().Make(changes, why, ledger.Author, ledger.Parsed.GetValue(preview), cancel), ledger, cancel);
        });
    }

    private static Command Undo()
    {
        var id = new Argument<string>("ID") { Description = "The id that bulk make printed." };
        var (reason, preview) = (Reason(), Preview());
        reason.Required = true;
        return new Command("undo", "Take back everything that a bulk change did.") { id, reason, preview }.Writing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            await Show(await ledger.Get<BulkChanges>().Undo(
                ledger.Parsed.GetRequiredValue(id), new Reason(ledger.Parsed.GetRequiredValue(reason)!), ledger.Author, ledger.Parsed.GetValue(preview), cancel), ledger, cancel);
        });
    }

    private static Option<string?> Reason() => new("--reason") { Description = "Why: it stands in the record with every change that gives no reason of its own.", HelpName = "TEXT" };

    private static Option<bool> Preview() => new("--preview") { Description = "Show what would change, and record nothing." };

    private static async Task<ChangeListFields> Read(string path, CancellationToken cancel)
    {
        var text = TextFile.Decode(await TextFile.Read(path, "a list of changes", cancel), path);
        return path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? ReadTable(path, text) : StrictYaml.Parse<ChangeListFields>(path, text);
    }

    private static ChangeListFields ReadTable(string path, string text)
    {
        using var csv = CsvReader.FromText(text, new CsvReaderOptions { TrackLineNumbers = true });
        string[] headings = [.. csv.Headers];
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

    private static async Task Show(BulkOutcome outcome, Invocation ledger, CancellationToken cancel)
    {
        if (outcome.Change is not null)
        {
            await ledger.Sign(cancel);
            await ledger.CatchUp(cancel);
        }
        ledger.Print(outcome, Write);
    }

    private static void Write(BulkOutcome outcome, IAnsiConsole console)
    {
        foreach (var deal in outcome.Deals.Take(DealsShownMax))
            console.WriteLine($"{deal.Deal}: {string.Join("; ", deal.Says)}");
        if (outcome.Deals.Count > DealsShownMax)
            console.WriteLine($"and {outcome.Deals.Count - DealsShownMax} more");
        console.WriteLine(outcome switch
        {
            { Change: { } id } => $"Changed {Shown.Count(outcome.Deals.Count, "deal")} with {Shown.Count(outcome.RecordedEvents, "event")}. To undo it: ledger bulk undo {id}",
            { Deals.Count: 0 } => "Nothing to do: it is so already.",
            _ => $"This would change {Shown.Count(outcome.Deals.Count, "deal")}. Nothing was recorded.",
        });
    }
}
