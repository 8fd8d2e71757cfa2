using Ledger.App.CommandLine;
using Ledger.App.Log;
using Ledger.App.Operations;
using Ledger.App.Operations.Backup;
using Ledger.App.Operations.Migrate;
using Ledger.App.Operations.Proof;
using Ledger.App.Views;
using Ledger.Domain.Articles;
using Ledger.EventStore;
using Spectre.Console;

namespace Ledger.App.Intake.Import;

/// <summary>What <c>ledger export events</c> wrote, taken over by an empty ledger: the same positions, times and root hash.</summary>
internal static class ExportedLog
{
    public static async Task Import(Invocation ledger, string file, CancellationToken cancel)
    {
        if (!File.Exists(file))
            throw new InputException(file, "does not exist");
        // It is checked as a whole before anything of it is recorded.
        await using (var opened = File.OpenRead(file))
        {
            if (!opened.CanSeek)
                throw new InputException(file, "is a pipe, which cannot be read twice; write the export to a file first");
        }
        await using (var owner = await OwnerConnection.Open(ledger.Choice, ledger.Logs.CreateLogger("Ledger"), cancel))
        {
            await LedgerSchema.Migrate(owner.Connection, cancel);
            try
            {
                await ImportProgress.Show(total: null, "events", report =>
                    LogImport.Run(owner.Connection, file, StoredEvents.Types, new Reported(report), data => (data as ArticleEvent.ArticleRecorded)?.TextSha256, cancel));
            }
            catch (InvalidDataException e)
            {
                throw new InputException(file, e.Message.TrimEnd('.'));
            }
            catch (InvalidOperationException e)
            {
                throw new BackupRefusedException($"{e.Message} An export is taken over by an empty ledger only.");
            }
            await owner.Connection.Execute("analyze", cancel);
        }
        await ledger.Open(migrate: false, cancel);
        var root = await LogRoot.Of(ledger, cancel);
        await ledger.CatchUp(cancel);
        ledger.Print(root, (imported, console) => console.WriteLine($"{imported} imported; the export of the whole file said the same."));
    }

    /// <summary>Tells at once, in the order of the events; Progress would do so on other threads.</summary>
    private sealed class Reported(Action<long> tell) : IProgress<long>
    {
        public void Report(long value) => tell(value);
    }
}
