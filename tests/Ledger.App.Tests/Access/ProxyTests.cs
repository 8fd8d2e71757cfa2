using Ledger.App.Access;
using Ledger.App.Tests.Support;
using Ledger.Testing;

namespace Ledger.App.Tests.Access;

/// <summary>A server behind a proxy, which speaks https to everybody and http to the server.</summary>
public sealed class ProxyTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_server_believes_its_proxy_sends_its_cookies_by_https_only_and_is_not_open_for_being_on_this_machine()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        await using var server = LedgerProgram.Start(["serve", "--urls", "http://127.0.0.1:0"], new LedgerProgramOptions
        {
            Environment = new Dictionary<string, string?> { ["ConnectionStrings__Ledger"] = ledger.OwnerConnectionString, ["LEDGER_DATA"] = ledger.DataFolder, ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true" },
        });
        var line = await server.Printed("http://127.0.0.1:");
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Split(' ', '\n')[0]) };
        http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        using var page = await From(http, "192.0.2.1", "/sign-in", null);
        Assert.All(page.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
        using var reading = await From(http, "192.0.2.1", "/api/deals", null);
        Assert.Equal(401, (int)reading.StatusCode);

        var key = await ledger.Key(Role.Reader);
        for (var i = 0; i < 2 * KeyCheck.WrongMax; i++)
            (await From(http, "192.0.2.1", "/api/deals", $"{key[..^2]}{i:00}")).Dispose();
        using var other = await From(http, "192.0.2.2", "/api/deals", key);
        using var limited = await From(http, "192.0.2.1", "/api/deals", key);
        Assert.Equal((200, 429), ((int)other.StatusCode, (int)limited.StatusCode));
    }

    private static async Task<HttpResponseMessage> From(HttpClient http, string visitor, string address, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "X-Forwarded-For", visitor } } };
        if (key is not null)
            request.Headers.Authorization = new("Bearer", key);
        return await http.SendAsync(request, Cancel);
    }
}
