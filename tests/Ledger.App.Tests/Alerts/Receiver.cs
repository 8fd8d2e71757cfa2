using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ledger.Testing;

namespace Ledger.App.Tests.Alerts;

/// <summary>A receiver of webhooks in a process of its own, which checks signatures with code that is not the sender's.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly Process _node;
    private readonly HttpClient _http;

    private Receiver(Process node, string port) => (_node, _http) = (node, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") });

    public static async Task<Receiver> Start(CancellationToken cancel)
    {
        var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests/Ledger.App.Tests/obj/receiver/receiver.mjs")]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        return new Receiver(node, int.Parse((await node.StandardOutput.ReadLineAsync(cancel))!, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
    }

    public string Address(string path) => new Uri(_http.BaseAddress!, path).ToString();

    /// <summary>What requests to a path are to be signed with.</summary>
    public async Task Know(string path, string secret, CancellationToken cancel) => (await _http.PutAsync(path, new StringContent(secret), cancel)).EnsureSuccessStatusCode();

    /// <summary>How many requests have come.</summary>
    public async Task<int> Count(CancellationToken cancel) => int.Parse(await _http.GetStringAsync("/count", cancel), CultureInfo.InvariantCulture);

    /// <summary>All that came, in its order.</summary>
    public async Task<IReadOnlyList<JsonNode>> Seen(CancellationToken cancel) => [.. JsonNode.Parse(await _http.GetStringAsync("/", cancel))!.AsArray().Select(one => one!)];

    /// <summary>What came to a path, in its order.</summary>
    public async Task<List<JsonNode>> Seen(string path, CancellationToken cancel) => [.. (await Seen(cancel)).Where(one => (string)one["path"]! == path)];

    /// <summary>The same, once there is so much.</summary>
    public async Task<List<JsonNode>> Seen(string path, int count, CancellationToken cancel)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (await Seen(path, bound.Token) is { } seen && seen.Count >= count)
                return seen;
            await Task.Delay(20, bound.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _node.StandardInput.Close();
        await _node.WaitForExitAsync();
        _node.Dispose();
    }
}
