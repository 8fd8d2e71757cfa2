using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ledger.App.Access;
using Ledger.App.Tests.Support;
using Ledger.App.Tests.Watchlists;
using Ledger.EventStore;

namespace Ledger.App.Tests.Alerts;

/// <summary>Alerts over HTTP and on their pages.</summary>
public sealed class AlertPagesTests
{
    private const string Address = "https://receiver.example/hook?token=secret";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Over_HTTP_and_on_pages_the_same_is_made_seen_and_ended()
    {
        await using var server = await ServedHere.Start(await LedgerOnTestDatabase.Create(Cancel), null, Cancel);
        var ledger = server.Ledger;
        var history = new WatchHistory(ledger.Get<EventLog>());
        await history.Begin(Cancel);
        using var http = await ledger.Client(server.Address);
        var answer = await http.PostAsJsonAsync("/api/alerts", new { name = "Of p0", what = "company", which = "p0", webhook = Address }, Cancel);
        var made = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal("of-p0", (string)made["id"]!);
        await history.Happen(6, Cancel);
        await Until(async () => (await Get("/api/alerts/of-p0/told"))["items"]!.AsArray().Count == 1);
        var delivery = (await Get("/api/deliveries?subscription=of-p0"))["items"]![0]!;
        Assert.DoesNotContain("token", (await Get("/api/endpoints")).ToJsonString(), StringComparison.Ordinal);

        foreach (var (page, holds) in new[]
        {
            ("/alerts", "Of p0"), ("/alerts?what=company&which=p0&years=1", "1 alert since"), ("/alerts?what=company&which=nobody", "No company or investor"), ("/alerts/of-p0", "Announced with"),
            ("/deliveries", "receiver.example"), ($"/deliveries/{delivery["id"]}", (string)delivery["id"]!),
        })
        {
            Assert.Contains(holds, await http.GetStringAsync(page, Cancel), StringComparison.Ordinal);
        }
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(await http.GetStringAsync("/alerts/of-p0", Cancel), "<q class=\"words\">the words</q>"));
        Assert.Matches("(?m)^ledger_alert_deliveries\\{state=\"pending\"\\} 1$", await http.GetStringAsync("/metrics", Cancel));
        Assert.Matches("(?m)^ledger_alert_endpoint_pending\\{endpoint=\"1\"\\} 1$", await http.GetStringAsync("/metrics", Cancel));
        var form = await http.PostAsync("/alerts/make", new FormUrlEncodedContent([new("name", "By form"), new("what", "sector"), new("which", "robotics"), new("webhook", "https://receiver.example/form")]), Cancel);
        Assert.Contains("whsec_", await form.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await http.PostAsync("/alerts/by-form/pause", new FormUrlEncodedContent([]), Cancel)).StatusCode);
        Assert.Equal("paused", (string)(await Get("/api/alerts/by-form"))["subscription"]!["state"]!);

        using var reader = new HttpClient { BaseAddress = server.Address };
        foreach (var page in new[] { "/alerts?what=company&which=p0", "/alerts/of-p0", "/deliveries", $"/deliveries/{delivery["id"]}" })
            Assert.Single(System.Text.RegularExpressions.Regex.Matches(await reader.GetStringAsync(page, Cancel), "Sign in</a> with the key"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await reader.PostAsJsonAsync("/api/alerts/of-p0/delete", new { }, Cancel)).StatusCode);
        using var other = new HttpClient { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new("Bearer", await ledger.Key(Role.Editor, [Area.Deals], "Grace")) } };
        Assert.Equal(HttpStatusCode.Forbidden, (await other.PostAsJsonAsync("/api/alerts/of-p0/delete", new { }, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsJsonAsync("/api/alerts/of-p0/delete", new { }, Cancel)).StatusCode);

        async Task<JsonNode> Get(string path) => JsonNode.Parse(await http.GetStringAsync(path, Cancel))!;
    }

    [Fact]
    public async Task What_is_sent_again_with_its_key_gets_the_first_answer_and_does_nothing()
    {
        await using var server = await ServedHere.Start(await LedgerOnTestDatabase.Create(Cancel), null, Cancel);
        using var http = await server.Ledger.Client(server.Address);
        await new WatchHistory(server.Ledger.Get<EventLog>()).Begin(Cancel);
        var secrets = new List<string>();
        foreach (var (path, body) in new[]
        {
            ("/api/alerts", """{"name": "Of p0", "company": "p0", "webhook": "https://receiver.example/hook"}"""), ("/api/alerts/of-p0/change", """{"webhook": "https://receiver.example/other"}"""),
            ("/api/alerts/of-p0/pause", "{}"), ("/api/alerts/of-p0/feed", "{}"), ("/api/endpoints/1/rotate", "{}"), ("/api/endpoints/1/enable", "{}"), ("/api/deliveries/resend", """{"since": "2026-01-01"}"""),
        })
        {
            var (first, second) = (await Send(path, body, $"key of {path}".Replace(' ', '-')), await Send(path, body, $"key of {path}".Replace(' ', '-')));
            Assert.Equal((HttpStatusCode.OK, first), (second.Status, second));
            secrets.AddRange(System.Text.RegularExpressions.Regex.Matches(first.Answer, "whsec_[^\"]+|(?<=/feeds/)[^\"]+").Select(match => match.Value));
        }
        Assert.Equal(4, secrets.Count);
        var contents = await server.Ledger.Contents(Cancel, "alerts");
        Assert.Equal((3, 3), (contents.Count(row => row.StartsWith("alerts.subscription:", StringComparison.Ordinal)), contents.Count(row => row.StartsWith("alerts.secret:", StringComparison.Ordinal))));
        // Of a secret address there is nothing but its hash, not even in what is remembered.
        Assert.DoesNotContain(contents, row => secrets.Exists(secret => row.Contains(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(secret)), StringComparison.Ordinal) || row.Contains(secret, StringComparison.Ordinal)));

        var other = await Send("/api/alerts", """{"name": "Another", "company": "p0"}""", "key-of-/api/alerts");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Contains("key-reused", other.Answer, StringComparison.Ordinal);

        async Task<(HttpStatusCode Status, string Answer)> Send(string path, string body, string key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Headers = { { "Idempotency-Key", key } } };
            using var answer = await http.SendAsync(request, Cancel);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        }
    }

    private static async Task Until(Func<Task<bool>> isSo)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await isSo())
            await Task.Delay(20, bound.Token);
    }
}
