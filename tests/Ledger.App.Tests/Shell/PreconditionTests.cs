using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ledger.App.Tests.Deals;
using Ledger.App.Tests.Support;
using Ledger.EventStore;

namespace Ledger.App.Tests.Shell;

/// <summary>Versions that readers hold, and requests that are sent again.</summary>
public sealed class PreconditionTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_changes_a_deal_as_it_was_seen_is_told_what_was_changed_since()
    {
        await using var desk = await Acme();
        using var seen = await desk.Http.GetAsync("/api/deals/one", Cancel);
        var etag = seen.Headers.ETag!.Tag;
        Assert.Matches("^\"1-[0-9a-f]{16}\"$", etag);
        Assert.Equal(304, await Status(desk, HttpMethod.Get, "/api/deals/one", null, ("If-None-Match", etag)));

        Assert.Equal(200, await Status(desk, HttpMethod.Post, "/api/deals/one/tag", """{"sector": "robotics", "reason": "They build robots."}""", ("If-Match", etag)));
        // What is so already needs no telling.
        Assert.Equal(200, await Status(desk, HttpMethod.Post, "/api/deals/one/tag", """{"sector": "robotics", "reason": "They build robots."}""", ("If-Match", etag)));
        var stale = await Send(desk, HttpMethod.Post, "/api/deals/one/tag", """{"place": "Shenzhen", "reason": "They are there."}""", ("If-Match", etag));
        JsonAssert.Has("""{ "status": 412, "type": "/problems/changed-meanwhile" }""", stale.Body);
        Assert.Matches("^Since version 1 of deal one it was changed: .+ at .+ UTC \\(version 2, filed under robotics\\).*\\.$", (string)stale.Body["detail"]!);
        // The body's version is of the field alone.
        Assert.Equal(200, await Status(desk, HttpMethod.Post, "/api/deals/one/tag", """{"place": "Shenzhen", "reason": "They are there.", "ifVersion": 1}"""));
        JsonAssert.Has("""{ "status": 412, "type": "/problems/changed-meanwhile" }""",
            (await Send(desk, HttpMethod.Post, "/api/deals/one/untag", """{"sector": "robotics", "reason": "x", "ifVersion": 1}""")).Body);

        using var now = await desk.Http.GetAsync($"/api/deals/one?after={desk.Position + 2}", Cancel);
        Assert.StartsWith("\"3-", now.Headers.ETag!.Tag, StringComparison.Ordinal);
        Assert.Equal(412, await Status(desk, HttpMethod.Post, "/api/deals/one/retract", """{"reason": "x"}""", ("If-Match", "\"4\"")));
        Assert.Equal(400, await Status(desk, HttpMethod.Post, "/api/deals/one/retract", """{"reason": "x"}""", ("If-Match", "3")));
        Assert.Equal(404, await Status(desk, HttpMethod.Post, "/api/deals/two/retract", """{"reason": "x"}""", ("If-Match", "\"3\"")));
        Assert.Equal(200, await Status(desk, HttpMethod.Post, "/api/deals/one/retract", """{"reason": "x"}""", ("If-Match", "\"3\"")));

        using var party = await desk.Http.GetAsync("/api/parties/acme", Cancel);
        Assert.Equal(200, await Status(desk, HttpMethod.Post, "/api/parties/acme/alias", """{"name": "Acme Ltd", "reason": "x"}""", ("If-Match", party.Headers.ETag!.Tag)));
        Assert.Equal(412, await Status(desk, HttpMethod.Post, "/api/parties/acme/affiliate", """{"is": "stateBacked", "reason": "x"}""", ("If-Match", party.Headers.ETag!.Tag)));
    }

    public static readonly TheoryData<string, string> Writes = new()
    {
        { "/api/deals/one/tag", """{"sector": "robotics", "reason": "They build robots."}""" },
        { "/api/parties/acme/alias", """{"name": "Acme Ltd", "reason": "It says so."}""" },
        { "/api/sources", """{"name": "The Daily", "rank": 3, "reason": "They were there."}""" },
        { "/api/bulk", """{"reason": "They moved.", "changes": [{"deal": "one", "do": "tag", "place": "Shenzhen"}]}""" },
        { "/api/articles", """{"text": "Nothing was raised."}""" },
        { "/api/rates", """{"csv": "Date,USD,\n2020-04-03,1.0785,\n", "reason": "They say so."}""" },
    };

    [Fact]
    public async Task A_request_that_is_sent_again_with_its_key_gets_the_first_answer()
    {
        await using var desk = await Acme();
        foreach (var (address, body) in Writes.Select(row => row.Data))
        {
            var key = ("Idempotency-Key", $"\"key-of-{address.Replace('/', '-')}\"");
            var first = await Send(desk, HttpMethod.Post, address, body, key);
            Assert.Equal((address, 200), (address, first.Status));
            Assert.True((int)first.Body["recordedEvents"]! > 0, address);
            var head = await desk.Ledger.Get<EventLog>().Head(Cancel);

            // Together with others, as a client does that has lost patience.
            foreach (var again in await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Send(desk, HttpMethod.Post, address, body, key))))
                Assert.Equal((200, JsonAssert.Show(first.Body)), (again.Status, JsonAssert.Show(again.Body)));
            var other = await Send(desk, HttpMethod.Post, address, body.Replace("They", "We", StringComparison.Ordinal).Replace("Nothing", "Something", StringComparison.Ordinal).Replace("It says so", "So it is", StringComparison.Ordinal), key);
            JsonAssert.Has("""{ "status": 422, "type": "/problems/key-reused" }""", other.Body);
            Assert.Equal(head, await desk.Ledger.Get<EventLog>().Head(Cancel));
        }
        Assert.Equal(400, await Status(desk, HttpMethod.Post, "/api/deals/one/retract", """{"reason": "x"}""", ("Idempotency-Key", "\"two words\"")));
    }

    [Fact]
    public async Task Of_a_request_that_is_on_its_way_several_times_one_is_recorded_and_all_get_its_answer()
    {
        await using var desk = await Acme();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Send(desk, HttpMethod.Post, "/api/deals/one/retract", """{"reason": "x"}""", ("Idempotency-Key", "once"), ("If-Match", "\"1\""))));
        Assert.All(answers, answer => Assert.Equal((200, 1, desk.Position + 1), (answer.Status, (int)answer.Body["recordedEvents"]!, (long)answer.Body["position"]!)));
        await desk.Do("reinstate", "one", """{"reason": "x"}""");
        // What came later does not change the first answer.
        var late = await Send(desk, HttpMethod.Post, "/api/deals/one/retract", """{"reason": "x"}""", ("Idempotency-Key", "once"), ("If-Match", "\"1\""));
        Assert.Equal((200, 1), (late.Status, (int)late.Body["recordedEvents"]!));
    }

    private static async Task<Desk> Acme()
    {
        var desk = await Desk.Open("HTTP");
        await desk.Announce("Acme raised $10 million.", """
            article: {file: a.txt, publisher: The Daily}
            parties:
              - {id: acme, name: Acme}
            deals:
              - id: one
                claims:
                  - {company: acme, words: Acme, quote: Acme raised}
                  - {kind: round, words: raised, quote: Acme raised}
                  - {status: announced, words: raised, quote: Acme raised}
            """);
        await desk.Deal("one");
        return desk;
    }

    private static async Task<int> Status(Desk desk, HttpMethod method, string address, string? body, params (string Name, string Value)[] headers) => (await Send(desk, method, address, body, headers)).Status;

    private static async Task<(int Status, JsonNode Body)> Send(Desk desk, HttpMethod method, string address, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : JsonContent.Create(JsonNode.Parse(body)) };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await desk.Http.SendAsync(request, Cancel);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel) is { Length: > 0 } text ? text : "{}")!);
    }
}
