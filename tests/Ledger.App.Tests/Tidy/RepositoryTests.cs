using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ledger.Testing;

namespace Ledger.App.Tests.Tidy;

/// <summary>The repository's own rules: what stands where, and what must not stand anywhere.</summary>
public sealed partial class RepositoryTests
{
    private static readonly string[] TopLevel =
    [
        "Directory.Build.props", "Directory.Packages.props", "Ledger.sln", "README.md", "deploy", "docker-compose.yml", "global.json", "seeds", "src", "tests",
    ];

    [Fact]
    public void The_top_level_holds_these_and_dotfiles_only() =>
        Assert.Equal(TopLevel, TrackedFiles.Paths.Select(path => path.Split('/')[0]).Where(name => name[0] != '.').Distinct().Order(StringComparer.Ordinal));

    // In pieces, or this file would break its own rule.
    public static readonly TheoryData<string, string> Unwanted = new()
    {
        { "work that is left to do", "TO" + @"DO\b|FIX" + @"ME\b|\bHA" + @"CK\b" },
        { "code that is not there", "Not" + "ImplementedException" },
        { "tests that are skipped", @"\bSkip" + @" = |\bAssert\.Sk" + @"ip|\bSkip(When|Unless|Type|Exceptions)\b" },
        { "a place on a developer's machine", @"(?<![\w.~])/(home|Users|work|root)/\w|\b[A-Z]:\\\w" },
        { "the address of a package registry", @"https?://(registry\.npmjs|api\.nuget|\w+\.pypi|deb\.debian|[\w.]*artifact)" },
    };

    [Theory]
    [MemberData(nameof(Unwanted))]
    public void No_file_has(string what, string pattern) =>
        TrackedFiles.None(TrackedFiles.Written.SelectMany(path => TrackedFiles.Lines(path), (path, line) => (path, line))
            .Where(found => Regex.IsMatch(found.line, pattern)).Select(found => $"{found.path} has {what}: {found.line.Trim()}"));

    [Fact]
    public void Lock_files_hold_no_download_addresses() =>
        TrackedFiles.None(TrackedFiles.Paths.Where(path => Path.GetFileName(path) == "package-lock.json" && TrackedFiles.Read(path).Contains("\"resolved\"", StringComparison.Ordinal)));

    [Fact]
    public void Versions_of_packages_stand_in_one_place()
    {
        var projects = TrackedFiles.Of(".csproj").Select(path => (Path: path, Xml: XDocument.Parse(TrackedFiles.Read(path)))).ToList();
        var references = projects.SelectMany(project => project.Xml.Descendants("PackageReference"), (project, reference) => (project.Path, Reference: reference)).ToList();

        TrackedFiles.None(references.Where(one => one.Reference.Attribute("Version") is not null || one.Reference.Attribute("VersionOverride") is not null || one.Reference.Element("Version") is not null)
            .Select(one => $"{one.Path} gives {one.Reference.Attribute("Include")?.Value} a version"));
        var central = XDocument.Parse(TrackedFiles.Read("Directory.Packages.props")).Descendants("PackageVersion").Select(version => version.Attribute("Include")!.Value).ToList();
        TrackedFiles.None(references.Select(one => one.Reference.Attribute("Include")!.Value).Except(central));
    }

    [Fact]
    public void Every_project_is_in_the_solution_and_has_a_lock_file()
    {
        var solution = TrackedFiles.Read("Ledger.sln").Replace('\\', '/');
        var projects = TrackedFiles.Of(".csproj").Where(path => path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(projects);
        TrackedFiles.None(projects.Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal)));
        TrackedFiles.None(projects.Where(path => !TrackedFiles.Paths.Contains($"{Path.GetDirectoryName(path)}/packages.lock.json")));
    }

    [Fact]
    public void Test_projects_mirror_those_that_they_test()
    {
        var sources = TrackedFiles.Of(".csproj").Where(path => path.StartsWith("src/", StringComparison.Ordinal)).Select(path => Path.GetFileNameWithoutExtension(path)).ToList();

        TrackedFiles.None(sources.Where(name => !TrackedFiles.Paths.Contains($"tests/{name}.Tests/{name}.Tests.csproj")));
    }

    /// <summary>What a command or a page is called by, with the file that makes it.</summary>
    public static IEnumerable<(string Path, string Name, string[] Mentions)> Slices()
    {
        foreach (var path in TrackedFiles.Of(".cs", ".razor").Where(path => path.StartsWith("src/Ledger.App/", StringComparison.Ordinal)))
        {
            foreach (Match command in CommandName().Matches(TrackedFiles.Read(path)))
                yield return (path, $"ledger {command.Groups[1].Value}", [$"\"{command.Groups[1].Value}\"", $"\"{command.Groups[1].Value} ", $" {command.Groups[1].Value}\""]);
            foreach (Match page in PageAddress().Matches(TrackedFiles.Read(path)))
                yield return (path, page.Groups[1].Value, [page.Groups[1].Value]);
        }
    }

    [Fact]
    public void Every_command_and_every_page_is_asked_for_by_a_test()
    {
        var tests = TrackedFiles.Of(".cs").Where(path => path.StartsWith("tests/", StringComparison.Ordinal) && !path.Contains("/Tidy/", StringComparison.Ordinal)).Select(TrackedFiles.Read).ToList();

        Assert.True(Slices().Count() > 15);
        TrackedFiles.None(Slices().Where(slice => !tests.Exists(test => slice.Mentions.Any(mention => test.Contains(mention, StringComparison.Ordinal))))
            .Select(slice => $"No test asks for {slice.Name} of {slice.Path}"));
    }

    [Fact]
    public void Tests_stand_with_the_stages_of_the_program()
    {
        string[] stages = ["Access", "Intake", "Deals", "Parties", "Log", "Views", "Watchlists", "Alerts", "Jobs", "Operations", "Shell", "CommandLine"];
        // The write path is tested through what it records: tests of the seeds and of being repeated.
        string[] others = ["Seeds", "Support", "Tidy"];

        var folders = TrackedFiles.Paths.Select(path => path.Split('/')).Where(path => path is ["tests", "Ledger.App.Tests", _, _, ..]).Select(path => path[2]).Distinct();

        TrackedFiles.None(folders.Except([.. stages, .. others]));
        TrackedFiles.None(stages.Where(stage => !Directory.Exists(Path.Combine(Repository.Root, "src/Ledger.App", stage))));
    }

    [GeneratedRegex("""new Command\("([a-z-]+)",""")]
    private static partial Regex CommandName();

    /// <summary>Up to its first parameter.</summary>
    [GeneratedRegex("""^@page "(/[^"{]*)""", RegexOptions.Multiline)]
    private static partial Regex PageAddress();
}
