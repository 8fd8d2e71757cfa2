using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;
using Ledger.Testing;

[assembly: AssemblyFixture(typeof(SeededLedger))]

namespace Ledger.App.Tests.Support;

/// <summary>
/// A ledger into which the real program has recorded the seeds, once for all tests that only ask. Made when the first one asks.
/// What was asked before is not asked again.
/// </summary>
public sealed class SeededLedger : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<JsonNode>>> _answers = new(StringComparer.Ordinal);
    private readonly Lazy<Task<LedgerOnTestDatabase>> _ledger = new(async () =>
    {
        var ledger = await LedgerOnTestDatabase.Create(CancellationToken.None);
        var summary = await ledger.Ask("demo", "--once");
        Assert.Equal(5, (int)summary["articles"]!);
        return ledger;
    });

    public SeededLedger() => Served = new ServedSeeds(() => _ledger.Value);

    /// <summary>The same, over HTTP.</summary>
    internal ServedSeeds Served { get; }

    /// <summary>Not to be written to.</summary>
    internal Task<LedgerOnTestDatabase> Ledger => _ledger.Value;

    /// <summary>The JSON that a command prints.</summary>
    internal async Task<JsonNode> Ask(params string[] arguments)
    {
        var ledger = await Ledger;
        return (await _answers.GetOrAdd(string.Join('\n', arguments), _ => new Lazy<Task<JsonNode>>(async () => await ledger.Ask(arguments))).Value).DeepClone();
    }

    /// <summary>The items of the list that a command prints.</summary>
    internal async Task<IReadOnlyList<JsonNode>> List(params string[] arguments) =>
        [.. (await Ask(arguments))["items"]!.AsArray().Select(item => item!)];

    internal async Task<JsonNode> Deal(string id) =>
        (await List("deals", "--limit", "1000")).Single(deal => (string)deal["id"]! == id);

    internal Task<IReadOnlyList<JsonNode>> Events() => List("events", "--limit", "1000000");

    public async ValueTask DisposeAsync()
    {
        await Served.DisposeAsync();
        if (_ledger.IsValueCreated)
            await (await Ledger).DisposeAsync();
    }
}
