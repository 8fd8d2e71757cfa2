using System.CommandLine;
using Ledger.App.CommandLine;
using Spectre.Console;

namespace Ledger.App.Views.Events;

/// <summary><c>ledger events</c>.</summary>
internal static class EventsCommand
{
    public static Command Make()
    {
        var after = CommonOptions.After();
        var limit = CommonOptions.Limit(100);
        return new Command("events", "List the log as it was recorded.") { after, limit }.Doing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            ledger.Print(await ledger.Get<EventQueries>().List(ledger.Parsed.GetValue(after), ledger.Parsed.GetValue(limit), cancel), Write);
        });
    }

    private static void Write(Page<EventRecord> events, IAnsiConsole console)
    {
        var table = Tables.Of("Position", "Recorded (UTC)", "By", "Stream", "Version", "Event", "What it says");
        foreach (var e in events.Items)
            table.Row(e.Position.ToString(), Shown.Time(e.RecordedAt), e.Author, e.Stream, e.Version.ToString(), e.Type, e.Summary);
        console.Write(table);
        console.WriteNext(events.Next, "--after");
    }
}
