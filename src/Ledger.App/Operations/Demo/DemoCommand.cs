using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.App.Deals;
using Ledger.App.Intake.Seed;
using Ledger.App.Operations.Serve;
using Serilog.Events;
using Spectre.Console;

namespace Ledger.App.Operations.Demo;

/// <summary><c>ledger demo</c>: a ledger with the five seed articles, from nothing.</summary>
internal static class DemoCommand
{
    public static Command Make()
    {
        var once = new Option<bool>("--once") { Description = "Record the seeds, print a summary, and end." };
        return new Command("demo", "Start a ledger, record the seed articles, and serve it.") { once, ServeCommand.Urls }.Doing(
            async (ledger, cancel) =>
            {
                var announcements = await SeedFolder.Read(Path.Combine(AppContext.BaseDirectory, "seeds"), cancel);
                await ledger.Open(migrate: true, cancel);
                var outcome = await ledger.Get<DealLedger>().Record(announcements, Invocation.OsUser, cancel);
                var summary = await SeedSummary.Of(outcome, ledger, cancel);
                if (ledger.Parsed.GetValue(once))
                {
                    ledger.Print(summary, SeedSummary.Write);
                    return;
                }
                // One JSON document, so it waits for the addresses.
                await LedgerServer.Run(ledger, ledger.Parsed.GetRequiredValue(ServeCommand.Urls),
                    serving => ledger.Print(new Served(summary, serving.Addresses, serving.SignIn), Write), cancel);
            },
            LogEventLevel.Warning);
    }

    private static void Write(Served served, IAnsiConsole console)
    {
        SeedSummary.Write(served.Recorded, console);
        ServeCommand.Write(new Serving(served.Addresses, served.SignIn), console);
    }

    private sealed record Served(SeedSummary Recorded, IReadOnlyList<string> Addresses, string? SignIn);
}
