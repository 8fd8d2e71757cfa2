using Microsoft.Playwright;
using Xunit;

namespace Ledger.Browser.Tests.Support;

/// <summary>How a page is looked at.</summary>
/// <param name="Script">Whether the browser runs scripts. The pages must not need them.</param>
/// <param name="IsSignedIn">Whether its reader is an admin.</param>
public sealed record Look(int Width = 1440, bool Script = false, ColorScheme Colors = ColorScheme.Light, bool IsSignedIn = false);

/// <summary>One reader's browser on a site. It notes every complaint of the browser's and every request that failed.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly Site _site;
    private readonly List<string> _complaints = [];

    private Visit(IBrowserContext context, IPage page, Site site) => (_context, Page, _site) = (context, page, site);

    public IPage Page { get; }

    /// <summary>What went wrong since the last time that this was asked.</summary>
    public IReadOnlyList<string> Complaints()
    {
        lock (_complaints)
        {
            string[] complaints = [.. _complaints];
            _complaints.Clear();
            return complaints;
        }
    }

    public static async Task<Visit> Begin(TestBrowser browser, Site site, Look? look = null)
    {
        look ??= new Look();
        var context = await browser.Chromium.NewContextAsync(new()
        {
            JavaScriptEnabled = look.Script,
            ColorScheme = look.Colors,
            // Colours that change slowly are neither the old nor the new ones.
            ReducedMotion = ReducedMotion.Reduce,
            StorageState = look.IsSignedIn ? await site.SignedIn(browser) : null,
            ViewportSize = new() { Width = look.Width, Height = 900 },
        });
        var visit = new Visit(context, await context.NewPageAsync(), site);
        visit.Page.Console += (_, message) => visit.Complain(message.Type is "error" or "warning", $"console: {message.Text}");
        visit.Page.PageError += (_, error) => visit.Complain(true, $"script: {error}");
        // What goes on for as long as a page is open breaks off when it is left.
        visit.Page.RequestFailed += (_, request) => visit.Complain(request.ResourceType != "eventsource", $"request: {request.Url} {request.Failure}");
        visit.Page.Response += (_, response) => visit.Complain(response.Status >= 400, $"answer: {response.Url} {response.Status}");
        visit.Page.Request += (_, request) =>
            visit.Complain(!request.Url.StartsWith(site.Address, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal), $"elsewhere: {request.Url}");
        return visit;
    }

    /// <summary>Opens a page, which must answer with 200.</summary>
    public async Task Open(string path)
    {
        var answer = await Page.GotoAsync(_site.Address + path);
        Assert.Equal(200, answer!.Status);
    }

    /// <summary>Clicks on what leads to a page and waits until all of the page is there. A click by itself waits for the answer's head only: who counts then, counts a part.</summary>
    public async Task Follow(ILocator link)
    {
        await link.ClickAsync();
        await Page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
    }

    /// <summary>The path that the browser is at, with what follows it.</summary>
    public string Path => Page.Url[_site.Address.Length..];

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Complain(bool really, string what)
    {
        if (!really)
            return;
        lock (_complaints)
            _complaints.Add(what);
    }
}
