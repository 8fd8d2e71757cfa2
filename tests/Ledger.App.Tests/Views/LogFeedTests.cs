using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;

namespace Ledger.App.Tests.Views;

/// <summary>The log over HTTP.</summary>
public sealed class LogFeedTests(SeededLedger seeded)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_read_a_page_at_a_time_and_followed_as_it_grows()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        await using var server = ledger.Start("serve", "--urls", "http://127.0.0.1:0", "--json");
        await server.Printed("http://127.0.0.1:");
        using var http = new HttpClient { BaseAddress = new Uri((string)JsonNode.Parse(server.Output)!["addresses"]![0]!) };
        await using var following = Follow(http, "/api/log/stream").GetAsyncEnumerator(Cancel);
        var first = following.MoveNextAsync().AsTask();

        await ledger.Run("seed", LedgerOnTestDatabase.Seeds);

        List<long> seen = [];
        for (var more = await first; more; more = seen.Count < 92 && await following.MoveNextAsync())
        {
            seen.Add(Position(following.Current));
            Assert.Equal(following.Current.EventId, $"{seen[^1]}");
        }
        Assert.Equal(Enumerable.Range(1, 92).Select(n => (long)n), seen);

        var page = JsonNode.Parse(await http.GetStringAsync("/api/log?after=90&limit=1", Cancel))!;
        Assert.Equal((91, "91"), ((int)page["items"]![0]!["position"]!, (string)page["next"]!));

        await using var resumed = Follow(http, "/api/log/stream?after=3", lastEventId: "90").GetAsyncEnumerator(Cancel);
        Assert.True(await resumed.MoveNextAsync());
        Assert.Equal((91, "deal_announced"), (Position(resumed.Current), resumed.Current.EventType));

        // Streams that are open do not hold up the server's end.
        Assert.Equal(0, (await server.Terminate()).ExitCode);
    }

    [Theory]
    [InlineData("/api/log/stream?after=yesterday", "after: 'yesterday' is no position; a number from 0 is expected")]
    [InlineData("/api/log/stream?after=93", "after: 93 is beyond the end of the log, which is at position 92")]
    [InlineData("/api/log?after=93", "after: 93 is beyond the end of the log, which is at position 92")]
    [InlineData("/api/log?after=93&format=jsonl", "after: 93 is beyond the end of the log, which is at position 92")]
    public async Task A_place_that_is_none_is_refused(string path, string sentence)
    {
        var (answer, problem) = await seeded.Served.Send(HttpMethod.Get, path);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal(sentence, (string)problem!["detail"]!);
    }

    private static long Position(SseItem<string> item) => (long)JsonNode.Parse(item.Data)!["position"]!;

    private static async IAsyncEnumerable<SseItem<string>> Follow(HttpClient http, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        answer.EnsureSuccessStatusCode();
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync(Cancel)).EnumerateAsync(Cancel))
            yield return item;
    }
}
