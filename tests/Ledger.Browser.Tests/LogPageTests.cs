using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class LogPageTests(TestBrowser browser, SeedSite seeds)
{
    [Fact]
    public async Task The_log_lists_every_event_from_the_latest_to_the_first()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/log");
        var positions = new List<int>();
        while (true)
        {
            positions.AddRange((await visit.Page.Locator("tbody th a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))")).Select(href => int.Parse(href["/log/".Length..])));
            var next = visit.Page.GetByRole(AriaRole.Link, new() { Name = "Next page" });
            if (await next.CountAsync() == 0)
                break;
            await visit.Follow(next);
        }
        Assert.Equal(Enumerable.Range(1, positions.Count).Reverse(), positions);
        Assert.True(positions.Count > 50);
    }

    [Fact]
    public async Task An_event_leads_to_what_it_is_about_and_shows_what_is_stored()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/deals/stepfun-series-b");
        await visit.Follow(visit.Page.Locator(".record-foot a").First);
        Assert.StartsWith("/log/", visit.Path, StringComparison.Ordinal);
        Assert.Contains("deal_announced", await visit.Page.Locator(".particulars").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"asWritten\": \"hundreds of millions of dollars\"", await visit.Page.Locator("pre").TextContentAsync(), StringComparison.Ordinal);
        await visit.Follow(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Stepfun: series B" }));
        Assert.Equal("/deals/stepfun-series-b", visit.Path);
    }

    [Fact]
    public async Task Every_page_says_as_of_which_position_it_speaks()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/log");
        var head = (await visit.Page.Locator("tbody th a").First.GetAttributeAsync("href"))!["/log/".Length..];
        foreach (var page in Pages.OfEachKind)
        {
            await visit.Open(page);
            var position = page.Contains("at=40", StringComparison.Ordinal) ? "40" : head;
            Assert.StartsWith($"The record as of position {position} of the log.", await visit.Page.Locator("footer").InnerTextAsync(), StringComparison.Ordinal);
        }
    }
}
