using System.Text.Json.Nodes;
using Ledger.App.Tests.Deals;
using Ledger.App.Tests.Support;

namespace Ledger.App.Tests.Parties;

/// <summary>Who companies and investors are, on the command line and over HTTP alike.</summary>
public sealed class PartyStoryTests
{
    public static readonly TheoryData<string> Channels = ["command line", "HTTP"];

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task One_company_was_registered_twice_and_is_merged_and_is_two_again(string channel)
    {
        await using var desk = await Desk.Open(channel);
        await desk.Announce("Zhipu raised $40 million from Big and Small.", Deal("zhipu", "Zhipu", "zhipu-b", "Zhipu raised $40 million from Big and Small.", 40, "big", "small"));
        await desk.Announce("Zhipu AI raised $60 million from Big.", Deal("zhipu-ai", "Zhipu AI", "zhipu-ai-c", "Zhipu AI raised $60 million from Big.", 60, "big"));
        string[] asked = ["zhipu", "zhipu-ai", "big", "small"];
        var before = await Everything(desk, asked);
        var parties = new PartyDesk(desk);

        var preview = await parties.Preview("zhipu", "zhipu-ai");
        JsonAssert.Has("""
            { "party": {"id": "zhipu"}, "into": {"id": "zhipu-ai"}, "aliases": ["Zhipu"],
              "companies": { "apart": [{"id": "zhipu", "deals": ["zhipu-b"], "totals": [{"low": 40000000}]}, {"id": "zhipu-ai", "deals": ["zhipu-ai-c"], "totals": [{"low": 60000000}]}],
                             "asOne": {"id": "zhipu-ai", "deals": ["zhipu-ai-c", "zhipu-b"], "counted": 2, "totals": [{"currency": "USD", "low": 100000000, "high": 100000000, "deals": 2}]} },
              "holders": [{"id": "big", "companiesBefore": 2, "companiesAfter": 1}] }
            """, preview);
        Assert.Equal(before, await Everything(desk, asked));
        var apart = desk.Position;

        Assert.Equal(2, await parties.Do("zhipu", "merge", """{"other": "zhipu-ai", "reason": "One company, registered twice."}"""));
        Assert.Equal(0, await parties.Do("zhipu", "merge", """{"other": "zhipu-ai", "reason": "One company, registered twice."}"""));

        var together = await desk.Company("zhipu");
        JsonAssert.Has("""{ "id": "zhipu-ai", "name": "Zhipu AI", "aliases": ["Zhipu"], "counted": 2, "totals": [{"low": 100000000, "deals": 2}], "mergedFrom": [{"id": "zhipu", "why": {"reason": "One company, registered twice."}}] }""", together);
        Assert.Equal(["zhipu-ai-c", "zhipu-b"], Ids(together["deals"]!).Order());
        Assert.All(together["deals"]!.AsArray(), deal => Assert.Equal("zhipu-ai", (string)deal!["company"]!["id"]!));
        Assert.Equal(preview["companies"]!["asOne"]!["totals"]!.ToJsonString(), together["totals"]!.ToJsonString());
        JsonAssert.Has("""{ "companiesInAll": 1, "companies": [{"id": "zhipu-ai", "deals": ["zhipu-ai-c", "zhipu-b"]}], "counts": {"deals": 2} }""", await desk.Investor("big"));
        JsonAssert.Has("""{ "companies": [{"id": "zhipu-ai", "name": "Zhipu AI", "deals": ["zhipu-b"]}] }""", await desk.Investor("small"));
        Assert.Equal(["zhipu"], Ids(new JsonArray((await desk.Company("zhipu", apart)).DeepClone())));
        Assert.Contains("Party zhipu was merged into zhipu-ai already", await parties.Refused("zhipu", "merge", """{"other": "big", "reason": "No."}"""), StringComparison.Ordinal);
        Assert.Contains("to turn that round, undo it first", await parties.Refused("zhipu-ai", "merge", """{"other": "zhipu", "reason": "No."}"""), StringComparison.Ordinal);
        Assert.Contains("cannot be merged into itself", await parties.Refused("big", "merge", """{"other": "big", "reason": "No."}"""), StringComparison.Ordinal);

        Assert.Contains("zhipu-ai 2", await Summed(desk));

        Assert.Equal(2, await parties.Do("zhipu", "unmerge", """{"other": "zhipu-ai", "reason": "They are two after all."}"""));
        Assert.Equal(before, await Everything(desk, asked));
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task A_party_goes_by_many_names_in_many_scripts(string channel)
    {
        await using var desk = await Desk.Open(channel);
        var parties = new PartyDesk(desk);
        Assert.Equal(2, await parties.Do("zhipu", "register", """{"name": "Zhipu", "aliases": ["智谱"]}"""));
        Assert.Equal(1, await parties.Do("acme", "register", """{"name": "Ещё Société"}"""));
        Assert.Equal(1, await parties.Do("zhipu", "alias", """{"name": "ＺＨＩＰＵ Tech", "reason": "On its own page."}"""));
        Assert.Equal(0, await parties.Do("zhipu", "alias", """{"name": "ＺＨＩＰＵ Tech", "reason": "On its own page."}"""));
        Assert.Equal(1, await parties.Do("zhipu", "rename", """{"name": "Z.ai", "reason": "Since July."}"""));
        foreach (var name in new[] { "zhipu", "ZHIPU", "智谱", "zhipu tech", "z.AI" })
            JsonAssert.Has("""{ "id": "zhipu", "name": "Z.ai", "aliases": ["智谱", "ＺＨＩＰＵ Tech", "Zhipu"] }""", await parties.Show(name));
        foreach (var name in new[] { "ЕЩЁ société", "еще\u0308 socie\u0301te\u0301" })
            JsonAssert.Has("""{ "id": "acme" }""", await parties.Show(name));
        Assert.Equal(1, await parties.Do("zhipu", "unalias", """{"name": "智谱", "reason": "Another company's."}"""));
        JsonAssert.Has("""{ "aliases": ["ＺＨＩＰＵ Tech", "Zhipu"] }""", await parties.Show("zhipu"));

        Assert.Equal(1, await parties.Do("z", "register", """{"name": "z.AI"}"""));
        Assert.Equal("Party zhipu goes by the name 'z.AI', too.", (string)Assert.Single(parties.Warnings)!);
        Assert.Contains("its names were changed", await parties.Refused("zhipu", "rename", """{"name": "Zhipu", "reason": "No.", "ifVersion": 3}"""), StringComparison.Ordinal);
        Assert.Contains("is the name of party zhipu", await parties.Refused("zhipu", "unalias", """{"name": "Z.ai", "reason": "No."}"""), StringComparison.Ordinal);
        Assert.Contains("is not registered", await parties.Refused("nobody", "alias", """{"name": "Z.ai", "reason": "No."}"""), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task A_company_is_shown_with_its_group_and_an_investor_with_its_affiliates(string channel)
    {
        await using var desk = await Desk.Open(channel);
        await desk.Announce("Acme raised $40 million from Big.", Deal("acme", "Acme", "acme-b", "Acme raised $40 million from Big.", 40, "big"));
        await desk.Announce("Daughter raised $60 million from Big and Small.", Deal("daughter", "Daughter", "daughter-a", "Daughter raised $60 million from Big and Small.", 60, "big", "small"));
        await desk.Announce("Daughter belongs to Acme since 2019.", "article: {file: a.txt}");
        await desk.Announce("Grandchild raised $5 million from Small.", Deal("grandchild", "Grandchild", "grandchild-a", "Grandchild raised $5 million from Small.", 5, "small"));
        var article = (await desk.Ledger.Ask("events", "--limit", "100"))["items"]!.AsArray().Where(e => (string)e!["type"]! == "article_recorded").Select(e => (string)e!["stream"]!).ElementAt(2)["article-".Length..];
        var parties = new PartyDesk(desk);
        Assert.Equal(1, await parties.Do("daughter", "affiliate", $$"""{"is": "subsidiaryOf", "with": "acme", "from": "2019", "article": "{{article}}", "words": "belongs to Acme since 2019", "quote": "Daughter belongs to Acme since 2019."}"""));
        Assert.Equal(1, await parties.Do("grandchild", "affiliate", """{"is": "subsidiaryOf", "with": "daughter", "reason": "The register says so."}"""));
        Assert.Equal(0, await parties.Do("grandchild", "affiliate", """{"is": "subsidiaryOf", "with": "daughter", "reason": "The register says so."}"""));
        Assert.Equal(1, await parties.Do("small", "affiliate", """{"is": "fundOf", "with": "big", "from": "2020-04", "reason": "Its own page says so."}"""));

        JsonAssert.Has("""{ "totals": [{"low": 40000000, "deals": 1}] }""", await desk.Company("acme"));
        var group = await parties.Ask("company", "acme", "--group", "?group=true");
        JsonAssert.Has("""
            { "id": "acme", "counted": 3, "totals": [{"low": 105000000, "deals": 3}],
              "group": [{"id": "daughter", "is": "subsidiaryOf", "of": {"id": "acme"}, "from": "2019"}, {"id": "grandchild", "is": "subsidiaryOf", "of": {"id": "daughter"}, "from": null}] }
            """, group);
        Assert.Equal(["acme-b", "daughter-a", "grandchild-a"], Ids(group["deals"]!).Order());
        JsonAssert.Has("""{ "counts": {"deals": 2, "led": 2}, "companiesInAll": 2, "coInvestorsInAll": 1 }""", await desk.Investor("big"));
        // The deal that both are in counts once, in the role of the one that leads it.
        JsonAssert.Has("""{ "counts": {"deals": 3, "led": 3, "joined": 0}, "companiesInAll": 3, "coInvestorsInAll": 0, "affiliates": [{"id": "small", "is": "fundOf", "from": "2020-04"}] }""",
            await parties.Ask("investor", "big", "--with-affiliates", "?affiliates=true"));
        JsonAssert.Has("""{ "affiliations": [{"is": "subsidiaryOf", "with": {"id": "acme"}, "from": "2019", "why": null}] }""", await parties.Show("daughter"));

        Assert.Equal(1, await parties.Do("daughter", "unaffiliate", """{"is": "subsidiaryOf", "with": "acme", "reason": "It was sold."}"""));
        JsonAssert.Has("""{ "counted": 1, "group": [] }""", await parties.Ask("company", "acme", "--group", "?group=true"));
        // Whoever finds that it was not sold after all says so by the same quote.
        Assert.Equal((1, 0), (await Again(), await Again()));
        JsonAssert.Has("""{ "counted": 3, "group": [{"id": "daughter", "is": "subsidiaryOf", "from": "2019"}, {"id": "grandchild"}] }""", await parties.Ask("company", "acme", "--group", "?group=true"));
        Assert.Contains("Since version", await parties.Refused("daughter", "unaffiliate", """{"is": "subsidiaryOf", "with": "acme", "reason": "It was sold.", "ifVersion": 3}"""), StringComparison.Ordinal);
        Assert.Contains("cannot be affiliated with itself", await parties.Refused("acme", "affiliate", """{"is": "subsidiaryOf", "with": "acme", "reason": "No."}"""), StringComparison.Ordinal);
        Assert.Contains("with", await parties.Refused("acme", "affiliate", """{"is": "subsidiaryOf", "reason": "No."}"""), StringComparison.Ordinal);

        Task<int> Again() => parties.Do("daughter", "affiliate", $$"""{"is": "subsidiaryOf", "with": "acme", "from": "2019", "article": "{{article}}", "words": "belongs to Acme since 2019", "quote": "Daughter belongs to Acme since 2019."}""");
    }

    /// <summary>What the views say of parties and their deals, but for where in the log it stands.</summary>
    private static async Task<string> Everything(Desk desk, string[] parties)
    {
        var answers = new JsonArray();
        foreach (var id in parties)
            answers.Add(id.StartsWith("zhipu", StringComparison.Ordinal) ? await desk.Company(id) : await desk.Investor(id));
        answers.Add((await desk.Ledger.Ask("deals", "--limit", "100")).DeepClone());
        foreach (var list in new[] { "companies", "investors" })
            answers.Add(await desk.Ledger.Export(list));
        return Recorded.Without(answers).ToJsonString();
    }

    /// <summary>What the query in the README gives, which follows merges for a program that reads by SQL.</summary>
    private static async Task<List<string>> Summed(Desk desk)
    {
        var sql = Tidy.TrackedFiles.Read("README.md").Split("```sql\n")[1].Split("```")[0];
        await using var command = desk.Ledger.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            rows.Add($"{reader.GetString(0)} {reader.GetValue(1)}");
        return rows;
    }

    private static IEnumerable<string> Ids(JsonNode items) => items.AsArray().Select(item => (string)item!["id"]!);

    private static string Deal(string company, string name, string deal, string quote, int millions, params string[] investors) =>
        $$"""
        article: {file: a.txt}
        parties:
          - {id: {{company}}, name: {{name}}}
        {{string.Join('\n', investors.Select(id => $"  - {{id: {id}, name: {Capital(id)}}}"))}}
        deals:
          - id: {{deal}}
            claims:
              - {company: {{company}}, words: {{name}}, quote: &all "{{quote}}"}
              - {kind: round, words: raised, quote: *all}
              - {status: announced, words: raised, quote: *all}
              - {amount: {qualifier: exact, currency: USD, low: {{millions}}000000, high: {{millions}}000000}, words: "${{millions}} million", quote: *all}
        {{string.Join('\n', investors.Select(id => $"      - {{investor: {id}, role: lead, words: {Capital(id)}, quote: *all}}"))}}
        """;

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
