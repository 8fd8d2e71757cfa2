using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Ledger.App.Access;
using Ledger.App.Tests.Support;
using Ledger.App.Tests.Tidy;
using Ledger.EventStore;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.App.Tests.Access;

/// <summary>Every address that the server has, asked by nobody, and by those whose keys do not allow what they ask for.</summary>
public sealed partial class EveryAddressTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    /// <summary>Signing in and out, and health, which takes any method.</summary>
    // Who has the link of a mail ends these mails, and needs no key for it.
    private static readonly string[] WithoutAKey = ["/health/live", "/health/ready", "/sign-in/key", "/sign-out", "/unsubscribe/one-click"];

    private ServedHere _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServedHere.Start(await LedgerOnTestDatabase.Create(Cancel), "open", Cancel);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_changes_something_answers_401_without_a_key_and_403_with_one_that_does_not_allow_it()
    {
        using var nobody = _server.Browser();
        using var reader = await With(Role.Reader, null);
        // All areas but one are the scopes of others; none is of the whole ledger.
        var others = new Dictionary<Area, HttpClient>();
        foreach (var area in Enum.GetValues<Area>())
            others[area] = await With(Role.Admin, [.. Enum.GetValues<Area>().Where(other => other != area)]);
        var asked = 0;
        foreach (var (path, method) in Addresses().Where(one => one.Method is not ("GET" or "HEAD")))
        {
            if (WithoutAKey.Contains(path))
                continue;
            Assert.Equal((method, path, 401), (method, path, await Status(nobody, method, path)));
            Assert.Equal((method, path, 403), (method, path, await Status(reader, method, path)));
            Assert.Contains(others.Values, client => Status(client, method, path).Result == 403);
            asked++;
        }
        Assert.InRange(asked, 40, int.MaxValue);
        // What is nowhere is not told to be nowhere either.
        Assert.Equal((401, 403), (await Status(nobody, "POST", "/nowhere"), await Status(reader, "DELETE", "/nowhere")));
        Assert.Equal(0, await _server.Ledger.Get<EventLog>().Head(Cancel));
    }

    [Fact]
    public async Task Every_address_that_changes_something_is_of_an_area_or_is_a_page_that_takes_no_form()
    {
        var pages = Addresses().Where(one => one.Method == "GET").Select(one => one.Path).ToHashSet();
        using var editor = await With(Role.Editor, null);
        using var admin = await With(Role.Admin, null);
        foreach (var (path, method) in Addresses().Where(one => one.Method is not ("GET" or "HEAD") && !WithoutAKey.Contains(one.Path) && !pages.Contains(one.Path)))
            Assert.NotEqual((method, path, 403), (method, path, await Status(path.StartsWith("/views/", StringComparison.Ordinal) || path.Contains("/jobs/", StringComparison.Ordinal) ? admin : editor, method, path)));
        Assert.Equal(403, await Status(editor, "POST", "/views/deal/rollback"));
    }

    [Fact]
    public void Every_form_that_posts_sends_the_token_of_its_page()
    {
        var pages = TrackedFiles.Of(".razor").Select(path => (Path: path, Text: TrackedFiles.Read(path))).Where(page => page.Text.Contains("method=\"post\"", StringComparison.Ordinal)).ToList();

        Assert.InRange(pages.Count, 7, int.MaxValue);
        // What the forms of a deal or a party have in common is written once.
        TrackedFiles.None(pages.SelectMany(page => Forms().Matches(page.Text), (page, form) => (page.Path, Begins: form.Value))
            .Where(form => !form.Begins.Contains("<AntiforgeryToken />", StringComparison.Ordinal) && !form.Begins.Contains("@Version", StringComparison.Ordinal))
            .Select(form => $"{form.Path}: {form.Begins}"));
        TrackedFiles.None(pages.Where(page => page.Text.Contains("RenderFragment Version => ", StringComparison.Ordinal) && !page.Text.Contains("Version => @<text><AntiforgeryToken />", StringComparison.Ordinal)).Select(page => page.Path));
    }

    /// <summary>Addresses with something in the place of their parameters; a pattern gives one address for each word that it allows.</summary>
    private IEnumerable<(string Path, string Method)> Addresses() =>
        from endpoint in _server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from path in Paths("/" + endpoint.RoutePattern.RawText!.TrimStart('/'))
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["POST"]
        select (path, method);

    private static IEnumerable<string> Paths(string pattern)
    {
        var words = Words().Match(pattern);
        string[] choices = words.Success ? words.Groups[1].Value.Split('|') : [""];
        return choices.Select(word => Parameter().Replace(words.Success ? pattern.Replace(words.Value, word, StringComparison.Ordinal) : pattern, "x"));
    }

    private async Task<HttpClient> With(Role role, IReadOnlyList<Area>? scope) => new(new HttpClientHandler { AllowAutoRedirect = false })
    {
        BaseAddress = _server.Address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", await _server.Ledger.Key(role, scope)) },
    };

    private static async Task<int> Status(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request, Cancel);
        return (int)answer.StatusCode;
    }

    /// <summary>A form's tag and what follows it first.</summary>
    [GeneratedRegex("""<form [^\n]*method="post".*?>\s*(?:<[^>]*>|@\w+)""")]
    private static partial Regex Forms();

    [GeneratedRegex(@"\{verb:regex\(\^\(([^)]*)\)\$\)\}")]
    private static partial Regex Words();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
