using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class WatchlistPageTests(TestBrowser browser, DisputedSite disputed)
{
    [Fact]
    public async Task A_rule_is_shown_where_it_is_wrong_and_a_list_of_whom_it_chooses_is_kept_and_changed()
    {
        await using var visit = await Visit.Begin(browser, disputed, new Look(Script: true, IsSignedIn: true));
        await visit.Open("/watchlists");
        await visit.Page.GetByLabel("Rule, in the language of rules").FillAsync("companies where colour = red");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try it" }));
        Assert.StartsWith("Line 1, column 17: a company has no 'colour'", await visit.Page.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("c", await visit.Page.Locator(".rule-place mark").InnerTextAsync());

        await visit.Page.GetByLabel("Rule, in the language of rules").FillAsync("companies where id = acme-robotics");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try it" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".rule-explained")).ToHaveTextAsync("Companies that are Acme Robotics.");
        Assert.Contains("It chooses 1 party on ", await visit.Page.Locator("#rule-tried").InnerTextAsync(), StringComparison.Ordinal);
        // Told while it is typed; whom the rule before has chosen is not whom this one does.
        await visit.Page.GetByLabel("Rule, in the language of rules").FillAsync("companies where id = acme-robotics or sector = ai");
        await Assertions.Expect(visit.Page.Locator(".rule-explained")).ToHaveTextAsync("Companies that are Acme Robotics, or are in the sector ai.");
        await Assertions.Expect(visit.Page.Locator("#rule-tried")).ToBeEmptyAsync();
        await visit.Page.GetByLabel("Rule, in the language of rules").FillAsync("companies where id = acme-robotics and");
        await Assertions.Expect(visit.Page.Locator(".rule-problem p")).ToContainTextAsync("a condition is expected");
        await visit.Page.GetByLabel("Rule, in the language of rules").FillAsync("companies where id = acme-robotics");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try it" }).ClickAsync();
        await visit.Page.GetByLabel("Keep a list of them, with the name").FillAsync("One company");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Keep the list" }));
        Assert.StartsWith("/watchlists/one-company?after=", visit.Path, StringComparison.Ordinal);
        while (await visit.Page.Locator("tbody tr").CountAsync() == 0)
            await visit.Page.ReloadAsync();
        Assert.StartsWith("Acme Robotics", await visit.Page.Locator("tbody tr").InnerTextAsync(), StringComparison.Ordinal);

        await visit.Page.GetByText("Pin or exclude a party").ClickAsync();
        await visit.Page.GetByLabel("Party", new() { Exact = true }).FillAsync("Acme Robotics");
        await visit.Page.GetByLabel("Reason").First.FillAsync("Toys.");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Exclude it" }));
        Assert.Contains("because: Toys.", await visit.Page.Locator("section[aria-labelledby=excluded]").InnerTextAsync(), StringComparison.Ordinal);
        await visit.Follow(visit.Page.GetByRole(AriaRole.Link, new() { Name = "What became of it" }));
        Assert.Equal(["Excluded", "1 party joined", "Defined"], await visit.Page.Locator(".changes-event").AllInnerTextsAsync());

        // Who follows the company hears of it.
        await visit.Open("/alerts/acme");
        while (await visit.Page.Locator(".alerts li").Filter(new() { HasText = "List membership" }).CountAsync() < 2)
            await visit.Page.ReloadAsync();
        await Barriers.None(visit.Page);
        Assert.Empty(visit.Complaints());
    }
}
