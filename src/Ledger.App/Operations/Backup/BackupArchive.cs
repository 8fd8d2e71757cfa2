using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Ledger.App.Operations.Backup;

/// <summary>Reads archives that <see cref="LedgerBackup"/> wrote.</summary>
internal static class BackupArchive
{
    public const string KeysFolder = "keys";

    /// <summary>Reads the whole archive and compares every member with the manifest.</summary>
    /// <exception cref="BackupRefusedException">It is no backup, is damaged, or is of another format.</exception>
    public static async Task<BackupManifest> Verify(string file, CancellationToken cancel)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        BackupManifest? manifest = null;
        try
        {
            await foreach (var entry in Members(file, cancel))
            {
                if (manifest is not null) throw new BackupRefusedException($"The archive '{file}' is damaged: '{entry.Name}' stands after the manifest.");
                var content = entry.DataStream ?? Stream.Null;
                if (entry.Name == BackupManifest.Member) manifest = BackupManifest.Parse(content);
                else if (!hashes.TryAdd(entry.Name, Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel))))
                    throw new BackupRefusedException($"The archive '{file}' is damaged: it holds '{entry.Name}' twice.");
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or JsonException)
        {
            throw new BackupRefusedException($"The archive '{file}' is damaged or no backup.", e);
        }

        if (manifest is null) throw new BackupRefusedException($"The archive '{file}' is cut short or no backup: it has no manifest.");
        if (manifest.Format != BackupManifest.CurrentFormat)
            throw new BackupRefusedException($"The archive '{file}' has format {manifest.Format}, but this program reads {BackupManifest.CurrentFormat}: use the program that wrote it, {manifest.Program}.");
        foreach (var (member, sha256) in manifest.Tables.Select(table => (table.Member, table.Sha256)).Concat(manifest.Files.Select(one => (one.Member, one.Sha256))))
            if (!hashes.Remove(member, out var actual) || actual != sha256)
                throw new BackupRefusedException($"The archive '{file}' is damaged: '{member}' is {(actual is null ? "missing" : "not what the manifest says")}.");
        if (hashes.Count > 0) throw new BackupRefusedException($"The archive '{file}' is damaged: its manifest does not know '{hashes.Keys.First()}'.");
        if (manifest.Files.FirstOrDefault(one => !IsKeyFile(one.Member)) is { } stray)
            throw new BackupRefusedException($"The archive '{file}' holds '{stray.Member}', which is no file of the folder {KeysFolder}.");
        return manifest;
    }

    /// <summary>The members in their order; each can be read until the next is asked for.</summary>
    public static async IAsyncEnumerable<TarEntry> Members(string file, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var input = Open(file);
        await using var zip = new GZipStream(input, CompressionMode.Decompress);
        await using var tar = new TarReader(zip);
        while (await tar.GetNextEntryAsync(copyData: false, cancel) is { } entry)
        {
            if (entry.EntryType != TarEntryType.RegularFile) throw new BackupRefusedException($"The archive '{file}' is damaged or no backup: '{entry.Name}' is not a plain file.");
            yield return entry;
        }
    }

    private static FileStream Open(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupRefusedException(File.Exists(file) ? $"The archive '{file}' cannot be read." : $"The archive '{file}' does not exist.", e);
        }
    }

    /// <summary>Whether a member stays in the folder that it is to be written to, whoever made the archive.</summary>
    private static bool IsKeyFile(string member) =>
        member.StartsWith(KeysFolder + "/", StringComparison.Ordinal) && member.Split('/').All(part => part is not ("" or "." or ".."));
}
