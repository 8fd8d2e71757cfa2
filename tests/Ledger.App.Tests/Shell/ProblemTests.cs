using System.Text;
using System.Text.RegularExpressions;
using Ledger.App.Shell;
using Ledger.App.Tests.Support;
using Ledger.App.Tests.Tidy;

namespace Ledger.App.Tests.Shell;

/// <summary>Whatever goes wrong under /api is a problem document with a type of its own, which is explained.</summary>
public sealed partial class ProblemTests(SeededLedger seeded)
{
    private const string Deal = "/api/deals/enflame-technology-series-b";

    public static readonly TheoryData<string, string, string?, int, string, string> Requests = new()
    {
        { "GET", "/api/nowhere", null, 404, "no-such-address", "There is nothing at /api/nowhere." },
        { "GET", "/api/deals/none", null, 404, "not-found", "No deal has the id 'none'." },
        { "DELETE", "/api/deals", null, 405, "method-not-allowed", "/api/deals does not take DELETE, but GET." },
        { "GET", "/api/bulk", null, 405, "method-not-allowed", "/api/bulk does not take GET, but POST." },
        { "GET", "/api/deals?limit=0", null, 400, "invalid-value", "limit: '0' is out of range; a number from 1 to 1000 is expected" },
        { "GET", "/api/companies?secter=ai&limit=5", null, 400, "invalid-value", "secter: is no parameter of /api/companies; its parameters are next, limit, asOf, at, effective, after" },
        { "GET", "/api/league?By=year&names=x", null, 400, "invalid-value", "names: is no parameter of /api/league; its parameters are by, where, dollars, format, next, limit, asOf, at, effective, after" },
        { "GET", "/api/companies/enflame-technology?name=x", null, 400, "invalid-value", "name: is no parameter of /api/companies/enflame-technology; its parameters are group, asOf, " },
        { "GET", "/api/log?after=0&asOf=2024", null, 400, "invalid-value", "asOf: is no parameter of /api/log; its parameters are after, " },
        { "POST", "/api/articles?preveiw=true", "{}", 400, "invalid-value", "preveiw: is no parameter of /api/articles; its parameters are preview" },
        { "POST", $"{Deal}/retract?reason=x", """{"reason": "x"}""", 400, "invalid-value", $"reason: is no parameter of {Deal}/retract; it has none" },
        { "GET", "/api/deals?next=x", null, 400, "invalid-value", "next: 'x' is not what an earlier page gave as next" },
        { "GET", "/api/companies/enflame-technology?group=perhaps", null, 400, "invalid-value", "group: 'perhaps' cannot be used" },
        { "GET", "/api/parties/tencent/merge", null, 400, "invalid-value", "into: is missing" },
        { "GET", "/api/deals?asOf=then", null, 400, "invalid-value", "asOf: 'then' is neither a date (2024-03-01, which means its end, UTC) nor a time (2024-03-01T12:00:00Z)" },
        { "POST", $"{Deal}/retract", "{", 400, "bad-request", "The body is no JSON: " },
        { "POST", $"{Deal}/retract", """{"reason": "x", "mood": "bad"}""", 400, "invalid-value", "mood: is not a field that is known there" },
        { "POST", $"{Deal}/retract", """{"reason": 1}""", 400, "invalid-value", "reason: is of another sort than is expected there" },
        { "POST", $"{Deal}/retract", "", 400, "invalid-value", "reason: is missing; retract takes it" },
        { "POST", $"{Deal}/retract", "text/plain", 415, "unsupported-media-type", "The body is 'text/plain'; application/json is expected." },
        { "POST", $"{Deal}/retract", "large", 413, "too-large", "" },
        { "POST", $"{Deal}/withdraw", """{"claim": "none", "reason": "x"}""", 400, "claim-unknown", "Deal enflame-technology-series-b has no claim none." },
        { "POST", $"{Deal}/cover", """{"other": "stepfun-series-b", "reason": "x"}""", 409, "not-an-aggregate", "Deal stepfun-series-b is to cover enflame-technology-series-b: an aggregate covers deals that are none." },
        { "POST", "/api/deals/none/retract", """{"reason": "x"}""", 404, "deal-unknown", "Deal none is not recorded." },
    };

    /// <summary>Types that are made of a field's name, or named by a constant.</summary>
    private static readonly string[] Composed =
        ["deal-without-company", "deal-without-kind", "deal-without-status", "field-not-of-a-deal", "field-not-of-a-party", "field-not-of-an-article", "changed-meanwhile"];

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task What_goes_wrong_is_a_problem_of_a_type(string method, string address, string? body, int status, string type, string detail)
    {
        using var content = body switch
        {
            null => null,
            "text/plain" => new StringContent("reason=x", Encoding.UTF8, body) { Headers = { ContentType = new("text/plain") } },
            "large" => new StringContent($$"""{"reason": "{{new string('x', 31_000_000)}}"}""", Encoding.UTF8, "application/json"),
            _ => new StringContent(body, Encoding.UTF8, "application/json"),
        };

        // Asked first, the server refuses a large body before it is sent.
        var (answer, problem) = await seeded.Served.Send(new HttpMethod(method), address, content, body == "large" ? [("Expect", "100-continue")] : []);

        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var known = ProblemType.Find(type)!;
        JsonAssert.Has($$"""{ "type": "/problems/{{type}}", "title": "{{known.Title}}", "status": {{known.Status}}, "instance": "{{address.Split('?')[0]}}" }""", problem);
        Assert.StartsWith(detail, (string)problem!["detail"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("Ledger.App", problem.ToJsonString(), StringComparison.Ordinal);
        if (status == 405)
            Assert.NotEmpty(answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task Every_type_is_explained_where_its_address_leads_and_told_in_the_readme()
    {
        var readme = TrackedFiles.Read("README.md");
        var page = await (await seeded.Served.Http()).GetStringAsync("/problems", TestContext.Current.CancellationToken);
        Assert.All(ProblemType.All, type =>
        {
            Assert.Contains($"href=\"{type.Address}\"", page, StringComparison.Ordinal);
            Assert.Contains($"`{type.Name}`", readme, StringComparison.Ordinal);
        });
        var one = await (await seeded.Served.Http()).GetStringAsync("/problems/deal-tied", TestContext.Current.CancellationToken);
        Assert.Contains("It is a part, a whole, covered, or merged.", one, StringComparison.Ordinal);
        Assert.Equal(404, (int)(await seeded.Served.Send(HttpMethod.Get, "/problems/none")).Answer.StatusCode);
    }

    [Fact]
    public void Every_refusal_of_the_record_has_a_type()
    {
        var refusals = TrackedFiles.Of(".cs").Where(path => path.StartsWith("src/Ledger.Domain/", StringComparison.Ordinal) || path.StartsWith("src/Ledger.App/", StringComparison.Ordinal) && !path.Contains("/Shell/", StringComparison.Ordinal))
            .SelectMany(path => Refusal().Matches(TrackedFiles.Read(path))).Select(refusal => (Type: refusal.Groups[1].Value, IsOfInput: refusal.Value.Contains("sOfInput: true", StringComparison.Ordinal))).ToList();

        Assert.InRange(refusals.Count, 50, 500);
        Assert.All(refusals, refusal => Assert.True(ProblemType.Find(refusal.Type) is { } type && (!refusal.IsOfInput || type.Status < 409), refusal.Type));
        Assert.Equal(RefusalTypes.All.Select(type => type.Name).Order(), refusals.Select(refusal => refusal.Type).Concat(Composed).Distinct().Order());
    }

    /// <summary>The type of a refusal, and what follows it on its line.</summary>
    [GeneratedRegex("""(?:Refusal|Refuse|RefuseTie|Refused|new)\("([a-z]+(?:-[a-z]+)+)".*""")]
    private static partial Regex Refusal();
}
