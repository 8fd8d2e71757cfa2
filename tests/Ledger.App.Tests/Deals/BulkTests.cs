using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;
using Ledger.Testing;

namespace Ledger.App.Tests.Deals;

/// <summary>Changes of many deals at once, which have one cause and are undone as one.</summary>
public sealed class BulkTests
{
    private const int Many = 500;
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoryTests.Channels), MemberType = typeof(StoryTests))]
    public async Task Five_hundred_wrong_sectors_are_corrected_at_once_after_a_preview_and_then_undone_at_once(string channel)
    {
        await using var desk = await Desk.Open(channel);
        using var folder = new TemporaryFolder();
        await desk.Announce("Acme of crypto closed a round.", Announcement());
        var before = await Sectors(desk);
        Assert.Equal(Many, before.Count(deal => deal.EndsWith("{crypto}", StringComparison.Ordinal)));
        Intake.Input.WriteTo(folder, ("changes.csv", Csv()));

        var preview = await Make(preview: true);
        JsonAssert.Has("""{ "change": null, "recordedEvents": 0 }""", preview);
        Assert.Equal(Many, preview["deals"]!.AsArray().Count);
        JsonAssert.Has("""
            { "deal": "deal-7", "says": ["claim withdrawn: sector crypto", "filed under robotics"], "changes": [{"field": "sector/crypto", "from": {"asWritten": "crypto"}, "to": null}] }
            """, preview["deals"]!.AsArray().Single(deal => (string)deal!["deal"]! == "deal-7"));
        Assert.Equal(before, await Sectors(desk));

        var made = await Make();
        var id = (string)made["change"]!;
        Assert.Equal(Many, (await Sectors(desk)).Count(deal => deal.EndsWith("{robotics}", StringComparison.Ordinal)));
        JsonAssert.Has($$"""{ "event": "deal_tagged", "reason": "They build robots.", "change": "{{id}}" }""", (await desk.History("deal-7"))[^1]);
        JsonAssert.Has("""{ "change": null, "deals": [] }""", await Make());

        var undone = await Undo(id, "They do not.");
        Assert.Equal(Many, undone["deals"]!.AsArray().Count);
        Assert.Equal(before, await Sectors(desk));
        JsonAssert.Has("""{ "change": null, "deals": [] }""", await Undo(id, "They do not."));
        // And an undoing can be undone.
        await Undo((string)undone["change"]!, "They do.");
        Assert.Equal(Many, (await Sectors(desk)).Count(deal => deal.EndsWith("{robotics}", StringComparison.Ordinal)));
        var told = desk.IsOnTheWeb ? JsonNode.Parse(await desk.Http.GetStringAsync($"/api/bulk/{id}", Cancel))! : await desk.Ledger.Ask("bulk", "show", id);
        JsonAssert.Has($$"""{ "id": "{{id}}", "reason": "They build robots.", "changes": 1000, "undoes": null, "undoneBy": "{{undone["change"]}}" }""", told);
        Assert.Equal(Many, told["deals"]!.AsArray().Count);

        async Task<JsonNode> Make(bool preview = false) => Told(desk.IsOnTheWeb ? await Post(desk, $"/api/bulk?preview={preview}", Changes())
            : await desk.Ledger.Ask(["bulk", "make", folder.Combine("changes.csv"), "--reason", "They build robots.", .. preview ? ["--preview"] : Array.Empty<string>()]));

        async Task<JsonNode> Undo(string change, string reason) => Told(desk.IsOnTheWeb ? await Post(desk, $"/api/bulk/{change}/undo", new JsonObject { ["reason"] = reason })
            : await desk.Ledger.Ask("bulk", "undo", change, "--reason", reason));

        JsonNode Told(JsonNode outcome)
        {
            desk.Wrote((long)outcome["position"]!);
            return outcome;
        }
    }

    [Fact]
    public async Task A_refusal_of_one_change_makes_none_and_the_same_goes_over_HTTP()
    {
        await using var desk = await Desk.Open("HTTP");
        await desk.Announce("Acme of crypto closed a round.", Announcement());
        var before = await Sectors(desk);
        var wrong = JsonNode.Parse("""{"reason": "Wrong.", "changes": [{"deal": "deal-1", "do": "retract"}, {"deal": "deal-2", "do": "merge", "other": "deal-2"}]}""");
        using var refused = await desk.Http.PostAsJsonAsync("/api/bulk", wrong, Cancel);
        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Equal(before, await Sectors(desk));

        var all = new JsonObject
        {
            ["reason"] = "Everything at once.",
            ["changes"] = new JsonArray(
                Change("deal-1", "retract"), Change("deal-2", "merge", ("other", "deal-3")), Change("deal-4", "join", ("other", "deal-5"), ("as", "extension")), Change("deal-6", "tag", ("place", "Shenzhen"))),
        };
        var preview = await Post(desk, "/api/bulk?preview=true", all);
        Assert.Equal(6, preview["deals"]!.AsArray().Count);
        Assert.Equal(before, await Sectors(desk));
        var made = await Post(desk, "/api/bulk", all);
        Assert.NotEqual(before, await Sectors(desk));
        await Post(desk, $"/api/bulk/{made["change"]}/undo", new JsonObject { ["reason"] = "It was a mistake." });
        Assert.Equal(before, await Sectors(desk));
    }

    private static async Task<JsonNode> Post(Desk desk, string address, JsonNode body)
    {
        using var answer = await desk.Http.PostAsJsonAsync(address, body, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static JsonObject Change(string deal, string verb, params (string Name, string Value)[] fields)
    {
        var change = new JsonObject { ["deal"] = deal, ["do"] = verb };
        foreach (var (name, value) in fields)
            change[name] = value;
        return change;
    }

    /// <summary>What matters of every deal, a line each, as other programs read it.</summary>
    private static async Task<List<string>> Sectors(Desk desk)
    {
        await desk.Ledger.CatchUp(Cancel);
        await using var command = desk.Ledger.Database.CreateCommand("select concat_ws(' ', id, counts, retracted, coalesce(merged_into, '-'), coalesce(part_of, '-'), places, sectors) from views.deal order by id");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<string>();
        while (await reader.ReadAsync(Cancel))
            rows.Add(reader.GetString(0));
        return rows;
    }

    private static JsonObject Changes() => new()
    {
        ["reason"] = "They build robots.",
        ["changes"] = new JsonArray([.. Enumerable.Range(0, Many).SelectMany(n => new[] { Change($"deal-{n}", "untag", ("sector", "crypto")), Change($"deal-{n}", "tag", ("sector", "robotics")) })]),
    };

    private static string Csv() =>
        "deal,do,sector\n" + string.Concat(Enumerable.Range(0, Many).Select(n => $"deal-{n},untag,crypto\ndeal-{n},tag,robotics\n"));

    private static string Announcement()
    {
        var text = new StringBuilder("""
            article: {file: a.txt}
            parties:
              - {id: acme, name: Acme}
            deals:

            """);
        for (var n = 0; n < Many; n++)
        {
            text.Append($$"""
                  - id: deal-{{n}}
                    claims:
                      - {company: acme, words: Acme, quote: Acme of crypto closed a round.}
                      - {kind: round, words: round, quote: Acme of crypto closed a round.}
                      - {status: closed, words: closed, quote: Acme of crypto closed a round.}
                      - {sector: crypto, words: crypto, quote: Acme of crypto closed a round.}

                """);
        }
        return text.ToString();
    }
}
