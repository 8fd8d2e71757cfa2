using System.Diagnostics;
using System.Text;
using Ledger.Testing;

namespace Ledger.App.Tests.Tidy;

/// <summary>The files of the repository, as git has them: what is ignored or left lying about is not of it.</summary>
internal static class TrackedFiles
{
    /// <summary>Paths from the repository's top, with slashes; files that are new and not ignored among them.</summary>
    public static IReadOnlyList<string> Paths { get; } = List();

    /// <summary>What is written by people. Articles are evidence, lock files are made by tools.</summary>
    public static IReadOnlyList<string> Written { get; } =
        [.. Paths.Where(path => !path.StartsWith("seeds/articles/", StringComparison.Ordinal) && !path.EndsWith("lock.json", StringComparison.Ordinal) && IsText(path))];

    public static IEnumerable<string> Of(params string[] extensions) => Written.Where(path => extensions.Contains(Path.GetExtension(path)));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path), Encoding.UTF8);

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Repository.Root, path), Encoding.UTF8);

    /// <summary>That a rule is broken nowhere; otherwise all places are told at once.</summary>
    public static void None(IEnumerable<string> places)
    {
        var found = places.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static bool IsText(string path) => !File.ReadAllBytes(Path.Combine(Repository.Root, path)).AsSpan().Contains((byte)0);

    private static List<string> List()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-c", "safe.directory=*", "-C", Repository.Root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(path => File.Exists(Path.Combine(Repository.Root, path))).Order(StringComparer.Ordinal)];
    }
}
