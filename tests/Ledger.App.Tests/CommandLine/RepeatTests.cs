using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;
using Ledger.Testing;

namespace Ledger.App.Tests.CommandLine;

/// <summary>The same recorded again, and by several at once, comes to the same record.</summary>
public sealed class RepeatTests(SeededLedger seeded)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_demo_run_twice_records_nothing_twice()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);

        var first = await ledger.Ask("demo", "--once");
        var record = await ledger.Contents(Cancel, "ledger", "views");
        var second = await ledger.Ask("demo", "--once");

        JsonAssert.Has("""{ "recordedEvents": 92, "position": 92, "articles": 5, "deals": 13, "companies": 11, "investors": 17 }""", first);
        JsonAssert.Has("""{ "recordedEvents": 0, "position": 92, "articles": 5, "deals": 13, "companies": 11, "investors": 17 }""", second);
        Assert.Equal(record.Where(IsOfTheRecord), (await ledger.Contents(Cancel, "ledger", "views")).Where(IsOfTheRecord));
        Assert.Equal(await Rows.Record((await seeded.Ledger).OwnerConnectionString, Cancel), await Rows.Record(ledger.OwnerConnectionString, Cancel));
    }

    [Fact]
    public async Task Several_that_record_the_same_at_once_come_to_the_same_record()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);

        var runs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ledger.RunApart("seed", LedgerOnTestDatabase.Seeds, "--json")));

        Assert.Equal(92, runs.Sum(run => (int)LedgerOnTestDatabase.Parse(run)["recordedEvents"]!));
        Assert.Equal(await Rows.Record((await seeded.Ledger).OwnerConnectionString, Cancel), await Rows.Record(ledger.OwnerConnectionString, Cancel));
        Assert.Equal(13, (await ledger.Ask("deals"))["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task An_article_that_announces_more_later_adds_only_the_news()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        using var folder = new TemporaryFolder();
        var first = Intake.Input.WithClaim(Intake.Input.Value("amount: {qualifier: over, currency: CNY, low: 600000000}"));
        Intake.Input.WriteTo(folder, ("articles/a.txt", Intake.Input.Article), ("announcements/a.yaml", first));
        Assert.Equal(4, (int)(await ledger.Ask("seed", folder.Path))["recordedEvents"]!);

        Intake.Input.WriteTo(folder, ("announcements/a.yaml", first + "\n      - investor: tencent\n        role: participant\n        words: Tencent\n        quote: Tencent-backed Enflame said"));
        Assert.Equal(1, (int)(await ledger.Ask("seed", folder.Path))["recordedEvents"]!);
        Assert.Equal(0, (int)(await ledger.Ask("seed", folder.Path))["recordedEvents"]!);

        var history = (await ledger.Ask("history", "enflame-series-b"))["items"]!.AsArray();
        Assert.Equal(["deal_announced", "deal_corroborated"], history.Select(entry => (string)entry!["event"]!));
        JsonAssert.Has("""{ "claims": 1, "changes": [{"field": "investor/tencent", "from": null, "to": {"asWritten": "Tencent"}}] }""", history[1]);
        Assert.Equal("tencent", (string)(await ledger.Ask("investor", "Tencent"))["id"]!);
    }

    [Fact]
    public async Task A_second_article_that_disagrees_makes_the_field_contested_and_the_last_one_counts()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        using var folder = new TemporaryFolder();
        const string other = "Later: Enflame Technology raised RMB 650 million in its Series B.";
        Intake.Input.WriteTo(folder, ("articles/a.txt", Intake.Input.Article), ("articles/b.txt", other),
            ("announcements/a.yaml", Intake.Input.WithClaim(Intake.Input.Value("amount: {qualifier: exact, currency: CNY, low: 700000000, high: 700000000}"))),
            ("announcements/b.yaml", """
                article: {file: b.txt}
                deals:
                  - id: enflame-series-b
                    claims:
                      - {amount: {qualifier: exact, currency: CNY, low: 650000000, high: 650000000}, words: RMB 650 million, quote: raised RMB 650 million}
                """));
        Assert.Equal(0, (await ledger.Run("seed", folder.Path)).ExitCode);

        var deal = await ledger.Ask("deal", "enflame-series-b");
        JsonAssert.Has("""{ "amount": {"low": 650000000, "asWritten": "RMB 650 million"}, "contested": ["amount"], "version": 2 }""", deal);
        Assert.Equal([false, true], deal["claims"]!.AsArray().Where(claim => (string)claim!["field"]! == "amount").Select(claim => (bool)claim!["current"]!));
        var change = (await ledger.Ask("history", "enflame-series-b"))["items"]!.AsArray()[1]!["changes"]!.AsArray();
        JsonAssert.Has("""{ "field": "amount", "from": {"asWritten": "RMB 700 million"}, "to": {"asWritten": "RMB 650 million"} }""", Assert.Single(change));
        JsonAssert.Has("""{ "totals": [{"currency": "CNY", "low": 650000000, "high": 650000000, "deals": 1}] }""", await ledger.Ask("company", "enflame"));
    }

    // When views were last moved and what was signed meanwhile is not of the record.
    private static bool IsOfTheRecord(string row) =>
        row.StartsWith("views.", StringComparison.Ordinal) || row.StartsWith("ledger.mt_", StringComparison.Ordinal)
        || row.StartsWith("ledger.texts:", StringComparison.Ordinal) || row.StartsWith("ledger.log_head:", StringComparison.Ordinal);
}
