using Ledger.Testing;
using Xunit;

namespace Ledger.Browser.Tests.Support;

/// <summary>
/// A ledger in which two articles contradict each other about one deal, the second to whoever follows its company, and whose texts and names try to be markup.
/// </summary>
public sealed class DisputedSite : Site
{
    public const string Deal = "acme-robotics-new-money";

    /// <summary>Stands in an article's title and text and in names.</summary>
    public const string Hostile = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">";

    private const string FirstText = """
        Acme Robotics closed its Series D of $462 million on 3 May 2021, led by Big & <b>Bold</b> Partners.
        The round, said "Acme Robotics", was <i>oversubscribed</i>.
        <script>document.title='taken'</script><img src=x onerror="document.title='taken'">
        """;

    private const string SecondText = "Correction: Acme Robotics closed a Series C bridge, not a Series D. The $462 million are a running total; the bridge brought $62 million.";

    private const string First = """
        article:
          file: first.txt
          title: "Acme raises <script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
          publisher: "The <b>Daily</b> & Sunday"
          address: https://news.example/acme?a=1&b=%22
        parties:
          - id: acme-robotics
            name: Acme Robotics
            aliases: ["<u>Acme</u>"]
          - id: big-and-bold
            name: "Big & <b>Bold</b> Partners"
        deals:
          - id: acme-robotics-new-money
            claims:
              - company: acme-robotics
                words: Acme Robotics
                quote: &all "Acme Robotics closed its Series D of $462 million on 3 May 2021, led by Big & <b>Bold</b> Partners."
              - kind: round
                words: Series D
                quote: *all
              - round: {series: d, instrument: equity}
                words: Series D
                quote: *all
              - status: closed
                words: closed
                quote: *all
              - amount: {qualifier: exact, currency: USD, low: 462000000, high: 462000000}
                words: $462 million
                quote: *all
              - announced: 2021-05-03
                words: 3 May 2021
                quote: *all
              - investor: big-and-bold
                role: lead
                words: Big & <b>Bold</b> Partners
                quote: "led by Big & <b>Bold</b> Partners"
              - useOfProceeds: true
                words: <i>oversubscribed</i>
                quote: "led by Big & <b>Bold</b> Partners.\nThe round, said \"Acme Robotics\", was <i>oversubscribed</i>."
        """;

    private const string Second = """
        article:
          file: second.txt
          publisher: The Correction
        parties:
          - id: acme-robotics
            name: Acme Robotics
        deals:
          - id: acme-robotics-new-money
            claims:
              - round: {series: c, modifier: bridge}
                words: Series C bridge
                quote: "Acme Robotics closed a Series C bridge, not a Series D."
              - amount: {qualifier: exact, currency: USD, low: 62000000, high: 62000000}
                words: $62 million
                quote: "the bridge brought $62 million"
        """;

    protected override async Task<string[]> Prepare()
    {
        // One after the other: the record says what was recorded last.
        await Record("first", "first.txt", FirstText, First);
        var added = await LedgerProgram.Run(["alerts", "add", "Acme", "--company", "acme-robotics", "--webhook", "https://receiver.example/hook", "--data", DataFolder]);
        Assert.Equal((0, ""), (added.ExitCode, added.Errors));
        await Record("second", "second.txt", SecondText, Second);
        return ["serve"];
    }

    private async Task Record(string name, string file, string text, string announcement)
    {
        var folder = OtherFolder(name);
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "articles")).FullName, file), text);
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "announcements")).FullName, "announcement.yaml"), announcement);
        await LedgerProgram.Run(["migrate", "--data", DataFolder]);
        var run = await LedgerProgram.Run(["seed", folder, "--data", DataFolder]);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
    }
}
