using System.Text.Json;

namespace Ledger.App.Operations.Backup;

/// <summary>What a backup holds. It is the archive's last member, so an archive that has one is complete.</summary>
/// <param name="Format">Of the archive; this program writes and reads 1.</param>
/// <param name="Program">The version that wrote it.</param>
/// <param name="TakenAt">The moment of the snapshot, by the database's clock.</param>
/// <param name="Migrations">Those the database had, in the order they ran.</param>
/// <param name="Tables">In the order they can be loaded: a table stands after those it refers to.</param>
/// <param name="Sequences">With the values they stood at.</param>
/// <param name="Files">Of the data folder.</param>
internal sealed record BackupManifest(
    int Format,
    string Program,
    DateTime TakenAt,
    IReadOnlyList<BackupManifest.MigrationRun> Migrations,
    IReadOnlyList<BackupManifest.Table> Tables,
    IReadOnlyList<BackupManifest.Sequence> Sequences,
    IReadOnlyList<BackupManifest.DataFile> Files)
{
    public const int CurrentFormat = 1;
    public const string Member = "manifest.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <param name="Sha256">Of its script.</param>
    internal sealed record MigrationRun(string Name, string Sha256);

    /// <param name="Name">With its schema, each quoted where SQL wants that.</param>
    /// <param name="Columns">Those that were copied, quoted likewise, in their order.</param>
    /// <param name="Member">The member of the archive with the rows in PostgreSQL's COPY text format.</param>
    internal sealed record Table(string Name, IReadOnlyList<string> Columns, long Rows, string Member, string Sha256);

    internal sealed record Sequence(string Name, long LastValue, bool IsCalled);

    /// <param name="Member">The member of the archive and the path in the data folder.</param>
    internal sealed record DataFile(string Member, string Sha256);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="JsonException">It is not a manifest.</exception>
    public static BackupManifest Parse(Stream json) =>
        JsonSerializer.Deserialize<BackupManifest>(json, Json) ?? throw new JsonException("The manifest is null.");
}
