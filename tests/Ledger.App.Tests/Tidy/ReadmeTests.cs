using System.Text.RegularExpressions;
using Ledger.App.Tests.Support;
using Ledger.Testing;

namespace Ledger.App.Tests.Tidy;

/// <summary>What the README promises is there.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = TrackedFiles.Read("README.md");

    [Fact]
    public async Task Every_command_that_the_readme_tells_of_is_one()
    {
        var help = await ProgramHere.Run(["--help"]);
        var commands = HelpLine().Matches(help.Output).Select(line => line.Groups[1].Value).ToHashSet();

        Assert.NotEmpty(commands);
        Assert.NotEmpty(Told());
        TrackedFiles.None(Told().Select(told => told.Split(' ')[1]).Except(commands));
    }

    [Fact]
    public async Task Every_option_that_the_readme_tells_of_is_taken()
    {
        foreach (var told in Told().Where(told => told.Contains("--", StringComparison.Ordinal)))
        {
            var words = told.Split(' ').Skip(1).TakeWhile(word => WordOfCommand().IsMatch(word)).ToList();
            var help = await ProgramHere.Run([.. words, "--help"]);
            Assert.Equal(0, help.ExitCode);
            Assert.All(OptionName().Matches(told), option => Assert.Contains(option.Value, help.Output, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_file_that_the_readme_links_to_is_there() =>
        TrackedFiles.None(Link().Matches(Readme).Select(link => link.Groups[1].Value)
            .Where(target => !Path.Exists(Path.Combine(Repository.Root, target))));

    [Fact]
    public void Every_script_that_the_readme_names_is_there_and_can_be_run()
    {
        var scripts = Script().Matches(Readme).Select(script => script.Groups[1].Value).Distinct().ToList();

        Assert.Contains("deploy/run", scripts);
        Assert.Contains("deploy/test", scripts);
        Assert.All(scripts, script => Assert.True(File.GetUnixFileMode(Path.Combine(Repository.Root, script)).HasFlag(UnixFileMode.UserExecute), script));
    }

    /// <summary>Commands as they stand in tables and texts: <c>ledger deals [--limit N]</c>.</summary>
    private static IEnumerable<string> Told() => Command().Matches(Readme).Select(command => command.Groups[1].Value).Where(told => !told.StartsWith("ledger_", StringComparison.Ordinal));

    [GeneratedRegex("`(ledger [a-z][^`]*)`")]
    private static partial Regex Command();

    [GeneratedRegex(@"^  ([a-z][a-z-]*)(?: <[^>]+>)*  +\S", RegexOptions.Multiline)]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^[a-z][a-z-]*$")]
    private static partial Regex WordOfCommand();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex OptionName();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\./((?:deploy|\.ci)/[\w-]+)")]
    private static partial Regex Script();
}
