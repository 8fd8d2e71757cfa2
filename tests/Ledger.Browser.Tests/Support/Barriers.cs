using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests.Support;

/// <summary>What keeps people from reading or using a page, as axe finds it.</summary>
internal static class Barriers
{
    private static readonly Lazy<string> Axe = new(() => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "axe.min.js")));

    /// <summary>There are none that are serious, in light, in dark or narrow.</summary>
    public static async Task None(IPage page)
    {
        await page.EvaluateAsync(Axe.Value);
        Assert.Equal([], await Of(page, ""));
        // In the dark the colours are others, and nothing else.
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        Assert.Equal([], await Of(page, ", runOnly: ['color-contrast']"));
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(390, 900);
        Assert.Equal([], await Of(page, ""));
        await page.SetViewportSizeAsync(1440, 900);
    }

    private static async Task<IEnumerable<string>> Of(IPage page, string options)
    {
        var results = await page.EvaluateAsync<JsonElement>($"axe.run(document, {{ resultTypes: ['violations']{options} }})");
        return
        [
            .. results.GetProperty("violations").EnumerateArray()
                .Where(violation => violation.GetProperty("impact").GetString() is "serious" or "critical")
                .Select(violation => $"{violation.GetProperty("id")}: {string.Join("; ", violation.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("html").GetString() + " " + node.GetProperty("failureSummary").GetString()))}"),
        ];
    }
}
