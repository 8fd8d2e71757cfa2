using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Spectre.Console;

namespace Ledger.App.Deals.Bulk;

/// <summary><c>ledger bulk make</c> and <c>ledger bulk undo</c>.</summary>
internal static class BulkCommand
{
    private const int DealsShownMax = 20;

    public static Command Make() => new("bulk", "Change many deals at once, with one cause, and undo it as one.") { MakeChanges(), Undo(), ShowMade() };

    private static Command MakeChanges()
    {
        var file = new Argument<string>("FILE") { Description = "Changes as YAML, or as a csv whose headings are the names of their fields." };
        var (reason, preview) = (Reason(), Preview());
        return new Command("make", "Make the changes that a file lists: all of them or none.") { file, reason, preview }.Writing(async (ledger, cancel) =>
        {
            var path = ledger.Parsed.GetRequiredValue(file);
            var (changes, why) = (await ChangesFile.Read(path, cancel)).Changes(path, ledger.Parsed.GetValue(reason), "--reason");
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

    private static Command ShowMade()
    {
        var id = new Argument<string>("ID") { Description = "The id that bulk make printed." };
        return new Command("show", "Show what a bulk change did, and whether it was undone.") { id }.Asking(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<BulkChanges>().Find(ledger.Parsed.GetRequiredValue(id), await ledger.Get<Snapshot>().Position(cancel), cancel), Write));
    }

    private static Option<string?> Reason() => new("--reason") { Description = "Why: it stands in the record with every change that gives no reason of its own.", HelpName = "TEXT" };

    private static Option<bool> Preview() => new("--preview") { Description = "Show what would change, and record nothing." };

    private static async Task Show(BulkOutcome outcome, Invocation ledger, CancellationToken cancel)
    {
        if (outcome.Change is not null)
        {
            await ledger.Sign(cancel);
            await ledger.CatchUp(cancel);
        }
        ledger.Print(outcome, Write);
    }

    private static void Write(BulkRecord bulk, IAnsiConsole console)
    {
        console.WriteFacts(("Change", bulk.Id), ("Made", $"by {bulk.Author} at {Shown.Time(bulk.RecordedAt)} UTC, position {bulk.Position}"), ("Reason", bulk.Reason),
            ("Undoes", bulk.Undoes), ("Undone by", bulk.UndoneBy), ("Deals", string.Join(", ", bulk.Deals)));
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
