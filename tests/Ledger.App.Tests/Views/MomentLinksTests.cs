using System.Reflection;
using System.Text.RegularExpressions;
using Ledger.App.Tests.Support;
using Microsoft.AspNetCore.Components;

namespace Ledger.App.Tests.Views;

/// <summary>Whoever looks at the record of another moment stays there, wherever a page leads.</summary>
public sealed partial class MomentLinksTests(SeededLedger seeded) : IAsyncLifetime
{
    private static readonly string[] Pages =
    [
        "/", "/deals", "/deals?company=enflame", "/deals?limit=3", "/deals?company=nobody", "/deals/enflame-technology-series-b", "/deals/enflame-technology-series-b/history",
        "/deals/no-such-deal", "/companies", "/companies?limit=2", "/companies/enflame-technology", "/companies/enflame", "/investors", "/investors/tencent",
        "/parties/xinhua", "/parties/tencent", "/parties/tencent/merge/preview?into=alibaba", "/articles", "/articles/b17244a40225f137", "/log", "/log?limit=5", "/log/40", "/duplicates", "/duplicates?company=enflame", "/rates", "/rates?currency=CNY&on=2020-04-03", "/watchlists", "/watchlists?rule=companies", "/watchlists?rule=companies+who", "/watchlists/language", "/watchlists/no-such-list", "/watchlists/no-such-list/history", "/alerts", "/alerts?what=investor&which=tencent&years=100", "/alerts?what=company&which=nobody", "/alerts/no-such-alert", "/deliveries", "/deliveries/no-such-delivery", "/unsubscribe", "/unsubscribe?token=none", "/search?q=a", "/search?q=tencent", "/views", "/jobs", "/jobs/verify", "/inbox", "/review", "/record", "/register", "/sources", "/bulk", "/bulk/none", "/problems", "/problems/deal-tied", "/sign-in?return=/deals", "/nothing-here",
        "/rollups", "/rollups?by=sector&by=series&limit=2", "/rollups?currency=XX", "/rollups/deals?year=2020", "/rollups/vintages", "/rollups/vintages?year=2020", "/league", "/league?by=led&limit=2", "/investors/tencent/co-investors",
    ];

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private HttpClient _http = null!;

    public async ValueTask InitializeAsync() => _http = await seeded.Served.Http();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("at=92")]
    [InlineData("asOf=9999-12-31")]
    [InlineData("effective=9999-12-31")]
    [InlineData("at=91&effective=2999-01-01&after=92")]
    public async Task Every_link_and_form_of_every_page_keeps_the_moment(string moment)
    {
        var links = 0;
        foreach (var page in Pages)
        {
            var html = await Get($"{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{moment}");
            foreach (Match link in Link().Matches(html))
            {
                var address = System.Net.WebUtility.HtmlDecode(link.Groups[1].Value);
                if (Leaves(link) || !address.StartsWith('/') && !address.StartsWith(_http.BaseAddress!.ToString(), StringComparison.Ordinal))
                    continue;
                links++;
                Assert.True(moment.Split('&').All(part => address.Split('#')[0].Split('?', '&').Contains(part)), $"{page}: {address} leaves {moment}");
            }
            foreach (Match form in Form().Matches(html))
            {
                // The one that asks for another moment keeps what it does not ask for.
                var kept = form.Value.Contains("moment-form", StringComparison.Ordinal) ? moment.Split('&').Where(part => part.StartsWith("effective", StringComparison.Ordinal)) : moment.Split('&');
                Assert.All(kept, part => Assert.Contains($"name=\"{part.Split('=')[0]}\" value=\"{part.Split('=')[1]}\"", form.Value, StringComparison.Ordinal));
            }
        }
        Assert.InRange(links, 200, int.MaxValue);
    }

    [Fact]
    public void Every_page_is_among_those_that_are_looked_at()
    {
        var templates = typeof(Composition).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributes<RouteAttribute>()).Select(route => route.Template).ToList();

        Assert.NotEmpty(templates);
        Assert.All(templates, template => Assert.Contains(Pages, page => Regex.IsMatch(page.Split('?')[0], $"^{Regex.Replace(template, @"\{[^}]*\}", "[^/]+")}$")));
    }

    [Fact]
    public async Task The_way_back_leads_to_the_present_and_pages_of_the_present_name_no_moment()
    {
        var past = await Get("/deals?company=enflame&at=92");
        Assert.Contains("<a href=\"/deals?company=enflame\">Back to the present</a>", past, StringComparison.Ordinal);
        Assert.Contains("The record as it was at position 92", past, StringComparison.Ordinal);
        Assert.DoesNotMatch("[?&;](at|asOf|effective|after)=", await Get("/deals?company=enflame"));
    }

    [Fact]
    public async Task A_moment_that_is_none_is_in_no_link_of_the_page_that_says_so()
    {
        var html = await Get("/deals?asOf=then");
        Assert.Contains("is neither a date", html, StringComparison.Ordinal);
        Assert.All(Link().Matches(html).Where(link => !link.Groups[1].Value.StartsWith('#')), link => Assert.DoesNotContain("asOf", link.Groups[1].Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_log_of_a_moment_ends_where_it_ended()
    {
        Assert.Contains(">92</a>", await Get("/log?limit=5"), StringComparison.Ordinal);
        var past = await Get("/log?limit=5&at=40");
        Assert.Contains("</span>40</a>", past, StringComparison.Ordinal);
        Assert.DoesNotContain("</span>41</a>", past, StringComparison.Ordinal);
    }

    private async Task<string> Get(string address)
    {
        using var answer = await _http.GetAsync(address, Cancel);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    /// <summary>Style sheets and icons are of no moment; the way back leaves it, and that is its use.</summary>
    private static bool Leaves(Match link) => link.Value.StartsWith("<link", StringComparison.Ordinal) || link.Value.StartsWith("<use", StringComparison.Ordinal)
        || link.Value.EndsWith("Back to the present", StringComparison.Ordinal) || link.Value.EndsWith("All deals", StringComparison.Ordinal) && link.Value.StartsWith("<a href", StringComparison.Ordinal);

    [GeneratedRegex("<[a-z]+ [^>]*href=\"([^\"]*)\"[^>]*>[^<]*")]
    private static partial Regex Link();

    [GeneratedRegex("<form [^>]*method=\"get\".*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();
}
