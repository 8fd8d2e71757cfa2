using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Investors;
using Ledger.EventStore;
using Ledger.Testing;

namespace Ledger.App.Tests.Views;

/// <summary>Every view is read as it is, or as it was at any position or time.</summary>
public sealed class MomentTests(SeededLedger seeded)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_company_is_shown_as_it_was_when_the_log_ended_at_a_position()
    {
        var first = (int)(await seeded.Deal("enflame-technology-series-b"))["position"]!;

        var before = await (await seeded.Ledger).Run("company", "enflame", "--at", $"{first - 1}");
        var then = await seeded.Ask("company", "enflame", "--at", $"{first}");

        Assert.Equal((2, ""), (before.ExitCode, before.Output));
        Assert.Contains("'enflame' has no deals", before.Errors, StringComparison.Ordinal);
        JsonAssert.Has("""{ "totals": [{"currency": "CNY", "low": 700000000, "deals": 1}], "counted": 1 }""", then);
    }

    [Fact]
    public async Task What_is_asked_as_of_any_position_is_what_a_ledger_says_that_has_no_more_events()
    {
        var ledger = await seeded.Ledger;
        var events = await ledger.Get<EventLog>().Read(new LogQuery(), Cancel).ToListAsync(Cancel);
        await using var growing = await LedgerOnTestDatabase.Create(Cancel);
        var log = growing.Get<EventLog>();
        foreach (var e in events)
        {
            await log.Append(new Append(e.Author, [new StreamAppend(e.Stream, e.Version - 1, [new NewEvent(e.Id, e.Data)])]), Cancel);
            if (e.Position % 7 != 0)
                continue;
            await growing.CatchUp(Cancel);
            Assert.Equal(await Lists(growing, null), await Lists(ledger, e.Position));
        }
    }

    [Theory]
    [InlineData("--as-of", "2020-01-01", 0)]
    [InlineData("--as-of", "2020-01-01T12:30:00Z", 0)]
    [InlineData("--as-of", "2999-01-01", 13)]
    [InlineData("--at", "0", 0)]
    public async Task A_moment_is_a_day_which_means_its_end_or_a_time_or_a_position(string option, string value, int deals) =>
        Assert.Equal(deals, (await seeded.List("deals", option, value)).Count);

    [Theory]
    [InlineData("--as-of", "March", "asOf: 'March' is neither a date (2024-03-01, which means its end, UTC) nor a time (2024-03-01T12:00:00Z)")]
    [InlineData("--at", "-1", "at: '-1' is no position; a number from 0 is expected")]
    [InlineData("--at", "1000000", "at: 1000000 is beyond the end of the log, which is at position 92")]
    [InlineData("--after", "1000000", "after: 1000000 is beyond the end of the log, which is at position 92")]
    [InlineData("--effective", "2020", "effective: '2020' is no date; 2024-03-01 would be one")]
    public async Task A_moment_that_is_none_is_refused(string option, string value, string sentence)
    {
        var run = await (await seeded.Ledger).Run("deals", option, value);
        Assert.Equal((2, sentence), (run.ExitCode, run.Errors.Trim()));
    }

    [Fact]
    public async Task An_effective_date_leaves_out_what_is_dated_later_or_not_at_all()
    {
        var all = await seeded.List("deals", "--limit", "1000");
        var dated = await seeded.List("deals", "--effective", "2020-12-31");

        Assert.InRange(dated.Count, 1, all.Count - 1);
        Assert.All(dated, deal => Assert.StartsWith("2020", (string)deal["announced"]!["date"]!, StringComparison.Ordinal));
        Assert.Contains("'enflame' has no deals", (await (await seeded.Ledger).Run("company", "enflame", "--effective", "2020-12-31")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_HTTP_a_moment_is_asked_for_and_a_position_waited_for()
    {
        await using var server = await ServedHere.Start(await LedgerOnTestDatabase.Create(Cancel), null, Cancel);
        using var http = server.Browser();
        Assert.Equal(0, (await server.Ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);

        var deals = JsonNode.Parse(await http.GetStringAsync("/api/deals?after=92", Cancel))!;
        Assert.Equal(13, deals["items"]!.AsArray().Count);
        Assert.Empty(JsonNode.Parse(await http.GetStringAsync("/api/deals?at=3", Cancel))!["items"]!.AsArray());
        Assert.Equal(400, (int)(await http.GetAsync("/api/deals?asOf=then", Cancel)).StatusCode);
        Assert.Equal(400, (int)(await http.GetAsync("/api/deals?asOf=2020-01-01&at=3", Cancel)).StatusCode);
        Assert.Equal(7, JsonNode.Parse(await http.GetStringAsync("/api/views", Cancel))!["items"]!.AsArray().Count(view => (string)view!["state"]! == "live" && (int)view["lag"]! == 0));
    }

    /// <summary>What the lists say; positions and versions of the log's own are the same in both.</summary>
    private static async Task<string> Lists(LedgerOnTestDatabase ledger, long? at)
    {
        await using var snapshot = new Snapshot(ledger.Get<ViewRuntime>(), ledger.Get<EventLog>()) { AsOf = at };
        var names = new Ledger.App.Views.Parties.PartyNames(snapshot);
        var deals = new DealQueries(snapshot, names, new Ledger.App.Views.Rates.RateQueries(snapshot), ledger.Get<EventLog>());
        var json = new JsonArray(
            System.Text.Json.JsonSerializer.SerializeToNode(await deals.List(new DealFilter(Limit: 100), Cancel), ApiJson.Options),
            System.Text.Json.JsonSerializer.SerializeToNode(await new CompanyQueries(snapshot, names, deals).List(100, null, Cancel), ApiJson.Options),
            System.Text.Json.JsonSerializer.SerializeToNode(await new InvestorQueries(snapshot, names, deals).List(100, null, Cancel), ApiJson.Options));
        return JsonAssert.Show(json);
    }
}
