namespace Ledger.Testing;

/// <summary>An empty folder that goes away with its test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const long RoomNeededBytes = 4L << 30;

    /// <summary>In memory where there is room: what tests write need not outlive the machine, and disks are slow to sync.</summary>
    internal static string Parent { get; } =
        new DriveInfo("/dev/shm") is { IsReady: true, AvailableFreeSpace: > RoomNeededBytes } memory ? memory.Name : System.IO.Path.GetTempPath();

    /// <summary>The folder's path. Others may enter it, since PostgreSQL runs as another user where the tests run as root.</summary>
    public string Path { get; } = Directory.CreateDirectory(
        System.IO.Path.Combine(Parent, "ledger-test-" + Guid.NewGuid().ToString("N")[..12]),
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute).FullName;

    public string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
