using Ledger.App.Operations.EmbeddedPostgres;
using Npgsql;

namespace Ledger.Testing;

/// <summary>
/// The one PostgreSQL that all test processes of this user share. A process opens it when its first test asks for a database and
/// gives it up when it ends; the last one stops it.
/// </summary>
internal static class TestCluster
{
    private static readonly Lazy<Task<EmbeddedCluster>> Shared = new(Open);

    public static async Task<string> ConnectionString(string role, string database) =>
        (await Shared.Value).ConnectionString(role, database);

    private static async Task<EmbeddedCluster> Open()
    {
        var cluster = Environment.GetEnvironmentVariable("LEDGER_TEST_DATA") is { Length: > 0 } configured
            ? await EmbeddedCluster.Open(configured, CancellationToken.None)
            : await OpenDisposable(Path.Combine(TemporaryFolder.Parent, "ledger-tests-" + Environment.UserName));
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            NpgsqlConnection.ClearAllPools();
            cluster.DisposeAsync().AsTask().Wait();
        };
        return cluster;
    }

    /// <summary>
    /// Nothing in this folder is worth a failing test: what another PostgreSQL made, or a broken machine left, is made anew.
    /// </summary>
    private static async Task<EmbeddedCluster> OpenDisposable(string folder)
    {
        var lockFile = folder + ".lock";
        // Shared, or it would fail while another process holds the lock.
        await using (new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite)) { }
        using var opening = await FileLock.Exclusive(lockFile, TimeSpan.FromMinutes(5), CancellationToken.None);
        try
        {
            return await EmbeddedCluster.Open(folder, CancellationToken.None);
        }
        catch (ClusterUnavailableException) when (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
            return await EmbeddedCluster.Open(folder, CancellationToken.None);
        }
    }
}
