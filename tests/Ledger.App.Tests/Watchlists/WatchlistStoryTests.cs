using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;

namespace Ledger.App.Tests.Watchlists;

/// <summary>A watchlist from its first day to its last, on the command line and over HTTP.</summary>
public sealed class WatchlistStoryTests
{
    private const string Robots = "companies where sector = robotics and any deal (series = pre-ipo or contested or not contested)";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_is_defined_follows_the_record_is_corrected_by_hand_and_deleted()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        await ledger.Ask("seed", LedgerOnTestDatabase.Seeds);
        Assert.Equal(1, Events(await ledger.Ask("watch", "define", "Robots", Robots)));
        Assert.Equal(0, Events(await ledger.Ask("watch", "define", "Robots", Robots)));
        var other = await ledger.Run("watch", "define", "robots", "investors");
        Assert.Equal((1, "watchlist robots: Watchlist 'robots' is there already"), (other.ExitCode, other.Errors.Split(',')[0]));
        JsonAssert.Has("""{ "list": {"id": "robots", "name": "Robots", "over": "companies", "members": 0}, "isFollowed": true, "members": [] }""", await ledger.Ask("watch", "show", "Robots"));

        // Nobody looks at the list in between.
        var first = (long)(await ledger.Ask("tag", "intellifusion-pre-ipo", "--sector", "robotics", "--reason", "They build some."))["position"]!;
        var taken = (long)(await ledger.Ask("tag", "intellifusion-pre-ipo", "--sector", "robotics", "--undo", "--reason", "They do not."))["position"]!;
        var tagged = (long)(await ledger.Ask("tag", "intellifusion-pre-ipo", "--sector", "robotics", "--reason", "They build them."))["position"]!;
        JsonAssert.Has($$"""[{"party": {"id": "intellifusion"}, "because": [{{tagged}}], "isChosen": true, "pinned": null}]""", (await ledger.Ask("watch", "show", "robots"))["members"]);
        Assert.Contains($"Tagged: Intellifusion pre-IPO (position {tagged})", (await ledger.Run("watch", "show", "robots")).Output, StringComparison.Ordinal);
        var then = tagged + 1;

        await ledger.Ask("watch", "pin", "robots", "Enflame Technology", "--reason", "Their chips are in them.");
        await ledger.Ask("watch", "exclude", "robots", "intellifusion", "--reason", "Toys.");
        var shown = await ledger.Ask("watch", "show", "robots");
        JsonAssert.Has("""{ "members": [{"party": {"id": "enflame-technology"}, "isChosen": false, "because": [], "pinned": {"reason": "Their chips are in them."}}], "exclusions": [{"party": {"id": "intellifusion"}, "isChosen": true, "excluded": {"reason": "Toys."}}] }""", shown);
        JsonAssert.Has("""[{"party": {"id": "intellifusion"}}]""", (await ledger.Ask("watch", "show", "robots", "--at", $"{then}"))["members"]);
        JsonAssert.Has("""{ "items": [{"id": "robots", "members": 1, "pinned": 1, "excluded": 1}] }""", await ledger.Ask("watch", "list"));
        Assert.Empty((await ledger.Ask("watch", "list", "--at", "1"))["items"]!.AsArray());

        await ledger.Ask("watch", "release", "robots", "intellifusion", "--reason", "No toys, after all.");
        await ledger.Ask("tag", "intellifusion-pre-ipo", "--sector", "robotics", "--undo", "--reason", "They do not.");
        JsonAssert.Has($$"""
            [{"event": "watchlist_members_left", "author": "ledger"}, {"event": "watchlist_member_released", "reason": "No toys, after all."}, {"event": "watchlist_member_excluded"},
                {"event": "watchlist_members_joined", "parties": [{"because": [{{tagged}}]}]}, {"event": "watchlist_members_left", "parties": [{"because": [{{taken}}]}]}, {"event": "watchlist_members_joined", "parties": [{"because": [{{first}}]}]}]
            """, (await ledger.Ask("watch", "history", "robots", "--party", "intellifusion"))["items"]);
        Assert.Equal(8, (await ledger.Ask("watch", "history", "robots"))["items"]!.AsArray().Count);

        Assert.Equal(1, Events(await ledger.Ask("watch", "rule", "robots", "investors where company = \"Enflame Technology\"", "--reason", "Who pays.")));
        shown = await ledger.Ask("watch", "show", "robots");
        JsonAssert.Has("""{ "rule": "investors where company = enflame-technology", "explained": "Investors that have a deal of Enflame Technology." }""", shown["list"]);
        Assert.Contains(shown["members"]!.AsArray(), member => (string)member!["party"]!["id"]! == "tencent");
        var tried = await ledger.Ask("watch", "try", "investors where company = enflame-technology");
        // Whoever is pinned is on the list beside those that the rule chooses.
        Assert.Equal((long)shown["list"]!["members"]! - 1, (long)tried["count"]!);

        Assert.Equal((1, 0), (Events(await ledger.Ask("watch", "rename", "robots", "Who pays", "--reason", "No robots any more.")), Events(await ledger.Ask("watch", "rename", "who  PAYS", "Who pays", "--reason", "Again."))));
        JsonAssert.Has("""{ "event": "watchlist_renamed", "name": "Who pays", "reason": "No robots any more." }""", (await ledger.Ask("watch", "history", "who pays"))["items"]![0]);
        JsonAssert.Has("""{ "list": {"id": "robots", "name": "Who pays"} }""", await ledger.Ask("watch", "show", "Who pays"));
        await ledger.Ask("watch", "define", "Chips", "companies where sector = chips");
        Assert.Equal("watchlist chips: Watchlist 'robots' is called 'Who pays' already; choose another name.", (await ledger.Run("watch", "rename", "chips", "who PAYS", "--reason", "So do they.")).Errors.Trim());
        Assert.Equal("watchlist who-pays: Watchlist 'robots' is called 'Who pays' already; choose another name.", (await ledger.Run("watch", "define", "Who pays", "companies")).Errors.Trim());
        await ledger.Ask("watch", "delete", "chips", "--reason", "Done.");
        await ledger.Ask("watch", "delete", "robots", "--reason", "Done.");
        Assert.StartsWith("watchlist robots: The id 'robots' is that of a watchlist with a history; choose another name.", (await ledger.Run("watch", "define", "Robots", Robots)).Errors, StringComparison.Ordinal);
        Assert.Empty((await ledger.Ask("watch", "list"))["items"]!.AsArray());
        JsonAssert.Has("""{ "deleted": {"reason": "Done."} }""", await ledger.Ask("watch", "show", "robots"));
        Assert.Equal(1, (await ledger.Run("watch", "pin", "robots", "tencent", "--reason", "Again.")).ExitCode);
        Assert.Equal(2, (await ledger.Run("watch", "show", "nothing")).ExitCode);
    }

    [Fact]
    public async Task Who_was_excluded_before_it_turned_out_to_be_somebody_else_can_be_let_in_again()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        await ledger.Ask("party", "register", "acme", "Acme");
        await ledger.Ask("party", "register", "zeta", "Zeta");
        await ledger.Ask("watch", "define", "Few", "companies where id = acme");
        await ledger.Ask("watch", "exclude", "few", "Acme", "--reason", "Toys.");
        await ledger.Ask("party", "merge", "acme", "zeta", "--reason", "The same.");
        JsonAssert.Has("""{ "members": [], "exclusions": [{"party": {"id": "zeta"}}] }""", await ledger.Ask("watch", "show", "few"));

        // It was excluded under the name that it had.
        JsonAssert.Has("""[{"party": {"id": "acme", "name": "Acme"}}]""", (await ledger.Ask("watch", "history", "few"))["items"]!.AsArray().Single(one => (string)one!["event"]! == "watchlist_member_excluded")!["parties"]);

        Assert.Equal(2, Events(await ledger.Ask("watch", "pin", "few", "acme", "--reason", "No toys.")));
        JsonAssert.Has("""{ "members": [{"party": {"id": "zeta"}, "pinned": {"reason": "No toys."}}], "exclusions": [] }""", await ledger.Ask("watch", "show", "few"));
    }

    [Fact]
    public async Task A_rule_is_explained_or_shown_where_it_is_wrong()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        var wrong = await ledger.Run("watch", "explain", "companies where colour = red");
        Assert.Equal(2, wrong.ExitCode);
        Assert.StartsWith("RULE: \ncompanies where colour = red\n                ^\nline 1, column 17: a company has no 'colour'", wrong.Errors, StringComparison.Ordinal);
        var unknown = await ledger.Run("watch", "try", "companies where investor = nobody");
        Assert.Contains("line 1, column 28: No company or investor has the id, name or alias 'nobody'", unknown.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await ledger.Run("watch", "define", "Deals", "deals")).ExitCode);
        Assert.Contains("ledger alerts try --rule tries a rule over deals", (await ledger.Run("watch", "try", "deals where series = b")).Errors, StringComparison.Ordinal);
        JsonAssert.Has("""{ "rule": "companies where sector = ai", "explained": "Companies that are in the sector ai." }""", await ledger.Ask("watch", "explain", "Companies where SECTOR = AI"));
        Assert.Contains("pledged and not closed for 90 days", (await ledger.Run("watch", "language")).Output, StringComparison.Ordinal);
        Assert.StartsWith("name: 'Language' is that of the page that tells the language of rules", (await ledger.Run("watch", "define", "Language", "companies")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_HTTP_a_list_is_kept_and_followed_by_the_server_itself()
    {
        await using var served = await ServedHere.Start(await LedgerOnTestDatabase.Create(Cancel), "open", Cancel);
        await served.Ledger.Ask("seed", LedgerOnTestDatabase.Seeds);
        using var http = await served.Ledger.Client(served.Address);
        using var made = await http.PostAsync("/watchlists/define", new FormUrlEncodedContent([new("name", "Chips, paid for"), new("rule", "companies where sector = artificial-intelligence and lead = \"Summitview Capital\"")]), Cancel);
        Assert.Equal(HttpStatusCode.SeeOther, made.StatusCode);
        Assert.StartsWith("/watchlists/chips-paid-for?after=", made.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var again = await http.PostAsJsonAsync("/api/watchlists", new { name = "Chips, paid for", rule = "investors" }, Cancel);
        JsonAssert.Has("""{ "status": 409, "type": "/problems/watchlist-exists" }""", await Body(again));
        using var wrong = await http.PostAsJsonAsync("/api/watchlists", new { name = "Wrong", rule = "companies where" }, Cancel);
        JsonAssert.Has("""{ "status": 400, "field": "rule", "detail": "rule: line 1, column 16: the rule ends here; a condition is expected" }""", await Body(wrong));
        using var nowhere = await http.PostAsJsonAsync("/api/watchlists/nowhere/delete", new { reason = "x" }, Cancel);
        JsonAssert.Has("""{ "status": 404, "type": "/problems/watchlist-unknown" }""", await Body(nowhere));

        JsonNode list;
        do
            list = await Get(http, "/api/watchlists/chips-paid-for");
        while (!(bool)list["isFollowed"]!);
        JsonAssert.Has("""[{"party": {"id": "enflame-technology"}}]""", list["members"]);
        using var excluded = await http.PostAsJsonAsync("/api/watchlists/chips-paid-for/exclude", new { party = "Enflame Technology", reason = "No." }, Cancel);
        JsonAssert.Has("""{ "recordedEvents": 1 }""", await Body(excluded));
        JsonAssert.Has("""{ "items": [{"id": "chips-paid-for", "members": 0, "excluded": 1}], "next": null }""", await Get(http, "/api/watchlists"));
        JsonAssert.Has("""{ "items": [{"event": "watchlist_member_excluded", "reason": "No."}] }""", await Get(http, "/api/watchlists/chips-paid-for/history?limit=1"));
        JsonAssert.Has("""{ "problem": {"line": 1, "column": 17} }""", await Get(http, "/api/rules?rule=companies%20where%20colour%20%3D%20red"));
        JsonAssert.Has("""{ "count": 1, "chosen": [{"id": "enflame-technology"}] }""", await Get(http, "/api/rules/try?on=2020-05-01&rule=companies%20where%20id%20%3D%20enflame-technology"));

        Assert.Contains("Chips, paid for", await http.GetStringAsync("/watchlists", Cancel), StringComparison.Ordinal);
        Assert.Contains("because: No.", await http.GetStringAsync("/watchlists/chips-paid-for", Cancel), StringComparison.Ordinal);
        Assert.Contains("The list&#x27;s rule</a>", await http.GetStringAsync("/watchlists/chips-paid-for/history", Cancel), StringComparison.Ordinal);
        Assert.Contains("1 party joined", await http.GetStringAsync("/watchlists/chips-paid-for/history?party=enflame-technology", Cancel), StringComparison.Ordinal);
        Assert.Contains("Companies that are in the sector ai.", await http.GetStringAsync("/watchlists?rule=companies%20where%20sector%20%3D%20ai", Cancel), StringComparison.Ordinal);
        Assert.Contains("<mark>c</mark>olour", await http.GetStringAsync("/watchlists?rule=companies%20where%20colour%20%3D%20red", Cancel), StringComparison.Ordinal);
        Assert.Contains("at least 3 deals", await http.GetStringAsync("/watchlists/language", Cancel), StringComparison.Ordinal);
    }

    private static int Events(JsonNode summary) => (int)summary["recordedEvents"]!;

    private static async Task<JsonNode> Body(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;

    private static async Task<JsonNode> Get(HttpClient http, string address) => JsonNode.Parse(await http.GetStringAsync(address, Cancel))!;
}
