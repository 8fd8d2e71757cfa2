using Ledger.App.Tests.Deals;
using Ledger.App.Tests.Parties;
using Ledger.App.Tests.Support;

namespace Ledger.App.Tests.Views;

/// <summary><c>ledger explain</c>: from a figure back to the words of an article.</summary>
public sealed class ExplainTests(SeededLedger seeded)
{
    [Fact]
    public async Task A_companys_total_leads_to_the_deals_events_claims_and_quotes_behind_it()
    {
        var explained = await seeded.Ask("explain", "company", "enflame", "totals/CNY");

        JsonAssert.Has("""{ "view": "company", "key": "enflame-technology", "field": "totals/CNY", "value": "CNY 700M", "position": 92 }""", explained);
        var amount = explained["reasons"]!.AsArray().Single(reason => (string)reason!["field"]! == "amount");
        JsonAssert.Has("""
            { "of": "enflame-technology-series-b", "gives": "CNY 700M", "event": "deal_announced", "asWritten": "RMB 700 million", "current": true,
              "quote": "Tencent-backed cloud artificial intelligence-training platform Enflame Technology has raised RMB 700 million ($98.6 million) in Series B funding, the company said on Thursday." }
            """, amount);
        Assert.Equal(["amount", "company", "kind", "status"], explained["reasons"]!.AsArray().Select(reason => (string)reason!["field"]!).Order());
    }

    [Theory]
    [InlineData("deal", "enflame-technology-series-b", "amount", 1)]
    [InlineData("deal", "enflame-technology-series-b", "investor", 6)]
    [InlineData("deal", "enflame-technology-series-b", "investor/tencent", 1)]
    [InlineData("investor", "tencent", "joined", 4)]
    [InlineData("party", "enflame", "sector", 2)]
    [InlineData("company", "enflame", "sectors", 2)]
    [InlineData("company", "zhipu", "latestValuation", 3)]
    [InlineData("company", "bytedance", "investors", 1)]
    [InlineData("investor", "legend-capital", "companies", 1)]
    public async Task A_row_or_a_field_leads_to_its_claims(string view, string key, string field, int claims) =>
        Assert.Equal(claims, (await seeded.Ask("explain", view, key, field))["reasons"]!.AsArray().Count);

    [Theory]
    [InlineData("company", "bytedance", "qiming-venture-partners", "bytedance")]
    [InlineData("company", "xiaomi", "qiming-venture-partners", "xiaomi")]
    [InlineData("investor", "legend-capital", "legend-capital", "zhipu-ai")]
    public async Task Who_backs_a_company_in_no_round_that_is_named_is_told_with_the_claim(string view, string key, string backer, string company)
    {
        var reason = (await seeded.Ask("explain", view, key))["reasons"]!.AsArray().Single(reason => (string)reason!["field"]! == $"backer/{backer}")!;
        JsonAssert.Has($$"""{ "of": "{{company}}", "event": "party_described", "standing": "normal", "current": true }""", reason);
        Assert.NotEmpty((string)reason["quote"]!);
    }

    [Theory]
    [InlineData("investor", "tencent", "led", "0 deals, nothing counts")]
    [InlineData("company", "bytedance", "deals", "0 deals, nothing counts")]
    [InlineData("company", "enflame", "totals/EUR", "EUR 0, nothing counts")]
    [InlineData("company", "bytedance", "totals", "0, nothing counts")]
    [InlineData("company", "bytedance", "latestValuation", "no valuation, nothing counts")]
    [InlineData("investor", "legend-capital", "coInvestors", "0 co-investors, nothing counts")]
    public async Task A_figure_that_is_zero_is_told_as_that(string view, string key, string field, string value) =>
        JsonAssert.Has($$"""{ "value": "{{value}}", "reasons": [] }""", await seeded.Ask("explain", view, key, field));

    [Theory]
    [InlineData("company", "zhipu", "latestValuation", "CNY 20B, post")]
    [InlineData("company", "bytedance", "investors", "1 investor")]
    [InlineData("company", "enflame", "investors", "6 investors")]
    [InlineData("investor", "legend-capital", "companies", "1 company")]
    public async Task Whatever_page_and_API_show_of_a_party_is_explained(string view, string key, string field, string value) =>
        Assert.Equal(value, (string)(await seeded.Ask("explain", view, key, field))["value"]!);

    [Fact]
    public async Task An_event_without_a_claim_is_told_with_its_author_and_reason()
    {
        await using var desk = await Desk.Open("command line");
        await desk.Announce("Acme closed CNY 280 million with Big.", StoryTests.Announcement("acme", "one", "closed", "Acme closed CNY 280 million with Big.", ("investor: big\n        role: lead", "Big")));
        await desk.Announce("Acme closed CNY 281 million.", StoryTests.Announcement("acme-two", "two", "closed", "Acme closed CNY 281 million."));
        await desk.Do("tag", "two", """{"sector": "gpus", "reason": "It builds them."}""");
        await new PartyDesk(desk).Do("acme-two", "merge", """{"other": "acme", "reason": "One company."}""");
        await Tells("deal_tagged", "filed under gpus: It builds them.", "deal", "two", "sector/gpus");
        await Tells("party_absorbed", "the same as acme-two: One company.", "company", "acme", "deals");
        await Tells("party_absorbed", "the same as acme-two: One company.", "company", "acme-two", "mergedFrom");

        await desk.Do("merge", "two", """{"other": "one", "reason": "The same round."}""");
        await Tells("deal_absorbed", "two merged into it: The same round.", "deal", "one", "mergedFrom/two");
        await Tells("deal_absorbed", "two merged into it: The same round.", "company", "acme", "counted");
        await Tells("deal_tagged", "filed under gpus: It builds them.", "deal", "one", "sectors");
        await Tells("deal_merged", "merged into one: The same round.", "deal", "two", "mergedInto");

        await desk.Do("retract", "one", """{"reason": "Of another Acme."}""");
        await Tells("deal_retracted", "retracted: Of another Acme.", "deal", "one", "retracted");
        var company = await desk.Ledger.Run("explain", "company", "acme");
        Assert.Equal((2, "There is no such row: company 'acme' has no deals and no backers."), (company.ExitCode, company.Errors.Trim()));
        var asked = await desk.Ledger.Run("company", "acme");
        Assert.Equal((2, "'acme' has no deals and no backers of its own."), (asked.ExitCode, asked.Errors.Trim()));

        async Task Tells(string e, string says, params string[] what)
        {
            var reason = (await desk.Ledger.Ask(["explain", .. what]))["reasons"]!.AsArray().Single(reason => (string)reason!["event"]! == e)!;
            JsonAssert.Has($$"""{ "says": "{{says}}", "current": true, "quote": null, "standing": null }""", reason);
            Assert.NotEmpty((string)reason["author"]!);
        }
    }

    [Fact]
    public async Task It_is_asked_as_of_a_moment_too()
    {
        var position = (int)(await seeded.Deal("enflame-technology-series-b"))["position"]!;
        JsonAssert.Has($$"""{ "position": {{position}} }""", await seeded.Ask("explain", "deal", "enflame-technology-series-b", "--at", $"{position}"));
        Assert.Equal(2, (await (await seeded.Ledger).Run("explain", "deal", "enflame-technology-series-b", "--at", $"{position - 1}")).ExitCode);
    }

    [Theory]
    [InlineData("view: 'page' cannot be explained; deal, company, investor and party can", "page", "x")]
    [InlineData("field: 'luck' is none of the fields of company 'enflame-technology' of which anything is recorded; there are deals, counted, undisclosed, totals, latestValuation, investors, aliases, name, sector", "company", "enflame", "luck")]
    [InlineData("field: 'luck' is none of the fields of deal 'biren-pledge' of which anything is recorded; there are amount, announced, company, investor, kind, place, sector, status", "deal", "biren-pledge", "luck")]
    [InlineData("There is no such row: company 'tencent' has no deals and no backers.", "company", "tencent", "deals")]
    [InlineData("No deal has the id 'nix'.", "deal", "nix")]
    public async Task What_is_not_there_cannot_be_explained(string sentence, params string[] what)
    {
        var run = await (await seeded.Ledger).Run(["explain", .. what]);
        Assert.Equal((2, sentence), (run.ExitCode, run.Errors.Trim()));
    }
}
