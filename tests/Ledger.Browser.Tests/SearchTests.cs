using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class SearchTests(TestBrowser browser, SeedSite seeds)
{
    [Theory]
    [InlineData("Tencent Holdings", "/investors/tencent")]
    [InlineData("zhipu", "/companies/zhipu-ai")]
    [InlineData("  ENFLAME   technology ", "/companies/enflame-technology")]
    [InlineData("粤财基金", "/investors/utrust-fund")]
    [InlineData("stepfun-series-b", "/deals/stepfun-series-b")]
    public async Task Exactly_one_name_leads_straight_to_its_page(string words, string address)
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await Search(visit, words);
        Assert.Equal(address, visit.Path);
    }

    [Fact]
    public async Task A_part_of_a_name_lists_beginnings_first_and_says_under_which_name_it_was_found()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await Search(visit, "in");
        Assert.Equal("Search: in", await visit.Page.Locator("h1").InnerTextAsync());
        Assert.Equal("in", await visit.Page.GetByRole(AriaRole.Searchbox).InputValueAsync());
        var found = await visit.Page.Locator(".found li > a").AllInnerTextsAsync();
        Assert.Equal("Intellifusion", found[0]);
        Assert.Equal(found.Distinct(), found);
        Assert.Contains("also Tencent Holdings", await visit.Page.Locator(".found").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deals_are_found_by_company_and_round_together_under_any_alias()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await Search(visit, "enflame series b");
        Assert.Equal(["/deals/enflame-technology-series-b"], await visit.Page.Locator(".deal-table tbody th a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))"));
    }

    [Theory]
    [InlineData("no such name", "Nothing in the record goes by that name, and no article holds the words.")]
    [InlineData("zz%_", "Nothing in the record goes by that name, and no article holds the words.")]
    [InlineData("   ", "Companies, investors and deals are found by any part of a name or alias, articles and quotes by their words. Use the field above.")]
    public async Task A_search_that_finds_nothing_says_so(string words, string answer)
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await Search(visit, words);
        Assert.Equal(answer, (await visit.Page.Locator("main .lead").InnerTextAsync()).Trim());
    }

    private static async Task Search(Visit visit, string words)
    {
        await visit.Open("/");
        await visit.Page.GetByRole(AriaRole.Searchbox).FillAsync(words);
        await visit.Page.GetByRole(AriaRole.Searchbox).PressAsync("Enter");
        await visit.Page.WaitForLoadStateAsync();
        Assert.Empty(visit.Complaints());
    }
}
