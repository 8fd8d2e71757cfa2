using System.Text.Json.Nodes;
using Ledger.App.Intake;
using Ledger.App.Intake.ImportRates;
using Ledger.App.Tests.Deals;
using Ledger.App.Tests.Support;
using Ledger.Testing;

namespace Ledger.App.Tests.Views;

/// <summary>Reference rates, and what is reckoned by them and by nothing else.</summary>
public sealed class RatesTests
{
    private const string History = "Date,USD,JPY,CNY,TRL,\n2020-04-06,1.0791,117.90,7.6537,N/A,\n2020-04-03,1.0785,117.1,7.6622,N/A,\n2020-04-02,1.0906,117.23,7.7345,N/A,\n1999-01-04,1.1789,133.73,N/A,372274,\n";
    private const string Daily = "Date, USD, JPY, CNY, \n7 April 2020, 1.0885, 118.35, 7.6709, \n";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoryTests.Channels), MemberType = typeof(StoryTests))]
    public async Task Sums_in_other_currencies_are_reckoned_in_dollars_by_the_rates_that_were_known(string channel)
    {
        await using var desk = await Desk.Open(channel);
        await desk.Offer("Acme raised 700 million yuan. Others did so too.", Announcement(Deal("day", "2020-04-05"), Deal("month", "2020-04"), Deal("none", "unknown"),
            Deal("dollars", "2020-04-05", Exact("USD")), Deal("early", "1999-01-04"), Deal("late", "2020-04-14"), Deal("least", "2020-04-03", """{"qualifier": "over", "currency": "JPY", "low": 700000000}""")));
        var before = desk.Position;
        JsonAssert.Has("""{ "days": 4, "from": "1999-01-04", "to": "2020-04-06", "recordedEvents": 4 }""", await desk.ImportRates(History));
        JsonAssert.Has("""{ "days": 4, "recordedEvents": 0, "position": 0 }""", await desk.ImportRates(History));
        if (desk.IsOnTheWeb)
            JsonAssert.Has("""{ "status": 409, "type": "/problems/rates-differ", "detail": "Of 2020-04-03 CNY 7.6622 is recorded, and CNY 7.7 is given; if that is right, say why with a reason." }""", await desk.ImportRates(History.Replace("7.6622", "7.7", StringComparison.Ordinal)));
        var then = desk.Position;

        // 5 April was a Sunday: the rate is Friday's.
        const string Friday = """{"low": 7.1045, "high": 7.1045, "from": "2020-04-03", "to": "2020-04-03", "source": "ECB"}""";
        JsonAssert.Has($$"""{ "amount": {"low": 700000000, "usdAsReported": null, "computedUsd": {"low": 98529101, "high": 98529101, "rate": {{Friday}}} } }""", await desk.Deal("day"));
        JsonAssert.Has("""{ "low": 98529101, "high": 98703181, "rate": {"low": 7.09197, "high": 7.1045, "from": "2020-04-02", "to": "2020-04-06"} }""", (await desk.Deal("month"))["amount"]!["computedUsd"]);
        JsonAssert.Has("""{ "low": 6447038, "high": null }""", (await desk.Deal("least"))["amount"]!["computedUsd"]);
        foreach (var deal in new[] { "none", "dollars", "early", "late" })
            Assert.Null((await desk.Deal(deal))["amount"]!["computedUsd"]);
        Assert.Null((await desk.Deal("day", before))["amount"]!["computedUsd"]);

        Assert.Equal(1, (int)(await desk.ImportRates(History.Replace("7.6622", "7.7", StringComparison.Ordinal), "The bank has corrected it."))["recordedEvents"]!);
        JsonAssert.Has("""{ "low": 98045395, "rate": {"low": 7.13955} }""", (await desk.Deal("day"))["amount"]!["computedUsd"]);
        JsonAssert.Has($$"""{ "low": 98529101, "rate": {{Friday}} }""", (await desk.Deal("day", then))["amount"]!["computedUsd"]);

        await desk.ImportRates(Daily);
        JsonAssert.Has("""[{"day": "2020-04-07", "currency": "CNY", "perEuro": 7.6709, "perDollar": 7.04722, "source": "ECB"}, {"day": "2020-04-06"}, {"day": "2020-04-03", "perEuro": 7.7}, {"day": "2020-04-02"}]""",
            await desk.List(["rates", "show", "cny"], "/api/rates?currency=cny"));
        JsonAssert.Has("""[{"day": "1999-01-04", "currency": "EUR", "perEuro": 1}, {"currency": "JPY"}, {"currency": "TRL", "perEuro": 372274}, {"currency": "USD", "perDollar": 1}]""",
            await desk.List(["rates", "show", "--on", "2020-04-01"], "/api/rates?on=2020-04-01"));
        JsonAssert.Has("""[{"day": "2020-04-02"}]""", await desk.List(["rates", "show", "CNY", "--next", "2020-04-03", "--limit", "1"], "/api/rates?currency=CNY&next=2020-04-03&limit=1"));
        if (channel == "HTTP")
        {
            var page = await desk.Http.GetStringAsync($"/deals/day?after={desk.Position}", Cancel);
            Assert.Contains("About USD 98M, computed", page, StringComparison.Ordinal);
            Assert.Contains("at 7.13955 CNY a dollar</a> (ECB, 3 April 2020)", page, StringComparison.Ordinal);
            Assert.Contains("7.6709", await desk.Http.GetStringAsync("/rates?currency=CNY", Cancel), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Where_a_source_gives_both_its_rate_is_shown_and_flagged_where_it_cannot_be()
    {
        await using var desk = await Desk.Open("command line");
        await desk.ImportRates(History);
        await desk.Offer("Acme raised 700 million yuan. Others did so too.", Announcement(Deal("right", "2020-04-03", usd: 98_600_000), Deal("wrong", "2020-04", usd: 700_000_000), Deal("undated", "unknown", usd: 98_600_000)));

        JsonAssert.Has("""
            { "usdAsReported": {"low": 98600000}, "computedUsd": {"low": 98529101}, "impliedRate": {"low": 7.09939, "high": 7.09939, "reference": {"low": 7.1045, "from": "2020-04-03", "source": "ECB"}, "implausible": false} }
            """, (await desk.Deal("right"))["amount"]);
        JsonAssert.Has("""{ "low": 1, "high": 1, "reference": {"low": 7.09197, "high": 7.1045}, "implausible": true }""", (await desk.Deal("wrong"))["amount"]!["impliedRate"]);
        JsonAssert.Has("""{ "low": 7.09939, "reference": null, "implausible": null }""", (await desk.Deal("undated"))["amount"]!["impliedRate"]);
        var shown = (await desk.Ledger.Run("deal", "wrong")).Output;
        Assert.Contains("In dollars, as reported  USD 700M", shown, StringComparison.Ordinal);
        Assert.Contains("about USD 98.5M – 98.7M at 7.09197 to 7.1045 CNY a dollar (ECB, 2 April 2020 to 6 April 2020)", shown, StringComparison.Ordinal);
        Assert.Contains("The two figures imply 1 CNY a dollar; the reference rate was 7.09197 to 7.1045 (ECB, 2 April 2020 to 6 April 2020), so one of them is hardly right.", shown, StringComparison.Ordinal);
        // Nothing that was reckoned is recorded.
        Assert.DoesNotContain("98529101", (await desk.Ledger.Run("events", "--limit", "100", "--json")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_rates_of_a_known_day_are_refused_and_nothing_of_the_file_is_recorded()
    {
        await using var desk = await Desk.Open("command line");
        await desk.ImportRates(Daily);
        using var folder = new TemporaryFolder();
        Tests.Intake.Input.WriteTo(folder, ("rates.csv", History.Replace("2020-04-06", "2020-04-07", StringComparison.Ordinal)));

        var run = await desk.Ledger.Run("rates", "import", folder.Combine("rates.csv"));

        Assert.Equal((1, $"{folder.Combine("rates.csv")}, line 2: Of 2020-04-07 CNY 7.6709 is recorded, and CNY 7.6537 is given; if that is right, say why with a reason."), (run.ExitCode, run.Errors.Trim()));
        Assert.Single((await desk.Ledger.Ask("events"))["items"]!.AsArray());
    }

    [Theory]
    [InlineData("Date,USD,XYZ,\n", "line 1: currency: 'XYZ' is no ISO 4217 code such as USD, EUR or CNY.")]
    [InlineData("Date,USD,USD,\n", "line 1: the heading 'USD' stands twice.")]
    [InlineData("Day,USD\n", "line 1: begins with 'Day'; a file of the European Central Bank begins with Date and has a column a currency.")]
    [InlineData("Date,USD,\n2020-04-03,1.1,\n2020-04-3,1.1,\n", "line 3: Date: '2020-04-3' is no date; 2020-04-03 or 3 April 2020 would be one.")]
    [InlineData("Date,USD,\n2020-04-03,1.1,\n2020-04-03,1.1,\n", "line 3: 2020-04-03 stands twice.")]
    [InlineData("Date,USD,\n2020-04-03,\"1,1\",\n", "line 2: USD: '1,1' is no rate such as 1.0785, nor N/A.")]
    [InlineData("Date,USD,\n2020-04-03,-1,\n", "line 2: USD: '-1' is no rate such as 1.0785, nor N/A.")]
    [InlineData("Date,USD,\n2020-04-03,0,\n", "line 2: perEuro.USD: 0 is out of range; a figure above 0 and at most 1000000000 is expected.")]
    [InlineData("Date,USD,\n2020-04-03,N/A,\n", "line 2: perEuro: holds no rate.")]
    [InlineData("Date,USD,\n1998-04-03,1,\n", "line 2: day: 1998-04-03 is before 1999-01-04, the first day of which there are reference rates of the euro.")]
    [InlineData("Date,USD,\n2020-04-03,1,2\n", "line 2: row: '2' stands under no heading.")]
    [InlineData("Date,USD,\n2020-04-03,1,,2\n", "line 2: row: has 4 cells; the headings are 3.")]
    [InlineData("Date,USD,CNY,\n2020-04-03,1\n", "line 2: row: has 2 cells; the headings are 4.")]
    [InlineData("Date,USD,\n", "holds no day.")]
    public async Task A_file_that_is_none_is_refused_with_its_line(string csv, string sentence)
    {
        using var folder = new TemporaryFolder();
        Tests.Intake.Input.WriteTo(folder, ("rates.csv", csv));

        var refused = await Assert.ThrowsAsync<InputException>(() => RatesFile.Read(folder.Combine("rates.csv"), Cancel));

        Assert.EndsWith(sentence, refused.Message, StringComparison.Ordinal);
    }

    private static string Exact(string currency) => $$"""{"qualifier": "exact", "currency": "{{currency}}", "low": 700000000, "high": 700000000}""";

    private static string Announcement(params string[] deals) => $$"""{ "parties": [{"id": "acme", "name": "Acme"}], "deals": [{{string.Join(", ", deals)}}] }""";

    private static string Deal(string id, string when, string? amount = null, int? usd = null) => $$"""
        {"id": "{{id}}", "claims": [{"company": "acme", "words": "Acme", "quote": "Acme raised"}, {"kind": "round", "words": "raised", "quote": "Acme raised"}, {"status": "announced", "words": "raised", "quote": "Acme raised"},
          {"announced": "{{when}}", "words": "raised", "quote": "Acme raised"}, {"amount": {{amount ?? Exact("CNY")}}, "words": "700 million", "quote": "Acme raised 700 million yuan."}
          {{(usd is null ? "" : $$""", {"usdAsReported": {"qualifier": "exact", "low": {{usd}}, "high": {{usd}}}, "words": "700 million", "quote": "Acme raised 700 million yuan."}""")}}]}
        """;
}
