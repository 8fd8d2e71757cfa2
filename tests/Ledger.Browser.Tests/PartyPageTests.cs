using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class PartyPageTests(TestBrowser browser, SeedSite seeds, DisputedSite disputed)
{
    [Fact]
    public async Task What_a_merge_would_change_is_shown_before_it_is_made()
    {
        await using var visit = await Visit.Begin(browser, seeds, new Look(Script: true, IsSignedIn: true));
        await visit.Open("/companies/stepfun");
        await visit.Page.GetByText("The same as another one").ClickAsync();
        await visit.Page.GetByLabel("Id of the party that it is shown as from then on").FillAsync("baichuan");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Show what a merge would change" }));
        Assert.Equal("/parties/stepfun/merge/preview?into=baichuan", visit.Path);
        Assert.Equal(["Stepfun now", "Baichuan now", "Baichuan as one"], await visit.Page.Locator("section[aria-labelledby=as-company] tbody th").AllInnerTextsAsync());
        Assert.Contains("Tencent\n3 companies instead of 4", await visit.Page.Locator("section[aria-labelledby=others] li").AllInnerTextsAsync());
        Assert.Empty(visit.Complaints());
    }

    [Fact]
    public async Task A_party_is_merged_and_parted_again_and_affiliated_on_its_page()
    {
        await using var visit = await Visit.Begin(browser, disputed, new Look(Script: true, IsSignedIn: true));
        await visit.Open("/investors/big-and-bold");
        await visit.Page.GetByText("What it is to another one").ClickAsync();
        await visit.Page.GetByLabel("It is", new() { Exact = true }).SelectOptionAsync("fundOf");
        await visit.Page.GetByLabel("Id of the other party").FillAsync("acme-robotics");
        await visit.Page.GetByLabel("Since when, as precisely as it is known").FillAsync("2020-04");
        await visit.Page.GetByLabel("Or a reason, where no article says so").FillAsync("Its own page says so.");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Record it" }));
        Assert.StartsWith("/investors/big-and-bold?after=", visit.Path, StringComparison.Ordinal);
        Assert.Contains("Fund of Acme Robotics from April 2020", await visit.Page.Locator(".facts").InnerTextAsync(), StringComparison.Ordinal);

        await visit.Open("/parties/big-and-bold/merge/preview?into=acme-robotics");
        await visit.Page.GetByLabel("Reason").FillAsync("One and the same.");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "They are one" }));
        Assert.StartsWith("/companies/acme-robotics?after=", visit.Path, StringComparison.Ordinal);
        Assert.Contains("Registered as big-and-bold, too", await visit.Page.Locator(".merged-from").InnerTextAsync(), StringComparison.Ordinal);

        await visit.Page.GetByText("The same as another one").ClickAsync();
        await visit.Page.GetByLabel("Why big-and-bold is another one after all").FillAsync("They are two.");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Undo the merge of big-and-bold" }));
        Assert.StartsWith("/investors/big-and-bold?after=", visit.Path, StringComparison.Ordinal);
        Assert.Equal(0, await visit.Page.Locator(".merged-from").CountAsync());
        Assert.Empty(visit.Complaints());
    }
}
