namespace Ledger.App.Operations.EmbeddedPostgres;

/// <summary>
/// The folder <c>postgres</c> inside a data folder: the cluster's files, its locks and the name of its socket folder. It belongs to
/// the user that PostgreSQL runs as and is closed to all others but root, so that the socket needs no password.
/// </summary>
internal sealed record ClusterFolder(string DataFolder, OsUser User)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Root => Path.Combine(DataFolder, "postgres");
    public string Cluster => Path.Combine(Root, "cluster");
    public string StartOutput => Path.Combine(Root, "start.log");
    public string ServerLogs => Path.Combine(Cluster, "log");

    /// <summary>Held exclusively for as long as somebody starts or stops the cluster.</summary>
    public string StartLock => Path.Combine(Root, "start.lock");

    /// <summary>Held shared by every process that uses the cluster.</summary>
    public string UseLock => Path.Combine(Root, "use.lock");

    /// <summary>Names the socket folder: a socket's path may have 107 bytes, which a data folder's path can exceed.</summary>
    private string SocketRecord => Path.Combine(Root, "socket");

    /// <summary>The major version that made the cluster; null where there is none yet.</summary>
    public int? Major => File.Exists(Path.Combine(Cluster, "PG_VERSION"))
        ? int.Parse(File.ReadAllText(Path.Combine(Cluster, "PG_VERSION")).Trim())
        : null;

    /// <summary>Makes the folder where it is missing and finds whom it belongs to.</summary>
    public static async Task<ClusterFolder> Prepare(string dataFolder, CancellationToken cancel)
    {
        dataFolder = Path.GetFullPath(dataFolder);
        try
        {
            var folder = Environment.IsPrivilegedProcess ? await PrepareAsRoot(dataFolder, cancel) : PrepareAsSelf(dataFolder);
            // As the cluster's user, so that it can write them whoever came first.
            var (exitCode, output) = await folder.User.Run("/",
                ["sh", "-c", "umask 077; for file; do : >>\"$file\" || exit 1; done", "sh", folder.StartLock, folder.UseLock], cancel);
            return exitCode == 0 ? folder : throw new ClusterUnavailableException(
                $"The data folder '{dataFolder}' cannot be used by {Who(folder.User)}, as whom PostgreSQL runs ({LastLine(output)}): choose another with --data or {EmbeddedPostgres.DataFolder.Variable}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterUnavailableException(
                $"The data folder '{dataFolder}' cannot be used ({e.Message.TrimEnd('.')}): choose another with --data or {EmbeddedPostgres.DataFolder.Variable}.", e);
        }
    }

    /// <summary>The recorded socket folder if it is still there and safe to use, else a new one.</summary>
    public async Task<string> SocketFolder(CancellationToken cancel)
    {
        if (RecordedSocketFolder is { } recorded && await IsPrivate(recorded, cancel)) return recorded;
        // mktemp's name cannot be foreseen, so nobody can be there before us. As the cluster's user: root follows no link of another's.
        var (exitCode, output) = await User.Run("/",
            ["sh", "-c", "umask 077; made=$(mktemp -d /tmp/ledger-XXXXXXXX) && echo \"$made\" >\"$1.new\" && mv \"$1.new\" \"$1\"", "sh", SocketRecord], cancel);
        return exitCode == 0 ? RecordedSocketFolder! : throw new ClusterUnavailableException(
            $"No folder for PostgreSQL's socket can be made in /tmp ({LastLine(output)}): make room there.");
    }

    /// <summary>Leaves nothing in /tmp; the next start makes a socket folder of its own.</summary>
    public async Task ForgetSocketFolder()
    {
        if (RecordedSocketFolder is { } recorded && await IsPrivate(recorded, CancellationToken.None))
        {
            ClearSocket(recorded);
            Directory.Delete(recorded);
        }

        File.Delete(SocketRecord);
    }

    public static void ClearSocket(string socketFolder)
    {
        foreach (var file in Directory.EnumerateFiles(socketFolder, ".s.PGSQL.*")) File.Delete(file);
    }

    private string? RecordedSocketFolder => File.Exists(SocketRecord) ? File.ReadAllText(SocketRecord).Trim() : null;

    /// <summary>
    /// The last lines that say why the server did not start: of pg_ctl's output, or of the server's own log, to which it turns as
    /// soon as it can.
    /// </summary>
    public string LastComplaint()
    {
        var logs = Directory.Exists(ServerLogs) ? Directory.GetFiles(ServerLogs) : [];
        var lines = logs.Append(StartOutput).Where(File.Exists).OrderBy(File.GetLastWriteTimeUtc).SelectMany(File.ReadLines).ToList();
        return lines.LastOrDefault(line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("PANIC:", StringComparison.Ordinal))
            ?? lines.LastOrDefault() ?? "nothing was logged";
    }

    private static ClusterFolder PrepareAsSelf(string dataFolder)
    {
        var folder = new ClusterFolder(dataFolder, OsUser.Self);
        Directory.CreateDirectory(dataFolder, Private);
        Directory.CreateDirectory(folder.Root, Private);
        return folder;
    }

    /// <summary>Root keeps to the user that the cluster has; a new one gets the data folder too, unless others have put something there.</summary>
    private static async Task<ClusterFolder> PrepareAsRoot(string dataFolder, CancellationToken cancel)
    {
        var root = new ClusterFolder(dataFolder, OsUser.Self).Root;
        if (Directory.Exists(root))
        {
            var owner = await OsUser.OwnerOf(root, cancel);
            if (owner != "root") return new ClusterFolder(dataFolder, new OsUser(owner));
        }

        var user = OsUser.ForRoot();
        Directory.CreateDirectory(dataFolder, Private);
        if (!Directory.EnumerateFileSystemEntries(dataFolder).Any()) await user.Own(dataFolder, cancel);
        Directory.CreateDirectory(root, Private);
        await user.Own(root, cancel);
        return new ClusterFolder(dataFolder, user);
    }

    /// <summary>Somebody else may have taken the name after a clean-up of /tmp; whoever could write there could pose as the server.</summary>
    private async Task<bool> IsPrivate(string folder, CancellationToken cancel)
    {
        if (!Directory.Exists(folder) || new DirectoryInfo(folder).LinkTarget is not null || File.GetUnixFileMode(folder) != Private) return false;
        return await OsUser.OwnerOf(folder, cancel) == (User.Name ?? Environment.UserName);
    }

    private static string Who(OsUser user) => user.Name is null ? "this user" : $"the user '{user.Name}'";

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1];
}
