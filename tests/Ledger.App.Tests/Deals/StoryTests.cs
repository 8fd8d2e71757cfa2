using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;

namespace Ledger.App.Tests.Deals;

/// <summary>What happens to the record of a deal in the course of time, on the command line and over HTTP alike.</summary>
public sealed class StoryTests
{
    public static readonly TheoryData<string> Channels = ["command line", "HTTP"];

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task Two_articles_disagree_and_an_editor_decides_and_takes_it_back(string channel)
    {
        await using var desk = await Desk.Open(channel);
        await desk.Announce("Acme closed its Series D of $462 million.", Announcement("acme", "acme-money", "closed", "Acme closed its Series D of $462 million.",
            ("round: {series: d}", "Series D"), ("amount: {qualifier: exact, currency: USD, low: 462000000, high: 462000000}", "$462 million")));
        await desk.Announce("Acme closed a Series C bridge of $62 million, which brings its total to $462 million.", Announcement("acme", "acme-money", "closed",
            "Acme closed a Series C bridge of $62 million, which brings its total to $462 million.",
            ("round: {series: c, modifier: bridge}", "Series C bridge"), ("amount: {qualifier: exact, currency: USD, low: 62000000, high: 62000000}", "$62 million")));
        JsonAssert.Has("""{ "contested": ["round", "amount"], "amount": {"low": 62000000} }""", await desk.Deal("acme-money"));
        var (round, bridge) = (await desk.Claim("acme-money", "amount", "$462 million"), await desk.Claim("acme-money", "amount", "$62 million"));
        JsonAssert.Has("""{ "standing": "normal", "current": true, "chosenBy": "last" }""", Claim(await desk.Deal("acme-money"), bridge));

        Assert.Equal(1, await desk.Do("prefer", "acme-money", $$"""{"claim": "{{round}}", "reason": "The company's own release."}"""));
        Assert.Equal(0, await desk.Do("prefer", "acme-money", $$"""{"claim": "{{round}}", "reason": "The company's own release."}"""));
        var decided = await desk.Deal("acme-money");
        JsonAssert.Has("""{ "contested": ["round"], "amount": {"low": 462000000}, "version": 3 }""", decided);
        JsonAssert.Has("""{ "standing": "preferred", "current": true, "chosenBy": "preference", "decided": {"reason": "The company's own release."} }""", Claim(decided, round));
        JsonAssert.Has("""{ "standing": "normal", "current": false }""", Claim(decided, bridge));
        JsonAssert.Has("""{ "totals": [{"currency": "USD", "low": 462000000, "deals": 1}] }""", await desk.Company("acme"));

        Assert.Equal(1, await desk.Do("unprefer", "acme-money", $$"""{"claim": "{{round}}", "reason": "The release was withdrawn."}"""));
        Assert.Equal(0, await desk.Do("unprefer", "acme-money", $$"""{"claim": "{{round}}", "reason": "The release was withdrawn."}"""));
        JsonAssert.Has("""{ "contested": ["round", "amount"], "amount": {"low": 62000000} }""", await desk.Deal("acme-money"));
        var history = await desk.History("acme-money");
        Assert.Equal(["deal_announced", "deal_corroborated", "deal_claim_preferred", "deal_preference_ended"], history.Select(entry => (string)entry!["event"]!));
        JsonAssert.Has("""{ "says": "claim preferred: amount USD 462M (“$462 million”)", "reason": "The company's own release.", "changes": [{"field": "amount", "from": {"asWritten": "$62 million"}, "to": {"asWritten": "$462 million"}}] }""", history[2]);
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task A_pledge_closes_in_two_tranches_and_no_money_counts_twice_at_any_moment(string channel)
    {
        await using var desk = await Desk.Open(channel);
        await desk.Announce("Acme was pledged CNY 280 million.", Announcement("acme", "pledge", "pledged", "Acme was pledged CNY 280 million.", (Yuan(280), "CNY 280 million")));
        // The first one is known to be a part when it is announced.
        await desk.Announce("Acme closed the first CNY 150 million.", Announcement("acme", "first", "closed", "Acme closed the first CNY 150 million.", (Yuan(150), "CNY 150 million"))
            + "\n    partOf: {deal: pledge, as: tranche, reason: The article says so.}");
        await desk.Announce("Acme closed another CNY 120 million.", Announcement("acme", "second", "rumoured", "Acme closed another CNY 120 million.", (Yuan(120), "CNY 120 million")));
        Assert.Equal(2, await desk.Do("join", "second", """{"other": "pledge", "as": "tranche", "reason": "The rest of it."}"""));
        Assert.Equal(0, await desk.Do("join", "second", """{"other": "pledge", "as": "tranche", "reason": "The rest of it."}"""));
        var article = (string)(await desk.Deal("second"))["sources"]![0]!;
        await desk.Do("advance", "second", $$"""{"article": "{{article}}", "by": {"status": "closed", "effective": "2021-05-03", "words": "closed another", "quote": "Acme closed another CNY 120 million."} }""");

        JsonAssert.Has("""
            { "status": "pledged", "amount": {"low": 280000000}, "parts": [{"deal": "first", "as": "tranche"}, {"deal": "second", "as": "tranche"}],
              "partsSum": {"currency": "CNY", "low": 270000000, "high": 270000000, "leftOut": 0, "differenceLow": 10000000, "differenceHigh": 10000000} }
            """, await desk.Deal("pledge"));
        JsonAssert.Has("""{ "partOf": {"deal": "pledge", "as": "tranche", "why": {"reason": "The article says so."}} }""", await desk.Deal("first"));
        JsonAssert.Has("""{ "totals": [{"currency": "CNY", "low": 270000000, "high": 270000000, "deals": 2, "pledged": null}] }""", await desk.Company("acme"));
        Assert.Equal(280000000m, await MostAtAnyMoment(desk));

        await desk.Do("leave", "second", """{"other": "pledge", "reason": "It was another deal."}""");
        JsonAssert.Has("""{ "partsSum": {"low": 150000000, "differenceLow": 130000000} }""", await desk.Deal("pledge"));
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task Yuan_were_read_as_dollars_and_who_asks_for_the_day_between_is_told_dollars(string channel)
    {
        await using var desk = await Desk.Open(channel);
        await desk.Announce("Acme raised 280 million, the paper says, in dollars: $280 million.", Announcement("acme", "acme-b", "announced",
            "Acme raised 280 million, the paper says, in dollars: $280 million.", ("amount: {qualifier: exact, currency: USD, low: 280000000, high: 280000000}", "$280 million")));
        await desk.Announce("Correction: Acme raised RMB 280 million.", "article: {file: a.txt}");
        var between = desk.Position;
        var wrong = await desk.Claim("acme-b", "amount", "$280 million");
        var correction = (await desk.Ledger.Ask("events", "--limit", "100"))["items"]!.AsArray().Select(e => (string)e!["stream"]!).Last(stream => stream.StartsWith("article-", StringComparison.Ordinal))["article-".Length..];
        var fields = $$"""
            {"claim": "{{wrong}}", "article": "{{correction}}", "reason": "The paper took yuan for dollars.",
             "by": {"amount": {"qualifier": "exact", "currency": "CNY", "low": 280000000, "high": 280000000}, "words": "RMB 280 million", "quote": "Acme raised RMB 280 million."} }
            """;
        Assert.Equal(1, await desk.Do("correct", "acme-b", fields));
        Assert.Equal(0, await desk.Do("correct", "acme-b", fields));

        JsonAssert.Has("""{ "amount": {"currency": "USD", "asWritten": "$280 million"}, "contested": [] }""", await desk.Deal("acme-b", between));
        JsonAssert.Has("""{ "totals": [{"currency": "USD", "low": 280000000}] }""", await desk.Company("acme", between));
        JsonAssert.Has("""{ "amount": {"currency": "CNY", "asWritten": "RMB 280 million"}, "contested": [] }""", await desk.Deal("acme-b"));
        JsonAssert.Has("""{ "totals": [{"currency": "CNY", "low": 280000000}] }""", await desk.Company("acme"));
        JsonAssert.Has($$"""{ "standing": "corrected", "current": false, "decided": {"reason": "The paper took yuan for dollars."} }""", Claim(await desk.Deal("acme-b"), wrong));
        JsonAssert.Has("""
            { "event": "deal_claim_corrected", "reason": "The paper took yuan for dollars.", "says": "amount corrected: USD 280M (“$280 million”) is CNY 280M (“RMB 280 million”)",
              "changes": [{"field": "amount", "from": {"asWritten": "$280 million"}, "to": {"asWritten": "RMB 280 million", "quote": "Acme raised RMB 280 million."}}] }
            """, (await desk.History("acme-b"))[^1]);
        JsonAssert.Has("""
            { "from": {"version": 1}, "to": {"version": 2}, "events": [{"event": "deal_claim_corrected"}],
              "changes": [{"field": "amount", "from": {"asWritten": "$280 million"}, "to": {"asWritten": "RMB 280 million", "quote": "Acme raised RMB 280 million."},
                "by": {"version": 2, "event": "deal_claim_corrected", "reason": "The paper took yuan for dollars."}}] }
            """, await desk.Diff("acme-b", $"@{between}", "2"));
        JsonAssert.Has($$"""
            { "field": "amount", "contested": false, "claim": {"asWritten": "RMB 280 million", "quote": {"text": "Acme raised RMB 280 million."}, "source": "{{correction}}"},
              "since": {"version": 2, "reason": "The paper took yuan for dollars."} }
            """, (await desk.Blame("acme-b"))["fields"]!.AsArray().Single(line => (string)line!["field"]! == "amount"));
        if (desk.IsOnTheWeb)
        {
            JsonAssert.Has("""{ "format": "ledger-audit/1", "deal": {"id": "acme-b", "version": 2} }""", JsonNode.Parse(await desk.Http.GetStringAsync($"/api/deals/acme-b/audit?after={desk.Position}", TestContext.Current.CancellationToken))!);
            Assert.Contains("""<script type="application/json" id="audit">""", await desk.Http.GetStringAsync($"/api/deals/acme-b/audit?format=html&after={desk.Position}", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await desk.Do("restore", "acme-b", $$"""{"claim": "{{wrong}}", "reason": "It was dollars after all."}""");
        JsonAssert.Has("""{ "amount": {"currency": "USD"}, "contested": [] }""", await desk.Deal("acme-b"));
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task Two_deals_were_merged_and_were_two_after_all(string channel)
    {
        await using var merged = await Desk.Open(channel);
        await using var apart = await Desk.Open(channel);
        foreach (var desk in (Desk[])[merged, apart])
        {
            await desk.Announce("Acme raised CNY 150 million from Big.", Announcement("acme", "one", "announced", "Acme raised CNY 150 million from Big.", (Yuan(150), "CNY 150 million"), ("investor: big\n        role: lead", "Big")));
            await desk.Announce("Acme closed CNY 120 million from Small.", Announcement("acme", "two", "closed", "Acme closed CNY 120 million from Small.", (Yuan(120), "CNY 120 million"), ("investor: small\n        role: lead", "Small")));
            if (desk == merged)
                Assert.Equal(3, await desk.Do("merge", "two", """{"other": "one", "reason": "The same round."}"""));
            await desk.Announce("Acme of Shenzhen said more.", Announcement("acme", "two", "closed", "Acme of Shenzhen said more.", ("place: Shenzhen", "Shenzhen")));
            var claim = await desk.Claim("two", "amount", "CNY 120 million");
            await desk.Do("withdraw", desk == merged ? "one" : "two", $$"""{"claim": "{{claim}}", "reason": "Nobody knows the sum."}""");
        }
        var together = await merged.Deal("one");
        JsonAssert.Has("""{ "mergedFrom": ["two"], "status": "closed", "amount": {"low": 150000000}, "places": ["Shenzhen"], "contested": [] }""", together);
        Assert.Equal(["one"], await merged.Deals());
        JsonAssert.Has("""{ "mergedInto": {"deal": "one", "why": {"reason": "The same round."}} }""", await merged.Deal("two"));
        JsonAssert.Has("""{ "counted": 1, "totals": [{"low": 150000000}] }""", await merged.Company("acme"));
        Assert.Equal(0, await merged.Do("merge", "two", """{"other": "one", "reason": "The same round."}"""));
        Assert.Equal("deal_absorbed", (string)(await merged.History("one"))[1]!["event"]!);

        Assert.Equal(2, await merged.Do("unmerge", "two", """{"other": "one", "reason": "Two rounds after all."}"""));
        Assert.Equal(0, await merged.Do("unmerge", "two", """{"other": "one", "reason": "Two rounds after all."}"""));

        Assert.Equal(await ViewsOf(apart), await ViewsOf(merged));
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task A_retracted_deal_leaves_every_total_and_stays_in_the_history(string channel)
    {
        await using var desk = await Desk.Open(channel);
        await desk.Announce("Acme raised CNY 150 million from Big.", Announcement("acme", "one", "announced", "Acme raised CNY 150 million from Big.", (Yuan(150), "CNY 150 million"), ("investor: big\n        role: lead", "Big")));
        await desk.Announce("Acme closed CNY 120 million from Big.", Announcement("acme", "two", "closed", "Acme closed CNY 120 million from Big.", (Yuan(120), "CNY 120 million"), ("investor: big\n        role: lead", "Big")));

        Assert.Equal(1, await desk.Do("retract", "two", """{"reason": "The article was about another Acme."}"""));
        Assert.Equal(0, await desk.Do("retract", "two", """{"reason": "The article was about another Acme."}"""));

        Assert.Equal(["one"], await desk.Deals());
        JsonAssert.Has("""{ "counted": 1, "totals": [{"low": 150000000, "deals": 1}], "deals": [{"id": "one"}] }""", await desk.Company("acme"));
        JsonAssert.Has("""{ "counts": {"deals": 1, "led": 1}, "deals": [{"deal": {"id": "one"}}] }""", await desk.Investor("big"));
        JsonAssert.Has("""{ "retracted": {"reason": "The article was about another Acme."}, "amount": {"low": 120000000} }""", await desk.Deal("two"));
        JsonAssert.Has("""{ "event": "deal_retracted", "says": "retracted", "reason": "The article was about another Acme.", "changes": [] }""", (await desk.History("two"))[1]);
        if (channel == "HTTP")
        {
            var page = await desk.Http.GetStringAsync($"/deals/two?after={desk.Position}", TestContext.Current.CancellationToken);
            Assert.Contains($"This deal was retracted on", page, StringComparison.Ordinal);
            Assert.Contains($"by {Environment.UserName}: The article was about another Acme.", page, StringComparison.Ordinal);
        }

        await desk.Do("reinstate", "two", """{"reason": "It was this Acme."}""");
        JsonAssert.Has("""{ "totals": [{"low": 270000000, "deals": 2}] }""", await desk.Company("acme"));
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task Of_two_editors_on_one_field_the_second_is_told_what_changed_since(string channel)
    {
        await using var desk = await Desk.Open(channel);
        await desk.Announce("Acme raised CNY 150 million, or $20 million.", Announcement("acme", "one", "announced", "Acme raised CNY 150 million, or $20 million.", (Yuan(150), "CNY 150 million"),
            ("amount: {qualifier: exact, currency: USD, low: 20000000, high: 20000000}", "$20 million"), ("place: Shenzhen", "Acme")));
        var (yuan, dollars) = (await desk.Claim("one", "amount", "CNY 150 million"), await desk.Claim("one", "amount", "$20 million"));
        await desk.Do("prefer", "one", $$"""{"claim": "{{yuan}}", "reason": "Yuan first.", "ifVersion": 1}""");

        var told = await desk.Refused("prefer", "one", $$"""{"claim": "{{dollars}}", "reason": "Dollars first.", "ifVersion": 1}""");

        Assert.Contains("Since version 1 of deal one amount was changed: ", told, StringComparison.Ordinal);
        Assert.Contains("(version 2, claim preferred: amount CNY 150M (“CNY 150 million”)), amount from USD 20M (“$20 million”) to CNY 150M (“CNY 150 million”).", told, StringComparison.Ordinal);
        Assert.Contains("was changed: ", await desk.Refused("withdraw", "one", $$"""{"claim": "{{yuan}}", "reason": "Nobody said so.", "ifVersion": 1}"""), StringComparison.Ordinal);
        Assert.Equal(0, await desk.Do("prefer", "one", $$"""{"claim": "{{yuan}}", "reason": "Yuan, of course.", "ifVersion": 1}"""));
        Assert.Equal(1, await desk.Do("tag", "one", """{"sector": "robotics", "reason": "It builds robots.", "ifVersion": 1}"""));
        Assert.Equal(1, await desk.Do("prefer", "one", $$"""{"claim": "{{dollars}}", "reason": "Dollars first.", "ifVersion": 3}"""));
        Assert.Contains("9 is beyond deal one, which is at version 4", await desk.Refused("tag", "one", """{"sector": "drones", "reason": "It builds drones.", "ifVersion": 9}"""), StringComparison.Ordinal);
    }

    /// <summary>What the lists and totals say, without versions, positions and times.</summary>
    private static async Task<string> ViewsOf(Desk desk)
    {
        await desk.Ledger.CatchUp(TestContext.Current.CancellationToken);
        var rows = await desk.Ledger.Contents(TestContext.Current.CancellationToken, "views");
        return string.Join('\n', rows.Where(row => !row.Split(':')[0].EndsWith("_history", StringComparison.Ordinal)).Select(Stripped));

        static string Stripped(string row)
        {
            var (table, json) = (row[..row.IndexOf(": ", StringComparison.Ordinal)], JsonNode.Parse(row[(row.IndexOf(": ", StringComparison.Ordinal) + 2)..])!.AsObject());
            foreach (var name in (string[])["version", "recorded_at", "from_position"])
                json.Remove(name);
            return $"{table}: {json.ToJsonString()}";
        }
    }

    /// <summary>The most that the company's deals together ever counted for, at whatever position of the log.</summary>
    private static async Task<decimal> MostAtAnyMoment(Desk desk)
    {
        await desk.Ledger.CatchUp(TestContext.Current.CancellationToken);
        await using var command = desk.Ledger.Database.CreateCommand("""
            select max(total) from generate_series(1, $1) position, lateral (
                select sum(low) as total from views.company_deal_history where counts and from_position <= position and (to_position is null or to_position > position)) counted
            """);
        command.Parameters.AddWithValue(desk.Position);
        return (decimal)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static JsonNode Claim(JsonNode deal, string id) => deal["claims"]!.AsArray().Single(claim => (string)claim!["id"]! == id)!;

    private static string Yuan(int millions) => $"amount: {{qualifier: exact, currency: CNY, low: {millions}000000, high: {millions}000000}}";

    /// <summary>Whose deal, which, how far, and what else is claimed, with its words; all of it carried by one quote.</summary>
    internal static string Announcement(string company, string deal, string status, string quote, params (string Value, string Words)[] claims) =>
        $$"""
        article: {file: a.txt}
        parties:
          - id: {{company}}
            name: Acme
          - id: big
            name: Big
          - id: small
            name: Small
        deals:
          - id: {{deal}}
            claims:
              - {company: {{company}}, words: Acme, quote: &all "{{quote}}"}
              - {kind: round, words: Acme, quote: *all}
              - {status: {{status}}, words: Acme, quote: *all}
        {{string.Join('\n', claims.Select(claim => $"      - {claim.Value}\n        words: \"{claim.Words}\"\n        quote: *all"))}}
        """;
}
