using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class SignInTests(TestBrowser browser, DisputedSite disputed)
{
    [Fact]
    public async Task A_reader_signs_in_with_a_key_from_where_a_form_would_stand_and_signs_out_again()
    {
        var key = await disputed.Key("Grace Hopper", "editor");
        await using var visit = await Visit.Begin(browser, disputed, new Look(Width: 390));
        await visit.Open("/record");
        Assert.Equal(0, await visit.Page.GetByLabel("The article's text").CountAsync());
        await visit.Follow(visit.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Sign in" }));
        await visit.Page.GetByLabel("Key").FillAsync(key[..^1] + "!");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }));
        Assert.Equal("The key is none of this ledger's, or was revoked, or has expired.", (await visit.Page.GetByRole(AriaRole.Alert).InnerTextAsync()).Trim());

        await visit.Page.GetByLabel("Key").FillAsync(key);
        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }));
        Assert.Equal("/record", visit.Path);
        Assert.Equal("Signed in as Grace Hopper editor", (await visit.Page.Locator(".session-name").InnerTextAsync()).ReplaceLineEndings(" ").Trim());
        Assert.Equal(390, await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(1, await visit.Page.GetByLabel("The article's text").CountAsync());

        await visit.Follow(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }));
        await visit.Open("/record");
        Assert.Equal(0, await visit.Page.GetByLabel("The article's text").CountAsync());
        Assert.Empty(visit.Complaints());
    }
}
