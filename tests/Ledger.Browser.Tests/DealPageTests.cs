using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class DealPageTests(TestBrowser browser, SeedSite seeds, DisputedSite disputed)
{
    private const string Enflame = "/deals/enflame-technology-series-b";

    [Fact]
    public async Task A_deal_shows_what_matters_at_a_glance()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open(Enflame);
        Assert.Equal("Enflame Technology: Series B", await visit.Page.Locator("h1").InnerTextAsync());
        Assert.Equal("Enflame Technology: Series B – Ledger", await visit.Page.TitleAsync());
        var glance = await visit.Page.Locator(".glance").InnerTextAsync();
        foreach (var fact in new[] { "CNY 700M", "RMB 700 million", "USD 98.6M, as the source gives it", "closed", "on Thursday", "Summitview Capital" })
            Assert.Contains(fact, glance, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Amount", "CNY 700M “RMB 700 million”", 1)]
    [InlineData("Dollars, as reported", "USD 98.6M “$98.6 million”", 1)]
    [InlineData("Status", "Closed “has closed”", 2)]
    [InlineData("Use of proceeds", "“scale Enflame’s business, expand its tech support team", 4)]
    [InlineData("Investor", "Tencent participant", 3)]
    public async Task Each_field_has_its_value_its_words_and_the_number_of_the_passage_that_says_so(string field, string value, int passage)
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open(Enflame);
        var values = visit.Page.Locator(".field").Filter(new() { Has = visit.Page.Locator($"dt:text-is('{field}')") }).Locator("dd");
        var said = values.Last;
        Assert.Contains(value, Quoted(await said.EvaluateAsync<string>("dd => dd.innerHTML")), StringComparison.Ordinal);
        Assert.Equal($"#passage-{passage}", await said.Locator(".cite").GetAttributeAsync("href"));
    }

    [Fact]
    public async Task A_passage_is_quoted_to_the_letter_and_its_link_lands_on_the_marked_passage_in_the_article()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open(Enflame);
        var passage = visit.Page.Locator("#passage-2");
        const string quote = "Enflame Technology has closed its RMB 700 million Series B, with Beijing-based private equity firm Summitview Capital leading the round.";
        Assert.Equal(quote, await passage.Locator("blockquote p").TextContentAsync());
        await passage.Locator(".passage-source a").First.ClickAsync();
        Assert.StartsWith("/articles/b17244a40225f137#claim-", visit.Path, StringComparison.Ordinal);
        var marked = visit.Page.Locator("mark:has(:target)");
        Assert.Equal(quote, await marked.TextContentAsync());
        // Waits for the scrolling to end.
        await Assertions.Expect(marked).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Every_claim_of_a_deal_stands_on_its_page()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open(Enflame);
        var record = await visit.Page.APIRequest.GetAsync($"{seeds.Address}/api{Enflame}");
        var claims = (await record.JsonAsync())!.Value.GetProperty("claims").GetArrayLength();
        Assert.Equal(claims, await visit.Page.Locator(".field dd .cite").CountAsync());
    }

    [Fact]
    public async Task A_deal_that_is_in_no_total_says_so_and_why()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/deals/zhipu-ai-2-5-billion-yuan-aggregate");
        Assert.Equal("This is a sum over several rounds, and counting it would count them twice. It is in no total.", (await visit.Page.Locator(".notice").First.InnerTextAsync()).Trim());
    }

    [Fact]
    public async Task Fields_on_which_sources_disagree_are_marked_with_all_that_is_claimed()
    {
        await using var visit = await Visit.Begin(browser, disputed);
        await visit.Open($"/deals/{DisputedSite.Deal}");
        Assert.Contains("The sources disagree on", await visit.Page.Locator(".notice-contested").InnerTextAsync(), StringComparison.Ordinal);
        var amount = visit.Page.Locator(".field").Filter(new() { Has = visit.Page.Locator("dt:has-text('Amount')") });
        Assert.Equal("contested", await amount.Locator(".standing-contested").InnerTextAsync());
        Assert.StartsWith("USD 62M", await amount.Locator("dd").Nth(0).InnerTextAsync(), StringComparison.Ordinal);
        Assert.StartsWith("also claimed USD 462M", await amount.Locator("dd").Nth(1).InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("not-chosen", await amount.Locator("dd").Nth(1).GetAttributeAsync("class"));
    }

    [Fact]
    public async Task The_history_tells_each_change_with_position_author_source_and_both_values()
    {
        await using var visit = await Visit.Begin(browser, disputed);
        await visit.Open($"/deals/{DisputedSite.Deal}/history");
        var changes = visit.Page.Locator(".change");
        Assert.Equal(2, await changes.CountAsync());
        Assert.Matches(@"Version 2, recorded \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC by \w+ at position \d+, from The Correction", await changes.First.Locator(".change-head").InnerTextAsync());
        var amount = changes.First.Locator("tr").Filter(new() { HasText = "Amount" });
        Assert.StartsWith("USD 462M", await amount.Locator("td").Nth(0).InnerTextAsync(), StringComparison.Ordinal);
        Assert.StartsWith("USD 62M", await amount.Locator("td").Nth(1).InnerTextAsync(), StringComparison.Ordinal);
        await amount.Locator("summary").ClickAsync();
        await amount.GetByRole(AriaRole.Link, new() { Name = "In the article" }).ClickAsync();
        Assert.Equal("the bridge brought $62 million", await visit.Page.Locator("mark:has(:target)").TextContentAsync());
    }

    [Theory]
    [InlineData("?company=ZHIPU", 3)]
    [InlineData("?investor=tencent+holdings", 4)]
    [InlineData("?company=Stepfun&investor=Tencent", 1)]
    [InlineData("?company=&investor=", 13)]
    public async Task The_list_of_deals_is_filtered_by_company_and_investor(string query, int deals)
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/deals" + query);
        Assert.Equal(deals, await visit.Page.Locator(".deal-table tbody tr").CountAsync());
    }

    [Fact]
    public async Task The_filter_form_keeps_a_name_that_nobody_goes_by_and_says_so()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/deals");
        await visit.Page.GetByLabel("Investor", new() { Exact = true }).FillAsync("Nobody & Sons");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Filter" }));
        Assert.Equal("No company or investor has the id, name or alias 'Nobody & Sons'.", (await visit.Page.GetByRole(AriaRole.Alert).InnerTextAsync()).Trim());
        Assert.Equal("Nobody & Sons", await visit.Page.GetByLabel("Investor", new() { Exact = true }).InputValueAsync());
    }

    [Theory]
    [InlineData("/deals", 13)]
    [InlineData("/companies", 11)]
    [InlineData("/investors", 17)]
    [InlineData("/articles", 5)]
    public async Task Leafing_through_a_list_shows_each_thing_once(string list, int things)
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open($"{list}?limit=4");
        var seen = new List<string>();
        while (true)
        {
            seen.AddRange(await visit.Page.Locator("main tbody th a, main .articles a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))"));
            var next = visit.Page.GetByRole(AriaRole.Link, new() { Name = "Next page" });
            if (await next.CountAsync() == 0)
                break;
            await visit.Follow(next);
        }
        Assert.Equal(things, seen.Count);
        Assert.Equal(things, seen.Distinct().Count());
    }

    private static string Quoted(string html) => string.Join(' ',
        System.Text.RegularExpressions.Regex.Replace(html.Replace("<q class=\"words\">", "“", StringComparison.Ordinal).Replace("</q>", "”", StringComparison.Ordinal), "<[^>]+>", "")
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
