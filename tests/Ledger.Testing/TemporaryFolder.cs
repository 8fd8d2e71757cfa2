namespace Ledger.Testing;

/// <summary>An empty folder that goes away with its test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const long RoomNeededBytes = 4L << 30;

    /// <summary>In memory where there is room: what tests write need not outlive the machine, and disks are slow to sync.</summary>
    internal static string Parent { get; } =
        new DriveInfo("/dev/shm") is { IsReady: true, AvailableFreeSpace: > RoomNeededBytes } memory ? memory.Name : System.IO.Path.GetTempPath();

    /// <summary>The folder's path.</summary>
    public string Path { get; } = Directory.CreateDirectory(
        System.IO.Path.Combine(Parent, "ledger-test-" + Guid.NewGuid().ToString("N")[..12]),
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    public string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
