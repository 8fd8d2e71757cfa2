using System.Text;
using System.Text.Json.Nodes;
using Ledger.App.Tests.Deals;
using Ledger.App.Tests.Support;
using Ledger.EventStore;

namespace Ledger.App.Tests.Shell;

/// <summary>What strangers and broken programs send: it is refused in one sentence, nothing is recorded, and the ledger never calls it its own fault.</summary>
public sealed class StrangerTests
{
    private const string Deal = "/api/deals/one";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly string Deep = string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200));
    private static readonly string Long = new('x', 1_000_000);

    private static readonly string[] Questions =
    [
        "/api/deals?company=%00", "/api/deals?investor=a%00b", "/api/deals?next=%00", "/api/deals?next=-1", "/api/deals?series=%00", "/api/deals?sector=%F0%9F%92%B0", "/api/deals?amountFrom=1e5&currency=USD",
        "/api/deals?limit=99999999999999999999", "/api/deals?at=99999999999999999999", "/api/deals?at=-1", "/api/deals?asOf=9999-99-99", "/api/deals?effective=%00", "/api/deals?after=9223372036854775807",
        "/api/companies?next=%00", "/api/investors?next=nobody", "/api/companies/%E2%80%AE", "/api/parties/%2e%2e", "/api/parties/one/merge?into=%00", "/api/parties/UPPER/merge?into=acme",
        "/api/articles?next=x", "/api/articles/0", "/api/duplicates?next=1", "/api/duplicates?company=%00", "/api/rates?currency=%00", "/api/rates?on=0000-00-00", "/api/rates?next=%00",
        "/api/sources?next=%00", "/api/bulk/%20", "/api/bulk/x%27y", "/api/explain/deal/%20", "/api/explain/company/acme?field=%00", "/api/explain/nothing/x", $"{Deal}/diff?from=@9999999", $"{Deal}/diff?from=2&to=1",
        $"{Deal}/history?next=%00", $"{Deal}/audit?format=pdf", "/api/log?after=-1", "/api/log?limit=x", "/api/search?q=" + "%E5%AD%97%E5%AD%97%E5%AD%97%E5%AD%97%E5%AD%97" + "&next=%00",
        "/api/alerts?next=%00", "/api/alerts/%00", "/api/alerts/nobody/told?next=x", "/api/alerts/nobody/stream", "/api/alerts-tried?what=investor", "/api/alerts-tried?what=planet&which=x", "/api/alerts-tried?what=rule&which=%00",
        "/api/alerts-tried?what=rule&which=deals%20where%20((((", "/api/alerts-tried?what=sector&which=%E5%AD%97", "/api/alerts-tried?what=company&which=acme&kinds=%00", "/api/alerts-tried?what=company&which=acme&kinds=,",
        "/api/alerts-tried?what=company&which=acme&years=0", "/api/alerts-tried?what=company&which=acme&years=1e3", "/api/deliveries?state=lost", "/api/deliveries?next=%00", "/api/deliveries?subscription=%00", "/api/deliveries/%00", "/feeds/%00",
    ];

    private static readonly (string Address, string Body)[] Changes =
    [
        ($"{Deal}/retract", "null"), ($"{Deal}/retract", "[]"), ($"{Deal}/retract", "\"x\""), ($"{Deal}/retract", "{}"), ($"{Deal}/retract", Deep), ($"{Deal}/retract", "\u0001"),
        ($"{Deal}/retract", """{"reason": ""}"""), ($"{Deal}/retract", """{"reason": "a\u0000b"}"""), ($"{Deal}/retract", """{"reason": "\ud800"}"""), ($"{Deal}/retract", $$"""{"reason": "{{Long}}"}"""),
        ($"{Deal}/retract", """{"reason": "x", "ifVersion": -1}"""), ($"{Deal}/retract", """{"reason": "x", "ifVersion": 1.5}"""), ($"{Deal}/retract", """{"reason": "x", "ifVersion": 1e30}"""), ($"{Deal}/retract", """{"reason": "x", "ifVersion": 99}"""),
        ("/api/deals/ONE/retract", """{"reason": "x"}"""), ("/api/deals/%E5%AD%97/retract", """{"reason": "x"}"""), ($"{Deal}/tag", """{"sector": "Ärzte", "reason": "x"}"""), ($"{Deal}/tag", """{"sector": "a", "place": "b", "reason": "x"}"""),
        ($"{Deal}/tag", """{"place": "two\nlines", "reason": "x"}"""), ($"{Deal}/prefer", """{"claim": "../..", "reason": "x"}"""), ($"{Deal}/prefer", """{"claim": 7, "reason": "x"}"""), ($"{Deal}/merge", """{"other": "one", "reason": "x"}"""),
        ($"{Deal}/join", """{"other": "nowhere", "as": "slice", "reason": "x"}"""), ($"{Deal}/distinguish", """{"other": "nowhere", "reason": "x"}"""), ($"{Deal}/correct", """{"claim": "x", "by": [], "reason": "x"}"""),
        ($"{Deal}/correct", """{"claim": "x", "by": {"amount": {"qualifier": "exact", "currency": "USD", "low": 1e999, "high": 1e999}}, "reason": "x"}"""), ($"{Deal}/advance", """{"by": {"status": "closed"}, "article": "\u0000"}"""),
        ("/api/bulk", """{"reason": "x", "changes": [null]}"""), ("/api/bulk", """{"reason": "x", "changes": null}"""), ("/api/bulk", """{"reason": "x", "changes": []}"""), ("/api/bulk", """{"changes": [{"deal": "one", "do": "retract", "reason": "x"}]}"""),
        ("/api/bulk", """{"reason": "x", "changes": [{"deal": "one", "do": "explode"}]}"""), ("/api/bulk/x%00y/undo", """{"reason": "x"}"""), ("/api/bulk/nothing/undo", """{"reason": "x"}"""),
        ("/api/articles", """{"text": ""}"""), ("/api/articles", """{"text": "a\u0000b"}"""), ("/api/articles", """{"text": "x", "fileName": "a\u0000b"}"""), ("/api/articles", $$"""{"text": "x", "fileName": "{{Long}}"}"""),
        ("/api/articles", $$"""{"text": "{{Long}}x"}"""), ("/api/articles", """{"text": "x", "announcement": {"deals": [null]}}"""), ("/api/articles", """{"text": "x", "announcement": {"parties": [{"id": "a", "name": "A", "aliases": [null]}]}}"""),
        ("/api/articles", """{"text": "x", "announcement": {"parties": [{"id": "a", "name": "A", "claims": null}]}}"""), ("/api/articles", """{"text": "x", "same": {"a": null}}"""), ("/api/articles", """{"text": "x", "announcement": {"article": {"address": "javascript:alert(1)"}}}"""),
        ("/api/parties/a/register", """{"name": " "}"""), ("/api/parties/a/register", """{"name": "a\u0007"}"""), ("/api/parties/a/register", """{"name": "A", "aliases": [null]}"""), ("/api/parties/a/register", """{"name": "A", "aliases": "B"}"""),
        ("/api/parties/acme/affiliate", """{"is": "friendOf", "with": "acme", "reason": "x"}"""), ("/api/parties/acme/affiliate", """{"is": "stateBacked", "from": "soon", "reason": "x"}"""), ("/api/parties/acme/merge", """{"other": "\u0000", "reason": "x"}"""),
        ("/api/sources", """{"name": "", "rank": 1, "reason": "x"}"""), ("/api/sources", """{"name": "a\nb", "rank": 1, "reason": "x"}"""), ("/api/sources", """{"name": "A", "rank": 99999999999, "reason": "x"}"""), ("/api/sources", """{"name": "A", "rank": 1, "reason": "x", "ifVersion": -9}"""),
        ("/api/alerts", """{"name": "\u0000", "company": "acme"}"""), ("/api/alerts", """{"name": "A\nB", "company": "acme"}"""), ("/api/alerts", """{"name": "字", "company": "acme"}"""), ("/api/alerts", $$"""{"name": "{{Long}}", "company": "acme"}"""),
        ("/api/alerts", """{"company": "acme"}"""), ("/api/alerts", """{"name": "A"}"""), ("/api/alerts", """{"name": "A", "company": "acme", "sector": "chips"}"""), ("/api/alerts", """{"name": "A", "sector": "Ärzte"}"""), ("/api/alerts", """{"name": "A", "sector": ""}"""),
        ("/api/alerts", """{"name": "A", "rule": "companies where"}"""), ("/api/alerts", $$"""{"name": "A", "rule": "{{Long}}"}"""), ("/api/alerts", """{"name": "A", "watchlist": "\u0000"}"""), ("/api/alerts", """{"name": "A", "company": "acme", "kinds": ","}"""),
        ("/api/alerts", """{"name": "A", "company": "acme", "kinds": ["merge"]}"""), ("/api/alerts", """{"name": "A", "company": "acme", "kinds": "all, rumour"}"""), ("/api/alerts", """{"name": "A", "company": "acme", "webhook": "file:///etc/passwd"}"""),
        ("/api/alerts", """{"name": "A", "company": "acme", "webhook": "https://ada:secret@example.com/"}"""), ("/api/alerts", """{"name": "A", "company": "acme", "webhook": "http://[::ffff:10.0.0.1]/"}"""),
        ("/api/alerts", $$"""{"name": "A", "company": "acme", "webhook": "https://example.com/{{Long}}"}"""), ("/api/alerts", """{"name": "A", "company": "acme", "mail": "ada@example.com"}"""), ("/api/alerts/nobody/change", """{"name": "B"}"""), ("/api/alerts/nobody/pause", "{}"),
        ("/api/alerts/nobody/feed", "{}"), ("/api/alerts/%00/delete", "{}"), ("/api/deliveries/resend", "{}"), ("/api/deliveries/resend", """{"since": "yesterday"}"""), ("/api/deliveries/resend", """{"since": "2026-01-01", "state": "lost"}"""),
        ("/api/deliveries/resend", """{"since": "2026-01-01", "subscription": "\u0000"}"""), ("/api/deliveries/nothing/resend", "{}"), ("/api/endpoints/7/rotate", "{}"), ("/api/endpoints/x/rotate", "{}"), ("/api/endpoints/99999999999999999999/forget", "{}"),
        ("/api/rates", """{"csv": ""}"""), ("/api/rates", """{"csv": "\u0000"}"""), ("/api/rates", """{"csv": "Date,USD,\n2999-01-01,1,\n"}"""), ("/api/rates", """{"csv": "Date,USD,\n\"2020-04-03,1,\n"}"""), ("/api/rates", """{"reason": "x"}"""),
    ];

    [Fact]
    public async Task Whatever_is_sent_is_refused_as_the_senders_and_records_nothing()
    {
        await using var desk = await Desk.Open("HTTP");
        await desk.Announce("Acme raised $10 million.", StoryTests.Announcement("acme", "one", "announced", "Acme raised $10 million."));
        await desk.Deal("one");
        var before = await desk.Ledger.Get<EventLog>().Head(Cancel);
        var wrong = new List<string>();
        foreach (var address in Questions)
            await Look(address, await desk.Http.GetAsync(address, Cancel));
        foreach (var (address, body) in Changes)
            await Look($"{address} {body[..Math.Min(body.Length, 100)]}", await desk.Http.PostAsync(address, new StringContent(body, Encoding.UTF8, "application/json"), Cancel));

        foreach (var address in new[] { "/deals/one/retract", "/parties/acme/alias", "/register/party", "/record/article", "/rates/import", "/alerts/make", "/alerts/a/change", "/deliveries/resend", "/sources/rank", "/bulk/make", "/sign-in/key" })
        {
            using var answer = await desk.Http.PostAsync(address, new StringContent("{}", Encoding.UTF8, "application/json"), Cancel);
            Assert.Equal((address, 415), (address, (int)answer.StatusCode));
            using var empty = await desk.Http.PostAsync(address, new FormUrlEncodedContent([]), Cancel);
            Assert.InRange((int)empty.StatusCode, 303, 499);
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(before, await desk.Ledger.Get<EventLog>().Head(Cancel));

        async Task Look(string what, HttpResponseMessage answer)
        {
            using (answer)
            {
                var text = await answer.Content.ReadAsStringAsync(Cancel);
                if ((int)answer.StatusCode is < 400 or >= 500 || !IsSentence(text))
                    wrong.Add($"{(int)answer.StatusCode} {what}: {text[..Math.Min(text.Length, 300)]}");
            }
        }

        // The server itself turns away what is no HTTP, before any of ours is asked.
        static bool IsSentence(string text) => text.Length == 0
            || JsonNode.Parse(text)!["detail"] is { } detail && !((string)detail!).Contains("Ledger.App", StringComparison.Ordinal) && !((string)detail!).Contains("System.", StringComparison.Ordinal) && ((string)detail!).Length < 1000;
    }
}
