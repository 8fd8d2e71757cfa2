using System.Net.Http.Headers;
using Ledger.App.Access;
using Ledger.App.Tests.Support;
using Ledger.App.Views.Own;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Microsoft.Extensions.Configuration;

namespace Ledger.App.Tests.Access;

/// <summary>Reading, where that takes a key.</summary>
public sealed class ReadingTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private ServedHere _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServedHere.Start(await LedgerOnTestDatabase.Create(Cancel), "keys", Cancel);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Everything_but_health_signing_in_and_the_pages_looks_takes_a_key_of_any_role()
    {
        using var nobody = _server.Browser();
        using var reader = _server.Browser();
        reader.DefaultRequestHeaders.Authorization = new("Bearer", await _server.Ledger.Key(Role.Reader));
        foreach (var address in new[] { "/", "/deals", "/api/deals", "/api/log", "/api/log?format=jsonl", "/tlog/key", "/api/views" })
            Assert.Equal((address, 401, 200), (address, await Status(nobody, address), await Status(reader, address)));
        Assert.Equal((401, 401), (await Status(nobody, "/api/log/stream"), await Status(nobody, "/nowhere")));
        foreach (var address in new[] { "/health/live", "/health/ready", "/sign-in", "/site.css" })
            Assert.Equal((address, 200), (address, await Status(nobody, address)));
        using var tile = await reader.GetAsync("/tlog/key", Cancel);
        Assert.DoesNotContain("public", tile.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.True(tile.Headers.CacheControl.Private || tile.Headers.CacheControl.NoCache);
    }

    [Fact]
    public async Task A_browser_that_asks_for_a_page_is_led_to_sign_in_and_nothing_of_the_record_is_shown_there()
    {
        using var browser = _server.Browser();
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        using var answer = await browser.GetAsync("/deals?company=x&at=7", Cancel);
        Assert.Equal((302, "/sign-in?return=%2Fdeals%3Fcompany%3Dx%26at%3D7"), ((int)answer.StatusCode, answer.Headers.Location!.ToString()));
        var page = await browser.GetStringAsync("/sign-in?at=99999", Cancel);
        Assert.DoesNotContain("position", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_log_is_copied_with_a_key_and_the_stream_ends_with_the_key()
    {
        var key = await _server.Ledger.Key(Role.Reader);
        using var without = new RemoteLog(_server.Address.ToString());
        Assert.Contains("LEDGER_KEY", (await Assert.ThrowsAsync<UnauthorizedAccessException>(() => without.Lines(0, 10, Cancel))).Message, StringComparison.Ordinal);
        using var with = new RemoteLog(_server.Address.ToString(), key);
        Assert.Empty(await with.Lines(0, 10, Cancel));
        Assert.DoesNotContain(key[..12], Assert.Throws<InvalidValueException>(() => new RemoteLog(_server.Address.ToString(), key + "x")).Message, StringComparison.Ordinal);

        var waiting = with.WaitForMore(0, Cancel);
        await _server.Ledger.Ask("keys", "revoke", key.Split('_')[1]);
        await Assert.ThrowsAnyAsync<Exception>(() => waiting.WaitAsync(TimeSpan.FromSeconds(15), Cancel));
        Assert.False(waiting.IsCompletedSuccessfully);
        Assert.True(waiting.IsCompleted);
        Assert.Equal(0, await _server.Ledger.Get<EventLog>().Head(Cancel));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://localhost:8080;http://[::1]:8081", true)]
    [InlineData("http://127.0.0.1:8080;http://10.0.0.1:8080", false)]
    [InlineData("http://+:8080", false)]
    [InlineData("http://0.0.0.0:8080", false)]
    [InlineData("http://*:8080", false)]
    [InlineData("http://unix:/run/ledger.sock", false)]
    public void Reading_is_open_to_this_machine_and_takes_a_key_from_elsewhere_unless_it_is_configured(string addresses, bool isOpen)
    {
        Assert.Equal(isOpen, Reading.Of(Configured(null), addresses).IsOpen);
        Assert.False(Reading.Of(Configured(null, isBehindProxy: "true"), addresses).IsOpen);
        Assert.True(Reading.Of(Configured("open", isBehindProxy: "true"), addresses).IsOpen);
        Assert.True(Reading.Of(Configured("open"), addresses).IsOpen);
        Assert.False(Reading.Of(Configured("keys"), addresses).IsOpen);
        Assert.Contains("'some' is neither", Assert.Throws<InvalidValueException>(() => Reading.Of(Configured("some"), addresses)).Message, StringComparison.Ordinal);
    }

    private static IConfiguration Configured(string? reading, string? isBehindProxy = null) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Ledger:Reading", reading), KeyValuePair.Create("ASPNETCORE_FORWARDEDHEADERS_ENABLED", isBehindProxy)]).Build();

    private static async Task<int> Status(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, Cancel);
        return (int)answer.StatusCode;
    }
}
