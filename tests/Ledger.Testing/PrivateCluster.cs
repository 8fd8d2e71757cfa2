using System.Diagnostics;
using Ledger.App.Operations.EmbeddedPostgres;

namespace Ledger.Testing;

/// <summary>A PostgreSQL of a test's own, which it may stop and kill. It and its data go away with the test.</summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly List<EmbeddedCluster> _opened = [];

    private PrivateCluster(TemporaryFolder folder) => _folder = folder;

    public static async Task<PrivateCluster> Create(CancellationToken cancel = default)
    {
        var folder = new TemporaryFolder();
        if (Environment.IsPrivilegedProcess)
            File.SetUnixFileMode(folder.Path, File.GetUnixFileMode(folder.Path) | UnixFileMode.OtherExecute);
        var cluster = new PrivateCluster(folder);
        await cluster.Start(cancel);
        return cluster;
    }

    /// <summary>How a role reaches the database <c>ledger</c>; the same after a restart.</summary>
    public string ConnectionString(string role) => _opened[^1].ConnectionString(role);

    /// <summary>Starts the server again and returns when it answers.</summary>
    public async Task Start(CancellationToken cancel = default) => _opened.Add(await EmbeddedCluster.Open(_folder.Path, cancel));

    /// <summary>Shuts the server down in order, ending every connection.</summary>
    public Task Stop() => Signal("INT");

    /// <summary>SIGKILL to the server: it gets no chance to tidy up, and recovers when it is started again.</summary>
    public Task Kill() => Signal("KILL");

    private async Task Signal(string signal)
    {
        int pid = Postmaster.Running(Path.Combine(_folder.Path, "postgres", "cluster")) ?? throw new InvalidOperationException("The server does not run.");
        using (var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]))
            await kill.WaitForExitAsync();
        while (Directory.Exists($"/proc/{pid}"))
            await Task.Delay(10);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (EmbeddedCluster cluster in _opened)
            await cluster.DisposeAsync();
        _folder.Dispose();
    }
}
