using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class InvestorPageTests(TestBrowser browser, SeedSite seeds)
{
    [Fact]
    public async Task Tencents_page_lists_its_four_companies_once_each()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/investors/tencent");
        Assert.Equal(["Baichuan", "Enflame Technology", "Stepfun", "Zhipu AI"], await visit.Page.Locator("section[aria-labelledby=companies] tbody th").AllInnerTextsAsync());
        Assert.Equal("Also known as Tencent Holdings", await visit.Page.Locator(".also").InnerTextAsync());
    }

    [Fact]
    public async Task An_investors_page_tells_its_role_in_each_deal_and_with_whom_it_invests()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/investors/fortera-capital");
        Assert.Equal(["lead"], await visit.Page.Locator(".deal-table .role").AllInnerTextsAsync());
        Assert.Equal(["Qiming Venture Partners", "Tencent"], await visit.Page.Locator(".co-investors a").AllInnerTextsAsync());
        Assert.Contains("Subsidiary of Shanghai State-owned Capital Investment Co", await visit.Page.Locator(".facts").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_both_links_from_one_of_its_pages_to_the_other()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/investors/xiaomi");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Xiaomi as a company" }));
        Assert.Equal("/companies/xiaomi", visit.Path);
        await visit.Follow(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Xiaomi as an investor" }));
        Assert.Equal("/investors/xiaomi", visit.Path);
    }

    [Fact]
    public async Task Chinese_names_are_shown_as_they_are()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/investors/forebright-capital");
        Assert.Equal("Also known as 光远资本", await visit.Page.Locator(".also").InnerTextAsync());
    }
}
