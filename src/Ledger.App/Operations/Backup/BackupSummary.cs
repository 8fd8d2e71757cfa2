namespace Ledger.App.Operations.Backup;

/// <summary>What a command tells of an archive.</summary>
internal sealed record BackupSummary(string File, DateTime TakenAt, string Program, IReadOnlyList<BackupSummary.Table> Tables, int Keys)
{
    public static BackupSummary Of(string file, BackupManifest manifest) =>
        new(file, manifest.TakenAt, manifest.Program, [.. manifest.Tables.Select(table => new Table(table.Name, table.Rows))], manifest.Files.Count);

    internal sealed record Table(string Name, long Rows);
}
