using Ledger.App.Operations.EmbeddedPostgres;
using Ledger.App.Operations.Migrate;
using Ledger.App.Views;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Operations.Backup;

/// <summary>
/// Fills an empty ledger from a backup: all of it or nothing. Views stay empty, since they are folded from the log when the
/// ledger is next used.
/// </summary>
internal static class LedgerRestore
{
    /// <param name="owner">Open, as the owner of the ledger's tables; outside a transaction.</param>
    /// <param name="dataFolder">Gets the folder <c>keys</c>, which must not be there yet.</param>
    /// <param name="file">Is read twice: nothing is changed before all of it was found whole.</param>
    /// <param name="cancel">Stops, leaving the ledger empty.</param>
    /// <exception cref="BackupRefusedException">The archive is damaged or of a newer program, or the ledger is not empty.</exception>
    /// <exception cref="MigrationRefusedException">The database is of another program.</exception>
    public static async Task<BackupManifest> Run(NpgsqlConnection owner, string dataFolder, string file, CancellationToken cancel)
    {
        var manifest = await BackupArchive.Verify(file, cancel);
        var layout = LayoutOf(manifest, file);
        var keys = Path.Combine(dataFolder, BackupArchive.KeysFolder);
        if (Directory.Exists(keys) && Directory.EnumerateFileSystemEntries(keys).Any())
            throw new BackupRefusedException($"The folder '{keys}' holds keys already: a backup is restored into an empty ledger.");
        await LayOut(owner, layout, cancel);

        await using (var transaction = await owner.BeginTransactionAsync(cancel))
        {
            await Load(owner, manifest, file, cancel);
            var restored = manifest.Files.Count > 0 ? await RestoreKeys(manifest, dataFolder, file, cancel) : null;
            try
            {
                await transaction.CommitAsync(cancel);
            }
            catch
            {
                if (restored is not null) Directory.Delete(restored, recursive: true);
                throw;
            }
        }

        await LedgerSchema.Migrate(owner, cancel);
        await owner.Execute("analyze", cancel);
        return manifest;
    }

    /// <summary>The program's migrations that the backup's database had.</summary>
    private static List<Migration> LayoutOf(BackupManifest manifest, string file)
    {
        var known = LedgerSchema.Migrations.ToDictionary(migration => migration.Name, StringComparer.Ordinal);
        foreach (var (name, sha256) in manifest.Migrations)
        {
            if (!known.TryGetValue(name, out var migration))
                throw new BackupRefusedException($"The archive '{file}' has the migration '{name}' of a newer program ({manifest.Program}), which this one ({ProgramVersion.Current}) does not know: use the newer program.");
            if (Migrator.Sha256(migration) != sha256)
                throw new BackupRefusedException($"The archive '{file}' was written with another migration '{name}' than this program has: use the program that wrote it, {manifest.Program}.");
        }

        var had = manifest.Migrations.Select(run => run.Name).ToHashSet(StringComparer.Ordinal);
        return [.. LedgerSchema.Migrations.Where(migration => had.Contains(migration.Name))];
    }

    /// <summary>
    /// Lays out a new database as the backup's was, so that later migrations find the data that they convert. One that has been
    /// migrated further already must do as it is.
    /// </summary>
    private static async Task LayOut(NpgsqlConnection owner, List<Migration> layout, CancellationToken cancel)
    {
        var pending = await Migrator.Pending(owner, LedgerSchema.Migrations, cancel);
        var needed = layout.IntersectBy(pending.Select(migration => migration.Name), migration => migration.Name).Any();
        if (needed) await Migrator.Run(owner, layout, cancel);
    }

    private static async Task Load(NpgsqlConnection owner, BackupManifest manifest, string file, CancellationToken cancel)
    {
        // A server that is at work on this database waits here, and then finds the restored log.
        await owner.Execute("set local statement_timeout = 0; set local timezone = 'UTC'; set local datestyle = 'ISO'; lock table ledger.log_head in access exclusive mode", cancel);
        var there = (await BackupContent.Tables(owner, cancel)).ToDictionary(table => table.Name, StringComparer.Ordinal);
        foreach (var table in there.Values.Where(table => !table.IsOneRow))
            if (await Holds(owner, table.Name, cancel))
                throw new BackupRefusedException($"The ledger is not empty, its table {table.Name} holds rows: a backup is restored into an empty one.");
        foreach (var table in manifest.Tables)
            if (!there.TryGetValue(table.Name, out var target) || table.Columns.Except(target.Columns).Any())
                throw new BackupRefusedException($"The archive's table {table.Name} does not fit this program's database: use the program that wrote it, {manifest.Program}.");

        var tables = manifest.Tables.ToDictionary(table => table.Member, StringComparer.Ordinal);
        await foreach (var entry in BackupArchive.Members(file, cancel))
            if (tables.TryGetValue(entry.Name, out var table)) await LoadTable(owner, table, there[table.Name].IsOneRow, entry.DataStream ?? Stream.Null, cancel);
        foreach (var sequence in manifest.Sequences)
            await owner.Execute("select setval($1::regclass, $2, $3)", cancel, sequence.Name, sequence.LastValue, sequence.IsCalled);
    }

    private static async Task LoadTable(NpgsqlConnection owner, BackupManifest.Table table, bool isOneRow, Stream rows, CancellationToken cancel)
    {
        var columns = string.Join(", ", table.Columns);
        var target = isOneRow ? "restored_row" : table.Name;
        if (isOneRow) await owner.Execute($"create temporary table {target} (like {table.Name})", cancel);
        await using (var copy = (StreamWriter)await owner.BeginTextImportAsync($"copy {target} ({columns}) from stdin", cancel))
        {
            await rows.CopyToAsync(copy.BaseStream, cancel);
            await copy.FlushAsync(cancel);
        }

        var loaded = (await owner.Query($"select count(*) from {target}", row => row.GetInt64(0), cancel)).Single();
        if (loaded != table.Rows)
            throw new BackupRefusedException($"The archive's table {table.Name} should have {table.Rows} rows, but {loaded} were loaded.");
        if (!isOneRow) return;
        await owner.Execute($"update {table.Name} set ({columns}) = (select {columns} from {target}); drop table {target}", cancel);
    }

    /// <summary>Puts the folder in place as a whole. Before the commit: a ledger without its key would make itself a new one.</summary>
    private static async Task<string> RestoreKeys(BackupManifest manifest, string dataFolder, string file, CancellationToken cancel)
    {
        var keys = Path.Combine(dataFolder, BackupArchive.KeysFolder);
        var fresh = Path.Combine(dataFolder, $"{BackupArchive.KeysFolder}.{Guid.NewGuid():N}");
        var members = manifest.Files.Select(one => one.Member).ToHashSet(StringComparer.Ordinal);
        const UnixFileMode folderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        try
        {
            Directory.CreateDirectory(fresh, folderMode);
            await foreach (var entry in BackupArchive.Members(file, cancel))
            {
                if (!members.Contains(entry.Name)) continue;
                var path = Path.Combine(fresh, Path.GetRelativePath(BackupArchive.KeysFolder, entry.Name));
                Directory.CreateDirectory(Path.GetDirectoryName(path)!, folderMode);
                await entry.ExtractToFileAsync(path, overwrite: false, cancel);
            }

            await OsUser.GiveToOwnerOf(dataFolder, fresh, cancel);
            if (Directory.Exists(keys)) Directory.Delete(keys);
            Directory.Move(fresh, keys);
            return keys;
        }
        finally
        {
            if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        }
    }

    private static async Task<bool> Holds(NpgsqlConnection owner, string rows, CancellationToken cancel) =>
        (await owner.Query($"select exists (select from {rows})", row => row.GetBoolean(0), cancel)).Single();
}
