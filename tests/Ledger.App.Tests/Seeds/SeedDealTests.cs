using Ledger.App.Tests.Support;

namespace Ledger.App.Tests.Seeds;

/// <summary>What the five articles announce, as the program tells it.</summary>
public sealed class SeedDealTests(SeededLedger ledger)
{
    public static readonly TheoryData<string, string> Deals = new()
    {
        { "enflame-technology-series-b", """
            { "kind": "round", "company": {"id": "enflame-technology", "name": "Enflame Technology"},
              "round": {"asWritten": "Series B", "series": "b", "modifier": null, "instrument": "equity"}, "status": "closed",
              "amount": {"qualifier": "exact", "currency": "CNY", "low": 700000000, "high": 700000000, "asWritten": "RMB 700 million",
                         "usdAsReported": {"qualifier": "exact", "low": 98600000, "high": 98600000, "asWritten": "$98.6 million"}},
              "valuation": null,
              "investors": [
                {"name": "Summitview Capital", "role": "lead", "existing": false},
                {"name": "Shanghai Innovital Capital", "role": "participant", "existing": false},
                {"name": "Red Dot Capital", "role": "participant", "existing": false},
                {"name": "Redpoint Ventures China", "role": "participant", "existing": false},
                {"name": "Delta Capital", "role": "participant", "existing": false},
                {"name": "Tencent", "role": "participant", "existing": false}],
              "unnamedInvestors": [], "othersUndisclosed": true,
              "announced": {"date": null, "precision": "unknown", "asWritten": "on Thursday"},
              "useOfProceeds": "scale Enflame’s business, expand its tech support team, fund research and development, and mass produce its products",
              "contested": [], "version": 1 }
            """ },
        { "intellifusion-pre-ipo", """
            { "kind": "round", "company": {"name": "Intellifusion"}, "round": {"asWritten": "pre-IPO", "series": "pre-ipo", "modifier": null},
              "amount": {"qualifier": "exact", "currency": "CNY", "low": 1000000000, "high": 1000000000, "asWritten": "CNY 1 billion",
                         "usdAsReported": {"qualifier": "approximately", "low": 141000000, "high": 141000000, "asWritten": "around USD 141 million"}},
              "valuation": null,
              "investors": [
                {"name": "Walden International", "role": "lead", "existing": true},
                {"name": "Utrust Fund", "role": "lead", "existing": false},
                {"name": "Forebright Capital", "role": "lead", "existing": false}],
              "unnamedInvestors": [{"asWritten": "A handful of banks and venture capital organizations", "role": "participant"}],
              "othersUndisclosed": true,
              "announced": {"date": "XXXX-04-03", "precision": "partial", "asWritten": "on April 3"},
              "reportedBy": ["36Kr"], "contested": [] }
            """ },
        { "nextvpu-series-b", """
            { "kind": "round", "company": {"name": "NextVPU"}, "round": {"asWritten": "Series B", "series": "b", "modifier": null},
              "amount": {"qualifier": "exact", "currency": "CNY", "low": 300000000, "high": 300000000, "asWritten": "CNY 300 million",
                         "usdAsReported": {"qualifier": "exact", "low": 42000000, "high": 42000000, "asWritten": "USD 42 million"}},
              "investors": [], "announced": {"date": "XXXX-03", "precision": "partial", "asWritten": "in late March"} }
            """ },
        { "cambricon-ipo", """
            { "kind": "listing", "company": {"name": "Cambricon"}, "round": {"asWritten": "IPO", "series": null}, "status": "planned",
              "amount": {"qualifier": "undisclosed", "currency": null, "low": null, "high": null, "asWritten": null, "usdAsReported": null},
              "investors": [], "places": ["Star Market"], "announced": {"date": null, "precision": "unknown", "asWritten": null} }
            """ },
        { "sensetime-ipo", """
            { "kind": "listing", "company": {"name": "SenseTime"}, "round": {"asWritten": "IPO", "series": null}, "status": "postponed",
              "amount": {"qualifier": "undisclosed", "currency": null, "low": null, "high": null}, "investors": [] }
            """ },
        { "stepfun-series-b", """
            { "kind": "round", "company": {"name": "Stepfun"}, "round": {"asWritten": "series B", "series": "b", "modifier": null}, "status": "announced",
              "amount": {"qualifier": "orderOfMagnitude", "currency": "USD", "low": 100000000, "high": 1000000000,
                         "asWritten": "hundreds of millions of dollars", "usdAsReported": null},
              "investors": [
                {"name": "Fortera Capital", "role": "lead"},
                {"name": "Tencent", "role": "participant"},
                {"name": "Qiming Venture Partners", "role": "participant"}],
              "announced": {"date": null, "precision": "unknown", "asWritten": "on Monday"} }
            """ },
        { "zhipu-ai-3-billion-yuan", """
            { "kind": "round", "company": {"name": "Zhipu AI"}, "round": {"series": null, "modifier": null, "instrument": null}, "status": "announced",
              "amount": {"qualifier": "exact", "currency": "CNY", "low": 3000000000, "high": 3000000000, "asWritten": "3 billion yuan", "usdAsReported": null},
              "valuation": null, "investors": [],
              "unnamedInvestors": [{"asWritten": "various state-backed investment vehicles", "role": "lead"}], "othersUndisclosed": true,
              "announced": {"date": null, "precision": "unknown"} }
            """ },
        { "zhipu-ai-september-round", """
            { "kind": "round", "company": {"name": "Zhipu AI"}, "status": "announced",
              "amount": {"qualifier": "undisclosed", "currency": null, "low": null, "high": null},
              "valuation": {"qualifier": "exact", "currency": "CNY", "low": 20000000000, "high": 20000000000, "asWritten": "20 billion yuan", "basis": "post"},
              "investors": [{"name": "Beijing Zhongguancun Science City Innovation Development", "role": "lead"}],
              "announced": {"date": "XXXX-09", "precision": "partial", "asWritten": "in September"} }
            """ },
        { "shanghai-fund-of-funds", """
            { "kind": "fund", "company": {"id": "shanghai", "name": "Shanghai"}, "round": null, "status": "planned",
              "amount": {"qualifier": "exact", "currency": "CNY", "low": 100000000000, "high": 100000000000, "asWritten": "100 billion yuan",
                         "usdAsReported": {"qualifier": "exact", "low": 13800000000, "high": 13800000000, "asWritten": "US$13.8 billion"}},
              "investors": [], "announced": {"date": "XXXX-03", "precision": "partial", "asWritten": "In March"} }
            """ },
        { "biren-pledge", """
            { "kind": "round", "company": {"name": "Biren"}, "round": null, "status": "pledged",
              "amount": {"qualifier": "exact", "currency": "USD", "low": 280000000, "high": 280000000, "asWritten": "$280 million", "usdAsReported": null},
              "investors": [], "unnamedInvestors": [{"asWritten": "Guangzhou government-backed investors", "role": "participant"}] }
            """ },
        { "moore-threads-series-b", """
            { "kind": "round", "company": {"name": "Moore Threads"}, "round": {"asWritten": "series-B", "series": "b"}, "status": "announced",
              "amount": {"qualifier": "orderOfMagnitude", "currency": "CNY", "low": 1000000, "high": null, "asWritten": "millions of yuan", "usdAsReported": null},
              "investors": [] }
            """ },
        { "zhipu-ai-2-5-billion-yuan-aggregate", """
            { "kind": "aggregate", "company": {"id": "zhipu-ai", "name": "Zhipu AI"}, "round": null,
              "amount": {"qualifier": "over", "currency": "CNY", "low": 2500000000, "high": null, "asWritten": "over 2.5 billion Chinese yuan",
                         "usdAsReported": {"asWritten": "$341 million", "low": 341000000}},
              "investors": [
                {"name": "Alibaba", "role": "participant"}, {"name": "Tencent", "role": "participant"},
                {"name": "Sequoia", "role": "backer"}, {"name": "Hillhouse", "role": "backer"}, {"name": "Xiaomi", "role": "backer"}],
              "period": {"date": null, "precision": "unknown", "asWritten": "this year"} }
            """ },
        { "baichuan-300-million-dollars", """
            { "kind": "round", "company": {"name": "Baichuan"}, "status": "announced",
              "amount": {"qualifier": "approximately", "currency": "USD", "low": 300000000, "high": 300000000, "asWritten": "approximately $300 million", "usdAsReported": null},
              "investors": [{"name": "Alibaba", "role": "participant"}, {"name": "Tencent", "role": "participant"}] }
            """ },
    };

    [Theory]
    [MemberData(nameof(Deals))]
    public async Task A_deal_says_what_its_article_says(string id, string expected)
    {
        var listed = await ledger.Deal(id);
        var alone = (await ledger.Ask("deal", id)).AsObject();

        JsonAssert.Has(expected, listed);
        Assert.True(alone.Remove("claims"));
        Assert.Equal(JsonAssert.Show(listed), JsonAssert.Show(alone));
    }

    [Fact]
    public async Task There_are_these_deals_and_no_others() =>
        Assert.Equal(Deals.Select(row => row.Data.Item1).Order(), (await ledger.List("deals", "--limit", "1000")).Select(deal => (string)deal["id"]!).Order());

    [Fact]
    public async Task Closed_is_only_what_the_text_calls_closed_or_carried_out()
    {
        var deals = await ledger.List("deals", "--limit", "1000");

        Assert.Equal(["enflame-technology-series-b", "intellifusion-pre-ipo"],
            deals.Where(deal => (string)deal["status"]! == "closed").Select(deal => (string)deal["id"]!).Order());
        Assert.All(deals, deal => Assert.Empty(deal["contested"]!.AsArray()));
    }

    [Fact]
    public async Task SenseTime_postponed_in_March_2020()
    {
        var status = (await ledger.Ask("deal", "sensetime-ipo"))["claims"]!.AsArray().Single(claim => (string)claim!["field"]! == "status");

        JsonAssert.Has("""{ "value": {"is": "status", "value": "postponed", "effective": "2020-03"}, "asWritten": "postponed its IPO in March 2020", "current": true }""", status);
    }

    [Fact]
    public async Task A_claim_is_told_as_one_of_its_field_and_stored_under_a_name_that_stays()
    {
        var told = (await ledger.Ask("deal", "enflame-technology-series-b"))["claims"]!.AsArray();
        Assert.All(told, claim => Assert.Equal(((string)claim!["field"]!).Split('/')[0], (string)claim["value"]!["is"]!));
        Assert.Contains(told, claim => (string)claim!["value"]!["is"]! == "usdAsReported");
        var stored = (await ledger.Events()).First(e => (string)e["stream"]! == "deal-enflame-technology-series-b")["data"]!["claims"]!.AsArray();
        Assert.Contains(stored, claim => (string)claim!["value"]!["is"]! == "usd_as_reported");
    }

    [Fact]
    public async Task A_market_figure_stands_on_its_article_and_is_no_deal()
    {
        var claimed = (await ledger.Events()).Single(e => (string)e["type"]! == "article_claimed");
        var recorded = (await ledger.Events()).Single(e => (string)e["stream"]! == (string)claimed["stream"]! && (string)e["type"]! == "article_recorded");

        Assert.Equal("000_c012138556fb5198.txt", (string)recorded["data"]!["fileName"]!);
        JsonAssert.Has("""
            { "claims": [
              { "value": {"is": "market_figure", "during": "unknown", "amount": {"qualifier": "exact", "currency": "CNY", "low": 119100000000, "high": 119100000000}}, "asWritten": "RMB 119.1 billion" },
              { "value": {"is": "market_figure", "during": "unknown", "amount": {"qualifier": "exact", "currency": "CNY", "low": 173600000000, "high": 173600000000}}, "asWritten": "RMB 173.6 billion" }] }
            """, claimed["data"]);
        Assert.All(claimed["data"]!["claims"]!.AsArray(), claim => Assert.Contains("Itjuzi", (string)claim!["value"]!["measure"]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_history_of_a_deal_tells_what_made_it_so()
    {
        var entry = Assert.Single(await ledger.List("history", "biren-pledge"));
        var deal = await ledger.Deal("biren-pledge");

        JsonAssert.Has("""{ "version": 1, "event": "deal_announced", "claims": 9 }""", entry);
        Assert.Equal((long)deal["position"]!, (long)entry["position"]!);
        Assert.Equal(JsonAssert.Show(deal["sources"]), JsonAssert.Show(entry["sources"]));
        Assert.Equal(Environment.UserName, (string)entry["author"]!);
        Assert.InRange((DateTimeOffset)entry["recordedAt"]!, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        var changes = entry["changes"]!.AsArray();
        Assert.All(changes, change => Assert.Null(change!["from"]));
        JsonAssert.Has("""{ "field": "status", "from": null, "to": {"value": {"is": "status", "value": "pledged"}, "asWritten": "pledge"} }""",
            changes.Single(change => (string)change!["field"]! == "status"));
    }
}
