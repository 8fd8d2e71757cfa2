using System.Text.RegularExpressions;
using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class EveryPageTests(TestBrowser browser, SeedSite seeds, EveryPageTests.Readers readers) : IClassFixture<EveryPageTests.Readers>
{
    public static TheoryData<string> Each => Pages.Each;

    [Fact]
    public async Task Every_link_from_the_home_page_on_leads_to_a_page_without_an_error_that_fits_a_narrow_screen()
    {
        await using var visit = await Visit.Begin(browser, seeds, new Look(Width: 390));
        var seen = new HashSet<string> { "/" };
        var open = new Queue<string>(seen);
        while (open.TryDequeue(out var path))
        {
            await visit.Open(path);
            Assert.Equal([], visit.Complaints().Select(complaint => $"{path}: {complaint}"));
            Assert.Equal((path, 1), (path, await visit.Page.Locator("h1").CountAsync()));
            Assert.Equal((path, 390), (path, await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")));
            var links = await visit.Page.Locator("a[href]").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
            // The events are many and alike: those that something else links to are enough. What is under /api is no page.
            foreach (var link in links.Where(link => link.StartsWith('/') && !link.StartsWith("/api", StringComparison.Ordinal) && !(path.StartsWith("/log", StringComparison.Ordinal) && link.StartsWith("/log/", StringComparison.Ordinal))))
            {
                // Signing in leads back to where one was, and is the same everywhere.
                var page = link.StartsWith("/sign-in?", StringComparison.Ordinal) ? "/sign-in" : link.Split('#')[0];
                if (seen.Add(page))
                    open.Enqueue(page);
            }
        }
        Assert.True(seen.Count > 80, $"Only {seen.Count} pages were found.");
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task A_page_says_the_same_without_scripts_and_asks_for_none_but_to_draw_and_to_tell_a_rule_while_it_is_typed(string path)
    {
        var (without, with) = (readers.WithoutScript, readers.WithScript);
        await without.Open(path);
        await with.Open(path);
        Assert.Equal(await with.Page.Locator("body").InnerTextAsync(), await without.Page.Locator("body").InnerTextAsync());
        // What draws a chart of figures that stand on the page, and what tells a rule that a button tells as well.
        Assert.Equal((await with.Page.Locator("[data-chart]").CountAsync() > 0 ? 2 : 0) + await with.Page.Locator("textarea[hx-get]").CountAsync(), await with.Page.Locator("script").CountAsync());
        Assert.Empty(with.Complaints());
        Assert.Empty(without.Complaints());
    }

    [Fact]
    public async Task The_look_follows_the_readers_preference()
    {
        var grounds = new List<string>();
        foreach (var colors in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var visit = await Visit.Begin(browser, seeds, new Look(Colors: colors));
            await visit.Open("/");
            grounds.Add(await visit.Page.Locator("body").EvaluateAsync<string>("body => getComputedStyle(body).backgroundColor"));
        }
        Assert.Equal(["rgb(250, 249, 246)", "rgb(21, 23, 22)"], grounds);
    }

    [Fact]
    public async Task The_keyboard_reaches_the_content_the_search_and_the_main_navigation()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        await visit.Open("/deals");
        Assert.Equal(
            ["Skip to the content", "Ledger", "q", "Search", "Sign in", "Home", "Deals", "Companies", "Investors", "Rollups", "Watchlists", "Alerts", "Articles", "Log", "Jobs"],
            await Tabbed(visit.Page, 15));

        await visit.Open("/deals");
        await visit.Page.Keyboard.PressAsync("Tab");
        await visit.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("content", await visit.Page.EvaluateAsync<string>("document.activeElement.id"));
        Assert.Equal(["company"], await Tabbed(visit.Page, 1));
    }

    [Fact]
    public async Task On_a_narrow_screen_the_keyboard_opens_the_menu_and_walks_through_it_without_scripts()
    {
        await using var visit = await Visit.Begin(browser, seeds, new Look(Width: 390));
        await visit.Open("/deals");
        var menu = visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" });
        Assert.False(await menu.IsVisibleAsync());
        Assert.Equal(["Skip to the content", "Ledger", "q", "Search", "Sign in", "Menu"], await Tabbed(visit.Page, 6));
        await visit.Page.Keyboard.PressAsync("Enter");
        Assert.True(await menu.IsVisibleAsync());
        Assert.Equal(["Home", "Deals", "Companies"], await Tabbed(visit.Page, 3));
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Regex("/companies$"));
        Assert.False(await menu.IsVisibleAsync());
    }

    [Fact]
    public async Task The_navigation_tells_where_the_reader_is()
    {
        await using var visit = await Visit.Begin(browser, seeds);
        foreach (var (path, place, current) in new[] { ("/", "Home", "page"), ("/deals", "Deals", "page"), ("/deals/stepfun-series-b", "Deals", "true"), ("/log/1", "Log", "true") })
        {
            await visit.Open(path);
            var marked = visit.Page.Locator("#menu [aria-current]");
            Assert.Equal((place, current), (await marked.InnerTextAsync(), await marked.GetAttributeAsync("aria-current")));
        }
    }

    private static async Task<string[]> Tabbed(IPage page, int times)
    {
        var names = new string[times];
        for (var i = 0; i < times; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            names[i] = await page.EvaluateAsync<string>("(document.activeElement.getAttribute('aria-label') || document.activeElement.name || document.activeElement.textContent).trim()");
        }
        return names;
    }

    /// <summary>Who goes from page to page: a browser of its own for each would take longer than all that it looks at.</summary>
    public sealed class Readers(TestBrowser browser, SeedSite seeds) : IAsyncLifetime
    {
        public Visit WithoutScript { get; private set; } = null!;

        public Visit WithScript { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            WithoutScript = await Visit.Begin(browser, seeds);
            WithScript = await Visit.Begin(browser, seeds, new Look(Script: true));
        }

        public async ValueTask DisposeAsync()
        {
            await WithoutScript.DisposeAsync();
            await WithScript.DisposeAsync();
        }
    }
}
