using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Intake.Import;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Spectre.Console;

namespace Ledger.App.Intake.ImportRates;

/// <summary><c>ledger rates import FILE</c>.</summary>
internal static class ImportRatesCommand
{
    public static Command Make()
    {
        var file = new Argument<string>("FILE") { Description = "Rates as the European Central Bank publishes them: eurofxref-hist.csv, or eurofxref.csv of one day." };
        var reason = new Option<string?>("--reason") { Description = "Why figures that differ from recorded ones are right; without it they are refused.", HelpName = "TEXT" };
        return new Command("import", "Record reference rates, an event a published day. What is recorded already is left alone.") { file, reason }.Writing(async (ledger, cancel) =>
        {
            var days = await RatesFile.Read(ledger.Parsed.GetRequiredValue(file), cancel);
            var correct = ledger.Parsed.GetValue(reason) is { } text ? new Reason(text) : (Reason?)null;
            await ledger.Open(migrate: false, cancel);
            var outcome = await ImportProgress.Show(days.Count, "days", progress => ledger.Get<RatesLedger>().Publish(
                days, correct, DateOnly.FromDateTime(DateTime.UtcNow), ledger.Author, done => progress(done), cancel));
            await ledger.Sign(cancel);
            await ledger.CatchUp(cancel);
            ledger.Print(new RatesImported(days.Count, days[0].Rates.Day, days[^1].Rates.Day, outcome.Events, outcome.Position), Write);
        });
    }

    private static void Write(RatesImported imported, IAnsiConsole console) => console.WriteLine(
        $"{Shown.Count(imported.Days, "day")}, from {Shown.Date(imported.From)} to {Shown.Date(imported.To)}: "
        + (imported.RecordedEvents == 0 ? "all recorded already." : $"{Shown.Count(imported.RecordedEvents, "event")} recorded."));
}

/// <param name="Days">In the file.</param>
/// <param name="Position">The highest position recorded; 0 where everything was known already.</param>
internal sealed record RatesImported(int Days, DateOnly From, DateOnly To, int RecordedEvents, long Position);
