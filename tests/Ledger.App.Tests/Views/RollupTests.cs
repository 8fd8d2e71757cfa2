using System.Text.Json.Nodes;
using Ledger.App.Tests.Deals;
using Ledger.App.Tests.Support;

namespace Ledger.App.Tests.Views;

/// <summary>Rollups, league tables and co-investors as people and programs ask for them, on the command line and over HTTP.</summary>
public sealed class RollupTests(SeededLedger seeded)
{
    private const string Rates = "Date,USD,CNY,\n2020-04-03,1.0785,7.6622,\n";
    private const string Article = "Acme raised 700 million yuan. Others did so too.";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoryTests.Channels), MemberType = typeof(StoryTests))]
    public async Task Deals_are_summed_up_by_any_dimensions_in_each_currency_and_in_dollars(string channel)
    {
        await using var desk = await Known(channel);

        JsonAssert.Has("""
            {
              "by": ["quarter", "series"], "total": {"deals": 5, "disclosed": 4, "undisclosed": 1}, "several": [], "next": null,
              "items": [
                {"of": {"quarter": "2020", "series": null}, "deals": 1, "disclosed": 0, "undisclosed": 1, "money": [], "usd": null},
                {"of": {"quarter": "2020-Q2", "series": "a"}, "deals": 1, "undisclosed": 0, "money": [{"currency": "CNY", "deals": 1, "low": 700000000, "high": 700000000}], "usd": null},
                {"of": {"quarter": "2020-Q2", "series": "b"}, "deals": 2, "money": [{"currency": "USD", "deals": 2, "low": 50000000, "high": null, "medianLow": 25000000, "medianHigh": null}], "usd": {"deals": 2, "reported": 2, "low": 50000000, "high": null}},
                {"of": {"quarter": "unknown", "series": "b"}, "deals": 1, "money": [{"currency": "CNY", "deals": 1}], "usd": {"deals": 1, "reported": 1, "low": 98600000}}
              ]
            }
            """, await Ask(desk, ["rollup", "--by", "quarter,series"], "/api/rollups?by=quarter,series"));
        JsonAssert.Has("""
            { "items": [{"of": {}, "deals": 5, "usd": {"deals": 4, "reported": 3, "low": 247129101, "high": null, "rates": {"source": "ECB", "from": "2020-04-03", "to": "2020-04-03"}}}] }
            """, await Ask(desk, ["rollup", "--dollars", "rates"], "/api/rollups?dollars=rates"));
        JsonAssert.Has("""
            { "items": [{"of": {"sector": "chips"}, "deals": 2}, {"of": {"sector": "robotics"}, "deals": 1}, {"of": {"sector": null}, "deals": 3}], "total": {"deals": 5}, "several": ["sector"] }
            """, await Ask(desk, ["rollup", "--by", "sector"], "/api/rollups?by=sector"));
        // Of whom the deals are by what their investors are known to be; who is of no known kind is of none.
        JsonAssert.Has("""{ "items": [{"of": {"investorKind": "venture"}, "deals": 3}, {"of": {"investorKind": null}, "deals": 2}] }""", await Ask(desk, ["rollup", "--by", "investorKind"], "/api/rollups?by=investorKind"));
        JsonAssert.Has("""{ "items": [{"of": {"status": "announced"}, "deals": 5}, {"of": {"status": "planned"}, "deals": 1}] }""", await Ask(desk, ["rollup", "--by", "status"], "/api/rollups?by=status"));
        // However it is written.
        JsonAssert.Has("""{ "items": [{"of": {"place": "BERLIN"}, "deals": 2, "money": [{"currency": "CNY", "deals": 1}, {"currency": "USD", "deals": 1}]}], "total": {"deals": 2} }""",
            await Ask(desk, ["rollup", "--by", "place", "--where", "place=Berlin"], "/api/rollups?by=place&where=place=Berlin"));
        Assert.Equal(3, (int)(await Ask(desk, ["rollup", "--where", "investorKind=Venture"], "/api/rollups?where=investorKind=Venture"))["total"]!["deals"]!);

        var first = await Ask(desk, ["rollup", "--by", "quarter,series", "--limit", "2"], "/api/rollups?by=quarter,series&limit=2");
        Assert.Equal("2020-Q2\ta", (string)first["next"]!);
        JsonAssert.Has("""{ "items": [{"of": {"series": "b"}}, {"of": {"quarter": "unknown"}}], "next": null }""", await Ask(desk, ["rollup", "--by", "quarter,series", "--next", "2020-Q2\ta"], "/api/rollups?by=quarter,series&next=2020-Q2%09a"));
        // By status those are counted, and listed, of which no money was raised.
        Assert.Equal(6, (await Ask(desk, ["rollup", "--by", "status", "--deals"], "/api/rollups/deals?by=status"))["items"]!.AsArray().Count);
        Assert.Equal(["a-one", "a-two"], (await Ask(desk, ["rollup", "--deals", "--where", "quarter=2020-Q2", "--where", "series=b"], "/api/rollups/deals?where=quarter=2020-Q2&where=series=b"))["items"]!.AsArray()
            .Select(deal => (string)deal!["id"]!).Order(StringComparer.Ordinal));
        JsonAssert.Has("""{ "where": {"quarter": "2020-Q2", "series": "b"}, "items": [{"deals": 2, "money": [{"currency": "USD", "low": 50000000}]}] }""",
            await Ask(desk, ["vintages", "--quarter", "2020-Q2", "--where", "series=b"], "/api/rollups/vintages?where=quarter=2020-Q2&where=series=b"));
        Assert.Equal(0, (int)(await Ask(desk, ["rollup", "--at", "0"], "/api/rollups?at=0", isNow: false))["total"]!["deals"]!);
    }

    [Theory]
    [MemberData(nameof(StoryTests.Channels), MemberType = typeof(StoryTests))]
    public async Task Investors_are_ranked_and_who_invests_with_whom_is_listed_page_by_page(string channel)
    {
        await using var desk = await Known(channel);

        JsonAssert.Has("""
            [{"rank": 1, "id": "big", "deals": 3, "led": 1, "newCompanies": 2, "disclosed": 3, "usd": {"low": 148600000, "high": null}}, {"rank": 2, "id": "small", "deals": 2, "led": 1, "newCompanies": 1}, {"rank": 3, "id": "third", "deals": 1}]
            """, (await Ask(desk, ["league"], "/api/league"))["items"]);
        // Big's first deal in Acme is the earlier one, which the condition leaves out.
        JsonAssert.Has("""[{"rank": 1, "id": "big", "deals": 1, "newCompanies": 0}]""", (await Ask(desk, ["league", "--where", "month=2020-05"], "/api/league?where=month=2020-05"))["items"]);
        JsonAssert.Has("""{ "items": [{"rank": 1, "id": "big"}], "next": "big" }""", await Ask(desk, ["league", "--by", "led", "--limit", "1"], "/api/league?by=led&limit=1"));
        JsonAssert.Has("""{ "items": [{"rank": 1, "id": "small"}], "next": null }""", await Ask(desk, ["league", "--by", "led", "--next", "big"], "/api/league?by=led&next=big"));
        JsonAssert.Has("""[{"id": "big", "usd": {"low": 148600000}}, {"rank": 2, "id": "small"}, {"rank": 2, "id": "third"}]""", (await Ask(desk, ["league", "--by", "money"], "/api/league?by=money"))["items"]);

        JsonAssert.Has("""{ "items": [{"id": "small", "name": "Small", "deals": 1}], "next": "small" }""", await Ask(desk, ["co-investors", "big", "--limit", "1"], "/api/investors/big/co-investors?limit=1"));
        JsonAssert.Has("""{ "items": [{"id": "third", "deals": 1}], "next": null }""", await Ask(desk, ["co-investors", "Big", "--next", "small"], "/api/investors/Big/co-investors?next=small"));
    }

    [Fact]
    public async Task The_same_is_a_page_with_a_link_to_the_deals_behind_each_cell_and_a_file()
    {
        await using var desk = await Known("HTTP");
        var page = await desk.Http.GetStringAsync($"/rollups?by=sector&by=series&dollars=rates&after={desk.Position}", Cancel);
        Assert.Contains("/rollups/deals?sector=chips&amp;series=b", page, StringComparison.Ordinal);
        Assert.Contains("A deal with several sectors counts in each of them, so these rows do not add up to the whole.", page, StringComparison.Ordinal);
        Assert.Contains("5 deals in all, 1 with an undisclosed amount.", page, StringComparison.Ordinal);
        Assert.Contains("by rates (ECB, 3 April 2020)", page, StringComparison.Ordinal);
        Assert.Contains("data-chart=", page, StringComparison.Ordinal);
        Assert.Contains("a-two", await desk.Http.GetStringAsync($"/rollups/deals?sector=chips&series=b&after={desk.Position}", Cancel), StringComparison.Ordinal);
        Assert.Contains("currency: 'XX' is no ISO 4217 code", System.Net.WebUtility.HtmlDecode(await desk.Http.GetStringAsync("/rollups?currency=XX", Cancel)), StringComparison.Ordinal);
        // Whoever names no period is shown the latest quarter of which there are deals.
        Assert.Matches("(?s)Quarters with deals: <a href=\"/rollups/vintages\\?quarter=2020-Q2\" aria-current=\"true\">Q2 2020</a>, <a.*>Date unknown</a>.*, so far", await desk.Http.GetStringAsync("/rollups/vintages", Cancel));
        Assert.Contains(", so far", await desk.Http.GetStringAsync("/rollups/vintages?quarter=2020-Q2", Cancel), StringComparison.Ordinal);
        Assert.Contains("what each investor put in is not known", await desk.Http.GetStringAsync("/league?by=money", Cancel), StringComparison.Ordinal);

        using var file = await desk.Http.GetAsync($"/api/rollups?by=series&where=series=b&format=csv&after={desk.Position}", Cancel);
        Assert.Equal("text/csv", file.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            """
            series,deals,disclosed,undisclosed,money_currency,money_deals,money_low,money_high,median_low,median_high,usd_deals,usd_reported,usd_low,usd_high,usd_median_low,usd_median_high,rates,rates_from,rates_to
            b,3,3,0,CNY,1,700000000,700000000,700000000,700000000,3,3,148600000,,40000000,98600000,,,
            b,,,,USD,2,50000000,,25000000,,,,,,,,,,
            """, (await file.Content.ReadAsStringAsync(Cancel)).ReplaceLineEndings("\n").TrimEnd());
        Assert.StartsWith("rank,id,name,deals", (await desk.Ledger.Run("league", "--csv")).Output, StringComparison.Ordinal);
        Assert.StartsWith("known_at,position,deals", (await desk.Ledger.Run("vintages", "--year", "2020", "--csv")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("by: 'week' is not one of month, quarter, year, sector, series, instrument, status, currency, place, investorKind", "rollup", "--by", "week")]
    [InlineData("by: 'year,year' names a dimension twice", "rollup", "--by", "year,year")]
    [InlineData("where: 'b' is no condition such as series=b", "rollup", "--where", "b")]
    [InlineData("where: 'weight' is no field; there are month, quarter, year, sector, series, instrument, status, currency, place, investorKind, company, investor, amountFrom, amountTo, announcedFrom, announcedTo", "rollup", "--where", "weight=1")]
    [InlineData("where: series stands twice", "rollup", "--where", "series=a", "--where", "series=b")]
    [InlineData("quarter: '2020-04' is no quarter; 2020-Q2 or unknown would be one", "rollup", "--where", "quarter=2020-04")]
    [InlineData("quarter: 'none' is no date; 2020-Q2 or unknown is expected", "rollup", "--where", "quarter=none")]
    [InlineData("announcedFrom: '2024-13' is no date; 2020-04-03, 2020-04, 2020-Q2 or 2020 is expected", "rollup", "--where", "announcedFrom=2024-13")]
    [InlineData("investorKind: 'corporate/other' has other characters than lower-case letters, digits and inner hyphens", "rollup", "--where", "investorKind=Corporate/other")]
    [InlineData("instrument: 'gold' is not one of equity, convertible, debt, grant, secondary, crowdfunding, token", "rollup", "--where", "instrument=gold")]
    [InlineData("currency: is missing; amounts are told apart in one currency", "rollup", "--where", "amountFrom=5")]
    [InlineData("dollars: 'mine' is not one of reported, rates", "rollup", "--dollars", "mine")]
    [InlineData("csv: stands beside deals, which are listed for people or with --json; leave --csv or --deals out", "rollup", "--deals", "--csv")]
    [InlineData("next: 'x\ty' is not what an earlier page gave as next", "rollup", "--by", "year", "--next", "x\ty")]
    [InlineData("where: names no period; quarter=2023-Q4, month=2023-11 or year=2023 would be one", "vintages")]
    [InlineData("by: 'fame' is not one of deals, led, money, newCompanies", "league", "--by", "fame")]
    [InlineData("next: 'nobody' is not what an earlier page gave as next", "league", "--next", "nobody")]
    [InlineData("No company or investor has the id, name or alias 'nobody'.", "rollup", "--where", "company=nobody")]
    [InlineData("No company or investor has the id, name or alias 'nobody'.", "co-investors", "nobody")]
    public async Task What_makes_no_sense_is_refused_with_what_would(string sentence, params string[] command)
    {
        var run = await (await seeded.Ledger).Run(command);
        Assert.Equal((2, sentence), (run.ExitCode, run.Errors.Trim()));
    }

    [Fact]
    public async Task The_nightly_job_makes_all_facts_again_and_fails_where_one_has_drifted()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        Assert.Equal(0, (await ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);
        var before = await ledger.Run("rollup", "--by", "status,currency", "--json");

        var run = await ledger.Run("jobs", "run", "rollups", "--json");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal("1 view, each the same, row for row, as 13 events make it.", (string)JsonNode.Parse(run.Output)!["result"]!);
        Assert.Equal(before.Output, (await ledger.Run("rollup", "--by", "status,currency", "--json")).Output);

        await using (var command = ledger.Database.CreateCommand("update view_rollup_1.rollup_fact set amount_low = amount_low + 1 where deal_id = 'enflame-technology-series-b'"))
            Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
        var drifted = await ledger.Run("jobs", "run", "rollups");
        Assert.Contains("Rows differ from what the log makes them: rollup;", drifted.Output + drifted.Errors, StringComparison.Ordinal);
        Assert.NotEqual(0, drifted.ExitCode);
    }

    private static async Task<Desk> Known(string channel)
    {
        var desk = await Desk.Open(channel);
        await desk.Offer(Article, $$"""
            { "parties": [{"id": "acme", "name": "Acme"}, {"id": "other", "name": "Other"}, {"id": "small", "name": "Small"}, {"id": "third", "name": "Third"},
                {"id": "big", "name": "Big", "claims": [{"investorKind": "venture", "words": "Others", "quote": "Others did so too."}]}],
              "deals": [
                {{Deal("a-one", "acme", "2020-04-03", "b", Amount("exact", "USD", 10), Investor("big", "lead"), Sector("chips"), Place("Berlin"))}},
                {{Deal("a-two", "acme", "2020-05", "b", """{"qualifier": "over", "currency": "USD", "low": 40000000}""", Investor("big", "participant"), Sector("chips"), Sector("robotics"))}},
                {{Deal("o-one", "other", "2020-04-03", "a", Amount("exact", "CNY", 700), Investor("small", "lead"), Place("BERLIN"), Place("berlin"))}},
                {{Deal("o-two", "other", "unknown", "b", Amount("exact", "CNY", 700), Investor("small", "participant"), Investor("big", "participant"), Investor("third", "participant"),
                    """{"usdAsReported": {"qualifier": "exact", "low": 98600000, "high": 98600000}, "words": "700 million", "quote": "Acme raised 700 million yuan."}""")}},
                {{Deal("o-year", "other", "2020", null, null)}},
                {{Deal("plan", "other", "2020-04-03", "a", Amount("exact", "USD", 1)).Replace("\"status\": \"announced\"", "\"status\": \"planned\"", StringComparison.Ordinal)}}
              ] }
            """);
        await desk.ImportRates(Rates);
        return desk;
    }

    private static async Task<JsonNode> Ask(Desk desk, string[] command, string address, bool isNow = true) => desk.IsOnTheWeb
        ? JsonNode.Parse(await desk.Http.GetStringAsync(isNow ? $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}after={desk.Position}" : address, Cancel))!
        : await desk.Ledger.Ask(command);

    private static string Amount(string qualifier, string currency, int millions) => $$"""{"qualifier": "{{qualifier}}", "currency": "{{currency}}", "low": {{millions}}000000, "high": {{millions}}000000}""";

    private static string Investor(string id, string role) => $$"""{"investor": "{{id}}", "role": "{{role}}", "words": "Others", "quote": "Others did so too."}""";

    private static string Sector(string slug) => $$"""{"sector": "{{slug}}", "words": "Others", "quote": "Others did so too."}""";

    private static string Place(string name) => Sector(name).Replace("sector", "place", StringComparison.Ordinal);

    private static string Deal(string id, string company, string when, string? series, string? amount, params string[] more) => $$"""
        {"id": "{{id}}", "claims": [{{string.Join(", ", [
            $$"""{"company": "{{company}}", "words": "Acme", "quote": "Acme raised"}""", """{"kind": "round", "words": "raised", "quote": "Acme raised"}""",
            """{"status": "announced", "words": "raised", "quote": "Acme raised"}""", $$"""{"announced": "{{when}}", "words": "raised", "quote": "Acme raised"}""",
            .. series is null ? [] : new[] { $$$"""{"round": {"series": "{{{series}}}"}, "words": "raised", "quote": "Acme raised"}""" },
            .. amount is null ? [] : new[] { $$"""{"amount": {{amount}}, "words": "700 million", "quote": "Acme raised 700 million yuan."}""" }, .. more])}}]}
        """;
}
