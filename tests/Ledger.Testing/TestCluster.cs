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
        var cluster = await EmbeddedCluster.Open(Folder, CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            NpgsqlConnection.ClearAllPools();
            cluster.DisposeAsync().AsTask().Wait();
        };
        return cluster;
    }

    private static string Folder => Environment.GetEnvironmentVariable("LEDGER_TEST_DATA") is { Length: > 0 } configured
        ? configured
        : Path.Combine(TemporaryFolder.Parent, "ledger-tests-" + Environment.UserName);
}
