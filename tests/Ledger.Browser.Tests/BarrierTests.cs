using System.Text.Json;
using Ledger.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests;

/// <summary>What stands in the way of whoever cannot see well or uses no mouse, as axe finds it. It takes long, and so is done beside the other tests of every page.</summary>
public sealed class BarrierTests(TestBrowser browser, DisputedSite disputed, BarrierTests.Reader reader) : IClassFixture<BarrierTests.Reader>
{
    private static readonly Lazy<string> Axe = new(() => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "axe.min.js")));

    public static TheoryData<string> Each => Pages.Each;

    [Theory]
    [MemberData(nameof(Each))]
    public async Task A_page_has_no_serious_barrier_in_light_in_dark_or_narrow(string path)
    {
        await reader.Visit.Open(path);
        await HasNoBarrier(reader.Visit.Page);
    }

    [Theory]
    [InlineData($"/deals/{DisputedSite.Deal}")]
    [InlineData($"/deals/{DisputedSite.Deal}/history")]
    [InlineData("/companies/nobody")]
    public async Task What_the_seeds_do_not_show_has_no_serious_barrier_either(string path)
    {
        await using var visit = await Visit.Begin(browser, disputed, new Look(Script: true, IsSignedIn: true));
        await visit.Page.GotoAsync(disputed.Address + path);
        await HasNoBarrier(visit.Page);
    }

    private static async Task HasNoBarrier(IPage page)
    {
        await page.EvaluateAsync(Axe.Value);
        Assert.Equal([], await Barriers(page, ""));
        // In the dark the colours are others, and nothing else.
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        Assert.Equal([], await Barriers(page, ", runOnly: ['color-contrast']"));
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(390, 900);
        Assert.Equal([], await Barriers(page, ""));
        await page.SetViewportSizeAsync(1440, 900);
    }

    private static async Task<IEnumerable<string>> Barriers(IPage page, string options)
    {
        var results = await page.EvaluateAsync<JsonElement>($"axe.run(document, {{ resultTypes: ['violations']{options} }})");
        return
        [
            .. results.GetProperty("violations").EnumerateArray()
                .Where(violation => violation.GetProperty("impact").GetString() is "serious" or "critical")
                .Select(violation => $"{violation.GetProperty("id")}: {string.Join("; ", violation.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("html").GetString() + " " + node.GetProperty("failureSummary").GetString()))}"),
        ];
    }

    /// <summary>Goes from page to page, signed in, so that they have their forms, too.</summary>
    public sealed class Reader(TestBrowser browser, SeedSite seeds) : IAsyncLifetime
    {
        public Visit Visit { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Visit = await Support.Visit.Begin(browser, seeds, new Look(Script: true, IsSignedIn: true));

        public ValueTask DisposeAsync() => Visit.DisposeAsync();
    }
}
