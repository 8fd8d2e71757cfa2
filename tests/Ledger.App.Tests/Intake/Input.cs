using System.Text;
using Ledger.App.Intake;
using Ledger.App.Intake.Announce;
using Ledger.App.Intake.RecordArticle;
using Ledger.Testing;

namespace Ledger.App.Tests.Intake;

/// <summary>Articles and announcements for tests of what is taken in and what is not.</summary>
internal static class Input
{
    public const string Article =
        """
        Enflame Technology has closed its Series B of RMB 700 million ($98.6 million), Tencent-backed Enflame said.
        Photo: Xinhua alt=Photo: Xinhua>
        """;

    /// <summary>An announcement that is taken in: the parties, a deal, and a last claim of it to be filled in.</summary>
    public static string WithClaim(string claim) =>
        $"""
        article: {"{file: a.txt}"}
        parties:
          - id: enflame
            name: Enflame Technology
          - id: tencent
            name: Tencent
        deals:
          - id: enflame-series-b
            claims:
              - company: enflame
                words: Enflame Technology
                quote: Enflame Technology has closed its Series B
              - kind: round
                words: Series B
                quote: Enflame Technology has closed its Series B
              - status: closed
                words: has closed
                quote: Enflame Technology has closed its Series B
              - {claim.ReplaceLineEndings("\n        ")}
        """;

    /// <summary>A claim's value, with words and a quote that carry it.</summary>
    public static string Value(string value) =>
        $"""
        {value}
        words: RMB 700 million
        quote: Series B of RMB 700 million
        """;

    public static Announcement Read(string yaml, string article = Article) =>
        AnnouncementReader.Read("a.yaml", StrictYaml.Parse<AnnouncementFile>("a.yaml", yaml), ArticleFile.Parse(Encoding.UTF8.GetBytes(article), "a.txt"));

    /// <summary>The sentence that refuses an announcement.</summary>
    public static string Refusal(string yaml, string article = Article) => Assert.Throws<InputException>(() => Read(yaml, article)).Message;

    /// <summary>A folder to record from.</summary>
    public static void WriteTo(TemporaryFolder folder, params (string Path, string Text)[] files)
    {
        foreach (var (path, text) in files)
            WriteTo(folder, path, Encoding.UTF8.GetBytes(text));
    }

    public static void WriteTo(TemporaryFolder folder, string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.Combine(path))!);
        File.WriteAllBytes(folder.Combine(path), bytes);
    }
}
