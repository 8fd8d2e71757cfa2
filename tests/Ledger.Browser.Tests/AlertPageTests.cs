using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class AlertPageTests(TestBrowser browser, DisputedSite disputed)
{
    [Fact]
    public async Task From_a_subscription_one_comes_to_what_it_was_told_and_how_that_was_sent_without_a_barrier()
    {
        await using var visit = await Visit.Begin(browser, disputed, new Look(Script: true, IsSignedIn: true));
        await visit.Open("/alerts");
        await Barriers.None(visit.Page);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Acme", Exact = true }).ClickAsync();
        var alert = visit.Page.Locator(".alerts li");
        while (await alert.CountAsync() == 0)
            await visit.Page.ReloadAsync();
        Assert.Contains("round: series D", await alert.InnerTextAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("Acme – Ledger", await visit.Page.TitleAsync());
        await IsSound(visit);

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "What was sent" }).ClickAsync();
        await IsSound(visit);
        await visit.Page.Locator("tbody th a").First.ClickAsync();
        await IsSound(visit);
        Assert.Equal("Delivery", await visit.Page.Locator("h1").InnerTextAsync());
        // What it tells of leads to the deal.
        await visit.Page.Locator(".alerts a").First.ClickAsync();
        Assert.Equal($"/deals/{DisputedSite.Deal}", visit.Path);
    }

    /// <summary>Also on a narrow screen.</summary>
    private static async Task IsSound(Visit visit)
    {
        await Barriers.None(visit.Page);
        await visit.Page.SetViewportSizeAsync(390, 900);
        Assert.Equal(390, await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await visit.Page.SetViewportSizeAsync(1440, 900);
        Assert.Empty(visit.Complaints());
    }
}
