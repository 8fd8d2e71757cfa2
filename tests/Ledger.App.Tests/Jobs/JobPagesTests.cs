using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ledger.App.Access;
using Ledger.App.Intake.Feeds;
using Ledger.App.Jobs;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.App.Tests.Jobs;

/// <summary>Jobs, the inbox and what is to be looked at, on pages and over HTTP.</summary>
public sealed class JobPagesTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private ServedHere _server = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ServedHere.Start(await LedgerOnTestDatabase.Create(Cancel), "open", Cancel);
        _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = _server.Address,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", await _server.Ledger.Key(Role.Admin)) },
        };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_job_is_run_paused_resumed_cancelled_and_acknowledged_over_HTTP_and_by_the_buttons_of_its_page()
    {
        JsonAssert.Has("""{ "name": "verify", "now": {"state": "waiting", "askedBy": "Ada", "cause": "request"} }""", await Post("/api/jobs/verify/run"));
        JsonAssert.Has("""{ "run": {"state": "waiting"}, "lines": [] }""", await Get("/api/jobs/verify/log"));
        var waiting = await _http.GetStringAsync("/jobs/verify", Cancel);
        Assert.Contains("standing-waiting", waiting, StringComparison.Ordinal);
        // What is about to begin is looked at again.
        Assert.Contains("http-equiv=\"refresh\"", waiting, StringComparison.Ordinal);
        Assert.DoesNotContain("Run now", waiting, StringComparison.Ordinal);
        Assert.Contains("No server runs jobs at the moment", await _http.GetStringAsync("/jobs", Cancel), StringComparison.Ordinal);
        JsonAssert.Has("""{ "now": null, "last": {"state": "cancelled", "cancelledBy": "Ada"} }""", await Post("/api/jobs/verify/cancel"));
        JsonAssert.Has("""{ "pausedBy": "Ada" }""", await Post("/api/jobs/verify/pause"));
        Assert.Contains("paused by Ada", await _http.GetStringAsync("/jobs", Cancel), StringComparison.Ordinal);
        JsonAssert.Has("""{ "pausedBy": null }""", await Post("/api/jobs/verify/resume"));

        foreach (var order in new[] { "run", "cancel", "pause", "resume", "acknowledge" })
        {
            using var answer = await _http.PostAsync($"/jobs/drift/{order}", null, Cancel);
            Assert.Equal((HttpStatusCode.Redirect, "/jobs/drift"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        }
        Assert.Single((await Get("/api/jobs/drift/runs"))["items"]!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, (await _http.PostAsJsonAsync("/api/jobs/nothing/run", new { }, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync("/jobs/nothing", Cancel)).StatusCode);
        var ofVerify = (long)(await Get("/api/jobs/verify"))["last"]!["id"]!;
        Assert.DoesNotContain("http-equiv=\"refresh\"", await _http.GetStringAsync($"/jobs/verify?run={ofVerify}", Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync($"/jobs/drift?run={ofVerify}", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync($"/api/jobs/drift/log?run={ofVerify}", Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_failed_job_is_told_in_health_with_the_server_still_ready()
    {
        await using var connection = await _server.Ledger.Database.OpenConnectionAsync(Cancel);
        await _server.App.Services.GetRequiredService<JobRuns>().Register(Cancel);
        await connection.Execute("insert into jobs.run (job, cause, state, began_at, ended_at, failure) values ('backup', 'schedule', 'failed', now(), now(), 'No room.')", Cancel);

        using var answer = await _http.GetAsync("/health/ready", Cancel);
        var health = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal("degraded", (string)health["checks"]!["jobs"]!["status"]!);
        Assert.Contains("Seen to", await _http.GetStringAsync("/jobs/backup", Cancel), StringComparison.Ordinal);

        await Post("/api/jobs/backup/acknowledge");
        JsonAssert.Has("""{ "failing": null }""", await Get("/api/jobs/backup"));
    }

    [Fact]
    public async Task A_job_that_is_to_be_tried_again_says_why_and_can_be_run_at_once()
    {
        await using var connection = await _server.Ledger.Database.OpenConnectionAsync(Cancel);
        await _server.App.Services.GetRequiredService<JobRuns>().Register(Cancel);
        await connection.Execute(
            """
            with next as (insert into jobs.run (job, cause, attempt, not_before) values ('feeds', 'retry', 2, now() + interval '5 minutes') returning id)
            insert into jobs.run (job, cause, state, began_at, ended_at, failure, next_run) select 'feeds', 'schedule', 'failed', now(), now(), 'No way.', id from next
            """, Cancel);

        var page = await _http.GetStringAsync("/jobs/feeds", Cancel);
        Assert.Contains("tried again at", page, StringComparison.Ordinal);
        Assert.Contains("<p>No way. Run 1 tries again.</p>", page, StringComparison.Ordinal);
        Assert.Contains("Run now", page, StringComparison.Ordinal);
        JsonAssert.Has("""{ "now": {"id": 1, "state": "waiting", "cause": "request", "askedBy": "Ada"} }""", await Post("/api/jobs/feeds/run"));
    }

    [Fact]
    public async Task Feeds_are_added_and_articles_read_on_the_page_and_over_HTTP()
    {
        JsonAssert.Has("""{ "address": "https://example.com/feed", "title": "The Daily", "addedBy": "Ada" }""", await Post("/api/feeds", """{"address": "https://example.com/feed", "title": "The Daily"}"""));
        using var refused = await _http.PostAsync("/api/feeds", Json("""{"address": "http://169.254.169.254/"}"""), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var id = (string)(await Get("/api/feeds"))["items"]![0]!["id"]!;
        await using var connection = await _server.Ledger.Database.OpenConnectionAsync(Cancel);
        var item = (await connection.Query("insert into ledger.inbox (feed, guid, address, title) values ($1, 'one', 'https://example.com/one', '<b>One</b>') returning id", row => row.GetInt64(0), Cancel, id)).Single();

        var page = await _http.GetStringAsync("/inbox", Cancel);
        Assert.Contains("&lt;b&gt;One&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("rel=\"noopener noreferrer external\"", page, StringComparison.Ordinal);
        JsonAssert.Has($$"""{ "done": {{item}} }""", await Post($"/api/inbox/{item}/done"));
        Assert.Empty((await Get("/api/inbox"))["items"]!.AsArray());
        Assert.Single((await Get("/api/inbox?all=true"))["items"]!.AsArray());
        using var removed = await _http.PostAsync($"/inbox/feeds/{id}/remove", null, Cancel);
        Assert.Equal("/inbox", removed.Headers.Location!.OriginalString);
        Assert.Empty(await _server.App.Services.GetRequiredService<FeedTable>().List(Cancel));
        Assert.Equal((0, 0), ((await _server.Ledger.Run("feeds", "list")).ExitCode, (await _server.Ledger.Run("inbox")).ExitCode));
        Assert.Equal(2, (await _server.Ledger.Run("feeds", "add", "ftp://example.com")).ExitCode);
        Assert.Equal(2, (await _server.Ledger.Run("feeds", "remove", "nothing")).ExitCode);
    }

    private async Task<JsonNode> Get(string address) => JsonNode.Parse(await _http.GetStringAsync(address, Cancel))!;

    private async Task<JsonNode> Post(string address, string body = "{}")
    {
        using var answer = await _http.PostAsync(address, Json(body), Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");
}
