using System.Text.RegularExpressions;

namespace Ledger.App.Tests.Tidy;

/// <summary>The size of files and methods.</summary>
public sealed partial class CodeTests
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 70;

    [Fact]
    public void Files_of_code_have_at_most_400_lines() =>
        TrackedFiles.None(TrackedFiles.Of(".cs", ".razor", ".js", ".mjs", ".css", ".sql")
            .Select(path => (Path: path, TrackedFiles.Lines(path).Length)).Where(file => file.Length > FileLinesMax)
            .Select(file => $"{file.Path} has {file.Length} lines"));

    [Fact]
    public void Methods_have_at_most_70_lines() =>
        TrackedFiles.None(TrackedFiles.Of(".cs", ".razor").SelectMany(path => Members(Code(path)), (path, member) => (path, member))
            .Where(found => found.member.Lines > MethodLinesMax)
            .Select(found => $"{found.path}, line {found.member.Start}: {found.member.Lines} lines"));

    [Fact]
    public void The_measure_finds_a_long_method_and_not_a_long_type()
    {
        string[] body = [.. Enumerable.Repeat("        Do();", 80)];
        string[] code = ["public sealed class A", "{", "    public const string Sql = \"\"\"", "        {", "        \"\"\";", "    public void Long(", "        int n)", "    {", "        if (n > 0)", "        {", .. body, "        }", "    }", "", "    public int Short => 1;", "}"];

        Assert.Equal([(6, 87)], Members(code));
    }

    /// <summary>Of a page the part that is code; its markup has no methods.</summary>
    private static string[] Code(string path)
    {
        var lines = TrackedFiles.Lines(path);
        return path.EndsWith(".razor", StringComparison.Ordinal) ? [.. lines.Select((line, i) => i >= Array.IndexOf(lines, "@code {") && lines.Contains("@code {") ? line : "")] : lines;
    }

    /// <summary>
    /// Members with a body in braces, from the first line of their declaration to the closing brace. A simple measure, which relies
    /// on the braces standing on lines of their own and closing where they open.
    /// </summary>
    private static IEnumerable<(int Start, int Lines)> Members(string[] lines)
    {
        var open = new Stack<(int Indent, bool IsType, bool IsMember, int Start)>();
        var (declaration, inRawText) = (0, false);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            var indent = lines[i].Length - lines[i].TrimStart().Length;
            if (RawQuotes().Count(line) % 2 == 1)
                inRawText = !inRawText;
            else if (inRawText)
                continue;
            if (line == "@code {")
                open.Push((indent, true, false, i + 1));
            else if (line == "{")
            {
                var header = string.Join(' ', lines[declaration..i]);
                var isType = TypeDeclaration().IsMatch(header);
                // A table of values is not code.
                open.Push((indent, isType, !isType && !Value().IsMatch(header) && open.TryPeek(out var around) && around.IsType, declaration + 1));
            }
            else if (line.StartsWith('}') && open.TryPeek(out var top) && top.Indent == indent)
            {
                open.Pop();
                if (top.IsMember)
                    yield return (top.Start, i + 2 - top.Start);
            }
            if (line is "" or "{" || line.EndsWith(';') || line.StartsWith('}') || line.StartsWith("//", StringComparison.Ordinal) || line.StartsWith('['))
                declaration = i + 1;
        }
    }

    [GeneratedRegex("\"\"\"")]
    private static partial Regex RawQuotes();

    [GeneratedRegex(@"= new\b.*$|=\s*$")]
    private static partial Regex Value();

    [GeneratedRegex(@"\b(class|record|struct|interface|enum|namespace)\s+\w")]
    private static partial Regex TypeDeclaration();
}
