using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;
using Ledger.Testing;

namespace Ledger.App.Tests.CommandLine;

/// <summary>What commands print: with --json one JSON document and nothing else, otherwise tables.</summary>
public sealed class OutputTests(SeededLedger seeded)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("deals")]
    [InlineData("deals --company zhipu --investor tencent")]
    [InlineData("deals --company shanghai --investor tencent")]
    [InlineData("deal biren-pledge")]
    [InlineData("company enflame")]
    [InlineData("investor sequoia")]
    [InlineData("history biren-pledge")]
    [InlineData("events --limit 3")]
    [InlineData("events --after 1000000")]
    [InlineData("migrate")]
    [InlineData("verify")]
    public async Task With_json_a_command_prints_json_and_nothing_else(string arguments)
    {
        var run = await (await seeded.Ledger).Run([.. arguments.Split(' '), "--json"]);

        // The parser takes one document and white space, no more.
        Assert.IsType<JsonObject>(LedgerOnTestDatabase.Parse(run));
    }

    [Fact]
    public async Task Recording_and_serving_print_json_and_nothing_else()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);

        Assert.Equal(92, (int)(await ledger.Ask("seed", LedgerOnTestDatabase.Seeds))["recordedEvents"]!);
        foreach (var command in new[] { "serve", "demo" })
        {
            await using var server = ledger.Start(command, "--urls", "http://127.0.0.1:0", "--json");
            await server.Printed("http://127.0.0.1:");
            var run = await server.Terminate();
            Assert.Equal(0, run.ExitCode);
            var addresses = Assert.Single(JsonNode.Parse(run.Output)!["addresses"]!.AsArray());
            Assert.Matches(@"^http://127\.0\.0\.1:[1-9]\d*$", (string)addresses!);
        }
    }

    [Fact]
    public async Task The_log_is_exported_as_a_line_of_json_a_text_and_an_event()
    {
        var run = await (await seeded.Ledger).RunApart("export", "events", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("^92 events with the root hash [A-Za-z0-9+/]{43}= exported; an import of the whole file says the same\\.$", run.Errors.Trim());
        Assert.Equal(5 + 92, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject()).Count());
    }

    [Theory]
    [InlineData("deals", "biren-pledge", "USD 280M", "Guangzhou government-backed investors (participant)")]
    [InlineData("deal stepfun-series-b", "USD 100M to under 1B", "hundreds of millions of dollars", "“on Monday”")]
    [InlineData("company zhipu", "CNY 3B", "Legend Capital", "CNY 20B, post")]
    [InlineData("investor tencent", "Tencent Holdings", "Baichuan", "joined 4")]
    [InlineData("history biren-pledge", "Version 1", "USD 280M", "pledged")]
    [InlineData("events --limit 92", "deal_announced", "article-b17244a40225f137", "粤财基金")]
    public async Task Without_it_a_command_prints_tables_for_people(string arguments, params string[] expected)
    {
        var run = await (await seeded.Ledger).Run(arguments.Split(' '));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.All(expected, text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task What_the_ledger_holds_is_never_taken_for_markup()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        using var folder = new TemporaryFolder();
        const string article = "The company [red]Enflame[/] of [bold raised its round.";
        Intake.Input.WriteTo(folder, ("articles/a.txt", article), ("announcements/a.yaml",
            """
            article: {file: a.txt}
            parties: [{id: enflame, name: "[red]Enflame[/]"}]
            deals:
              - id: enflame-round
                claims:
                  - {company: enflame, words: "[red]Enflame[/]", quote: "[red]Enflame[/]"}
                  - {kind: round, words: round, quote: its round}
                  - {status: announced, words: raised, quote: raised}
                  - {useOfProceeds: true, words: "[bold", quote: "of [bold raised"}
            """));
        Assert.Equal(0, (await ledger.Run("seed", folder.Path)).ExitCode);

        foreach (var arguments in new[] { "deals", "deal enflame-round", "company enflame", "history enflame-round", "events" })
        {
            var run = await ledger.Run(arguments.Split(' '));
            Assert.Equal((0, ""), (run.ExitCode, run.Errors));
            Assert.Contains("[red]Enflame[/]", run.Output, StringComparison.Ordinal);
        }
    }
}
