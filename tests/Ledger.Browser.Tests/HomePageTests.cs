using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class HomePageTests(TestBrowser browser, SeedSite seeds, DisputedSite disputed)
{
    [Theory]
    [InlineData("deals", "13", "/deals")]
    [InlineData("companies", "11", "/companies")]
    [InlineData("investors", "17", "/investors")]
    [InlineData("articles", "5", "/articles")]
    public async Task The_home_page_counts_what_is_in_the_ledger_and_leads_to_it(string name, string count, string address)
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/");
        var number = visit.Page.Locator(".numbers a").Filter(new() { HasText = name });
        Assert.Equal(count, await number.Locator(".number").InnerTextAsync());
        await number.ClickAsync();
        Assert.Equal(address, visit.Path);
    }

    [Fact]
    public async Task A_latest_change_says_what_became_known_when_and_by_whom_and_leads_to_the_deals_history()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/");
        var change = visit.Page.Locator(".changes li").Filter(new() { HasText = "Intellifusion" });
        Assert.Equal("New deal", await change.Locator(".changes-event").InnerTextAsync());
        Assert.StartsWith("CNY 1B · Closed · Dated 3 April, year not given · Walden International, lead", await change.Locator(".changes-fields").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Matches(@"recorded \d+ \w+ \d{4} by \w+", await change.Locator(".changes-when").InnerTextAsync());
        await change.GetByRole(AriaRole.Link, new() { Name = "fields" }).ClickAsync();
        Assert.Equal("/deals/intellifusion-pre-ipo/history", visit.Path);
    }

    [Fact]
    public async Task A_change_of_a_known_deal_is_told_from_what_to_what()
    {
        await using var visit = await Visit.Begin(browser, disputed);
        await visit.Open("/");
        var changes = visit.Page.Locator(".changes li");
        Assert.Equal(2, await changes.CountAsync());
        Assert.Equal("More said of the deal", await changes.First.Locator(".changes-event").InnerTextAsync());
        Assert.Equal("Amount: USD 462M → USD 62M · Round: Series D, equity → Series C bridge", await changes.First.Locator(".changes-fields").InnerTextAsync());
    }
}
