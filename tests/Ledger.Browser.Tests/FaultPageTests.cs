using System.Diagnostics;
using Ledger.Browser.Tests.Support;
using Xunit;

namespace Ledger.Browser.Tests;

/// <summary>A ledger whose database ends while it serves.</summary>
public sealed class FaultPageTests(TestBrowser browser) : IAsyncLifetime
{
    private readonly BrokenSite _site = new();

    public ValueTask InitializeAsync() => _site.InitializeAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task When_the_database_is_gone_the_page_says_that_the_ledger_failed_and_does_not_fail_itself()
    {
        await _site.EndDatabase();
        await using var visit = await Visit.Begin(browser, _site);
        var answer = await visit.Page.GotoAsync(_site.Address + "/deals");
        Assert.Equal(500, answer!.Status);
        Assert.Equal("The ledger failed", await visit.Page.Locator("h1").InnerTextAsync());
        Assert.Equal(10, await visit.Page.Locator("nav#menu a").CountAsync());
        Assert.DoesNotContain("Npgsql", await visit.Page.ContentAsync(), StringComparison.Ordinal);
    }

    private sealed class BrokenSite : Site
    {
        protected override Task<string[]> Prepare() => Task.FromResult<string[]>(["demo"]);

        /// <summary>SIGQUIT: PostgreSQL ends at once, as in a crash.</summary>
        public async Task EndDatabase()
        {
            var file = Directory.EnumerateFiles(DataFolder, "postmaster.pid", SearchOption.AllDirectories).Single();
            var pid = (await File.ReadAllLinesAsync(file))[0];
            using var kill = Process.Start("kill", ["-QUIT", pid]);
            await kill.WaitForExitAsync();
            while (File.Exists(file))
                await Task.Delay(50);
        }
    }
}
