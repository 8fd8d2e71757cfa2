using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.App.Intake;
using Ledger.App.Views.Deals;
using Ledger.Domain.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Spectre.Console;

namespace Ledger.App.Views.Audit;

/// <summary><c>ledger diff</c>, <c>ledger blame</c> and <c>ledger audit</c>.</summary>
internal static class AuditCommands
{
    public static Command Diff()
    {
        var id = new Argument<string>("ID") { Description = "The deal's id." };
        var from = new Option<string?>("--from") { Description = "A version (3), a position (@120), a date, which means its end, UTC, or a time; the version before --to where it is left out.", HelpName = "X" };
        var to = new Option<string?>("--to") { Description = "The same; the present where it is left out.", HelpName = "Y" };
        return new Command("diff", "Show what became of a deal between two of its versions, positions or times.") { id, from, to }.Asking(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<DealAudits>().Diff(ledger.Parsed.GetRequiredValue(id), ledger.Parsed.GetValue(from), ledger.Parsed.GetValue(to), cancel), Write));
    }

    public static Command Blame()
    {
        var id = new Argument<string>("ID") { Description = "The deal's id." };
        return new Command("blame", "Show for each field of a deal who says so: claim, quote, source, author, time and event.") { id }.Asking(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<DealAudits>().Blame(ledger.Parsed.GetRequiredValue(id), cancel), Write));
    }

    public static Command Audit()
    {
        var id = new Argument<string>("ID") { Description = "The deal's id." };
        var file = new Option<string>("--out") { Description = "The report: .html for people, .json for programs.", HelpName = "FILE", Required = true };
        return new Command("audit", "Write everything that is recorded of a deal, with proofs, into one file that deploy/verify-log.mjs checks offline.") { id, file }.Asking(async (ledger, cancel) =>
        {
            var path = ledger.Parsed.GetRequiredValue(file);
            var isPage = Path.GetExtension(path) switch
            {
                ".html" => true,
                ".json" => false,
                _ => throw new InputException("--out", $"'{path}' ends neither in .html nor in .json"),
            };
            await ledger.Sign(cancel);
            var audit = await ledger.Get<DealAudits>().Audit(ledger.Parsed.GetRequiredValue(id), ledger.Tree, ledger.Key, cancel);
            await File.WriteAllTextAsync(path, isPage ? SignedReport.Html(await Page(audit, ledger.Get<IServiceProvider>()), ledger.Key) : SignedReport.Json(audit, ledger.Key), cancel);
            ledger.Print(new AuditFile(path, audit.Events.Count, audit.Position), (written, console) =>
                console.WriteLine($"{Shown.Count(written.Events, "event")} with proofs, as of position {written.Position}, in {written.File}."));
        });
    }

    /// <summary>The report as one page that stands by itself.</summary>
    public static async Task<string> Page(DealAudit audit, IServiceProvider services)
    {
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<AuditReport>(ParameterView.FromDictionary(new Dictionary<string, object?> { ["Audit"] = audit }))).ToHtmlString());
    }

    private static void Write(DealDiff diff, IAnsiConsole console)
    {
        console.WriteFacts(("Deal", diff.Deal), ("From", At(diff.From)), ("To", At(diff.To)));
        if (diff.Changes.Count == 0)
            console.WriteLine("No field says anything else.");
        else
        {
            var table = Tables.Of("Field", "From", "To", "Quote", "By", "Why");
            foreach (var line in diff.Changes)
                table.Row(line.Field, Value(line.From), Value(line.To), $"“{(line.To ?? line.From)!.Quote}”", By(line.By), line.By.Reason);
            console.Write(table);
        }
        console.WriteHeading($"{Shown.Count(diff.Events.Count, "event")} in between");
        foreach (var entry in diff.Events)
            console.WriteLine($"Version {entry.Version}, {Shown.Time(entry.RecordedAt)} UTC, by {entry.Author}: {entry.Says}{(entry.Reason is { } reason ? $", because: {reason}" : "")}");
    }

    private static void Write(DealBlame blame, IAnsiConsole console)
    {
        console.WriteFacts(("Deal", blame.Deal), ("Version", $"{blame.Version}, at position {blame.Position}"));
        var table = Tables.Of("Field", "Value", "Claim", "Quote", "Source", "Claimed by", "So since", "Why");
        foreach (var line in blame.Fields)
        {
            table.Row(line.Contested ? $"{line.Field} (contested)" : line.Field, Shown.Value(line.Claim.Value, line.Claim.AsWritten), line.Claim.Id, $"“{line.Claim.Quote.Text}”", line.Publisher,
                $"{line.Claim.Author}, position {line.Claim.Position}", By(line.Since),
                line.Since.Reason ?? (line.Claim.ChosenBy is { } by && by != ChosenBy.Agreement ? $"chosen: {Shown.Why(by)}" : null));
        }
        console.Write(table);
    }

    private static string By(MadeBy made) => $"version {made.Version}, {Shown.Words(made.Event)}, {Shown.Time(made.RecordedAt)} UTC, by {made.Author}";

    private static string At(DealMoment moment) => moment.Position is null ? "before it was recorded"
        : $"version {moment.Version}, position {moment.Position}, {Shown.Time(moment.RecordedAt!.Value)} UTC";

    private static string Value(ChangedValue? value) => value is null ? "nothing" : Shown.Value(value.Value, value.AsWritten);
}

/// <summary>A report that was written.</summary>
internal sealed record AuditFile(string File, int Events, long Position);
