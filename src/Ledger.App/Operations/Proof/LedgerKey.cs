using Ledger.App.Views;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Operations.Proof;

/// <summary>
/// The key that the ledger's checkpoints are signed with, in <c>keys/</c> of the data folder. It is made where nothing was
/// signed yet; a program that comes later to a signed ledger, without its key, reads and records, and leaves signing to those who hold it.
/// </summary>
internal static class LedgerKey
{
    public static string FolderOf(DatabaseChoice choice) => Path.Combine(choice.DataFolder, "keys");

    /// <summary>Null where the ledger is signed with a key that is not here.</summary>
    /// <param name="choice">Says where the keys are kept.</param>
    /// <param name="configuration">Its <c>Ledger:Origin</c> names a new ledger in its checkpoints; the machine does, where it is missing.</param>
    /// <param name="database">Migrated.</param>
    /// <param name="cancel">Stops.</param>
    public static async Task<LogKey?> Open(DatabaseChoice choice, IConfiguration configuration, NpgsqlDataSource database, CancellationToken cancel)
    {
        var folder = FolderOf(choice);
        if (File.Exists(Path.Combine(folder, "log-key.pem")))
            return LogKey.OpenOrCreate(folder, Origin(configuration));
        var signed = await database.Query("select exists (select from ledger.tree_checkpoints)", row => row.GetBoolean(0), cancel);
        return signed.Single() ? null : LogKey.OpenOrCreate(folder, Origin(configuration));
    }

    private static string Origin(IConfiguration configuration) => configuration["Ledger:Origin"] ?? $"{Environment.MachineName}/ledger";
}
