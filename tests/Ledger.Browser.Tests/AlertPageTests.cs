using System.Text.RegularExpressions;
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
        var alert = visit.Page.Locator(".alerts li").Filter(new() { HasText = "series D" });
        while (await alert.CountAsync() == 0)
            await visit.Page.ReloadAsync();
        Assert.Contains("round: series D", await alert.InnerTextAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("Acme – Ledger", await visit.Page.TitleAsync());
        await IsSound(visit);

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "What was sent" }).ClickAsync();
        await IsSound(visit);
        await visit.Page.Locator("tbody th a").Last.ClickAsync();
        await IsSound(visit);
        Assert.Equal("Delivery", await visit.Page.Locator("h1").InnerTextAsync());
        // What it tells of leads to the deal.
        await visit.Page.Locator(".alerts a").First.ClickAsync();
        Assert.Equal($"/deals/{DisputedSite.Deal}", visit.Path);
    }

    [Fact]
    public async Task An_alert_that_is_made_while_somebody_looks_comes_by_itself()
    {
        await using var visit = await Visit.Begin(browser, disputed, new Look(Script: true, IsSignedIn: true));
        var isFirst = true;
        // As the page was before the alert was made.
        await visit.Page.RouteAsync("**/alerts/acme", async route =>
        {
            var answer = await route.FetchAsync();
            var now = await answer.TextAsync();
            var before = Regex.Replace(Regex.Replace(now, "<ol class=\"changes alerts\">.*?</ol>", "", RegexOptions.Singleline), "from=\\d+", "from=0");
            await route.FulfillAsync(new() { Response = answer, Body = isFirst ? before : now });
            isFirst = false;
        });
        await visit.Open("/alerts/acme");
        await Assertions.Expect(visit.Page.Locator("#latest-alerts .alerts li").Filter(new() { HasText = "series D" })).ToHaveCountAsync(1);
        Assert.Contains("round: series D", await visit.Page.Locator("#latest-alerts").InnerTextAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(visit.Complaints());
    }

    [Fact]
    public async Task Kinds_of_change_are_offered_to_whoever_does_not_want_all()
    {
        await using var visit = await Visit.Begin(browser, disputed, new Look(Script: true));
        await visit.Open("/alerts");
        var retraction = visit.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Retraction" });
        Assert.False(await retraction.IsVisibleAsync());
        await visit.Page.GetByRole(AriaRole.Checkbox, new() { Name = "All" }).UncheckAsync();
        await retraction.CheckAsync();
        await Barriers.None(visit.Page);
        await visit.Page.GetByLabel("Which").FillAsync("acme-robotics");
        await visit.Page.GetByLabel("Follow").SelectOptionAsync("company");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try it" }));
        Assert.Contains("kinds=retraction", visit.Path, StringComparison.Ordinal);
        Assert.True(await retraction.IsCheckedAsync());
        Assert.Contains("0 alerts since", await visit.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
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
