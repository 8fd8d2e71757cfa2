using System.Text.Json.Nodes;
using Ledger.App.Tests.Intake;
using Ledger.App.Tests.Support;
using Ledger.Testing;

namespace Ledger.App.Tests.Views;

/// <summary>The record by what articles say of when things were: of a day, whenever it was recorded.</summary>
public sealed class EffectiveTests : IAsyncLifetime
{
    private const string Article = "Acme has a pledge of USD 5 million of March 2020, which closed on 2 June 2020. Acme will close a Series B of USD 7 million in 2021; that was said on 1 April 2020.";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private LedgerOnTestDatabase _ledger = null!;

    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerOnTestDatabase.Create(Cancel);
        using var folder = new TemporaryFolder();
        Input.WriteTo(folder, ("articles/a.txt", Article), ("announcements/a.yaml", $$"""
            article: {file: a.txt}
            parties:
              - {id: acme, name: Acme}
            deals:
              - id: acme-pledge
                claims:
                  - {company: acme, words: Acme, quote: "{{Article[..78]}}"}
                  - {kind: round, words: pledge, quote: "{{Article[..78]}}"}
                  - {amount: {qualifier: exact, currency: USD, low: 5000000, high: 5000000}, words: USD 5 million, quote: "{{Article[..78]}}"}
                  - {announced: 2020-03, words: March 2020, quote: "{{Article[..78]}}"}
                  - {status: pledged, effective: 2020-03, words: pledge, quote: "{{Article[..78]}}"}
                  - {status: closed, effective: 2020-06-02, words: closed, quote: "{{Article[..78]}}"}
              - id: acme-series-b
                claims:
                  - {company: acme, words: Acme, quote: "{{Article[79..]}}"}
                  - {kind: round, words: Series B, quote: "{{Article[79..]}}"}
                  - {amount: {qualifier: exact, currency: USD, low: 7000000, high: 7000000}, words: USD 7 million, quote: "{{Article[79..]}}"}
                  - {announced: 2020-04-01, words: 1 April 2020, quote: "{{Article[79..]}}"}
                  - {status: closed, effective: 2021, words: close, quote: "{{Article[79..]}}"}
            """),
            ("articles/b.txt", "Acme may raise more."), ("announcements/b.yaml", """
            article: {file: b.txt}
            deals:
              - id: acme-rumour
                claims:
                  - {company: acme, words: Acme, quote: Acme may raise more.}
                  - {kind: round, words: raise, quote: Acme may raise more.}
                  - {status: rumoured, words: may, quote: Acme may raise more.}
            """));
        var run = await _ledger.Run("seed", folder.Path);
        Assert.True(run.ExitCode == 0, run.Errors);
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Theory]
    [InlineData("2020-03-30", "", 0, 0)]
    [InlineData("2020-03-31", "acme-pledge pledged", 5_000_000, 5_000_000)]
    [InlineData("2020-06-01", "acme-pledge pledged", 5_000_000, 5_000_000)]
    [InlineData("2020-06-02", "acme-pledge closed", 5_000_000, 0)]
    [InlineData("2021-12-30", "acme-pledge closed", 5_000_000, 0)]
    [InlineData("2021-12-31", "acme-pledge closed, acme-series-b closed", 12_000_000, 0)]
    public async Task A_status_holds_from_its_effective_day_on_and_so_do_totals(string day, string deals, int low, int pledged)
    {
        var list = await _ledger.Ask("deals", "--effective", day);
        Assert.Equal(deals, string.Join(", ", list["items"]!.AsArray().Select(deal => $"{deal!["id"]} {deal["status"]}").Order()));
        var companies = await Lines("companies", "--effective", day);
        if (deals.Length == 0)
        {
            Assert.Empty(companies);
            return;
        }
        var expected = pledged == 0 ? "null" : $$"""{"low": {{pledged}}, "high": {{pledged}}, "deals": 1}""";
        foreach (var company in companies.Append(await _ledger.Ask("company", "acme", "--effective", day)))
            JsonAssert.Has($$"""{"totals": [{"currency": "USD", "low": {{low}}, "pledged": {{expected}}}]}""", company);
        Assert.Equal($"USD {low / 1_000_000}M", (string)(await _ledger.Ask("explain", "company", "acme", "totals/USD", "--effective", day))["value"]!);
    }

    [Fact]
    public async Task A_deal_none_of_whose_statuses_holds_yet_is_not_there()
    {
        Assert.Equal("closed", (string)(await _ledger.Ask("deal", "acme-series-b", "--effective", "2021-12-31"))["status"]!);
        Assert.Equal("closed", (string)(await _ledger.Ask("deal", "acme-series-b"))["status"]!);
    }

    [Theory]
    [InlineData("2020-12-31", "acme-series-b", "Deal 'acme-series-b' has no status yet on 2020-12-31; the first holds from 2021-12-31 on.")]
    [InlineData("2000-01-01", "acme-series-b", "Deal 'acme-series-b' is dated 2020-04-01, which is or may be later than 2000-01-01.")]
    [InlineData("2020-03-30", "acme-pledge", "Deal 'acme-pledge' is dated 2020-03, which is or may be later than 2020-03-30.")]
    [InlineData("2021-12-31", "acme-rumour", "Deal 'acme-rumour' has no date with a year, so that it is not among those dated 2021-12-31 or before.")]
    public async Task A_deal_that_lists_leave_out_is_not_found_by_its_id_either(string day, string deal, string sentence)
    {
        foreach (var command in new[] { "deal", "history", "explain deal" })
        {
            var run = await _ledger.Run([.. command.Split(' '), deal, "--effective", day]);
            Assert.Equal((2, sentence), (run.ExitCode, run.Errors.Trim()));
        }
    }

    [Fact]
    public async Task A_company_whose_deals_are_dated_later_is_sent_nowhere_else()
    {
        var run = await _ledger.Run("company", "acme", "--effective", "2010-01-01");
        Assert.Equal((2, "'acme' has no deals dated 1 January 2010 or before and no backers of its own."), (run.ExitCode, run.Errors.Trim()));
    }

    [Theory]
    [InlineData("2020-06-01", "status = pledged and not status = closed", 1)]
    [InlineData("2020-06-01", "pledged and not closed for 60 days", 1)]
    [InlineData("2020-06-02", "status = pledged", 0)]
    [InlineData("2020-06-02", "status = closed", 1)]
    [InlineData("2020-06-02", "series = b or amount > 6m USD", 0)]
    [InlineData("2021-12-31", "amount > 6m USD", 1)]
    public async Task A_rule_is_asked_of_deals_as_they_stood_that_day(string day, string rule, int chosen) =>
        JsonAssert.Has($$"""{ "count": {{chosen}}, "day": "{{day}}" }""", await _ledger.Ask("watch", "try", $"companies where {rule}", "--effective", day));

    private async Task<List<JsonNode>> Lines(params string[] exported) =>
        [.. (await _ledger.Export(exported)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
}
