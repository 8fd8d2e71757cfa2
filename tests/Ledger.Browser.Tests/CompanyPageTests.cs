using Ledger.Browser.Tests.Support;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class CompanyPageTests(TestBrowser browser, SeedSite seeds)
{
    [Fact]
    public async Task Zhipus_total_is_three_billion_yuan_and_does_not_count_the_aggregate()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/companies/zhipu-ai");
        var main = visit.Page.Locator(".glance-main");
        Assert.Equal(1, await main.CountAsync());
        Assert.Equal("Raised CNY 3B in 1 deal", string.Join(' ', (await main.InnerTextAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(
            ["Previous financing round: the amount is undisclosed", "Sum over several rounds, over CNY 2.5B: its rounds count, not their sum"],
            await visit.Page.Locator(".notice li").AllInnerTextsAsync());
        Assert.Contains("CNY 20B", await visit.Page.Locator(".glance").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_companys_deals_stand_in_order_and_its_investors_once_each()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/companies/zhipu-ai");
        Assert.Equal(["Previous financing round", "Funding round", "Sum over several rounds"], await visit.Page.Locator(".deal-table tbody th a").AllInnerTextsAsync());
        Assert.Equal(
            ["Beijing Zhongguancun Science City Innovation Development", "Alibaba", "Tencent", "Hillhouse", "Legend Capital", "Qiming Venture Partners", "Sequoia", "Xiaomi"],
            await visit.Page.Locator("section[aria-labelledby=investors] tbody th").AllInnerTextsAsync());
    }

    [Fact]
    public async Task Money_that_is_only_pledged_is_not_called_raised()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/companies/biren");
        var main = await visit.Page.Locator(".glance-main").InnerTextAsync();
        Assert.StartsWith("Pledged, not yet paid in", main, StringComparison.Ordinal);
        Assert.Contains("USD 280M", main, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/companies/ZHIPU", "/companies/zhipu-ai")]
    [InlineData("/companies/Enflame%20Technology", "/companies/enflame-technology")]
    [InlineData("/investors/Tencent%20Holdings", "/investors/tencent")]
    [InlineData("/investors/%E7%B2%A4%E8%B4%A2%E5%9F%BA%E9%87%91", "/investors/utrust-fund")]
    [InlineData("/parties/Tencent", "/investors/tencent")]
    [InlineData("/parties/SSCIC", "/parties/shanghai-state-owned-capital-investment")]
    public async Task A_name_or_alias_leads_to_the_address_of_the_id(string name, string address)
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open(name);
        Assert.Equal(address, visit.Path);
    }

    [Fact]
    public async Task The_list_of_companies_shows_totals_as_ranges_in_the_currency_as_announced()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/companies");
        var rows = await visit.Page.Locator("tbody tr").AllInnerTextsAsync();
        Assert.Contains(rows, row => row.StartsWith("Stepfun", StringComparison.Ordinal) && row.Contains("USD 100M – 1B", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("Moore Threads", StringComparison.Ordinal) && row.Contains("CNY 1M or more", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("SenseTime", StringComparison.Ordinal) && row.Contains("nothing that counts as raised", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_api_lists_companies_investors_and_articles_as_the_pages_do()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        foreach (var (list, first, count) in new[] { ("companies", "baichuan", 11), ("investors", "alibaba", 17), ("articles", "796191a2d4f84d41", 5) })
        {
            var page = (await (await visit.Page.APIRequest.GetAsync($"{seeds.Address}/api/{list}?limit=2")).JsonAsync())!.Value;
            Assert.Equal(2, page.GetProperty("items").GetArrayLength());
            Assert.Equal(first, page.GetProperty("items")[0].GetProperty("id").GetString());
            var rest = (await (await visit.Page.APIRequest.GetAsync($"{seeds.Address}/api/{list}?next={page.GetProperty("next").GetString()}")).JsonAsync())!.Value;
            Assert.Equal(count - 2, rest.GetProperty("items").GetArrayLength());
            Assert.Null(rest.GetProperty("next").GetString());
        }
    }
}
