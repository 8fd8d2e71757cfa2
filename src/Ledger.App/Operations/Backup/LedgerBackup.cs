using System.Data;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Ledger.App.Operations.Migrate;
using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Operations.Backup;

/// <summary>
/// Writes a whole ledger into one archive, while servers go on working: the database as it was at one moment, and the data
/// folder's keys. The archive holds the signing key, so only its owner may read it.
/// </summary>
internal static class LedgerBackup
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="connection">Open, as a role that may read everything; outside a transaction.</param>
    /// <param name="dataFolder">Whose <c>keys</c> folder goes along, if there is one.</param>
    /// <param name="file">Must not exist; it appears when it is complete.</param>
    /// <param name="cancel">Stops, leaving no file.</param>
    /// <exception cref="BackupRefusedException">The file exists or cannot be written, or there is no ledger.</exception>
    public static async Task<BackupManifest> Write(NpgsqlConnection connection, string dataFolder, string file, CancellationToken cancel)
    {
        file = Path.GetFullPath(file);
        if (Path.Exists(file)) throw new BackupRefusedException($"The file '{file}' exists: a backup overwrites nothing.");
        if (!(await connection.Query("select to_regclass('ledger.migration') is not null", row => row.GetBoolean(0), cancel)).Single())
            throw new BackupRefusedException("The database holds no ledger: there is nothing to back up.");
        var unfinished = $"{file}.{Guid.NewGuid():N}.unfinished";
        try
        {
            BackupManifest manifest;
            await using (var output = new FileStream(unfinished, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            {
                await using (var zip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
                await using (var tar = new TarWriter(zip, TarEntryFormat.Pax))
                    manifest = await WriteMembers(tar, connection, dataFolder, unfinished + ".part", cancel);
                output.Flush(flushToDisk: true);
            }

            File.Move(unfinished, file, overwrite: false);
            return manifest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupRefusedException($"The backup cannot be written to '{file}' ({e.Message.TrimEnd('.')}).", e);
        }
        finally
        {
            if (File.Exists(unfinished)) File.Delete(unfinished);
        }
    }

    private static async Task<BackupManifest> WriteMembers(TarWriter tar, NpgsqlConnection connection, string dataFolder, string part, CancellationToken cancel)
    {
        // Before the snapshot: a checkpoint may be older than the log that it is restored with, never newer.
        var files = await WriteKeys(tar, dataFolder, cancel);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        // Texts of times and bytes must not hang on the session that wrote them.
        await connection.Execute("set transaction read only; set local timezone = 'UTC'; set local datestyle = 'ISO'; set local bytea_output = 'hex'; set local statement_timeout = 0", cancel);
        var takenAt = (await connection.Query("select now()", row => row.GetDateTime(0), cancel)).Single();
        var tables = new List<BackupManifest.Table>();
        foreach (var table in await BackupContent.Tables(connection, cancel))
            tables.Add(await WriteTable(tar, connection, table.Name, table.Columns, part, cancel));
        var manifest = new BackupManifest(BackupManifest.CurrentFormat, ProgramVersion.Current, takenAt,
            await BackupContent.Migrations(connection, cancel), tables, await BackupContent.Sequences(connection, cancel), files);
        using var json = new MemoryStream(manifest.ToJson());
        await WriteMember(tar, BackupManifest.Member, json, cancel);
        return manifest;
    }

    private static async Task<List<BackupManifest.DataFile>> WriteKeys(TarWriter tar, string dataFolder, CancellationToken cancel)
    {
        var files = new List<BackupManifest.DataFile>();
        var keys = Path.Combine(dataFolder, BackupArchive.KeysFolder);
        if (!Directory.Exists(keys)) return files;
        foreach (var path in Directory.EnumerateFiles(keys, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            // Read at once: a checkpoint may be appended meanwhile, and length and hash must be of the same bytes.
            using var content = new MemoryStream(await File.ReadAllBytesAsync(path, cancel));
            var member = Path.GetRelativePath(dataFolder, path);
            await WriteMember(tar, member, content, cancel);
            files.Add(new BackupManifest.DataFile(member, Convert.ToHexStringLower(SHA256.HashData(content.ToArray()))));
        }

        return files;
    }

    private static async Task<BackupManifest.Table> WriteTable(
        TarWriter tar, NpgsqlConnection connection, string name, string[] columns, string part, CancellationToken cancel)
    {
        // An archive names a member's length before its content, so a table waits in a file until it is known.
        await using var rows = new FileStream(part, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.ReadWrite,
            UnixCreateMode = OwnerOnly,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        });
        using (var copy = (StreamReader)await connection.BeginTextExportAsync($"copy {name} ({string.Join(", ", columns)}) to stdout", cancel))
            await copy.BaseStream.CopyToAsync(rows, cancel);
        rows.Position = 0;
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(rows, cancel));
        rows.Position = 0;
        var member = $"tables/{name.Replace("\"", "", StringComparison.Ordinal)}.copy";
        await WriteMember(tar, member, rows, cancel);
        rows.Position = 0;
        return new BackupManifest.Table(name, columns, await CountLines(rows, cancel), member, sha256);
    }

    /// <summary>In COPY's text format a row is a line: line ends within values are escaped.</summary>
    private static async Task<long> CountLines(Stream rows, CancellationToken cancel)
    {
        var buffer = new byte[1 << 16];
        var count = 0L;
        for (int read; (read = await rows.ReadAsync(buffer, cancel)) > 0;) count += buffer.AsSpan(0, read).Count((byte)'\n');
        return count;
    }

    private static Task WriteMember(TarWriter tar, string name, Stream content, CancellationToken cancel) =>
        tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = OwnerOnly, DataStream = content }, cancel);
}
