using Ledger.App.Tests.Support;
using Ledger.Testing;

namespace Ledger.App.Tests.CommandLine;

/// <summary>What commands take, and how they end when they are given something else.</summary>
public sealed class ArgumentTests(SeededLedger seeded)
{
    [Theory]
    [InlineData("deal nothing", "No deal has the id 'nothing'.")]
    [InlineData("deal BIREN-PLEDGE", "No deal has the id 'BIREN-PLEDGE'.")]
    [InlineData("history nothing", "No deal has the id 'nothing'.")]
    [InlineData("company nobody", "No company or investor has the id, name or alias 'nobody'.")]
    [InlineData("investor nobody", "No company or investor has the id, name or alias 'nobody'.")]
    [InlineData("deals --company nobody", "No company or investor has the id, name or alias 'nobody'.")]
    [InlineData("deals --investor nobody", "No company or investor has the id, name or alias 'nobody'.")]
    [InlineData("company tencent", "'tencent' has no deals and no backers of its own. Ask for it as an investor.")]
    [InlineData("investor enflame", "'enflame' is in no deal as an investor, and backs no company. Ask for it as a company.")]
    [InlineData("deals --limit 0", "--limit takes a number from 1, not '0'.")]
    [InlineData("deals --limit -3", "--limit takes a number from 1, not '-3'.")]
    [InlineData("deals --limit many", "--limit takes a number from 1, not 'many'.")]
    [InlineData("deals --limit 1.5", "--limit takes a number from 1, not '1.5'.")]
    [InlineData("events --limit 0", "--limit takes a number from 1, not '0'.")]
    [InlineData("events --after -1", "--after takes a number from 0, not '-1'.")]
    [InlineData("events --after many", "--after takes a number from 0, not 'many'.")]
    [InlineData("deals --next yesterday", "next: 'yesterday' is not what an earlier page gave as next")]
    [InlineData("deals --investors tencent", "Unrecognized command or argument '--investors'.")]
    [InlineData("deals zhipu", "Unrecognized command or argument 'zhipu'.")]
    [InlineData("dealz", "Unrecognized command or argument 'dealz'.")]
    [InlineData("deal", "Required argument missing for command: 'deal'.")]
    [InlineData("company", "Required argument missing for command: 'company'.")]
    [InlineData("seed", "Required argument missing for command: 'seed'.")]
    [InlineData("", "Required command was not provided.")]
    [InlineData("serve --urls nonsense", "--urls takes addresses such as http://127.0.0.1:8080, separated by semicolons, not 'nonsense'.")]
    [InlineData("serve --urls http://127.0.0.1:99999", "--urls takes addresses such as http://127.0.0.1:8080, separated by semicolons, not 'http://127.0.0.1:99999'.")]
    [InlineData("demo --urls http://127.0.0.1:0;ftp://a", "--urls takes addresses such as http://127.0.0.1:8080, separated by semicolons, not 'ftp://a'.")]
    public async Task What_cannot_be_used_ends_with_exit_code_2_and_a_sentence(string arguments, string sentence)
    {
        var run = await (await seeded.Ledger).Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, "", sentence + "\n"), (run.ExitCode, run.Output, run.Errors));
    }

    [Theory]
    [InlineData("deal nothing --json", "No deal has the id 'nothing'.")]
    [InlineData("deals --limit 0 --json", "--limit takes a number from 1, not '0'.")]
    public async Task With_json_there_is_nothing_on_standard_output_either(string arguments, string sentence) =>
        await What_cannot_be_used_ends_with_exit_code_2_and_a_sentence(arguments, sentence);

    [Fact]
    public async Task Common_options_are_taken_before_and_after_the_command()
    {
        var connection = (await seeded.Ledger).OwnerConnectionString;
        var first = await LedgerProgram.Run(["--connection", connection, "--json", "deals", "--limit", "3"]);
        var last = await LedgerProgram.Run(["deals", "--limit", "3", "--connection", connection, "--json"]);

        Assert.Equal(3, LedgerOnTestDatabase.Parse(first)["items"]!.AsArray().Count);
        Assert.Equal(first, last);
    }

    [Fact]
    public async Task The_data_folder_is_taken_before_and_after_the_command_and_from_the_environment()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Combine("file"), "", TestContext.Current.CancellationToken);
        // A file cannot be a folder, so the sentence tells which one was meant.
        var data = folder.Combine("file");
        var environment = new LedgerProgramOptions { Environment = new Dictionary<string, string?> { ["LEDGER_DATA"] = data } };

        foreach (var run in new[] { ProgramHere.Run(["--data", data, "deals"]), ProgramHere.Run(["deals", "--data", data]), LedgerProgram.Run(["deals"], environment) })
        {
            Assert.Equal((2, ""), ((await run).ExitCode, (await run).Output));
            Assert.StartsWith($"The data folder '{data}' cannot be used", (await run).Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Help_tells_every_command_and_ends_with_exit_code_0()
    {
        var run = await ProgramHere.Run(["--help"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.All(["demo", "serve", "seed <DIR>", "deals", "deal <ID>", "company <NAME>", "investor <NAME>", "history <ID>", "events", "migrate"],
            command => Assert.Contains($"\n  {command} ", run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_is_not_there_ends_with_exit_code_1_and_a_sentence()
    {
        using var data = new TemporaryFolder();

        var run = await ProgramHere.Run(["deals", "--connection", "Host=127.0.0.1;Port=1;Username=a;Database=b", "--data", data.Path, "--json"]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Matches(@"\AThe database says no: [^\n]+\.\n\z", run.Errors);
    }

    [Fact]
    public async Task A_connection_string_that_is_none_ends_with_exit_code_2_and_a_sentence()
    {
        using var data = new TemporaryFolder();

        var run = await ProgramHere.Run(["deals", "--connection", "Hose=127.0.0.1", "--data", data.Path]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Matches(@"\AThe connection string cannot be read: [^\n]+\n\z", run.Errors);
    }
}
