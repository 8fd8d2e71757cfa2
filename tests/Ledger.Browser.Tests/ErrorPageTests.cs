using Ledger.Browser.Tests.Support;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class ErrorPageTests(TestBrowser browser, SeedSite seeds)
{
    [Theory]
    [InlineData("/nowhere", 404, "Nothing here", "There is nothing at /nowhere.")]
    [InlineData("/deals/none", 404, "Not in the record", "No deal has the id 'none'.")]
    [InlineData("/companies/nobody", 404, "Not in the record", "No company or investor has the id, name or alias 'nobody'.")]
    [InlineData("/articles/none", 404, "Not in the record", "No article has the id 'none'.")]
    [InlineData("/log/999999", 404, "Not in the record", "No event stands at position 999999 of the log.")]
    [InlineData("/log/first", 404, "Not in the record", "'first' is no position in the log.")]
    [InlineData("/deals?next=x", 400, "A value cannot be used", "'x' is not what an earlier page gave as next")]
    [InlineData("/companies?next=x", 400, "A value cannot be used", "'x' is not what an earlier page gave as next")]
    [InlineData("/log?limit=0", 400, "A value cannot be used", "'0' is out of range; a number from 1 to 1000 is expected")]
    public async Task What_is_not_there_or_cannot_be_read_is_a_page_like_the_others(string path, int status, string title, string detail)
    {
        await using var visit = await Visit.Begin(browser, seeds);
        var answer = await visit.Page.GotoAsync(seeds.Address + path);
        Assert.Equal(status, answer!.Status);
        Assert.Equal(title, await visit.Page.Locator("h1").InnerTextAsync());
        Assert.Contains(detail, await visit.Page.Locator("main .lead").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal($"{title} – Ledger", await visit.Page.TitleAsync());
        Assert.Equal(10, await visit.Page.Locator("nav#menu a").CountAsync());
        Assert.Contains("default-src 'self'", answer.Headers["content-security-policy"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_api_answers_the_same_with_a_problem_document()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        var answer = await visit.Page.APIRequest.GetAsync($"{seeds.Address}/api/companies/nobody");
        Assert.Equal((404, "application/problem+json"), (answer.Status, answer.Headers["content-type"]));
        Assert.Contains("default-src 'self'", answer.Headers["content-security-policy"], StringComparison.Ordinal);
    }
}
