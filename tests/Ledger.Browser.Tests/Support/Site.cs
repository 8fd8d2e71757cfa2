using System.Text.RegularExpressions;
using Ledger.Browser.Tests.Support;
using Ledger.Testing;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(TestBrowser))]
[assembly: AssemblyFixture(typeof(SeedSite))]
[assembly: AssemblyFixture(typeof(DisputedSite))]

namespace Ledger.Browser.Tests.Support;

/// <summary>One Chromium for all tests; each visit has a context of its own.</summary>
public sealed class TestBrowser : IAsyncLifetime
{
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private IPlaywright _playwright = null!;

    public IBrowser Chromium { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        Chromium = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Testing.Chromium.ExecutablePath, Args = Arguments });
    }

    public async ValueTask DisposeAsync()
    {
        await Chromium.DisposeAsync();
        _playwright.Dispose();
    }
}

/// <summary>A ledger of its own, served by the built program as a person would run it.</summary>
public abstract partial class Site : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private LedgerProgram _program = null!;
    private Task<string>? _signedIn;

    /// <summary>Where it is served, without a slash at the end.</summary>
    public string Address { get; private set; } = null!;

    protected string DataFolder => _folder.Combine("data");

    protected string OtherFolder(string name) => Directory.CreateDirectory(_folder.Combine(name)).FullName;

    /// <summary>What a browser keeps of having been signed in by the link that the program printed, which works once.</summary>
    public Task<string> SignedIn(TestBrowser browser)
    {
        lock (_folder)
            return _signedIn ??= SignIn(browser);
    }

    /// <summary>Makes a key, as its user gives it.</summary>
    public async Task<string> Key(string name, string role)
    {
        var run = await LedgerProgram.Run(["keys", "add", name, "--role", role, "--data", DataFolder]);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        return run.Output.Split('\n')[0];
    }

    public async ValueTask InitializeAsync()
    {
        _program = LedgerProgram.Start([.. await Prepare(), "--urls", "http://127.0.0.1:0", "--data", DataFolder]);
        Address = HttpAddress().Match(await _program.Printed("Ledger is at")).Value;
    }

    public async ValueTask DisposeAsync()
    {
        // Told to go rather than killed, so that it stops its database.
        await _program.Terminate();
        await _program.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does what must be done before, and gives the command that serves.</summary>
    protected abstract Task<string[]> Prepare();

    private async Task<string> SignIn(TestBrowser browser)
    {
        var line = await _program.Printed("open this once within");
        await using var context = await browser.Chromium.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim());
        Assert.Equal(Address + "/", page.Url);
        return await context.StorageStateAsync();
    }

    [GeneratedRegex(@"http://\S+[0-9]")]
    private static partial Regex HttpAddress();
}

/// <summary>The five seed articles.</summary>
public sealed class SeedSite : Site
{
    protected override Task<string[]> Prepare() => Task.FromResult<string[]>(["demo"]);
}
