using Ledger.EventStore;

namespace Ledger.Benchmarks.Log;

/// <summary>A tree that is kept and signed in the background, with a key that goes away with it.</summary>
internal sealed class SigningTree : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ledger-key-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly LogKey _key;
    private readonly Task _running;

    private SigningTree(BenchmarkDatabase database)
    {
        _key = LogKey.OpenOrCreate(_folder, "ledger.example/benchmark");
        Tree = new LogTree(database.Server, _key);
        _running = Tree.Run(_stop.Token);
    }

    public LogTree Tree { get; }

    public static SigningTree Keep(BenchmarkDatabase database) => new(database);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        Tree.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
