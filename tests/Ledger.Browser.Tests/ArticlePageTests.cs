using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class ArticlePageTests(TestBrowser browser, SeedSite seeds, DisputedSite disputed)
{
    public static TheoryData<string> Articles => ["b17244a40225f137", "ce5d63770145e7da", "481efe0997b5df91", "5abb4a867af3d3e3", "796191a2d4f84d41"];

    [Theory]
    [MemberData(nameof(Articles))]
    public async Task An_articles_text_is_shown_to_the_letter_and_every_quote_is_marked_where_it_stands(string id)
    {
        await using var visit = await Visit.Begin(browser, seeds);
        var article = (await (await visit.Page.APIRequest.GetAsync($"{seeds.Address}/api/articles/{id}")).JsonAsync())!.Value;
        var text = article.GetProperty("text").GetString()!;
        await visit.Open($"/articles/{id}");
        var lines = await visit.Page.Locator(".article-text p").EvaluateAllAsync<string[]>(
            "lines => lines.map(line => { const copy = line.cloneNode(true); copy.querySelectorAll('.cite').forEach(cite => cite.remove()); return copy.textContent; })");
        Assert.Equal(text.Split('\n').Where(line => !string.IsNullOrWhiteSpace(line)), lines);

        var passages = await visit.Page.Locator(".note").CountAsync();
        for (var number = 1; number <= passages; number++)
        {
            var claim = (await visit.Page.Locator($"#passage-{number} > .cite").GetAttributeAsync("href"))!["#claim-".Length..];
            var mark = article.GetProperty("marks").EnumerateArray().Single(mark => mark.GetProperty("claim").GetString() == claim);
            var quote = text.Substring(mark.GetProperty("start").GetInt32(), mark.GetProperty("length").GetInt32());
            var marked = await visit.Page.Locator($"mark.in-{number}").AllTextContentsAsync();
            Assert.Equal(Squeezed(quote), Squeezed(string.Concat(marked)));
        }
        Assert.Equal(
            article.GetProperty("marks").EnumerateArray().Select(mark => "claim-" + mark.GetProperty("claim").GetString()).Order(),
            (await visit.Page.Locator("mark [id]").EvaluateAllAsync<string[]>("marks => marks.map(mark => mark.id)")).Order());
    }

    [Fact]
    public async Task Passages_that_overlap_light_up_as_a_whole_each_with_its_note()
    {
        await using var visit = await Visit.Begin(browser, seeds, new Look(Script: true));
        await visit.Open("/articles/5abb4a867af3d3e3");
        var overlapped = visit.Page.Locator("mark[class*=' ']");
        Assert.NotEqual(0, await overlapped.CountAsync());
        var number = (await overlapped.First.GetAttributeAsync("class"))!.Split(' ')[0]["in-".Length..];
        var color = "mark => getComputedStyle(mark).backgroundColor";
        var before = await overlapped.First.EvaluateAsync<string>(color);
        await visit.Follow(visit.Page.Locator($"#passage-{number} > .cite"));
        var lit = await visit.Page.Locator($"mark.in-{number}").EvaluateAllAsync<string[]>("marks => marks.map(mark => getComputedStyle(mark).backgroundColor)");
        Assert.True(lit.Length > 1);
        Assert.Single(lit.Distinct());
        Assert.NotEqual(before, lit[0]);
        Assert.Equal(lit[0], await visit.Page.Locator($"#passage-{number}").EvaluateAsync<string>(color));
    }

    [Fact]
    public async Task A_mark_leads_to_what_was_taken_from_it_and_on_to_the_deal()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/articles/b17244a40225f137");
        await visit.Follow(visit.Page.GetByRole(AriaRole.Link, new() { Name = "What passage 3 says" }));
        var note = visit.Page.Locator(".note:target");
        Assert.Contains("Status has closed", (await note.InnerTextAsync()).ReplaceLineEndings(" "), StringComparison.Ordinal);
        await note.GetByRole(AriaRole.Link, new() { Name = "Enflame Technology: Series B" }).ClickAsync();
        Assert.Equal("/deals/enflame-technology-series-b", visit.Path);
    }

    [Fact]
    public async Task Market_figures_are_shown_and_lead_to_their_passage()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/articles/b17244a40225f137");
        var figures = visit.Page.Locator("section[aria-labelledby=figures] tbody tr");
        Assert.Equal(2, await figures.CountAsync());
        await figures.First.GetByRole(AriaRole.Link, new() { Name = "CNY 119.1B" }).ClickAsync();
        Assert.Equal("Total investment fell to RMB 119.1 billion in Q1 from RMB 173.6 billion last year.", await visit.Page.Locator("mark:has(:target)").TextContentAsync());
    }

    [Fact]
    public async Task Nothing_that_an_article_or_a_name_says_is_taken_as_markup()
    {
        await using var visit = await Visit.Begin(browser, disputed, new Look(Script: true));
        await visit.Open($"/deals/{DisputedSite.Deal}");
        await visit.Follow(visit.Page.Locator(".passage-source a").First);
        Assert.Equal("Acme raises " + DisputedSite.Hostile, await visit.Page.Locator("h1").InnerTextAsync());
        Assert.Contains(DisputedSite.Hostile, await visit.Page.Locator(".article-text").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("Big & <b>Bold</b> Partners", await visit.Page.Locator(".notes").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("https://news.example/acme?a=1&b=%22", await visit.Page.GetByRole(AriaRole.Link, new() { Name = "The original" }).GetAttributeAsync("href"));
        foreach (var path in new[] { visit.Path.Split('#')[0], "/", "/deals", $"/deals/{DisputedSite.Deal}", $"/deals/{DisputedSite.Deal}/history", "/companies", "/companies/acme-robotics", "/investors/big-and-bold", "/articles", "/log", "/log/1", "/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E" })
        {
            await visit.Open(path);
            Assert.Equal(0, await visit.Page.Locator("script, img[onerror], main b, main i, main u").CountAsync());
            Assert.EndsWith("Ledger", await visit.Page.TitleAsync(), StringComparison.Ordinal);
        }
        Assert.Empty(visit.Complaints());
    }

    private static string Squeezed(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
