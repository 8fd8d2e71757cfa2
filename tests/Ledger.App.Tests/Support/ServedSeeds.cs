using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ledger.App.Access;
using Ledger.Testing;

namespace Ledger.App.Tests.Support;

/// <summary>The ledger of the seeds, served for all tests that only ask. Started when the first one asks.</summary>
internal sealed class ServedSeeds(Func<Task<LedgerOnTestDatabase>> ledger) : IAsyncDisposable
{
    private readonly Lazy<Task<(LedgerProgram Server, HttpClient Http)>> _served = new(async () =>
    {
        var server = (await ledger()).Start("serve", "--urls", "http://127.0.0.1:0", "--json");
        await server.Printed("http://127.0.0.1:");
        return (server, new HttpClient { BaseAddress = new Uri((string)JsonNode.Parse(server.Output)!["addresses"]![0]!), Timeout = TimeSpan.FromSeconds(30) });
    });

    private readonly Lazy<Task<string>> _key = new(async () => await (await ledger()).Key(Role.Editor));

    public async Task<HttpClient> Http() => (await _served.Value).Http;

    /// <summary>The answer, and its body as JSON.</summary>
    public async Task<(HttpResponseMessage Answer, JsonNode? Body)> Send(HttpMethod method, string address, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        if (method != HttpMethod.Get)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await _key.Value);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var answer = await (await Http()).SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }

    public async Task<JsonNode> Get(string address)
    {
        var (answer, body) = await Send(HttpMethod.Get, address);
        Assert.True(answer.IsSuccessStatusCode, $"{address}: {body}");
        return body!;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_served.IsValueCreated)
            return;
        var (server, http) = await _served.Value;
        http.Dispose();
        await server.DisposeAsync();
    }
}
