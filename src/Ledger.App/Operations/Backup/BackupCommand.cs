using System.CommandLine;
using Ledger.App.CommandLine;
using Serilog.Events;
using Spectre.Console;

namespace Ledger.App.Operations.Backup;

/// <summary><c>ledger backup</c>.</summary>
internal static class BackupCommand
{
    public static Command Make()
    {
        var file = new Argument<string>("FILE") { Description = "The archive to write (.tar.gz); must not exist." };
        return new Command("backup", "Write the whole ledger into one archive, with its signing key: keep it as safe as the key.") { file }.Doing(
            async (ledger, cancel) =>
            {
                await using var owner = await OwnerConnection.Open(ledger.Choice, ledger.Logs.CreateLogger("Ledger"), cancel);
                var path = Path.GetFullPath(ledger.Parsed.GetRequiredValue(file));
                var manifest = await LedgerBackup.Write(owner.Connection, ledger.Choice.DataFolder, path, cancel);
                ledger.Print(BackupSummary.Of(path, manifest), (summary, console) => Write("Backed up", summary, console));
            },
            LogEventLevel.Warning);
    }

    public static void Write(string done, BackupSummary summary, IAnsiConsole console)
    {
        var table = new Table().AddColumns("Table", "Rows");
        table.Columns[1].RightAligned();
        foreach (var one in summary.Tables) table.AddRow(Markup.Escape(one.Name), one.Rows.ToString());
        console.Write(table);
        console.WriteLine($"{done}: {summary.File}, as of {summary.TakenAt:yyyy-MM-dd HH:mm:ss} UTC, with {summary.Keys} files of keys.");
    }
}
