using System.Globalization;
using System.Text.RegularExpressions;
using Ledger.App.Jobs;
using Ledger.App.Views;
using Ledger.Domain.Values;

namespace Ledger.App.Operations.Backup;

/// <summary>Writes the whole ledger into an archive of its own every night, and keeps the last few.</summary>
internal sealed partial class BackupJob : LedgerJob
{
    private const string Prefix = "ledger-";
    private const string Ending = ".tar.gz";

    /// <summary>What an archive is called while it is not complete.</summary>
    private const string Unfinished = $"{Prefix}*{Ending}.*.unfinished*";

    private string _folder = null!;
    private int _keep;

    public override string Name => "backup";

    public override string Does => "Writes the whole ledger, its signing key included, into an archive.";

    public override string Cron => "0 30 2 * * ?";

    public override bool NeedsKey => true;

    public override void Configure(JobSettings settings)
    {
        _folder = settings["Folder"] is { } folder ? Path.IsPathFullyQualified(folder) ? folder : throw new InvalidValueException(settings.Key("Folder"), $"'{folder}' does not begin at the root")
            : Path.Combine(settings.DataFolder, "backups");
        _keep = settings.Number("Keep", 7, 1);
    }

    public override async Task<string> Run(JobRun run, CancellationToken cancellation)
    {
        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (run.IsAgain)
            ClearUnfinished(run);
        // Two runs never write the same file: a second later, or another run, is another name.
        var file = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{DateTime.UtcNow:yyyyMMdd-HHmmss}-run-{run.Id}{Ending}"));
        var choice = run.Get<DatabaseChoice>();
        BackupManifest manifest;
        await using (var owner = await OwnerConnection.Open(choice, run.Get<ILoggerFactory>().CreateLogger("Ledger"), cancellation))
            manifest = await LedgerBackup.Write(owner.Connection, choice.DataFolder, file, cancellation);
        run.Changed(1);
        if (manifest.Files.Count == 0)
            run.Log("The key that the log is signed with is not on this machine, and not in the archive.");
        await run.Confirm(cancellation);
        // Somebody may keep archives of another name beside them.
        foreach (var old in new DirectoryInfo(_folder).GetFiles($"{Prefix}*{Ending}").Where(one => Own().IsMatch(one.Name)).OrderByDescending(one => one.Name, StringComparer.Ordinal).Skip(_keep))
        {
            old.Delete();
            run.Log($"{old.Name} is older than the last {_keep}, and gone.");
        }
        return $"{file}: {Shown.Count(manifest.Tables.Sum(table => table.Rows), "row")}, {new FileInfo(file).Length:#,0} bytes.";
    }

    /// <summary>What this job has called an archive.</summary>
    [GeneratedRegex(@"^ledger-\d{8}-\d{6}-run-\d+\.tar\.gz$", RegexOptions.CultureInvariant)]
    private static partial Regex Own();

    /// <summary>What a run that was killed has left; one that still goes on would not be there.</summary>
    private void ClearUnfinished(JobRun run)
    {
        foreach (var left in Directory.EnumerateFiles(_folder, Unfinished))
        {
            File.Delete(left);
            run.Log($"{Path.GetFileName(left)} was left by a run that was stopped, and is gone.");
        }
    }
}
