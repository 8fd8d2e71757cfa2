using System.Text.RegularExpressions;
using Ledger.App.Access;
using Ledger.App.Tests.Support;
using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.App.Tests.Access;

/// <summary>Signing in on the pages, what it is good for, and how it ends. Reading is open.</summary>
public sealed partial class SessionTests : IAsyncLifetime
{
    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private ServedHere _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServedHere.Start(await LedgerOnTestDatabase.Create(Cancel), null, Cancel);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_form_is_shown_to_those_who_may_use_it_takes_its_own_page_and_writes_in_the_keys_name()
    {
        var key = await _server.Ledger.Key(Role.Editor, [Area.Articles], "Grace Hopper");
        using var browser = _server.Browser();
        Assert.Contains("""<a href="/sign-in?return=%2Frecord">Sign in</a> with the key of an editor to record an article.""", await browser.GetStringAsync("/record", Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain("action=\"/record/article\"", await browser.GetStringAsync("/record", Cancel), StringComparison.Ordinal);

        using var signedIn = await SignIn(browser, key, "/record");
        Assert.Equal((303, "/record"), ((int)signedIn.StatusCode, signedIn.Headers.Location!.ToString()));
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single(one => one.StartsWith("ledger-session=", StringComparison.Ordinal));
        Assert.Contains("samesite=lax; httponly", cookie, StringComparison.Ordinal);
        var page = await browser.GetStringAsync("/record", Cancel);
        Assert.Contains("Grace Hopper", page, StringComparison.Ordinal);

        using var foreign = await browser.PostAsync("/record/article", Form(("text", "Acme raised $10 million.")), Cancel);
        Assert.Equal(403, (int)foreign.StatusCode);
        using var ours = await browser.PostAsync("/record/article", Form(("text", "Acme raised $10 million."), ("__RequestVerificationToken", Token(page))), Cancel);
        Assert.Equal(303, (int)ours.StatusCode);
        Assert.Equal("Grace Hopper", (string)(await _server.Ledger.Ask("events"))["items"]![0]!["author"]!);

        // The scope is of articles only, and views are for admins.
        using var elsewhere = await browser.PostAsync("/deals/one/retract", Form(("reason", "x"), ("__RequestVerificationToken", Token(page))), Cancel);
        Assert.Equal(403, (int)elsewhere.StatusCode);
        Assert.Contains("The key that you have signed in with does not allow this: it takes the role admin", await browser.GetStringAsync("/views", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_the_API_a_session_writes_only_with_the_token_of_a_page_and_a_key_without()
    {
        using var browser = _server.Browser();
        using var signedIn = await SignIn(browser, await _server.Ledger.Key(Role.Editor), "/");
        using var without = await browser.PostAsync("/api/articles", Json("""{"text": "One."}"""), Cancel);
        JsonAssert.Has("""{ "status": 403, "type": "/problems/foreign-form" }""", System.Text.Json.Nodes.JsonNode.Parse(await without.Content.ReadAsStringAsync(Cancel)));
        browser.DefaultRequestHeaders.Add("RequestVerificationToken", Token(await browser.GetStringAsync("/record", Cancel)));
        using var with = await browser.PostAsync("/api/articles", Json("""{"text": "One."}"""), Cancel);
        Assert.Equal(200, (int)with.StatusCode);
        using var client = await _server.Ledger.Client(_server.Address);
        using var key = await client.PostAsync("/api/articles", Json("""{"text": "Two."}"""), Cancel);
        Assert.Equal(200, (int)key.StatusCode);
    }

    [Fact]
    public async Task A_session_ends_with_its_key_and_with_signing_out()
    {
        var key = await _server.Ledger.Key(Role.Editor, name: "Hedy");
        using var browser = _server.Browser();
        using var signedIn = await SignIn(browser, key, "/");
        var page = await browser.GetStringAsync("/record", Cancel);
        using var signedOut = await browser.PostAsync("/sign-out", Form(("__RequestVerificationToken", Token(page))), Cancel);
        Assert.DoesNotContain("Hedy", await browser.GetStringAsync("/", Cancel), StringComparison.Ordinal);

        using var again = await SignIn(browser, key, "/");
        Assert.Contains("Hedy", await browser.GetStringAsync("/", Cancel), StringComparison.Ordinal);
        await _server.Ledger.Ask("keys", "revoke", key.Split('_')[1]);
        await Eventually(async () => !(await browser.GetStringAsync("/", Cancel)).Contains("Hedy", StringComparison.Ordinal));
        using var late = await SignIn(browser, key, "/");
        Assert.StartsWith("/sign-in?failed=true", late.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_ends_when_it_expires()
    {
        var key = await _server.Ledger.Key(Role.Editor, expiresAt: DateTime.UtcNow.AddSeconds(5));
        using var client = _server.Browser();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal(200, await Status(client, "/api/deals"));
        await Eventually(async () => await Status(client, "/api/deals") == 401);
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task Signing_in_leads_back_to_this_ledger_only(string from)
    {
        using var browser = _server.Browser();
        using var answer = await SignIn(browser, await _server.Ledger.Key(Role.Reader), from);
        Assert.Equal("/", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task The_link_signs_in_once_as_an_admin_and_ends_with_the_server()
    {
        var token = _server.App.Services.GetRequiredService<SignInLink>().Make();
        using var first = _server.Browser();
        using var wrong = await first.GetAsync($"/sign-in/link?token={token[1..]}x", Cancel);
        using var answer = await first.GetAsync($"/sign-in/link?token={token}", Cancel);
        Assert.Equal((401, 303), ((int)wrong.StatusCode, (int)answer.StatusCode));
        Assert.Contains($"{Environment.UserName} <span class=\"muted\">admin</span>", await first.GetStringAsync("/", Cancel), StringComparison.Ordinal);
        using var second = _server.Browser();
        using var used = await second.GetAsync($"/sign-in/link?token={token}", Cancel);
        Assert.Equal(401, (int)used.StatusCode);
        Assert.False(_server.App.Services.GetRequiredService<SignInLink>().IsSession($"link-{Guid.NewGuid():N}"));
    }

    [Fact]
    public async Task A_session_outlives_the_server()
    {
        using var browser = _server.Browser();
        using var signedIn = await SignIn(browser, await _server.Ledger.Key(Role.Editor, name: "Hedy"), "/");
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single(one => one.StartsWith("ledger-session=", StringComparison.Ordinal)).Split(';')[0];
        await using var other = await ServedHere.Beside(_server, null, Cancel);
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = other.Address, DefaultRequestHeaders = { { "Cookie", cookie } } };
        Assert.Contains("Hedy", await client.GetStringAsync("/", Cancel), StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(Path.Combine(_server.Ledger.DataFolder, "keys", "sessions")),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task Whoever_gives_many_wrong_keys_is_told_to_wait_and_not_whether_one_is_right()
    {
        var key = await _server.Ledger.Key(Role.Editor);
        using var client = _server.Browser();
        var statuses = new List<int>();
        // On a slow machine one more is allowed now and then.
        while (statuses.Count < 3 * KeyCheck.WrongMax && !statuses.Contains(429))
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", $"{key[..^3]}{statuses.Count:000}");
            statuses.Add(await Status(client, "/api/deals"));
        }
        Assert.Equal((401, 401, 429), (statuses[0], statuses[KeyCheck.WrongMax - 1], statuses[^1]));
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using var limited = await client.GetAsync("/api/deals", Cancel);
        Assert.Equal(429, (int)limited.StatusCode);
        Assert.NotNull(limited.Headers.RetryAfter);
        client.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(200, await Status(client, "/api/deals"));
        // The form of the page is told so, too.
        HttpResponseMessage form;
        for (form = await SignIn(client, $"{key[..^1]}?", "/"); (int)form.StatusCode == 303; form = await SignIn(client, $"{key[..^1]}?", "/"))
            form.Dispose();
        using (form)
            Assert.Equal((429, "3"), ((int)form.StatusCode, form.Headers.RetryAfter?.ToString()));
    }

    private static async Task<HttpResponseMessage> SignIn(HttpClient browser, string key, string from)
    {
        var page = await browser.GetStringAsync($"/sign-in?return={Uri.EscapeDataString(from)}", Cancel);
        return await browser.PostAsync("/sign-in/key", Form(("key", key), ("return", from), ("__RequestVerificationToken", Token(page))), Cancel);
    }

    private static async Task<int> Status(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address, Cancel);
        return (int)answer.StatusCode;
    }

    private static async Task Eventually(Func<Task<bool>> isSo)
    {
        for (var began = DateTime.UtcNow; !await isSo();)
        {
            Assert.True(DateTime.UtcNow - began < TimeSpan.FromSeconds(10), "It did not become so.");
            await Task.Delay(100, Cancel);
        }
    }

    private static string Token(string page) => TokenField().Match(page).Groups[1].Value;

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    [GeneratedRegex("""name="__RequestVerificationToken" value="([^"]+)""")]
    private static partial Regex TokenField();
}
