using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ledger.App.Tests.Deals;
using Ledger.App.Tests.Support;
using Npgsql;

namespace Ledger.App.Tests.Parties;

/// <summary>What follows for deals, lists and other programs once two parties are one.</summary>
public sealed class MergedPartiesTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deals_of_parties_that_are_one_are_tied_and_told_apart_by_what_they_are_now_called()
    {
        await using var desk = await Desk.Open("command line");
        await desk.Announce("Acme was pledged CNY 280 million by Big and Small.", StoryTests.Announcement("acme", "pledge", "pledged", "Acme was pledged CNY 280 million by Big and Small.",
            ("investor: big\n        role: lead", "Big"), ("investor: small\n        role: participant", "Small")));
        await desk.Announce("Acme closed CNY 150 million.", StoryTests.Announcement("acme-two", "first", "closed", "Acme closed CNY 150 million."));
        var parties = new PartyDesk(desk);
        const string Tranche = """{"other": "pledge", "as": "tranche", "reason": "The first of it."}""";
        Assert.Contains("Deal first is one of acme-two, and pledge one of acme.", await desk.Refused("join", "first", Tranche), StringComparison.Ordinal);
        Assert.Empty((await desk.Ledger.Ask("deals", "--contested", "true"))["items"]!.AsArray());

        await parties.Do("acme-two", "merge", """{"other": "acme", "reason": "One company."}""");
        Assert.Equal(2, await desk.Do("join", "first", Tranche));
        await parties.Do("small", "merge", """{"other": "big", "reason": "One house."}""");
        // The one investor both leads the deal and joins it, which no row of the view says.
        JsonAssert.Has("""{ "contested": ["investor"] }""", await desk.Deal("pledge"));
        foreach (var what in new[] { "true", "investor" })
            JsonAssert.Has("""{ "items": [{"id": "pledge"}] }""", await desk.Ledger.Ask("deals", "--contested", what));
        JsonAssert.Has("""{ "items": [{"id": "first"}] }""", await desk.Ledger.Ask("deals", "--contested", "false"));
    }

    [Fact]
    public async Task A_program_that_reads_by_SQL_follows_merges_of_merges_at_any_moment_and_sees_nothing_else()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        await using var owner = new NpgsqlConnection(ledger.OwnerConnectionString);
        await owner.OpenAsync(Cancel);
        Assert.Empty(await Roots(owner, "select id, root from views.party_root"));
        foreach (var id in new[] { "a", "b", "c" })
            await ledger.Ask("party", "register", id, id);
        await ledger.Ask("party", "merge", "a", "b", "--reason", "One.");
        await ledger.Ask("party", "merge", "b", "c", "--reason", "One.");
        await ledger.Ask("party", "show", "a");

        await using (var role = new NpgsqlCommand("set role ledger_reader", owner))
            await role.ExecuteNonQueryAsync(Cancel);
        Assert.Equal(["a c", "b c", "c c"], await Roots(owner, "select id, root from views.party_root"));
        Assert.Equal(["a b", "b b", "c c"], await Roots(owner, "select id, root from views.party_roots(5)"));
        Assert.Equal(["a a", "b b"], await Roots(owner, "select id, root from views.party_roots(2)"));
        Assert.Equal(["party_root Of each party the one that it is shown as"], (await Roots(owner, "select 'party_root', obj_description('views.party_root'::regclass)")).Select(told => told.Split('.')[0]));
        var access = await ledger.Ask("sql");
        Assert.Contains("views.party_root", access["tables"]!.AsArray().Select(table => (string)table!));
        JsonAssert.Has("""["views.party_roots(at bigint DEFAULT NULL::bigint)"]""", access["functions"]);
        // Views are made anew under their names though this one reads them.
        await ledger.Ask("replay", "party");
        Assert.Equal(["a c", "b c", "c c"], await Roots(owner, "select id, root from views.party_root"));
    }

    [Fact]
    public async Task What_would_make_an_event_too_long_to_be_proved_is_refused_and_records_nothing()
    {
        await using var desk = await Desk.Open("HTTP");
        var article = string.Concat(Enumerable.Range(0, 16).Select(n => $"{n:00} {new string((char)('a' + n), 3950)}."));
        var announced = await desk.Offer(article, Long(article, 0));
        JsonAssert.Has("""{ "status": 409, "type": "/problems/too-long" }""", announced);
        var told = Regex.Match((string)announced["detail"]!, "^What would be recorded as deal_announced comes to ([0-9]+) bytes, and an event has room for ([0-9]+); record it in parts\\.$");
        Assert.True(told.Success, (string)announced["detail"]!);
        // As long as can be: told once more of the deal that it is merged into, it is longer.
        JsonAssert.Has("""{ "deals": ["long"] }""", await desk.Offer(article, Long(article, Number(told, 1) - Number(told, 2))));
        await desk.Announce("Acme closed CNY 150 million.", StoryTests.Announcement("acme", "other", "closed", "Acme closed CNY 150 million."));
        var before = (await desk.Ledger.Ask("events", "--limit", "1000"))["items"]!.AsArray().Count;

        var refused = await desk.Refused("merge", "long", """{"other": "other", "reason": "One deal."}""");

        Assert.StartsWith("What would be recorded as deal_echoed comes to ", refused, StringComparison.Ordinal);
        Assert.Equal(before, (await desk.Ledger.Ask("events", "--limit", "1000"))["items"]!.AsArray().Count);
    }

    private static int Number(Match told, int group) => int.Parse(told.Groups[group].Value, CultureInfo.InvariantCulture);

    /// <summary>A deal with a claim of almost every letter of its article.</summary>
    private static string Long(string article, int less)
    {
        var claims = Enumerable.Range(0, 16).Select(n => $$"""{"useOfProceeds": true, "words": "{{n:00}}", "quote": "{{article.Substring(n * 3954, n == 15 ? 3954 - less : 3954)}}"}""");
        return $$"""
            { "parties": [{"id": "acme", "name": "Acme"}], "deals": [{"id": "long", "claims": [
                {"company": "acme", "words": "00", "quote": "{{article[..10]}}"}, {"kind": "round", "words": "00", "quote": "{{article[..10]}}"}, {"status": "announced", "words": "00", "quote": "{{article[..10]}}"}, {{string.Join(", ", claims)}}] }] }
            """;
    }

    private static async Task<List<string>> Roots(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand($"{sql} order by 1", connection);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<string>();
        while (await reader.ReadAsync(Cancel))
            rows.Add($"{reader.GetString(0)} {reader.GetString(1)}");
        return rows;
    }
}
