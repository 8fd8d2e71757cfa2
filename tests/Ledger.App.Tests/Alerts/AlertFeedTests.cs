using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Ledger.App.Tests.Support;
using Ledger.App.Tests.Watchlists;
using Ledger.App.Views;
using Ledger.EventStore;

namespace Ledger.App.Tests.Alerts;

/// <summary>Alerts as a feed, and as they are made.</summary>
public sealed class AlertFeedTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    private ServedHere _server = null!;
    private WatchHistory _history = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        var ledger = await LedgerOnTestDatabase.Create(Cancel);
        _history = new WatchHistory(ledger.Get<EventLog>());
        await _history.Begin(Cancel);
        await ledger.Ask("alerts", "add", "Robots", "--sector", "robotics");
        _server = await ServedHere.Start(ledger, "keys", Cancel, ("Ledger:Address", "https://ledger.example.com/"));
        _http = await ledger.Client(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_has_the_address_reads_the_feed_until_it_is_ended()
    {
        using var nobody = _server.Browser();
        var address = (string)(await _server.Ledger.Ask("alerts", "feed", "robots"))["address"]!;
        var empty = XDocument.Parse(await nobody.GetStringAsync(address, Cancel)).Root!;
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/metrics", Cancel)).StatusCode);
        Assert.NotNull((await _server.Ledger.Ask("alerts", "show", "robots"))["feedSince"]);
        await _history.Happen(6, Cancel);
        await _history.Happen(4, Cancel);
        await Told(2);

        using var answer = await nobody.GetAsync(address, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Empty(await AtomGrammar.Complaints(text, Cancel));
        Assert.Empty(await AtomGrammar.Complaints(empty.ToString(), Cancel));
        Assert.Contains("updated", await AtomGrammar.Complaints(text.Replace("updated>", "changed>", StringComparison.Ordinal), Cancel), StringComparison.Ordinal);
        var feed = XDocument.Parse(text).Root!;
        Assert.Equal("application/atom+xml", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal((string)empty.Element(Atom + "id")!, (string)feed.Element(Atom + "id")!);
        var entries = feed.Elements(Atom + "entry").ToList();
        Assert.Equal(["retraction", "newDeal"], entries.Select(entry => (string)entry.Element(Atom + "category")!.Attribute("term")!));
        Assert.All(entries, entry => Assert.StartsWith("urn:uuid:", (string)entry.Element(Atom + "id")!, StringComparison.Ordinal));
        Assert.All(entries, entry => Assert.Equal("https://ledger.example.com/deals/d0", (string)entry.Elements(Atom + "link").First().Attribute("href")!));

        using var head = await nobody.SendAsync(new HttpRequestMessage(HttpMethod.Head, address), Cancel);
        Assert.Equal((HttpStatusCode.OK, answer.Headers.ETag), (head.StatusCode, head.Headers.ETag));
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync($"{address}/more", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.PutAsync(address, null, Cancel)).StatusCode);
        using var again = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await nobody.SendAsync(again, Cancel)).StatusCode);

        // Another address has the same entries under the same ids, and the one before leads nowhere.
        using var renewed = await _http.PostAsync("/api/alerts/robots/feed", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"), Cancel);
        var other = new Uri((string)JsonNode.Parse(await renewed.Content.ReadAsStringAsync(Cancel))!["address"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await nobody.GetAsync(address, Cancel)).StatusCode);
        var same = XDocument.Parse(await nobody.GetStringAsync(other.AbsolutePath, Cancel)).Root!.Elements(Atom + "entry");
        Assert.Equal(entries.Select(entry => (string)entry.Element(Atom + "id")!), same.Select(entry => (string)entry.Element(Atom + "id")!));
        await _server.Ledger.Ask("alerts", "feed", "robots", "--revoke");
        Assert.Equal(HttpStatusCode.NotFound, (await nobody.GetAsync(other.AbsolutePath, Cancel)).StatusCode);
        Assert.Null((await _server.Ledger.Ask("alerts", "show", "robots"))["feedSince"]);

        // Of the secret there is nothing in the server's log, either.
        var log = string.Concat(Directory.GetFiles(Path.Combine(_server.Ledger.DataFolder, "logs")).Select(Read));
        Assert.Contains("/feeds/{secret}", log, StringComparison.Ordinal);
        Assert.DoesNotContain(new Uri(address).AbsolutePath, log, StringComparison.Ordinal);
        Assert.DoesNotContain(other.AbsolutePath, log, StringComparison.Ordinal);

        static string Read(string file)
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd();
        }
    }

    [Fact]
    public async Task Who_listens_knows_at_once_though_nothing_happens()
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        using var answer = await _http.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/alerts/robots/stream"), HttpCompletionOption.ResponseHeadersRead, bound.Token);
        Assert.Equal(("text/event-stream", "no"), (answer.Content.Headers.ContentType!.MediaType, answer.Headers.GetValues("X-Accel-Buffering").Single()));
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(bound.Token));
        var id = await lines.ReadLineAsync(bound.Token);
        Assert.StartsWith("id: ", id, StringComparison.Ordinal);

        // What happens while who was cut off is away comes once it is back.
        answer.Dispose();
        await _history.Happen(6, Cancel);
        await Told(1);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/alerts/robots/stream") { Headers = { { "Last-Event-ID", id!["id: ".Length..] } } };
        using var resumed = await _http.SendAsync(again, HttpCompletionOption.ResponseHeadersRead, bound.Token);
        await using var stream = await resumed.Content.ReadAsStreamAsync(bound.Token);
        await foreach (var one in SseParser.Create(stream).EnumerateAsync(bound.Token))
        {
            Assert.Equal("alert", one.EventType);
            break;
        }
        using var wrong = new HttpRequestMessage(HttpMethod.Get, "/api/alerts/robots/stream") { Headers = { { "Last-Event-ID", "x" } } };
        Assert.Contains("Last-Event-ID", await (await _http.SendAsync(wrong, Cancel)).Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_loses_its_connection_a_hundred_times_misses_nothing_and_hears_nothing_twice()
    {
        await _history.Happen(6, Cancel);
        for (var i = 0; i < 100; i++)
            await _history.Happen(4, Cancel);
        var heard = new List<string>();
        for (var connection = 0; connection < 101; connection++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/alerts/robots/stream?from=0");
            if (heard.Count > 0)
                request.Headers.Add("Last-Event-ID", heard[^1]);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            await using var stream = await answer.Content.ReadAsStreamAsync(Cancel);
            await foreach (var one in SseParser.Create(stream).EnumerateAsync(Cancel))
            {
                heard.Add(one.EventId!);
                break;
            }
        }
        Assert.Equal(await _server.Ledger.Database.Query("select position || ':' || subject from alerts.alert order by position", row => row.GetString(0), Cancel), heard);
    }

    private async Task Told(int count)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        while (JsonNode.Parse(await _http.GetStringAsync("/api/alerts/robots/told", bound.Token))!["items"]!.AsArray().Count < count)
            await Task.Delay(20, bound.Token);
    }
}
