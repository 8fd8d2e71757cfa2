using System.CommandLine;
using Ledger.App.CommandLine;
using Serilog.Events;

namespace Ledger.App.Operations.Backup;

/// <summary><c>ledger restore</c>.</summary>
internal static class RestoreCommand
{
    public static Command Make()
    {
        var file = new Argument<string>("FILE") { Description = "An archive that 'ledger backup' wrote." };
        return new Command("restore", "Fill an empty ledger from an archive; takes the connection of the database's owner.") { file }.Doing(
            async (ledger, cancel) =>
            {
                await using var owner = await OwnerConnection.Open(ledger.Choice, ledger.Logs.CreateLogger("Ledger"), cancel);
                var path = Path.GetFullPath(ledger.Parsed.GetRequiredValue(file));
                var manifest = await LedgerRestore.Run(owner.Connection, ledger.Choice.DataFolder, path, cancel);
                ledger.Print(BackupSummary.Of(path, manifest), (summary, console) => BackupCommand.Write("Restored", summary, console));
            },
            LogEventLevel.Warning);
    }
}
