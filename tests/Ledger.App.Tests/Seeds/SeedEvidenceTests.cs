using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ledger.App.Tests.Support;

namespace Ledger.App.Tests.Seeds;

/// <summary>That every claim stands in its article at its place, and that nothing is made up.</summary>
public sealed partial class SeedEvidenceTests(SeededLedger ledger)
{
    [Fact]
    public async Task Every_claim_stands_in_its_article_at_the_place_it_names()
    {
        var claims = await Claims();

        Assert.True(claims.Count > 150, $"{claims.Count} claims");
        foreach (var (claim, article) in claims)
        {
            var quote = claim["quote"]!;
            var (text, start, occurrence) = ((string)quote["text"]!, (int)quote["start"]!, (int)quote["occurrence"]!);
            Assert.Equal(text, article.Substring(start, text.Length));
            Assert.Equal(occurrence, Enumerable.Range(0, start + 1).Count(at => article.AsSpan(at).StartsWith(text, StringComparison.Ordinal)));
            Assert.Contains((string)claim["asWritten"]!, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Claims_are_shown_with_the_quotes_that_are_recorded()
    {
        var recorded = (await Claims()).ToDictionary(claim => (string)claim.Claim["id"]!, claim => JsonAssert.Show(claim.Claim["quote"]));
        var shown = new List<JsonNode?>();
        foreach (var deal in await ledger.List("deals", "--limit", "1000"))
        {
            var whole = await ledger.Ask("deal", (string)deal["id"]!);
            shown.AddRange(whole["claims"]!.AsArray());
            Assert.All(whole["claims"]!.AsArray(), claim => Assert.Contains((string)claim!["source"]!, whole["sources"]!.AsArray().Select(source => (string)source!)));
        }
        shown.AddRange((await ledger.Ask("company", "zhipu"))["claims"]!.AsArray());
        shown.AddRange((await ledger.Ask("investor", "tencent"))["claims"]!.AsArray());

        Assert.All(shown, claim => Assert.Equal(recorded[(string)claim!["id"]!], JsonAssert.Show(claim["quote"])));
    }

    [Fact]
    public async Task No_year_appears_that_the_article_does_not_contain()
    {
        foreach (var (claim, article) in await Claims())
        {
            foreach (Match year in Year().Matches(string.Join(' ', Dates(claim["value"]!))))
            {
                Assert.Contains(year.Value, article, StringComparison.Ordinal);
                Assert.Contains(year.Value, (string)claim["quote"]!["text"]!, StringComparison.Ordinal);
            }
        }
        foreach (var described in (await ledger.Events()).Where(e => (string)e["type"]! == "article_described"))
        {
            foreach (Match year in Year().Matches((string)described["data"]!["description"]!["publication"]!))
                Assert.Contains(year.Value, await Article((string)described["stream"]!), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Only_the_listing_that_was_postponed_in_March_2020_has_a_year_since_no_article_gives_another()
    {
        var dated = (await ledger.List("deals", "--limit", "1000"))
            .Select(deal => (Id: (string)deal["id"]!, Date: (string?)deal["announced"]!["date"] ?? ""))
            .Where(deal => deal.Date.Length > 0 && char.IsAsciiDigit(deal.Date[0]));

        Assert.Equal([("sensetime-ipo", "2020-03")], dated);
    }

    [Fact]
    public async Task Every_article_is_kept_to_the_letter()
    {
        await using var command = (await ledger.Ledger).Database.CreateCommand("select content from ledger.texts");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var kept = new HashSet<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            kept.Add(reader.GetString(0));

        var files = Directory.GetFiles(Path.Combine(LedgerOnTestDatabase.Seeds, "articles"));
        Assert.Equal(5, files.Length);
        Assert.Equal(files.Select(file => Encoding.UTF8.GetString(File.ReadAllBytes(file))).ToHashSet(), kept);
    }

    [Fact]
    public async Task What_is_written_in_another_script_is_printed_as_it_is() =>
        Assert.Contains("Utrust Fund (粤财基金)", (await (await ledger.Ledger).Run("deal", "intellifusion-pre-ipo", "--json")).Output, StringComparison.Ordinal);

    /// <summary>Every claim in the log, with the text of its article.</summary>
    private async Task<List<(JsonNode Claim, string Article)>> Claims()
    {
        var claims = new List<(JsonNode, string)>();
        foreach (var e in await ledger.Events())
        {
            if (e["data"]!["claims"] is not JsonArray held)
                continue;
            var article = await Article((string?)e["data"]!["source"] is { } source ? $"article-{source}" : (string)e["stream"]!);
            claims.AddRange(held.Select(claim => (claim!, article)));
        }
        return claims;
    }

    private async Task<string> Article(string stream)
    {
        var recorded = (await ledger.Events()).Single(e => (string)e["stream"]! == stream && (string)e["type"]! == "article_recorded");
        return await File.ReadAllTextAsync(Path.Combine(LedgerOnTestDatabase.Seeds, "articles", (string)recorded["data"]!["fileName"]!), TestContext.Current.CancellationToken);
    }

    /// <summary>The dates in a claim's value: all of them are texts of fields with these names.</summary>
    private static IEnumerable<string> Dates(JsonNode value) =>
        value.AsObject().Where(field => field.Key is "when" or "effective" or "during").Select(field => (string)field.Value!);

    [GeneratedRegex(@"\b\d{4}\b")]
    private static partial Regex Year();
}
