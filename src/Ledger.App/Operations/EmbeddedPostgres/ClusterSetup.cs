using System.Diagnostics;

namespace Ledger.App.Operations.EmbeddedPostgres;

/// <summary>Makes a new cluster's files.</summary>
internal static class ClusterSetup
{
    // Written once; who wants other settings edits the file or uses ALTER SYSTEM. The ledger reaches the server by its socket alone.
    private static readonly string Settings =
        $"""

        # The ledger's own settings.
        listen_addresses = ''
        max_connections = 200
        shared_buffers = {Megabytes(of: GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)}MB
        max_wal_size = 2GB
        timezone = 'UTC'
        log_timezone = 'UTC'
        jit = off
        # One log file a weekday, overwritten a week later.
        logging_collector = on
        log_directory = 'log'
        log_filename = 'postgresql-%a.log'
        log_rotation_age = 1d
        log_rotation_size = 0
        log_truncate_on_rotation = on
        log_checkpoints = off
        log_line_prefix = '%m [%p] %q%u@%d '
        """;

    // All as the cluster's user, so that root follows no link of another's.
    private const string Script =
        """
        settings=$1; folder=$2; shift 2
        rm -rf "$folder" && "$@" && printf '%s' "$settings" >>"$folder/postgresql.conf"
        """;

    /// <summary>
    /// Runs initdb beside the place and moves the outcome there, so that a cluster is whole or not there at all, whenever this
    /// process is killed.
    /// </summary>
    public static async Task Initialise(ClusterFolder folder, Binaries binaries, ILogger log, CancellationToken cancel)
    {
        // Cancelling would leave initdb at work on files that the next to come believes to be nobody's.
        cancel.ThrowIfCancellationRequested();
        if (Directory.Exists(folder.Cluster))
            throw new ClusterUnavailableException($"The folder '{folder.Cluster}' is damaged, it has no PG_VERSION: move it away and restore a backup.");
        var took = Stopwatch.StartNew();
        var fresh = folder.Cluster + ".new";
        var (exitCode, output) = await folder.User.Run(folder.Root,
        [
            "sh", "-c", Script, "sh", Settings, fresh,
            binaries.Program("initdb"), "--pgdata", fresh, "--username", EmbeddedCluster.OwnerRole, "--encoding", "UTF8", "--locale", "C",
            "--auth-local", "trust", "--auth-host", "scram-sha-256",
        ], CancellationToken.None);
        if (exitCode != 0)
            throw new ClusterUnavailableException($"PostgreSQL {binaries.Major} cannot make a cluster in '{folder.Root}': {Complaint(output)}");
        Directory.Move(fresh, folder.Cluster);
        log.LogInformation("PostgreSQL {Major} made a cluster in {Folder} within {Milliseconds} ms", binaries.Major, folder.Cluster, took.ElapsedMilliseconds);
    }

    /// <summary>Of the memory that there is a quarter, as PostgreSQL's manual advises: what is asked often is then at hand. More than two gigabytes no ledger has use for.</summary>
    private static long Megabytes(long of) => Math.Clamp(of / 4 >> 20, 128, 2048);

    private static string Complaint(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? lines.LastOrDefault() ?? "initdb said nothing";
    }
}
