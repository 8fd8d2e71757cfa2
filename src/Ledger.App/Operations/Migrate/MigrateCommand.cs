using System.CommandLine;
using Ledger.App.CommandLine;
using Serilog.Events;
using Spectre.Console;

namespace Ledger.App.Operations.Migrate;

/// <summary><c>ledger migrate</c>.</summary>
internal static class MigrateCommand
{
    public static Command Make() =>
        new Command("migrate", "Bring the database to what this program needs; takes its owner's connection.").Doing(
            async (ledger, cancel) =>
            {
                IReadOnlyList<string> ran = [];
                if (ledger.Choice.Connection is { } connection)
                    ran = await LedgerDatabase.Migrate(connection, ledger.Logs.CreateLogger("Ledger"), cancel);
                else
                    await ledger.Open(migrate: true, cancel);
                ledger.Print(new Outcome(ran, LedgerSchema.Migrations[^1].Name), Write);
            },
            LogEventLevel.Warning);

    private static void Write(Outcome outcome, IAnsiConsole console) => console.WriteLine(
        outcome.Applied.Count == 0 ? $"The database is at {outcome.At}; nothing to do." : $"Applied {string.Join(", ", outcome.Applied)}; the database is at {outcome.At}.");

    private sealed record Outcome(IReadOnlyList<string> Applied, string At);
}
