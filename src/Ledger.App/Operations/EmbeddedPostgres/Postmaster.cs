using System.Globalization;

namespace Ledger.App.Operations.EmbeddedPostgres;

/// <summary>What the operating system knows of a cluster's server.</summary>
internal static class Postmaster
{
    /// <summary>
    /// The process that serves the cluster, null when none does. The pid that the server left in its folder may meanwhile be
    /// another program's, so it counts only if that process works in the cluster's folder.
    /// </summary>
    public static int? Running(string cluster) => RecordedPid(cluster) is { } pid && WorksIn(pid, RealPath(cluster)) ? pid : null;

    /// <summary>Whether a server that says it is ready cannot be reached, since its socket or the folder of it was removed.</summary>
    public static bool HasLostSocket(string cluster, string socketFolder) =>
        !File.Exists(Path.Combine(socketFolder, ".s.PGSQL.5432")) && File.ReadLines(PidFile(cluster)).Any(line => line.Trim() == "ready");

    /// <summary>
    /// Clears what a killed server left behind. Its own processes may outlive it for a moment and still write, and a server that
    /// started beside them would ruin the cluster: they are waited for first.
    /// </summary>
    /// <remarks>
    /// The server itself would not clear locks whose pid lives as another program, or as a dead process that nobody has reaped.
    /// </remarks>
    public static async Task ClearRemains(string cluster, string socketFolder, CancellationToken cancel)
    {
        var folder = RealPath(cluster);
        for (var tries = 0; Processes().Any(pid => WorksIn(pid, folder)); tries++)
        {
            if (tries == 300)
                throw new ClusterUnavailableException($"Processes of a PostgreSQL that was killed are still at work in '{cluster}' after 30 seconds: end them first.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancel);
        }

        File.Delete(PidFile(cluster));
        ClusterFolder.ClearSocket(socketFolder);
    }

    private static string PidFile(string cluster) => Path.Combine(cluster, "postmaster.pid");

    private static int? RecordedPid(string cluster)
    {
        try
        {
            // The file may be empty for a moment while the server writes it.
            return int.TryParse(File.ReadLines(PidFile(cluster)).FirstOrDefault(), CultureInfo.InvariantCulture, out var pid) ? pid : 0;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static IEnumerable<int> Processes() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) ? pid : 0).Where(pid => pid > 0);

    private static bool WorksIn(int pid, string folder)
    {
        try
        {
            // A person's shell may stand in the folder too.
            return pid > 0 && new FileInfo($"/proc/{pid}/cwd").LinkTarget == folder
                && File.ReadAllText($"/proc/{pid}/comm").Trim() is "postgres" or "postmaster";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The path without symbolic links, as the kernel names a process's folder.</summary>
    private static string RealPath(string path)
    {
        var real = "/";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var step = Path.Combine(real, part);
            real = Directory.ResolveLinkTarget(step, returnFinalTarget: true) is { } target ? RealPath(target.FullName) : step;
        }

        return real;
    }
}
