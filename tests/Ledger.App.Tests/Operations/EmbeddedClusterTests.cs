using System.Diagnostics;
using Ledger.App.Operations.EmbeddedPostgres;
using Ledger.Testing;
using Npgsql;
using Xunit;

namespace Ledger.App.Tests.Operations;

public sealed class EmbeddedClusterTests : IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _data = new();

    private string ClusterFolder => _data.Combine("postgres/cluster");

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_new_folder_becomes_a_cluster_with_the_database_ready_and_sane_settings()
    {
        await using var cluster = await EmbeddedCluster.Open(_data.Path, Cancel);

        Assert.Equal("ledger ledger on UTC UTF8 C  200", await Ask(cluster.ConnectionString("ledger"),
            "select concat_ws(' ', current_user, current_database(), current_setting('fsync'), current_setting('timezone'), current_setting('server_encoding'), "
            + "(select datcollate from pg_database where datname = current_database()), current_setting('listen_addresses'), current_setting('max_connections'))"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_data.Combine("postgres")));
    }

    [Fact]
    public async Task The_socket_is_closed_to_other_users_and_its_path_short_however_long_the_folders_is()
    {
        var deep = _data.Combine(string.Join('/', Enumerable.Repeat("a-folder-with-a-long-name", 6)));
        Directory.CreateDirectory(deep);
        await GiveAwayAll(_data.Path);
        await using var cluster = await EmbeddedCluster.Open(deep, Cancel);

        var folder = new NpgsqlConnectionStringBuilder(cluster.ConnectionString("ledger")).Host!;
        Assert.True(folder.Length < 40, folder);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Equal("1", await Ask(cluster.ConnectionString("ledger"), "select 1"));
    }

    [Fact]
    public async Task Two_openers_at_once_share_one_cluster_and_the_last_to_leave_stops_it()
    {
        await using var other = ClusterHolder.Start(_data.Path);
        var own = EmbeddedCluster.Open(_data.Path, Cancel);
        var connection = await other.Printed("Host=");
        await using var cluster = await own;

        Assert.Equal(connection, cluster.ConnectionString("ledger"));
        Assert.Equal(0, (await other.Terminate()).ExitCode);
        Assert.Equal("1", await Ask(connection, "select 1"));
        await cluster.DisposeAsync();
        Assert.Null(Postmaster.Running(ClusterFolder));
    }

    [Fact]
    public async Task A_server_whose_host_was_killed_is_adopted_with_its_data()
    {
        await using var killed = ClusterHolder.Start(_data.Path);
        await Ask(await killed.Printed("Host="), "create table kept as select 42 as answer");
        await killed.Kill();
        var server = Postmaster.Running(ClusterFolder);
        Assert.NotNull(server);

        await using var cluster = await EmbeddedCluster.Open(_data.Path, Cancel);

        Assert.Equal(server, Postmaster.Running(ClusterFolder));
        Assert.Equal("42", await Ask(cluster.ConnectionString("ledger"), "select answer from kept"));
        await cluster.DisposeAsync();
        Assert.Null(Postmaster.Running(ClusterFolder));
    }

    [Fact]
    public async Task After_host_and_server_were_both_killed_the_cluster_starts_again()
    {
        await using var killed = ClusterHolder.Start(_data.Path);
        await Ask(await killed.Printed("Host="), "create table kept as select 42 as answer");
        await killed.Kill();
        KillServer();

        await using var cluster = await EmbeddedCluster.Open(_data.Path, Cancel);

        Assert.Equal("42", await Ask(cluster.ConnectionString("ledger"), "select answer from kept"));
    }

    [Fact]
    public async Task A_server_whose_socket_folder_was_cleared_away_is_started_again()
    {
        await using var other = ClusterHolder.Start(_data.Path);
        var lost = new NpgsqlConnectionStringBuilder(await other.Printed("Host=")).Host!;
        Directory.Delete(lost, recursive: true);

        await using var cluster = await EmbeddedCluster.Open(_data.Path, Cancel);

        Assert.Equal("1", await Ask(cluster.ConnectionString("ledger"), "select 1"));
        Assert.DoesNotContain(lost, cluster.ConnectionString("ledger"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pid_file_that_names_another_program_is_no_server()
    {
        await using (await EmbeddedCluster.Open(_data.Path, Cancel)) { }
        // The test process itself: alive, and no PostgreSQL of this folder.
        var pidFile = Path.Combine(ClusterFolder, "postmaster.pid");
        await File.WriteAllTextAsync(pidFile, $"{Environment.ProcessId}\n{ClusterFolder}\n1\n5432\n/tmp\n\n", Cancel);

        await using var cluster = await EmbeddedCluster.Open(_data.Path, Cancel);

        Assert.Equal("1", await Ask(cluster.ConnectionString("ledger"), "select 1"));
    }

    [Fact]
    public async Task An_initialisation_that_was_killed_half_way_is_done_again()
    {
        Directory.CreateDirectory(_data.Combine("postgres/cluster.new/base"));
        await File.WriteAllTextAsync(_data.Combine("postgres/cluster.new/PG_VERSION"), "15\n", Cancel);
        await GiveAwayAll(_data.Path);

        await using var cluster = await EmbeddedCluster.Open(_data.Path, Cancel);

        Assert.Equal("1", await Ask(cluster.ConnectionString("ledger"), "select 1"));
    }

    [Fact]
    public async Task A_cluster_of_another_major_version_is_refused_with_both_versions()
    {
        Directory.CreateDirectory(ClusterFolder);
        await File.WriteAllTextAsync(Path.Combine(ClusterFolder, "PG_VERSION"), "14\n", Cancel);
        await GiveAwayAll(_data.Path);

        var refused = await Assert.ThrowsAsync<ClusterUnavailableException>(() => EmbeddedCluster.Open(_data.Path, Cancel));

        Assert.Matches($@"^The cluster in '{_data.Path}' was made by PostgreSQL 14, but here is PostgreSQL \d\d", refused.Message);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        await File.WriteAllTextAsync(_data.Combine("file"), "", Cancel);

        var refused = await Assert.ThrowsAsync<ClusterUnavailableException>(() => EmbeddedCluster.Open(_data.Combine("file/ledger"), Cancel));

        Assert.StartsWith($"The data folder '{_data.Combine("file/ledger")}' cannot be used", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_start_says_why_in_one_sentence()
    {
        await using (await EmbeddedCluster.Open(_data.Path, Cancel)) { }
        await File.AppendAllTextAsync(Path.Combine(ClusterFolder, "postgresql.conf"), "\nshared_buffers = nonsense\n", Cancel);

        var refused = await Assert.ThrowsAsync<ClusterUnavailableException>(() => EmbeddedCluster.Open(_data.Path, Cancel));

        Assert.Contains("does not start in", refused.Message, StringComparison.Ordinal);
        Assert.Contains("FATAL", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private void KillServer() => Process.GetProcessById(Postmaster.Running(ClusterFolder)!.Value).Kill();

    /// <summary>Gives folders that a test made as root to the user that PostgreSQL runs as.</summary>
    private static async Task GiveAwayAll(string folder)
    {
        if (!Environment.IsPrivilegedProcess) return;
        using var process = Process.Start("chown", ["-R", OsUser.ForRoot().Name + ":", folder]);
        await process.WaitForExitAsync(Cancel);
    }

    private static async Task<string?> Ask(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync(Cancel))?.ToString();
    }
}
