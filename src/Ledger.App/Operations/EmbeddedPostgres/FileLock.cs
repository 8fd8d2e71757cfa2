using System.Diagnostics;

namespace Ledger.App.Operations.EmbeddedPostgres;

/// <summary>
/// A lock on a file between processes. The kernel releases it when its holder ends, however it ends; two holders in one process
/// exclude each other just as two processes do.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // What the kernel answers when another holds the lock; .NET passes it on as the exception's result.
    private const int WouldBlock = 11;

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    public static FileLock? TryShared(string path) => TryTake(path, FileShare.Read);

    public static FileLock? TryExclusive(string path) => TryTake(path, FileShare.None);

    /// <summary>Waits until the lock is free; null when it was not within the time.</summary>
    public static async Task<FileLock?> Exclusive(string path, TimeSpan atMost, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (TryExclusive(path) is { } taken) return taken;
            if (waited.Elapsed > atMost) return null;
            await Task.Delay(TimeSpan.FromMilliseconds(25), cancel);
        }
    }

    public void Dispose() => _file.Dispose();

    private static FileLock? TryTake(string path, FileShare share)
    {
        try
        {
            // On Unix the framework turns FileShare.None into an exclusive advisory lock and anything else into a shared one.
            return new FileLock(new FileStream(path, FileMode.Open, share == FileShare.None ? FileAccess.ReadWrite : FileAccess.Read, share));
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            return null;
        }
    }
}
