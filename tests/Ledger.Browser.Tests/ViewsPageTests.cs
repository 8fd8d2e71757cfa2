using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class ViewsPageTests(TestBrowser browser, SeedSite seeds, DisputedSite disputed)
{
    [Fact]
    public async Task A_view_is_replayed_and_rolled_back_from_the_page_and_it_says_what_came_of_it()
    {
        await using var visit = await Visit.Begin(browser, disputed, new Look(IsSignedIn: true));
        await visit.Open("/views");
        var row = visit.Page.GetByRole(AriaRole.Row, new() { Name = "company" });
        await row.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/views$"));
        for (var words = row.GetByRole(AriaRole.Status); await words.CountAsync() == 0; words = row.GetByRole(AriaRole.Status))
            await visit.Page.ReloadAsync();
        Assert.Equal("Version 2 is live, the same row for row as the version before.", await row.GetByRole(AriaRole.Status).InnerTextAsync());

        // Who looks at a past moment goes on looking at it.
        await visit.Open("/views?at=1");
        await row.GetByRole(AriaRole.Button, new() { Name = "Roll back company to version 1" }).ClickAsync();
        Assert.Equal("Readers see the version again that was live before.", await row.GetByRole(AriaRole.Status).InnerTextAsync());
        Assert.Equal("1", await row.GetByRole(AriaRole.Cell).First.InnerTextAsync());
        Assert.Equal("/views?at=1", visit.Path);
    }

    [Fact]
    public async Task A_page_is_shown_as_of_another_day_and_leads_back_to_the_present()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/deals");
        await visit.Page.GetByLabel("The record at the end of").FillAsync("2020-01-01");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show" }));
        Assert.StartsWith("The record as it was at position 0 of the log", await visit.Page.Locator(".moment").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await visit.Page.Locator("tbody tr").CountAsync());
        await visit.Follow(visit.Page.GetByRole(AriaRole.Link, new() { Name = "Back to the present" }));
        Assert.Equal("/deals", visit.Path);
        Assert.Equal(13, await visit.Page.Locator("tbody tr").CountAsync());
    }
}
