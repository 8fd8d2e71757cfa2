using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;

namespace Ledger.App.Tests.Seeds;

/// <summary>Companies and investors of the five articles, as the program tells of them.</summary>
public sealed class SeedPartyTests(SeededLedger ledger)
{
    [Theory]
    [InlineData("zhipu-ai", "zhipu-ai")]
    [InlineData("Zhipu AI", "zhipu-ai")]
    [InlineData("Zhipu", "zhipu-ai")]
    [InlineData("  zHIPU   ai ", "zhipu-ai")]
    [InlineData("ENFLAME", "enflame-technology")]
    [InlineData("shanghai biren intelligent technology co.", "biren")]
    [InlineData("Shanghai", "shanghai")]
    [InlineData("bytedance", "bytedance")]
    public async Task A_company_is_found_by_its_id_name_or_alias_in_any_case(string asked, string id) =>
        Assert.Equal(id, (string)(await ledger.Ask("company", asked))["id"]!);

    [Theory]
    [InlineData("Tencent", "tencent")]
    [InlineData("TENCENT HOLDINGS", "tencent")]
    [InlineData("Alibaba", "alibaba")]
    [InlineData("alibaba group holding", "alibaba")]
    [InlineData("Qiming Venture", "qiming-venture-partners")]
    [InlineData("Qiming Venture Partners", "qiming-venture-partners")]
    [InlineData("粤财基金", "utrust-fund")]
    [InlineData("光远资本", "forebright-capital")]
    [InlineData("fortera", "fortera-capital")]
    public async Task An_investor_is_found_by_its_id_name_or_alias_in_any_case(string asked, string id) =>
        Assert.Equal(id, (string)(await ledger.Ask("investor", asked))["id"]!);

    [Fact]
    public async Task Nobody_is_registered_twice_under_names_of_one()
    {
        var names = (await ledger.Events()).Where(e => (string)e["type"]! is "party_registered" or "party_alias_added").Select(e => (string)e["data"]!["name"]!).ToList();

        Assert.Equal(names.Distinct(StringComparer.OrdinalIgnoreCase), names);
        foreach (var one in new[] { "Zhipu", "Tencent", "Alibaba", "Qiming" })
            Assert.Single(await ledger.Events(), e => (string)e["type"]! == "party_registered" && ((string)e["data"]!["name"]!).StartsWith(one, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tencent_is_in_these_companies_and_no_others()
    {
        var tencent = await ledger.Ask("investor", "tencent");

        JsonAssert.Has("""
            { "name": "Tencent", "aliases": ["Tencent Holdings"], "counts": {"deals": 4, "led": 0, "joined": 4, "backed": 0},
              "companies": [
                {"name": "Baichuan", "roles": ["participant"], "deals": ["baichuan-300-million-dollars"]},
                {"name": "Enflame Technology", "roles": ["participant"], "deals": ["enflame-technology-series-b"]},
                {"name": "Stepfun", "roles": ["participant"], "deals": ["stepfun-series-b"]},
                {"name": "Zhipu AI", "roles": ["participant", "backer"], "deals": ["zhipu-ai-2-5-billion-yuan-aggregate"]}] }
            """, tencent);
        JsonAssert.Has("""{ "name": "Alibaba", "deals": 2 }""", tencent["coInvestors"]![0]);
        Assert.Contains("Qiming Venture Partners", Texts(tencent["coInvestors"], "name"));
        Assert.DoesNotContain("Tencent", Texts(tencent["coInvestors"], "name"));
    }

    [Fact]
    public async Task Zhipus_total_does_not_count_the_aggregate()
    {
        var zhipu = await ledger.Ask("company", "zhipu");

        JsonAssert.Has("""
            { "name": "Zhipu AI", "aliases": ["Zhipu"],
              "totals": [{"currency": "CNY", "low": 3000000000, "high": 3000000000, "deals": 1, "pledged": null}], "counted": 2, "undisclosed": 1,
              "latestValuation": {"deal": "zhipu-ai-september-round", "valuation": {"low": 20000000000, "high": 20000000000, "currency": "CNY", "basis": "post"}} }
            """, zhipu);
        Assert.Equal(["zhipu-ai-2-5-billion-yuan-aggregate", "zhipu-ai-3-billion-yuan", "zhipu-ai-september-round"], Texts(zhipu["deals"], "id").Order());
        Assert.Equal(2, zhipu["sources"]!.AsArray().Count);
    }

    [Fact]
    public async Task Zhipus_backers_are_those_that_the_articles_name()
    {
        var investors = (await ledger.Ask("company", "zhipu"))["investors"]!.AsArray();

        Assert.Equal(["Alibaba", "Hillhouse", "Legend Capital", "Qiming Venture Partners", "Sequoia", "Tencent", "Xiaomi"],
            investors.Where(investor => investor!["roles"]!.AsArray().Any(role => (string)role! == "backer")).Select(investor => (string)investor!["name"]!).Order());
        JsonAssert.Has("""{ "roles": ["lead"], "deals": ["zhipu-ai-september-round"] }""",
            investors.Single(investor => (string)investor!["name"]! == "Beijing Zhongguancun Science City Innovation Development"));
        JsonAssert.Has("""{ "roles": ["backer"], "deals": [] }""", investors.Single(investor => (string)investor!["name"]! == "Legend Capital"));
    }

    public static readonly TheoryData<string, string> Totals = new()
    {
        { "Stepfun", """[{"currency": "USD", "low": 100000000, "high": 1000000000, "deals": 1, "pledged": null}]""" },
        { "Moore Threads", """[{"currency": "CNY", "low": 1000000, "high": null, "deals": 1, "pledged": null}]""" },
        { "Biren", """[{"currency": "USD", "low": 280000000, "high": 280000000, "deals": 1, "pledged": {"low": 280000000, "high": 280000000, "deals": 1}}]""" },
        { "Enflame", """[{"currency": "CNY", "low": 700000000, "high": 700000000, "deals": 1, "pledged": null}]""" },
        { "Baichuan", """[{"currency": "USD", "low": 300000000, "high": 300000000, "deals": 1, "pledged": null}]""" },
        { "Cambricon", "[]" },
        { "SenseTime", "[]" },
        { "Shanghai", "[]" },
    };

    [Theory]
    [MemberData(nameof(Totals))]
    public async Task A_total_counts_neither_plans_nor_what_was_postponed(string company, string totals) =>
        JsonAssert.Has($$"""{ "totals": {{totals}} }""", await ledger.Ask("company", company));

    [Fact]
    public async Task What_articles_say_of_parties_stands_with_them()
    {
        JsonAssert.Has("""{ "founded": {"date": "2014", "precision": "year", "asWritten": "Founded in 2014"}, "places": ["Shenzhen"] }""", await ledger.Ask("company", "intellifusion"));
        JsonAssert.Has("""{ "kinds": ["government-backed"], "affiliations": [{"is": "stateBacked", "with": null}] }""", await ledger.Ask("investor", "Shanghai Innovital Capital"));
        JsonAssert.Has("""
            { "kinds": ["private-equity"],
              "affiliations": [{"is": "subsidiaryOf", "with": {"name": "Shanghai State-owned Capital Investment Co"}}, {"is": "stateBacked", "with": {"name": "Shanghai"}}],
              "counts": {"deals": 1, "led": 1, "joined": 0, "backed": 0} }
            """, await ledger.Ask("investor", "Fortera Capital"));
        foreach (var (investor, kind) in new[] { ("Sequoia", "venture"), ("Hillhouse", "venture"), ("Xiaomi", "corporate"), ("Tencent", "corporate"), ("Alibaba", "corporate") })
            Assert.Equal([kind], (await ledger.Ask("investor", investor))["kinds"]!.AsArray().Select(one => (string)one!));
    }

    [Fact]
    public async Task Deals_are_found_by_company_and_by_investor()
    {
        Assert.Equal(3, (await ledger.List("deals", "--company", "ZHIPU")).Count);
        Assert.Equal(4, (await ledger.List("deals", "--investor", "tencent holdings")).Count);
        Assert.Equal("stepfun-series-b", (string)Assert.Single(await ledger.List("deals", "--investor", "Tencent", "--company", "stepfun"))["id"]!);
        Assert.Empty(await ledger.List("deals", "--investor", "intellifusion"));
    }

    private static IEnumerable<string> Texts(JsonNode? list, string field) => list!.AsArray().Select(item => (string)item![field]!);
}
