using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ledger.App.Operations.EmbeddedPostgres;

/// <summary>
/// A private PostgreSQL cluster in a data folder, shared by every process of the program that uses that folder. The first starts
/// it, or adopts it where a killed process left it running; each holds a shared lock; the last to leave stops it.
/// </summary>
internal sealed class EmbeddedCluster : IAsyncDisposable
{
    public const string OwnerRole = "ledger";

    // A server that recovers from a crash answers only when it has read its log again.
    private static readonly TimeSpan StartingAtMost = TimeSpan.FromMinutes(10);

    private readonly ClusterFolder _folder;
    private readonly FileLock _use;
    private readonly string _socketFolder;
    private readonly ILogger _log;
    private int _left;

    private EmbeddedCluster(ClusterFolder folder, FileLock use, string socketFolder, ILogger log) =>
        (_folder, _use, _socketFolder, _log) = (folder, use, socketFolder, log);

    /// <summary>Finds, initialises, starts or adopts the cluster; when it returns, the database <c>ledger</c> exists and answers.</summary>
    /// <exception cref="ClusterUnavailableException">With one sentence that says why not and what to do.</exception>
    public static async Task<EmbeddedCluster> Open(string dataFolder, CancellationToken cancel, ILogger? log = null)
    {
        log ??= NullLogger.Instance;
        var folder = await ClusterFolder.Prepare(dataFolder, cancel);
        using var starting = await StartLock(folder, cancel);
        var use = FileLock.TryShared(folder.UseLock)
            ?? throw new InvalidOperationException("The use lock is taken exclusively only by the holder of the start lock.");
        try
        {
            for (var tries = 1; ; tries++)
            {
                var cluster = new EmbeddedCluster(folder, use, await EnsureRunning(folder, log, cancel), log);
                if (await cluster.EnsureDatabase(cancel)) return cluster;
                if (tries == 3)
                    throw new ClusterUnavailableException($"PostgreSQL in '{folder.Cluster}' ended again and again while it was starting: {folder.LastComplaint().Trim()}");
            }
        }
        catch
        {
            use.Dispose();
            await StopIfLast(folder, log);
            throw;
        }
    }

    /// <summary>How a role reaches a database: by the private socket, without a password.</summary>
    /// <remarks>The pool does not reset sessions: set state with <c>SET LOCAL</c> only.</remarks>
    public string ConnectionString(string role, string database = "ledger") => new NpgsqlConnectionStringBuilder
    {
        Host = _socketFolder,
        Port = 5432,
        Username = role,
        Database = database,
        NoResetOnClose = true,
        MaxAutoPrepare = 200,
        ApplicationName = "ledger",
    }.ConnectionString;

    /// <summary>Gives up this process's share. Connections must be closed before: if nobody else uses the cluster, it stops.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _left, 1) == 1) return;
        try
        {
            using var starting = await StartLock(_folder, CancellationToken.None);
            _use.Dispose();
            await StopIfLast(_folder, _log);
        }
        catch (Exception e) when (e is ClusterUnavailableException or IOException or UnauthorizedAccessException)
        {
            // The folder itself is gone or closed: the process's end gives the share back.
            _log.LogWarning(e, "PostgreSQL in {Folder} was left running", _folder.Cluster);
        }
    }

    private static async Task<FileLock> StartLock(ClusterFolder folder, CancellationToken cancel) =>
        await FileLock.Exclusive(folder.StartLock, StartingAtMost, cancel)
        ?? throw new ClusterUnavailableException($"Another process has been starting or stopping PostgreSQL in '{folder.DataFolder}' for {StartingAtMost.TotalMinutes:0} minutes: end it first.");

    private static async Task<string> EnsureRunning(ClusterFolder folder, ILogger log, CancellationToken cancel)
    {
        var socketFolder = await folder.SocketFolder(cancel);
        if (Postmaster.Running(folder.Cluster) is { } pid)
        {
            if (!Postmaster.HasLostSocket(folder.Cluster, socketFolder))
            {
                log.LogInformation("PostgreSQL in {Folder} already runs as process {Pid}", folder.Cluster, pid);
                return socketFolder;
            }

            log.LogWarning("PostgreSQL in {Folder} is started again: something has removed its socket from {SocketFolder}", folder.Cluster, socketFolder);
            await Stop(folder, log);
        }

        var binaries = await Binaries.Find(folder.User, folder.Major, folder.DataFolder, cancel);
        if (folder.Major is null) await ClusterSetup.Initialise(folder, binaries, log, cancel);
        await Start(folder, binaries, socketFolder, log, cancel);
        return socketFolder;
    }

    private static async Task Start(ClusterFolder folder, Binaries binaries, string socketFolder, ILogger log, CancellationToken cancel)
    {
        var took = Stopwatch.StartNew();
        string[] command =
        [
            binaries.Program("pg_ctl"), "start", "--silent", "--wait", "--timeout", $"{StartingAtMost.TotalSeconds:0}", "--pgdata", folder.Cluster,
            "--options", $"-p 5432 -c unix_socket_directories={socketFolder} -c unix_socket_permissions=0700",
        ];
        // What a killed server left may be in the way for a moment: the second try has always been enough.
        for (var tries = 1; ; tries++)
        {
            await Postmaster.ClearRemains(folder.Cluster, socketFolder, cancel);
            // Not to be cancelled: whoever cancels leaves, and must find the server up to stop it.
            if (await folder.User.RunDetached(folder.Root, command, folder.StartOutput) == 0) break;
            if (tries == 3)
                throw new ClusterUnavailableException($"PostgreSQL {binaries.Major} does not start in '{folder.Cluster}': {folder.LastComplaint().Trim()}");
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancel);
        }

        log.LogInformation("PostgreSQL {Major} started in {Folder} within {Milliseconds} ms", binaries.Major, folder.Cluster, took.ElapsedMilliseconds);
    }

    /// <summary>Called under the start lock, without a share of one's own: if the use lock is free, nobody uses the cluster.</summary>
    private static async Task StopIfLast(ClusterFolder folder, ILogger log)
    {
        using var alone = FileLock.TryExclusive(folder.UseLock);
        if (alone is null) return;
        try
        {
            if (Postmaster.Running(folder.Cluster) is null)
            {
                await folder.ForgetSocketFolder();
                return;
            }

            if (await Stop(folder, log)) await folder.ForgetSocketFolder();
        }
        catch (Exception e) when (e is ClusterUnavailableException or IOException or UnauthorizedAccessException)
        {
            // Leaving must not hide why the program ends; the next to come adopts the server.
            log.LogWarning(e, "PostgreSQL in {Folder} was left running", folder.Cluster);
        }
    }

    private static async Task<bool> Stop(ClusterFolder folder, ILogger log)
    {
        var binaries = await Binaries.Find(folder.User, folder.Major, folder.DataFolder, CancellationToken.None);
        var (exitCode, output) = await folder.User.Run(folder.Root,
            [binaries.Program("pg_ctl"), "stop", "--silent", "--wait", "--mode", "fast", "--timeout", "120", "--pgdata", folder.Cluster], CancellationToken.None);
        if (exitCode == 0) log.LogInformation("PostgreSQL in {Folder} stopped", folder.Cluster);
        else log.LogWarning("PostgreSQL in {Folder} did not stop: {Output}", folder.Cluster, output.Trim());
        return exitCode == 0;
    }

    /// <summary>
    /// Waits until the server answers (an adopted one may still be starting) and makes the database if whoever initialised the
    /// cluster was killed before it could. False when the server ended meanwhile: one that was killed may seem to run for a moment.
    /// </summary>
    private async Task<bool> EnsureDatabase(CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(Unpooled("postgres"));
                await connection.OpenAsync(cancel);
                await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = 'ledger'", connection);
                if (await exists.ExecuteScalarAsync(cancel) is not null) return true;
                await using var create = new NpgsqlCommand("create database ledger", connection);
                await create.ExecuteNonQueryAsync(cancel);
                return true;
            }
            catch (NpgsqlException e) when (e is not PostgresException { SqlState: not PostgresErrorCodes.CannotConnectNow } && waited.Elapsed < StartingAtMost)
            {
                if (Postmaster.Running(_folder.Cluster) is null) return false;
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancel);
            }
        }
    }

    private string Unpooled(string database) =>
        new NpgsqlConnectionStringBuilder(ConnectionString(OwnerRole, database)) { Pooling = false }.ConnectionString;
}
