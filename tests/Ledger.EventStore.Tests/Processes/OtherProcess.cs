using System.Diagnostics;
using System.Globalization;
using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Processes;

/// <summary>A process that a test has started beside its own; what it does is named by its first argument.</summary>
internal sealed class OtherProcess : IDisposable
{
    private readonly Process _process;

    private OtherProcess(ProcessStartInfo start) => _process = Process.Start(start)!;

    /// <summary>Keeps the tree of a log with the key in a folder, until it is killed.</summary>
    public static OtherProcess Signing(string connection, string folder) => new(Command("sign", connection, folder));

    /// <summary>Reads the whole log with a heap of so many megabytes and says how many events there are.</summary>
    public static OtherProcess Reading(string connection, int heapMegabytes)
    {
        ProcessStartInfo start = Command("read", connection);
        start.Environment["DOTNET_GCHeapHardLimit"] = (heapMegabytes << 20).ToString("x", CultureInfo.InvariantCulture);
        return new OtherProcess(start);
    }

    /// <summary>Follows the log with views until it is killed. It says that it has begun.</summary>
    public static OtherProcess Following(string connection, TimeSpan stoppedAfter) =>
        new(Command("follow", connection, ((int)stoppedAfter.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)));

    /// <summary>Replays the views once and says, a line each, what it is doing.</summary>
    public static OtherProcess Replaying(string connection, int chunkMax) =>
        new(Command("replay", connection, chunkMax.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Starts with a changed definition: says, a line each, what its replay is doing, and then what it serves.</summary>
    public static OtherProcess Preparing(string connection, int chunkMax) =>
        new(Command("prepare", connection, chunkMax.ToString(CultureInfo.InvariantCulture)));

    public bool HasEnded => _process.HasExited;

    /// <summary>The next line that it says; null when it has ended.</summary>
    public async Task<string?> Line(CancellationToken cancel) => await _process.StandardOutput.ReadLineAsync(cancel);

    /// <summary>SIGKILL: it gets no chance to do anything more.</summary>
    public async Task Kill(CancellationToken cancel)
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(cancel);
    }

    public async Task Signal(string signal, CancellationToken cancel)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(cancel);
    }

    /// <summary>Its last words, and how it ended.</summary>
    public async Task<(string Said, int ExitCode)> End(CancellationToken cancel)
    {
        string said = await _process.StandardOutput.ReadToEndAsync(cancel);
        await _process.WaitForExitAsync(cancel);
        return (said.Trim(), _process.ExitCode);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static ProcessStartInfo Command(params string[] arguments) =>
        new("dotnet", [typeof(OtherProcess).Assembly.Location, .. arguments]) { RedirectStandardOutput = true };

    public static async Task<int> Sign(string connection, string folder)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        using var key = LogKey.Open(folder);
        using var tree = new LogTree(database, key);
        await tree.Run(CancellationToken.None);
        return 0;
    }

    public static async Task<int> Read(string connection)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var log = new EventLog(database, Samples.Types());
        long bytes = 0;
        await foreach (RecordedEvent e in log.Read(new LogQuery()))
            bytes += ((CounterMoved)e.Data).Why!.Length;
        Console.WriteLine(bytes);
        return 0;
    }
}
