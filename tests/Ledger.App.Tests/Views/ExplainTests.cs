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
    public async Task A_row_or_a_field_leads_to_its_claims(string view, string key, string field, int claims) =>
        Assert.Equal(claims, (await seeded.Ask("explain", view, key, field))["reasons"]!.AsArray().Count);

    [Fact]
    public async Task It_is_asked_as_of_a_moment_too()
    {
        var position = (int)(await seeded.Deal("enflame-technology-series-b"))["position"]!;
        JsonAssert.Has($$"""{ "position": {{position}} }""", await seeded.Ask("explain", "deal", "enflame-technology-series-b", "--at", $"{position}"));
        Assert.Equal(2, (await (await seeded.Ledger).Run("explain", "deal", "enflame-technology-series-b", "--at", $"{position - 1}")).ExitCode);
    }

    [Theory]
    [InlineData("view: 'page' cannot be explained; deal, company, investor and party can", "page", "x")]
    [InlineData("field: 'luck' is none of a company's figures; there are deals, counted, undisclosed, totals", "company", "enflame", "luck")]
    [InlineData("Nothing is behind 'luck': there is no such row of deal 'enflame-technology-series-b'.", "deal", "enflame-technology-series-b", "luck")]
    [InlineData("No deal has the id 'nix'.", "deal", "nix")]
    public async Task What_is_not_there_cannot_be_explained(string sentence, params string[] what)
    {
        var run = await (await seeded.Ledger).Run(["explain", .. what]);
        Assert.Equal((2, sentence), (run.ExitCode, run.Errors.Trim()));
    }
}
