using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Deals;
using Ledger.App.Views;
using Ledger.EventStore;
using Npgsql;
using Spectre.Console;

namespace Ledger.App.Intake.Seed;

/// <summary><c>ledger seed DIR</c>.</summary>
internal static class SeedCommand
{
    public static Command Make()
    {
        var folder = new Argument<string>("DIR") { Description = "A folder with articles/*.txt and announcements/*.yaml." };
        return new Command("seed", "Record a folder of articles and what they announce. What is recorded already is left alone.") { folder }
            .Writing(async (ledger, cancel) =>
            {
                var announcements = await SeedFolder.Read(ledger.Parsed.GetRequiredValue(folder), cancel);
                await ledger.Open(migrate: false, cancel);
                var outcome = await ledger.Get<DealLedger>().Record(announcements, ledger.Author, cancel);
                ledger.Print(await SeedSummary.Of(outcome, ledger, cancel), SeedSummary.Write);
            });
    }
}

/// <summary>What recording came to, and what the ledger holds after it.</summary>
internal sealed record SeedSummary(int RecordedEvents, long Position, long Articles, long Deals, long Companies, long Investors)
{
    public static async Task<SeedSummary> Of(RecordOutcome outcome, Invocation ledger, CancellationToken cancel)
    {
        await ledger.Sign(cancel);
        await ledger.CatchUp(cancel);
        var holdings = await Holdings.Count(ledger.Get<Snapshot>(), cancel);
        return new SeedSummary(outcome.Events, await ledger.Get<EventLog>().Head(cancel), holdings.Articles, holdings.Deals, holdings.Companies, holdings.Investors);
    }

    public static void Write(SeedSummary summary, IAnsiConsole console)
    {
        console.WriteLine(summary.RecordedEvents == 0 ? "Nothing new: everything was recorded already." : $"Recorded {summary.RecordedEvents} events.");
        console.WriteLine($"The ledger holds {summary.Position} events of {summary.Articles} articles: {summary.Deals} deals of {summary.Companies} companies, with {summary.Investors} investors.");
    }
}
