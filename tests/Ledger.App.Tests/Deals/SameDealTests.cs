using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ledger.App.Deals.Same;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Ledger.Domain.Deals;
using Ledger.Testing;

namespace Ledger.App.Tests.Deals;

/// <summary>Whether an announced deal is one that is known already, and which deals may stand in the ledger twice.</summary>
public sealed class SameDealTests
{
    private const string Rates = "Date,USD,CNY,\n2020-04-03,1.0785,7.6622,\n2020-04-02,1.0906,7.7345,\n2020-04-01,1.0936,7.7674,\n";
    private const string Dollars = "Acme Robotics said on 3 April 2020 that it had raised $98 million in a Series B led by Big, with Small.";
    private const string Third = "Acme, which makes robots, has raised 98 million dollars.";
    private const string Yuan = "Robot maker Acme took in some 700 million yuan in April, 2020, from Big and Third.";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StoryTests.Channels), MemberType = typeof(StoryTests))]
    public async Task A_known_deal_arrives_again_in_other_words_in_yuan_and_dated_by_month_and_is_offered_as_the_same(string channel)
    {
        await using var desk = await Desk.Open(channel);
        await desk.ImportRates(Rates);
        JsonAssert.Has("""{ "recordedEvents": 6, "candidates": [] }""", await desk.Offer(Dollars, InDollars()));
        var before = desk.Position;

        var offered = await desk.Offer(Yuan, InYuan("acme"), preview: true);

        const string Candidates = """
            [{ "announced": "acme-700", "score": 62, "deal": {"id": "acme-b", "amount": {"currency": "USD", "low": 98000000}}, "reasons": [
                {"says": "Same company", "points": 25},
                {"says": "Amounts overlap: ≈ CNY 700M is about USD 98.5M – 98.7M at 7.09197 to 7.1045 CNY a dollar (ECB, 1 April 2020 to 3 April 2020), and USD 98M", "points": 15},
                {"says": "Both in April 2020", "points": 12}, {"says": "1 investor in common: Big", "points": 10}] }]
            """;
        JsonAssert.Has($$"""{ "deals": ["acme-700"], "recordedEvents": 0, "position": 0, "candidates": {{Candidates}} }""", offered);
        Assert.Equal(before, (long)(await desk.Ledger.Ask("events", "--limit", "1000"))["items"]!.AsArray()[^1]!["position"]!);
        Assert.Empty(await desk.List(["duplicates"], "/api/duplicates"));

        // Nobody says that they are one: both stand, and are offered still.
        JsonAssert.Has($$"""{ "recordedEvents": 3, "candidates": {{Candidates}} }""", await desk.Offer(Yuan, InYuan("acme")));
        JsonAssert.Has("""{ "recordedEvents": 0, "candidates": [] }""", await desk.Offer(Yuan, InYuan("acme")));
        Assert.Equal(["acme-700", "acme-b"], await desk.Deals());
        var pair = Assert.Single(await desk.List(["duplicates", "--company", "Acme"], "/api/duplicates?company=Acme"))!;
        JsonAssert.Has("""{ "deal": {"id": "acme-700"}, "into": {"id": "acme-b"}, "score": 62 }""", pair);
        Assert.Equal(offered["candidates"]![0]!["reasons"]!.ToJsonString(), pair["reasons"]!.ToJsonString());

        await desk.Do("merge", "acme-700", """{"other": "acme-b", "reason": "The same round, in yuan."}""");
        Assert.Empty(await desk.List(["duplicates"], "/api/duplicates"));
        await desk.Do("unmerge", "acme-700", """{"other": "acme-b", "reason": "Two after all."}""");
        Assert.Single(await desk.List(["duplicates"], "/api/duplicates"));
        Assert.Equal(2, await desk.Do("distinguish", "acme-b", """{"other": "acme-700", "reason": "A year apart."}"""));
        Assert.Equal(0, await desk.Do("distinguish", "acme-700", """{"other": "acme-b", "reason": "A year apart."}"""));
        Assert.Empty(await desk.List(["duplicates"], "/api/duplicates"));
        JsonAssert.Has("""{ "distinctFrom": [{"deal": "acme-b", "why": {"reason": "A year apart."}}] }""", await desk.Deal("acme-700"));
        Assert.Contains("has found that deal acme-700 is another one than acme-b, because: A year apart. Undo that first.", await desk.Refused("merge", "acme-700", """{"other": "acme-b", "reason": "One."}"""), StringComparison.Ordinal);
        Assert.Contains("its place in the record was changed: ", await desk.Refused("undistinguish", "acme-700", """{"other": "acme-b", "reason": "One.", "ifVersion": 1}"""), StringComparison.Ordinal);
        Assert.Equal(2, await desk.Do("undistinguish", "acme-700", """{"other": "acme-b", "reason": "The same year."}"""));
        Assert.Single(await desk.List(["duplicates"], "/api/duplicates"));
        await desk.Do("join", "acme-700", """{"other": "acme-b", "as": "tranche", "reason": "A part of it."}""");
        Assert.Empty(await desk.List(["duplicates"], "/api/duplicates"));
    }

    [Theory]
    [MemberData(nameof(StoryTests.Channels), MemberType = typeof(StoryTests))]
    public async Task Who_says_that_it_is_the_known_deal_has_the_article_corroborate_that_one(string channel)
    {
        await using var desk = await Desk.Open(channel);
        await desk.Offer(Dollars, InDollars());

        JsonAssert.Has("""{ "deals": ["acme-b"], "recordedEvents": 3, "candidates": [] }""", await desk.Offer(Yuan, InYuan("acme"), same: "acme-700=acme-b"));
        JsonAssert.Has("""{ "deals": ["acme-b"], "recordedEvents": 0 }""", await desk.Offer(Yuan, InYuan("acme"), same: "acme-700=acme-b"));

        Assert.Equal(["acme-b"], await desk.Deals());
        JsonAssert.Has("""{ "version": 2, "contested": ["amount", "investor"], "amount": {"currency": "CNY"} }""", await desk.Deal("acme-b"));
        // What one of its articles says and the deal does not go by is known of it, too.
        var third = await desk.Offer(Third, Announcement("acme", "acme-98", Third, "Acme", "raised", """
            {"amount": {"qualifier": "exact", "currency": "USD", "low": 98000000, "high": 98000000}, "words": "98 million dollars", "quote": QUOTE}
            """, "third"), preview: true);
        JsonAssert.Has("""[{ "deal": {"id": "acme-b"}, "reasons": [{"says": "Same company"}, {"says": "Same amount: USD 98M"}] }]""", third["candidates"]);
        if (channel == "HTTP")
        {
            JsonAssert.Has("""{ "status": 400, "detail": "same: 'nowhere' is not recorded, so that acme-700 cannot be that deal" }""", await desk.Offer(Yuan, InYuan("acme"), same: "acme-700=nowhere"));
            return;
        }
        using var folder = new TemporaryFolder();
        Intake.Input.WriteTo(folder, ("a.txt", Yuan), ("a.yaml", InYuan("acme")));
        foreach (var (same, sentence) in new[] { ("acme-7=acme-b", "same: 'acme-7' is not a deal of the announcement"), ("acme-700", "--same: 'acme-700' is not NEW=KNOWN, each new deal once.") })
        {
            var run = await desk.Ledger.Run("announce", folder.Combine("a.txt"), folder.Combine("a.yaml"), "--same", same);
            Assert.Equal((2, sentence), (run.ExitCode, run.Errors.Trim()));
        }
    }

    [Fact]
    public async Task The_page_shows_what_the_new_deal_may_be_before_it_records_it()
    {
        await using var desk = await Desk.Open("HTTP");
        await desk.Offer(Dollars, InDollars());

        using var shown = await desk.Http.PostAsync("/record/article", Form(("text", Yuan), ("announcement", InYuan("acme"))), Cancel);
        var page = System.Net.WebUtility.HtmlDecode(await shown.Content.ReadAsStringAsync(Cancel));
        Assert.Contains("Is it the same deal?", page, StringComparison.Ordinal);
        Assert.Contains("Amounts cannot be compared: ≈ CNY 700M and USD 98M, and no reference rate of the time is known", page, StringComparison.Ordinal);
        Assert.Matches("type=\"radio\"[^>]*name=\"same-acme-700\" value=\"acme-b\"", page);
        Assert.Contains($"name=\"text\" value=\"{Yuan}\"", page, StringComparison.Ordinal);
        Assert.Equal(["acme-b"], await desk.Deals());

        using var recorded = await desk.Http.PostAsync("/record/article", Form(("text", Yuan), ("announcement", InYuan("acme")), ("shown", "true"), ("same-acme-700", "")), Cancel);
        Assert.Equal(303, (int)recorded.StatusCode);
        var after = Regex.Match(recorded.Headers.Location!.ToString(), "after=([0-9]+)").Groups[1].Value;
        var duplicates = System.Net.WebUtility.HtmlDecode(await desk.Http.GetStringAsync($"/duplicates?after={after}", Cancel));
        Assert.Contains($"<a href=\"/deals/acme-700?after={after}\">", duplicates, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"/deals/acme-b?after={after}\">", duplicates, StringComparison.Ordinal);
        Assert.Matches("name=\"other\" value=\"acme-b\"", await desk.Http.GetStringAsync("/deals/acme-700?other=acme-b", Cancel));

        using var same = await desk.Http.PostAsync("/record/article", Form(("text", Yuan), ("announcement", InYuan("acme").Replace("acme-700", "acme-third", StringComparison.Ordinal)), ("shown", "true"), ("same-acme-third", "acme-b")), Cancel);
        Assert.Equal(303, (int)same.StatusCode);
        desk.Wrote(Moment(same));
        Assert.Equal(2, (int)(await desk.Deal("acme-b"))["version"]!);
    }

    [Fact]
    public async Task A_company_under_a_new_id_and_a_known_name_is_recognised_and_so_is_one_that_was_merged()
    {
        await using var desk = await Desk.Open("command line");
        await desk.ImportRates(Rates);
        await desk.Offer(Dollars, InDollars());

        var offered = await desk.Offer(Yuan, InYuan("robots").Replace("\"Acme Robotics\"", "\"ＡＣＭＥ robotics\"", StringComparison.Ordinal).Replace("\"big\"", "\"big-two\"", StringComparison.Ordinal), preview: true);
        JsonAssert.Has("""[{"deal": {"id": "acme-b"}, "score": 52}]""", offered["candidates"]);
        Assert.Equal(["Two companies that go by the name “ＡＣＭＥ robotics”", "Both in April 2020", "1 investor in common: Big"],
            offered["candidates"]![0]!["reasons"]!.AsArray().Select(reason => (string)reason!["says"]!).Where(says => !says.StartsWith("Amounts", StringComparison.Ordinal)));

        await desk.Offer(Yuan, InYuan("robots").Replace("\"Acme Robotics\"", "\"Robots of Acme\"", StringComparison.Ordinal).Replace("\"Acme\"]", "\"Robots\"]", StringComparison.Ordinal));
        Assert.Empty(await desk.List(["duplicates"], ""));
        await desk.Ledger.Run("party", "merge", "robots", "acme", "--reason", "One company.");
        JsonAssert.Has("""[{"deal": {"id": "acme-700"}, "into": {"id": "acme-b"}, "score": 62}]""", await desk.List(["duplicates"], ""));
        await desk.Do("retract", "acme-700", """{"reason": "There is no such deal."}""");
        Assert.Empty(await desk.List(["duplicates"], ""));
    }

    [Fact]
    public async Task Pairs_are_looked_for_once_a_moment_and_those_of_few_moments_are_kept()
    {
        using var found = new FoundPairs();
        var searches = new List<long>();
        foreach (var position in new long[] { 1, 1, 2, 3, 1, 4, 1 })
            await At(position, null);
        Assert.Equal([1, 2, 3, 4, 1], searches);
        await At(1, new DateOnly(2020, 1, 1));
        await Task.WhenAll(At(5, null), At(5, null));
        Assert.Equal([1, 2, 3, 4, 1, 1, 5], searches);
        // Another version of a view may say something else at the same position.
        await At(5, null, "view_deal_2");
        Assert.Equal([5, 5], searches[^2..]);
        // Who gives up leaves the next one to look.
        await Assert.ThrowsAsync<OperationCanceledException>(() => found.At((6, ""), null, () => throw new OperationCanceledException(), Cancel));
        await At(6, null);
        Assert.Equal(6, searches[^1]);

        Task At(long position, DateOnly? until, string versions = "view_deal_1") => found.At((position, versions), until, async () =>
        {
            await Task.Yield();
            searches.Add(position);
            return [];
        }, Cancel);
    }

    [Fact]
    public async Task Pages_of_duplicates_are_in_the_order_of_how_likely_they_are()
    {
        await using var desk = await Desk.Open("command line");
        foreach (var (id, when) in new[] { ("one", "2020-04-03"), ("two", "2020-04-03"), ("three", "2020") })
        {
            var text = $"Acme raised its {id} Series B.";
            await desk.Offer(text, Announcement("acme", id, text, "Acme", "raised", $$"""{"round": {"series": "b"}, "words": "Series B", "quote": QUOTE}, {"announced": "{{when}}", "words": "raised", "quote": QUOTE}""", "small"));
        }
        var pages = new List<string>();
        JsonNode? next = null;
        do
        {
            var page = await desk.Ledger.Ask(["duplicates", "--limit", "2", .. next is null ? [] : new[] { "--next", (string)next! }]);
            pages.Add(string.Join(", ", page["items"]!.AsArray().Select(pair => $"{pair!["deal"]!["id"]} {pair["into"]!["id"]} {pair["score"]}")));
            next = page["next"];
        }
        while (next is not null);
        Assert.Equal(["two one 60, three one 51", "three two 51"], pages);
        Assert.Equal("next: 'x' is not what an earlier page gave as next", (await desk.Ledger.Run("duplicates", "--next", "x")).Errors.Trim());
    }

    [Fact]
    public async Task What_the_views_tell_deals_apart_by_is_what_the_deals_say()
    {
        await using var desk = await Desk.Open("command line");
        await desk.Offer(Dollars, InDollars());
        await desk.Offer(Yuan, InYuan("acme"));
        await desk.Ledger.Run("seed", LedgerOnTestDatabase.Seeds);
        var snapshot = desk.Ledger.Get<Snapshot>();
        var sketches = new Sketches(snapshot);
        var read = await sketches.Complete((await sketches.Of(null, Cancel)).Select(deal => deal.Sketch), Cancel);

        Assert.Equal(15, read.Count);
        foreach (var deal in await snapshot.Deals(read.Keys.Select(id => id.Value), Cancel))
            Assert.Equal(Tell(DealSketch.Of(deal)!), Tell(read[deal.Id]));

        static string Tell(DealSketch deal) => $"{deal with { Investors = [], Sources = [], Usd = null }}"
            + $"{deal.Usd?.Low} {deal.Usd?.High} {string.Join(',', deal.Investors.Select(id => id.Value).Order())} {string.Join(',', deal.Sources.Select(id => id.Value).Order())}";
    }

    private static long Moment(HttpResponseMessage answer) => long.Parse(Regex.Match(answer.Headers.Location!.ToString(), "after=([0-9]+)").Groups[1].Value);

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static string InDollars() => Announcement("acme", "acme-b", Dollars, "Acme Robotics", "raised", """
        {"round": {"series": "b"}, "words": "Series B", "quote": QUOTE}, {"amount": {"qualifier": "exact", "currency": "USD", "low": 98000000, "high": 98000000}, "words": "$98 million", "quote": QUOTE},
        {"announced": "2020-04-03", "words": "on 3 April 2020", "quote": QUOTE}, {"investor": "big", "role": "lead", "words": "Big", "quote": QUOTE}, {"investor": "small", "role": "participant", "words": "Small", "quote": QUOTE}
        """, "small");

    private static string InYuan(string company) => Announcement(company, "acme-700", Yuan, "Acme", "took in", """
        {"amount": {"qualifier": "approximately", "currency": "CNY", "low": 700000000, "high": 700000000}, "words": "some 700 million yuan", "quote": QUOTE},
        {"announced": "2020-04", "words": "in April, 2020", "quote": QUOTE}, {"investor": "big", "role": "participant", "words": "Big", "quote": QUOTE}, {"investor": "third", "role": "participant", "words": "Third", "quote": QUOTE}
        """, "third");

    private static string Announcement(string company, string deal, string quote, string words, string verb, string claims, string other) => $$"""
        { "parties": [{"id": "{{company}}", "name": "Acme Robotics", "aliases": ["Acme"]}, {"id": "big", "name": "Big"}, {"id": "{{other}}", "name": "{{char.ToUpperInvariant(other[0])}}{{other[1..]}}"}],
          "deals": [{"id": "{{deal}}", "claims": [
            {"company": "{{company}}", "words": "{{words}}", "quote": "{{quote}}"}, {"kind": "round", "words": "{{verb}}", "quote": "{{quote}}"}, {"status": "announced", "words": "{{verb}}", "quote": "{{quote}}"},
            {{claims.Replace("QUOTE", $"\"{quote}\"", StringComparison.Ordinal)}}]}] }
        """;
}
