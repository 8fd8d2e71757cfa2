using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;
using Ledger.Testing;

namespace Ledger.App.Tests.Deals;

/// <summary>Recording articles one by one, and whose word counts where they disagree.</summary>
public sealed class SourceRankTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_source_that_is_believed_more_wins_over_a_later_one_in_deals_known_and_to_come()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        using var folder = new TemporaryFolder();
        Intake.Input.WriteTo(folder, ("a.txt", "Acme raised $10 million."), ("b.txt", "Acme raised $12 million."), ("c.txt", "Acme raised $10 million again."), ("d.txt", "Acme raised $12 million again."),
            ("a.yaml", Announcement("one", "The Daily", 10)), ("b.yaml", Announcement("one", "Gossip", 12)), ("c.yaml", Announcement("two", "The Daily", 10)), ("d.yaml", Announcement("two", "Gossip", 12)));
        JsonAssert.Has("""{ "deals": ["one"], "recordedEvents": 4 }""", await ledger.Ask("announce", folder.Combine("a.txt"), folder.Combine("a.yaml")));
        Assert.Equal(0, (int)(await ledger.Ask("announce", folder.Combine("a.txt"), folder.Combine("a.yaml")))["recordedEvents"]!);
        await ledger.Ask("announce", folder.Combine("b.txt"), folder.Combine("b.yaml"));
        JsonAssert.Has("""{ "amount": {"low": 12000000}, "contested": ["amount"] }""", await ledger.Ask("deal", "one"));

        Assert.Equal(2, (int)(await ledger.Ask("sources", "rank", "the daily", "5", "--reason", "It checks what it prints."))["recordedEvents"]!);
        Assert.Equal(0, (int)(await ledger.Ask("sources", "rank", "The Daily", "5", "--reason", "It checks what it prints."))["recordedEvents"]!);

        var deal = await ledger.Ask("deal", "one");
        JsonAssert.Has("""{ "amount": {"low": 10000000}, "contested": ["amount"] }""", deal);
        JsonAssert.Has("""{ "current": true, "chosenBy": "rank", "rank": 5, "standing": "normal" }""", deal["claims"]!.AsArray().Single(claim => (string)claim!["asWritten"]! == "$10 million"));
        await ledger.Ask("announce", folder.Combine("c.txt"), folder.Combine("c.yaml"));
        await ledger.Ask("announce", folder.Combine("d.txt"), folder.Combine("d.yaml"));
        JsonAssert.Has("""{ "amount": {"low": 10000000} }""", await ledger.Ask("deal", "two"));
        JsonAssert.Has("""{ "items": [{"name": "Gossip", "articles": 2, "rank": 0}, {"name": "The Daily", "articles": 2, "rank": 5, "reason": "It checks what it prints."}] }""", await ledger.Ask("sources"));

        await ledger.Ask("sources", "rank", "The Daily", "0", "--reason", "Not any more.");
        JsonAssert.Has("""{ "amount": {"low": 12000000} }""", await ledger.Ask("deal", "two"));
        Assert.Equal(2, (await ledger.Run("sources", "rank", "The Daily", "5000", "--reason", "Much.")).ExitCode);
    }

    [Fact]
    public async Task An_article_and_what_it_announces_are_recorded_over_HTTP_and_by_a_form_of_our_own_page()
    {
        await using var desk = await Desk.Open("HTTP");
        var body = JsonNode.Parse("""
            { "text": "Acme raised $10 million.", "announcement": {
                "article": {"publisher": "The Daily"}, "parties": [{"id": "acme", "name": "Acme"}],
                "deals": [{"id": "one", "claims": [
                    {"company": "acme", "words": "Acme", "quote": "Acme raised"}, {"kind": "round", "words": "raised", "quote": "Acme raised"}, {"status": "announced", "words": "raised", "quote": "Acme raised"}]}] } }
            """)!;
        using var first = await desk.Http.PostAsJsonAsync("/api/articles", body, Cancel);
        using var again = await desk.Http.PostAsJsonAsync("/api/articles", body, Cancel);
        Assert.Equal((4, 0), ((int)Parse(first)["recordedEvents"]!, (int)Parse(again)["recordedEvents"]!));
        body["announcement"]!["deals"]![0]!["claims"]![0]!["quote"] = "Acme lost";
        using var wrong = await desk.Http.PostAsJsonAsync("/api/articles", body, Cancel);
        JsonAssert.Has("""{ "status": 400, "detail": "announcement: quote: “Acme lost” does not stand in the article." }""", Parse(wrong));
        using var unknown = await desk.Http.PostAsJsonAsync("/api/deals/one/retract", JsonNode.Parse("""{"reason": "x", "mood": "bad"}"""), Cancel);
        Assert.Equal(400, (int)unknown.StatusCode);
        using var nowhere = await desk.Http.PostAsJsonAsync("/api/deals/nowhere/retract", JsonNode.Parse("""{"reason": "x"}"""), Cancel);
        JsonAssert.Has("""{ "status": 404, "type": "/problems/deal-unknown", "detail": "Deal nowhere is not recorded." }""", Parse(nowhere));

        using var article = await desk.Http.PostAsync("/record/article", Form(("text", "Acme is in\r\nShenzhen."), ("announcement", "deals:\n  - id: one\n    claims:\n      - {place: Shenzhen, words: Shenzhen, quote: Shenzhen.}")), Cancel);
        Assert.Equal(303, (int)article.StatusCode);
        var page = await desk.Http.GetStringAsync(article.Headers.Location, Cancel);
        Assert.Contains("Shenzhen.", page, StringComparison.Ordinal);
        using var tagged = await desk.Http.PostAsync("/deals/one/tag", Form(("sector", "robotics"), ("place", ""), ("reason", "It builds robots."), ("ifVersion", "2")), Cancel);
        Assert.Contains("It builds robots.", await desk.Http.GetStringAsync(tagged.Headers.Location, Cancel), StringComparison.Ordinal);
    }

    private static JsonNode Parse(HttpResponseMessage answer) => JsonNode.Parse(answer.Content.ReadAsStringAsync(Cancel).Result)!;

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static string Announcement(string deal, string publisher, int millions) =>
        $$"""
        article: {publisher: {{publisher}}}
        parties:
          - {id: acme, name: Acme}
        deals:
          - id: {{deal}}
            claims:
              - {company: acme, words: Acme, quote: Acme raised}
              - {kind: round, words: raised, quote: Acme raised}
              - {status: announced, words: raised, quote: Acme raised}
              - {amount: {qualifier: exact, currency: USD, low: {{millions}}000000, high: {{millions}}000000}, words: ${{millions}} million, quote: raised ${{millions}} million}
        """;
}
