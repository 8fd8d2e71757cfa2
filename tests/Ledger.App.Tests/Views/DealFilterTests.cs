using System.Text.Json.Nodes;
using Ledger.App.Tests.Deals;
using Ledger.App.Tests.Support;

namespace Ledger.App.Tests.Views;

/// <summary>Deals by what is said of them, over HTTP and on the command line.</summary>
public sealed class DealFilterTests(SeededLedger seeded)
{
    private static readonly string[] Companies = ["Acme", "Beta"];

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    public static readonly TheoryData<string, string> Filters = new()
    {
        { "series=b", "moore-threads-series-b stepfun-series-b nextvpu-series-b enflame-technology-series-b" },
        { "series=Series B&status=closed", "enflame-technology-series-b" },
        { "series=pre-IPO", "intellifusion-pre-ipo" },
        { "status=postponed", "sensetime-ipo" },
        { "currency=usd", "baichuan-300-million-dollars biren-pledge stepfun-series-b" },
        // "Over 2.5 billion" and "millions" can be as much; an order of magnitude ends below its bound.
        { "currency=CNY&amountFrom=3000000000", "zhipu-ai-2-5-billion-yuan-aggregate moore-threads-series-b shanghai-fund-of-funds zhipu-ai-3-billion-yuan" },
        { "currency=CNY&amountFrom=300000000&amountTo=700000000", "moore-threads-series-b nextvpu-series-b enflame-technology-series-b" },
        { "currency=USD&amountFrom=999999999", "stepfun-series-b" },
        { "currency=USD&amountFrom=1000000000", "" },
        // Of those without a year nobody knows when they were.
        { "announcedFrom=2020-03-31", "sensetime-ipo" },
        { "announcedFrom=2020&announcedTo=2020-Q1", "sensetime-ipo" },
        { "announcedTo=2020-02", "" },
        { "sector=biotechnology", "shanghai-fund-of-funds" },
        { "source=5abb4a867af3d3e3", "moore-threads-series-b biren-pledge" },
        { "source=5abb4a867af3d3e3&status=pledged&company=biren", "biren-pledge" },
        { "investor=tencent&currency=USD", "baichuan-300-million-dollars stepfun-series-b" },
        { "contested=true", "" },
        { "contested=false&sector=semiconductors&series=b", "moore-threads-series-b nextvpu-series-b enflame-technology-series-b" },
        { "status=closed&at=19", "enflame-technology-series-b" },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Deals_are_found_by_all_that_is_asked_of_them(string query, string found)
    {
        Assert.Equal(found, Ids(await seeded.Served.Get($"/api/deals?{query}")));
        string[] options = [.. query.Split('&').SelectMany(part => new[] { "--" + string.Concat(part.Split('=')[0].Select(c => char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{c}")), part.Split('=')[1] })];
        Assert.Equal(found, Ids(await seeded.Ask(["deals", .. options])));
    }

    [Theory]
    [InlineData("status=none", "status: 'none' is not one of rumoured, planned, pledged, announced, closed, withdrawn, postponed")]
    [InlineData("series=b!", "series: 'b!' has other characters than lower-case letters, digits and inner hyphens")]
    [InlineData("amountFrom=5", "currency: is missing; amounts are told apart in one currency")]
    [InlineData("currency=RMB", "currency: 'RMB' is no ISO 4217 code such as USD, EUR or CNY")]
    [InlineData("currency=CNY&amountTo=-5", "amountTo: '-5' is no figure in whole units of the currency; 100000000 would be one")]
    [InlineData("currency=CNY&amountFrom=6&amountTo=5", "amountTo: 5 is less than amountFrom, 6")]
    [InlineData("announcedFrom=yesterday", "announcedFrom: 'yesterday' is no date; 2020-04-03, 2020-04, 2020-Q2 or 2020 is expected")]
    [InlineData("announcedFrom=XXXX-04", "announcedFrom: 'XXXX-04' names no year; 2020-04-03, 2020-04, 2020-Q2 or 2020 is expected")]
    [InlineData("announcedFrom=2021&announcedTo=2020", "announcedTo: 2020 is before announcedFrom, 2021")]
    [InlineData("sector=Robots", "sector: 'Robots' has other characters than lower-case letters, digits and inner hyphens")]
    [InlineData("contested=perhaps", "contested: 'perhaps' is neither true nor false nor a field such as amount or round")]
    public async Task What_makes_no_sense_is_said_in_one_sentence(string query, string sentence)
    {
        var (answer, problem) = await seeded.Served.Send(HttpMethod.Get, $"/api/deals?{query}");
        Assert.Equal((400, sentence), ((int)answer.StatusCode, (string?)problem!["detail"]));
        // The page keeps what was filled in, to be mended.
        var page = System.Net.WebUtility.HtmlDecode(await (await seeded.Served.Http()).GetStringAsync($"/deals?{query}", Cancel));
        Assert.Contains(sentence, page, StringComparison.Ordinal);
        Assert.Contains("<details class=\"filters-more\" open", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/deals?sector=semiconductors&contested=false", 2)]
    [InlineData("/api/deals/enflame-technology-series-b/history?", 1)]
    [InlineData("/api/companies?", 4)]
    [InlineData("/api/investors?", 5)]
    [InlineData("/api/articles?", 2)]
    [InlineData("/api/sources?", 1)]
    [InlineData("/api/log?", 40)]
    public async Task A_list_read_page_by_page_is_the_whole_list(string list, int limit)
    {
        var whole = (await seeded.Served.Get($"{list}&limit=1000"))["items"]!.AsArray();
        var pages = new List<JsonNode?>();
        for (string? next = ""; next is not null;)
        {
            var page = await seeded.Served.Get($"{list}&limit={limit}{next}");
            Assert.InRange(page["items"]!.AsArray().Count, whole.Count == 0 ? 0 : 1, limit);
            pages.AddRange(page["items"]!.AsArray());
            next = (string?)page["next"] is { } given ? $"&{(list.Contains("log", StringComparison.Ordinal) ? "after" : "next")}={Uri.EscapeDataString(given)}" : null;
        }
        Assert.Equal(whole.Select(JsonAssert.Show), pages.Select(JsonAssert.Show));
    }

    [Fact]
    public async Task Contested_deals_are_found_while_they_are_and_the_status_is_that_of_the_day()
    {
        await using var desk = await Desk.Open("HTTP");
        await desk.Announce("In May 2020 Acme and Beta raised $10 million from One.", Announcement("10", "One", dated: true));
        var before = desk.Position;
        await desk.Announce("Acme and Beta raised $12 million from Two.", Announcement("12", "Two", dated: false));
        Assert.Equal("beta-round acme-round", Ids(await Deals(desk, "contested=true&limit=2")));
        Assert.Equal("beta-round acme-round", Ids(await Deals(desk, "contested=amount&limit=1")) + " " + Ids(await Deals(desk, $"contested=amount&limit=1&next={(await Deals(desk, "contested=true&limit=1"))["next"]}")));
        Assert.Equal("", Ids(await Deals(desk, "contested=round")) + Ids(await Deals(desk, "contested=false")) + Ids(await Deals(desk, $"contested=true&at={before}")));
        Assert.Equal("beta-round acme-round", Ids(await Deals(desk, $"contested=false&at={before}")));

        var claim = await desk.Claim("acme-round", "amount", "$10 million");
        await desk.Do("prefer", "acme-round", $$"""{"claim": "{{claim}}", "reason": "Their own words."}""");
        var article = (string)(await desk.Deal("acme-round"))["sources"]![0]!;
        await desk.Do("advance", "acme-round", $$"""{"article": "{{article}}", "by": {"status": "closed", "effective": "2021-05-03", "words": "raised", "quote": "Acme and Beta raised $10 million"} }""");
        Assert.Equal("beta-round", Ids(await Deals(desk, "contested=true")));
        Assert.Equal("acme-round", Ids(await Deals(desk, "status=closed")));
        Assert.Equal("acme-round", Ids(await Deals(desk, "status=announced&company=acme&effective=2021-01-01")));
        Assert.Equal("", Ids(await Deals(desk, "status=closed&effective=2021-01-01")));
    }

    private static async Task<JsonNode> Deals(Desk desk, string query) =>
        JsonNode.Parse(await desk.Http.GetStringAsync($"/api/deals?{query}{(query.Contains("at=", StringComparison.Ordinal) ? "" : $"&after={desk.Position}")}", Cancel))!;

    private static string Ids(JsonNode list) => string.Join(' ', list["items"]!.AsArray().Select(deal => (string)deal!["id"]!));

    private static string Announcement(string millions, string investor, bool dated)
    {
        var quote = $"Acme and Beta raised ${millions} million";
        return "article: {file: a.txt}\nparties:\n  - {id: acme, name: Acme}\n  - {id: beta, name: Beta}\n  - {id: " + investor.ToLowerInvariant() + ", name: " + investor + "}\ndeals:\n" + string.Concat(Companies.Select(name => $$"""
              - id: {{name.ToLowerInvariant()}}-round
                claims:
                  - {company: {{name.ToLowerInvariant()}}, words: {{name}}, quote: "{{quote}}"}
                  - {kind: round, words: raised, quote: "{{quote}}"}
                  - {status: announced, effective: "{{(dated ? "2020-05" : "unknown")}}", words: raised, quote: "{{quote}}"}
                  - {amount: {qualifier: exact, currency: USD, low: {{millions}}000000, high: {{millions}}000000}, words: "${{millions}} million", quote: "{{quote}}"}
            {{(dated ? "      - {announced: 2020-05, words: May 2020, quote: In May 2020}" : "")}}

            """));
    }
}
