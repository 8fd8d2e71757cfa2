using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Ledger.App.Tests.Deals;
using Ledger.App.Tests.Support;
using Ledger.Testing;

namespace Ledger.App.Tests.Views;

/// <summary>Reports that stand by themselves, and what they are compared by.</summary>
public sealed class AuditTests(SeededLedger seeded)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_report_holds_what_was_recorded_and_the_verifier_finds_what_was_not()
    {
        await using var desk = await Desk.Open("command line");
        using var folder = new TemporaryFolder();
        foreach (var (deal, millions) in new[] { ("one", 150), ("two", 120) })
        {
            var article = $"Acme <raised> CNY {millions} million.";
            await desk.Announce(article, StoryTests.Announcement("acme", deal, "announced", article, ($"amount: {{qualifier: exact, currency: CNY, low: {millions}000000, high: {millions}000000}}", $"CNY {millions} million")));
        }
        await desk.Do("merge", "two", """{"other": "one", "reason": "The same round, says </script>."}""");
        var claim = await desk.Claim("one", "amount", "CNY 150 million");
        await desk.Do("prefer", "one", $$"""{"claim": "{{claim}}", "reason": "The company's own release."}""");
        await File.WriteAllTextAsync(folder.Combine("key"), (await desk.Ledger.Run("checkpoint", "--key")).Output, Cancel);

        foreach (var file in new[] { "report.html", "report.json" })
        {
            var written = await desk.Ledger.Ask("audit", "one", "--out", folder.Combine(file));
            var (code, said) = await Verify(folder, file);
            Assert.True(code == 0, said);
            Assert.StartsWith($"{written["events"]} events are in the log", said, StringComparison.Ordinal);
        }
        var page = await File.ReadAllTextAsync(folder.Combine("report.html"), Cancel);
        Assert.Contains("Acme &lt;raised&gt; CNY 150 million.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page[..page.IndexOf("<h2>Proofs", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Equal(2, page.Split("</script>").Length);

        var report = await File.ReadAllTextAsync(folder.Combine("report.json"), Cancel);
        foreach (var (was, made, complaint) in new[]
        {
            ("CNY 120 million.\"", "CNY 130 million.\"", "in these words"),
            ("The company's own release.", "A rumour.", "for the reason"),
            ("\"author\": \"" + Environment.UserName, "\"author\": \"somebody", "by whom"),
            ("\"low\": 120000000", "\"low\": 130000000", "with this value"),
            ("\"round\": null", "\"round\": \"Series A\"", "something in it was changed"),
            ("\"signature\": ", "\"said\": ", "does not end with a signature"),
        })
            await Refused(folder, "forged.json", Forged(report, was, made), complaint);
        var shortened = JsonNode.Parse(report)!;
        shortened["events"]!.AsArray().RemoveAt(shortened["events"]!.AsArray().ToList().FindIndex(e => (string)e!["stream"]! == "deal-one"));
        await Refused(folder, "forged.json", shortened.ToJsonString(), "left out");
        var other = JsonNode.Parse(report)!;
        var proof = ((string)other["events"]![0]!["proof"]!).Split('\n');
        proof[1] = $"extra {Convert.ToBase64String(Encoding.UTF8.GetBytes(Forged(Encoding.UTF8.GetString(Convert.FromBase64String(proof[1]["extra ".Length..])), "\"position\":", "\"position\": ")))}";
        other["events"]![0]!["proof"] = string.Join('\n', proof);
        await Refused(folder, "forged.json", other.ToJsonString(), "not in the log that was signed");
        // What a page shows is in no proof; it is signed.
        await Refused(folder, "forged.html", Forged(page, "Acme &lt;raised&gt; CNY 150 million.", "Acme &lt;raised&gt; CNY 160 million."), "something in it was changed");
        await Refused(folder, "forged.html", Forged(page, "</html>", "<p>It closed.</p></html>"), "does not end with a signature");
    }

    [Theory]
    [InlineData("diff enflame-technology-series-b --from 7", "there is no version 7; the last is 1")]
    [InlineData("diff enflame-technology-series-b --to @1000", "1000 is beyond the end of the log")]
    [InlineData("diff enflame-technology-series-b --from 1 --to 0", "'1' is after '0'")]
    [InlineData("diff enflame-technology-series-b --from lately", "'lately' is neither a date")]
    [InlineData("diff nobody", "No deal has the id 'nobody'")]
    [InlineData("blame nobody", "No deal has the id 'nobody'")]
    [InlineData("audit enflame-technology-series-b --out report.pdf", "'report.pdf' ends neither in .html nor in .json")]
    public async Task What_cannot_be_compared_or_reported_is_said_in_a_sentence(string arguments, string complaint)
    {
        var run = await (await seeded.Ledger).Run(arguments.Split(' '));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(complaint, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_yet_recorded_is_told_as_nothing()
    {
        var diff = await seeded.Ask("diff", "enflame-technology-series-b", "--from", "2020-01-01");
        JsonAssert.Has("""{ "from": {"version": 0, "position": null}, "to": {"version": 1} }""", diff);
        Assert.All(diff["changes"]!.AsArray(), line => Assert.Null(line!["from"]));
        Assert.Equal(1, (int)(await seeded.Ask("diff", "enflame-technology-series-b", "--from", "1"))["to"]!["version"]!);
    }

    private static string Forged(string report, string was, string made)
    {
        Assert.Contains(was, report, StringComparison.Ordinal);
        return report.Replace(was, made, StringComparison.Ordinal);
    }

    private static async Task Refused(TemporaryFolder folder, string file, string forged, string complaint)
    {
        await File.WriteAllTextAsync(folder.Combine(file), forged, Cancel);
        var (code, said) = await Verify(folder, file);
        Assert.Contains(complaint, said, StringComparison.Ordinal);
        Assert.Equal(1, code);
    }

    private static async Task<(int Code, string Said)> Verify(TemporaryFolder folder, string file)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Repository.Root, "deploy/verify-log.mjs"), "audit", folder.Combine(file), "--key", folder.Combine("key")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (said, complained) = (node.StandardOutput.ReadToEndAsync(Cancel), node.StandardError.ReadToEndAsync(Cancel));
        await node.WaitForExitAsync(Cancel);
        return (node.ExitCode, await said + await complained);
    }
}
