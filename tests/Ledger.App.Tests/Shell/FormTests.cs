using Ledger.App.Access;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.App.Tests.Shell;

/// <summary>Every form is sent as its page shows it, by somebody who is signed in, and what it did is looked at.</summary>
public sealed class FormTests : IAsyncLifetime
{
    private const string Daily = "Acme raised $10 million.";
    private const string Gossip = "Acme raised $12 million.";
    private const string Later = "Acme took in $12 million from Big and Small, of a billion this year.";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private ServedHere _server = null!;
    private HttpClient _http = null!;
    private PageVisitor _ada = null!;

    public async ValueTask InitializeAsync()
    {
        // Nobody listens where mails are handed over, and so none is sent.
        _server = await ServedHere.Start(
            await LedgerOnTestDatabase.Create(Cancel), "open", Cancel, ("Ledger:Address", "https://ledger.example.com"), ("Ledger:Mail:Host", "127.0.0.1"), ("Ledger:Mail:Port", "9"), ("Ledger:Mail:Tls", "none"), ("Ledger:Mail:From", "alerts@example.com"));
        (_http, _ada) = await SignedIn("Ada");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Every_form_does_what_its_button_says()
    {
        var article = await Record();
        await Duplicates();
        await Claims(article);
        await Ties();
        await Filing();
        await Parties();
        await Sources();
        await Rates();
        await Bulk();
        await Views();
        await Watchlists();
        await Alerts();
        await Jobs();
        await Inbox();
        await Do("/", "Sign out", "Latest changes");

        Assert.Equal(_ada.Seen, _ada.Posted);
        Assert.Equal(Addresses(), _ada.Posted);
    }

    private async Task<string> Record()
    {
        await Do("/record", "Record", "$10 million", ("text", Daily), ("announcement", Announcement("one", "The Daily", Daily, "raised", 10)));
        var article = _ada.Address.Split('/', '?')[2];
        await Do("/record", "Record", "$12 million", ("text", Gossip), ("announcement", Announcement("one", "Gossip", Gossip, "raised", 12)));
        // What looks like a known deal is asked about first.
        await Do("/record", "Record", "Is it the same deal?", ("text", Later), ("announcement", Announcement("two", "The Daily", Later, "took in", 12) + $$"""

                  - {investor: big, role: lead, words: Big, quote: "{{Later}}"}
                  - {investor: small, role: participant, words: Small, quote: "{{Later}}"}
              - id: sum
                claims:
                  - {company: acme, words: Acme, quote: "{{Later}}"}
                  - {kind: aggregate, words: a billion this year, quote: "{{Later}}"}
                  - {status: announced, words: took in, quote: "{{Later}}"}
            """));
        await Press("Record", "What is taken from it", ("same-two", ""));
        return article;
    }

    private async Task Duplicates()
    {
        // Another one has the page open when Ada decides.
        var (http, grace) = await SignedIn("Grace");
        using var closing = http;
        await grace.Open("/duplicates");
        await Do("/duplicates", "They are one", "This deal is the same as one", ("reason", "The same round."));
        await Press("Undo the merge", "Version", ("other", "one"), ("reason", "A year apart."));
        await grace.Press("They are one", ("reason", "They look alike."));
        Assert.Equal(412, grace.Status);
        Assert.Contains("of deal two its place in the record was changed: Ada at", grace.Text, StringComparison.Ordinal);
        await Do("/duplicates", "They are two", "Another deal than one, which it looks like, says Ada: They are a year apart.", ("reason", "They are a year apart."));
    }

    private async Task Claims(string article)
    {
        await Do("/deals/one", "Prefer", "Chosen, since an editor preferred it.", ("claim", "USD 10M"), ("reason", "Their reporter was there."));
        await Press("Prefer no more", "The sources disagree on amount.", ("claim", "USD 10M"), ("reason", "Nobody was there."));
        await Press("Withdraw", "Withdrawn by Ada", ("claim", "USD 12M"), ("reason", "They took it back."));
        await Press("Restore", "The sources disagree on amount.", ("claim", "USD 12M"), ("reason", "They did not."));
        await Press("Correct", "Corrected by Ada", ("claim", "USD 12M"), ("by", "amount: {qualifier: approximately, currency: USD, low: 12000000, high: 12000000}"),
            ("by.words", "$12 million"), ("by.quote", Gossip), ("reason", "They round."));
        await Press("Advance", "Closed, May 2021", ("by.status", "closed"), ("by.effective", "2021-05"), ("by.words", "raised"), ("by.quote", Daily), ("article", article));
    }

    private async Task Ties()
    {
        await Do("/deals/two", "It may be that one after all", "Version", ("other", "one"), ("reason", "The dates were wrong."));
        Assert.DoesNotContain("Another deal than", _ada.Text, StringComparison.Ordinal);
        await Press("It is another one than that", "Another deal than one", ("other", "one"), ("reason", "They were right."));
        await Press("It may be that one after all", "Version", ("other", "one"), ("reason", "They were wrong."));
        await Press("It is a part of that one", "An extension of one: It says so.", ("other", "one"), ("as", "extension"), ("reason", "It says so."));
        await Press("It is no part of that one", "Version", ("other", "one"), ("reason", "It does not."));
        await Press("That one covers it", "Among the deals that sum sums up: All of the year.", ("other", "sum"), ("reason", "All of the year."));
        await Press("That one does not cover it", "Version", ("other", "sum"), ("reason", "Of another year."));
        await Press("Merge it into that one", "This deal is the same as one", ("other", "one"), ("reason", "The same round."));
        await Press("Undo the merge", "Version", ("other", "one"), ("reason", "Two rounds."));
        Assert.DoesNotContain("the same as", _ada.Text, StringComparison.Ordinal);
    }

    private async Task Filing()
    {
        await Do("/deals/two", "File it there", "Filed by editors under robotics", ("sector", "robotics"), ("reason", "They build robots."));
        await Press("Take it from there", "Version", ("sector", "robotics"), ("reason", "They do not."));
        Assert.DoesNotContain("Filed by editors", _ada.Text, StringComparison.Ordinal);
        await Press("Retract the deal", "This deal was retracted", ("reason", "There is none."));
        await Press("Reinstate the deal", "Version", ("reason", "There is."));
        Assert.DoesNotContain("was retracted", _ada.Text, StringComparison.Ordinal);
    }

    private async Task Parties()
    {
        await Do("/register", "Register", "Also known as 智谱, Z.ai", ("id", "zhipu"), ("name", "Zhipu"), ("aliases", "智谱\r\nZ.ai"));
        await Do("/parties/small", "Add as an alias", "Also known as Petit", ("name", "Petit"), ("reason", "In French."));
        await Press("Show it under this name", "Also known as Petit, Small", ("name", "Small Capital"), ("reason", "Its full name."));
        await Press("Remove the alias", "Also known as Small", ("name", "Petit"), ("reason", "Another one's."));
        await Press("Record it", "Fund of Big", ("is", "fundOf"), ("with", "big"), ("reason", "Its register says so."));
        await Press("It is that no more", "Small Capital", ("is", "fundOf"), ("with", "big"), ("reason", "It was sold."));
        Assert.DoesNotContain("Fund of Big", _ada.Text, StringComparison.Ordinal);
        var (http, grace) = await SignedIn("Grace");
        using var closing = http;
        await Press("Show what a merge would change", "Small Capital and Big as one", ("into", "big"));
        var shown = _ada.Address;
        await grace.Open(shown);
        await Press("They are one", "Registered as small, too", ("reason", "One house."));
        await Press("Undo the merge of small", "Small Capital", ("reason", "Two houses."));
        await grace.Press("They are one", ("reason", "One house."));
        Assert.Equal(412, grace.Status);
        Assert.Contains("of party small its merges were changed: Ada at", grace.Text, StringComparison.Ordinal);
        // The past is looked at, and not changed: there the one was called otherwise, and there is nothing to press.
        await _ada.Open($"{shown}&at=8");
        Assert.Contains("Small and Big as one", _ada.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Merge them", _ada.Text, StringComparison.Ordinal);
    }

    private async Task Sources()
    {
        // Another one has the page open when Ada ranks a source.
        var (http, grace) = await SignedIn("Grace");
        using var closing = http;
        await grace.Open("/sources");
        await Do("/sources", "Rank it", "Their reporters were there. (Ada)", ("name", "The Daily"), ("rank", "-3"), ("reason", "Their reporters were there."));
        await grace.Press("Rank it", ("name", "The Daily"), ("rank", "5"), ("reason", "I like them."));
        Assert.Equal(412, grace.Status);
        Assert.Matches("Since version 0 of source The Daily its rank was changed: Ada at .+ UTC \\(version 1\\) to -3, because: Their reporters were there\\.", grace.Text);
        await grace.Open("/sources");
        await grace.Press("Rank it", ("name", "The Daily"), ("rank", "-3"), ("reason", "So do I."));
        Assert.Contains("Their reporters were there. (Ada)", grace.Text, StringComparison.Ordinal);
    }

    private async Task Rates()
    {
        await Do("/rates", "Record the rates", "7.6622", ("file", "Date,USD,CNY,\n2020-04-03,1.0785,7.6622,\n"));
        await Press("Record the rates", "7.7", ("file", "Date,USD,CNY,\n2020-04-03,1.0785,7.7,\n"), ("reason", "The bank has corrected it."));
    }

    private async Task Bulk()
    {
        await Do("/bulk", "Show what would change", "2 deals would change", ("changes", "deal,do,sector\none,tag,robotics\ntwo,tag,robotics\n"), ("reason", "They build robots."));
        await Press("Do it", "2 deals changed at once They build robots.");
        await Press("Show what taking it back would change", "2 deals would change", ("reason", "They do not."));
        await Press("Do it", "It takes back an earlier one.");
        await Do("/bulk", "Show what would change", "Nothing to do", ("changes", "reason: No.\nchanges:\n  - {deal: one, do: untag, sector: robotics}"));
        await _ada.Open("/deals/one/history");
        Assert.Contains("Made together with changes of other deals", _ada.Text, StringComparison.Ordinal);
    }

    private async Task Views()
    {
        await using (var connection = await _server.Ledger.Database.OpenConnectionAsync(Cancel))
        await using (await connection.BeginTransactionAsync(Cancel))
        {
            // A replay waits for where the view stands.
            await connection.Execute("select from ledger.view_positions where view = 'deal' for update", Cancel);
            await Do("/views", "Replay deal", "Views");
            await Await("/views", () => _ada.Seen.Contains("/views/*/cancel"));
            await Press("Cancel the replay of deal", "Views");
            await Await("/views", () => _ada.Text.Contains("The replay was cancelled; the next one goes on from there.", StringComparison.Ordinal));
        }
        await Do("/views", "Replay deal", "Views");
        await Await("/views", () => _ada.Seen.Contains("/views/*/rollback"));
        await Press("Roll back deal to version 1", "Views");
    }

    private async Task Watchlists()
    {
        await _ada.Open("/watchlists");
        await Press("Try it", "Keep a list of them", ("rule", "companies where investor = big"));
        await Press("Keep the list", "Companies that have the investor Big", ("name", "Of Big"));
        await Press("Exclude it", "We own it.", ("party", "acme"), ("reason", "We own it."));
        await Press("Pin it", "We sold it.", ("party", "acme"), ("reason", "We sold it."));
        await Press("Leave it to the rule again", "Of Big", ("party", "acme"), ("reason", "It can tell."));
        Assert.DoesNotContain("We sold it.", _ada.Text, StringComparison.Ordinal);
        await Press("Read it", "Have this rule choose", ("rule", "companies where investor = small"));
        await Press("Have this rule choose", "small", ("reason", "Smaller ones."));
        await Press("Rename the list", "Of Small", ("name", "Of Small"), ("reason", "It is."));
        await Press("Delete the list", "Nobody reads it.", ("reason", "Nobody reads it."));
    }

    private async Task Alerts()
    {
        await _ada.Open("/alerts");
        await Press("Try it", "Deals in which Big invests", ("what", "investor"), ("which", "big"), ("kinds", "merge"), ("kinds", "contest"));
        await Press("Follow it", "whsec_", ("name", "Deals of Big"), ("webhook", "https://receiver.example/hook"));
        await Do("/alerts/deals-of-big", "Pause", "Paused");
        Assert.Contains("Deals in which Big invests: contest, merge", _ada.Text, StringComparison.Ordinal);
        await Press("Resume", "Active");
        await Press("Change it", "Deals in which Big invests: contest, merge", ("name", "Both"));
        await Press("Change it", "Deals in which Big invests: all changes", ("kinds", "all"));
        await Press("Change it", "Deals in which Big invests: retraction", ("name", "Retracted ones"), ("kinds", "retraction"));
        Assert.Contains("receiver.example", _ada.Text, StringComparison.Ordinal);
        await Press("New address for its feed", "/feeds/");
        await Do("/alerts/deals-of-big", "No feed", "Retracted ones");
        await Do("/deals/two", "Retract the deal", "This deal was retracted", ("reason", "There is none."));
        await _ada.Open("/deliveries");
        await Await("/deliveries", () => !_ada.Text.Contains("There are none.", StringComparison.Ordinal));
        await Press("Send it again", "receiver.example", ("since", "2020-01-01"));
        var delivery = (await _server.Ledger.Database.Query("select id from alerts.delivery", row => row.GetString(0), Cancel)).Single();
        await Do($"/deliveries/{delivery}", "Send it again", "To receiver.example");
        await Do("/deliveries", "New secret", "whsec_");
        await Execute("update alerts.endpoint set disabled_at = now(), disabled_why = 'It is gone.'");
        await Do("/deliveries", "Send there again", "2 secrets");
        Assert.DoesNotContain("It is gone.", _ada.Text, StringComparison.Ordinal);
        await Press("Forget it, and what was sent there", "Nothing is sent anywhere.");
        await Do("/alerts/deals-of-big", "Change it", "a…@example.com", ("mail", "ada@example.com"));
        var token = (await _server.Ledger.Database.Query("select token from alerts.mailing", row => row.GetString(0), Cancel)).Single();
        await Do($"/unsubscribe?token={token}", "Mail me nothing more of it", "a…@example.com is mailed nothing of “Retracted ones”");
        await Do("/alerts/deals-of-big", "Delete", "Deleted");
    }

    private async Task Jobs()
    {
        await Do("/jobs/verify", "Run now", "Ada");
        await Press("Cancel", "cancelled");
        await Press("Pause", "paused by Ada");
        await Press("Resume", "Next");
        await Execute("update jobs.run set state = 'failed', failure = 'No room.' where job = 'verify'");
        await Do("/jobs/verify", "Seen to", "Ada");
    }

    private async Task Inbox()
    {
        await Do("/inbox", "Add", "https://example.com/feed", ("address", "https://example.com/feed"));
        await Execute("insert into ledger.inbox (feed, guid, title) select id, 'one', 'Acme raises' from ledger.feeds");
        await Do("/inbox", "Read: Acme raises", "https://example.com/feed");
        Assert.DoesNotContain("Acme raises", _ada.Text, StringComparison.Ordinal);
        await Press("Remove https://example.com/feed", "Inbox");
        Assert.DoesNotContain("https://example.com/feed", _ada.Text, StringComparison.Ordinal);
    }

    /// <summary>Looks at a page until it says what is expected.</summary>
    private async Task Await(string page, Func<bool> isThere)
    {
        for (var began = DateTime.UtcNow; !isThere(); await _ada.Open(page))
            Assert.True(DateTime.UtcNow - began < TimeSpan.FromSeconds(30), $"It did not come to that: {_ada.Text}");
    }

    private async Task Execute(string sql)
    {
        await using var connection = await _server.Ledger.Database.OpenConnectionAsync(Cancel);
        await connection.Execute(sql, Cancel);
    }

    /// <summary>What forms of pages may post to, beside the pages' own addresses, which take no form.</summary>
    private SortedSet<string> Addresses()
    {
        var endpoints = _server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => (Path: "/" + endpoint.RoutePattern.RawText!.TrimStart('/'), Methods: endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []));
        return new(endpoints.Where(one => one.Methods.Contains("POST") && !one.Methods.Contains("GET") && !one.Path.StartsWith("/api/", StringComparison.Ordinal))
            .Select(one => PageVisitor.Pattern(one.Path)), StringComparer.Ordinal);
    }

    private async Task Do(string page, string button, string expected, params (string Name, string Value)[] fields)
    {
        await _ada.Open(page);
        await Press(button, expected, fields);
    }

    private async Task Press(string button, string expected, params (string Name, string Value)[] fields)
    {
        await _ada.Press(button, fields);
        Assert.True(_ada.Status == 200 && _ada.Text.Contains(expected, StringComparison.Ordinal), $"“{button}” led to {_ada.Status} {_ada.Address}, where “{expected}” does not stand: {_ada.Text}");
    }

    private async Task<(HttpClient, PageVisitor)> SignedIn(string name)
    {
        var http = _server.Browser();
        var visitor = new PageVisitor(http);
        await visitor.Open("/sign-in");
        await visitor.Press("Sign in", ("key", await _server.Ledger.Key(Role.Admin, name: name)));
        Assert.Equal(200, visitor.Status);
        return (http, visitor);
    }

    private static string Announcement(string deal, string publisher, string quote, string verb, int millions) => $$"""
        article: {publisher: {{publisher}}}
        parties:
          - {id: acme, name: Acme}
          - {id: big, name: Big}
          - {id: small, name: Small}
        deals:
          - id: {{deal}}
            claims:
              - {company: acme, words: Acme, quote: "{{quote}}"}
              - {kind: round, words: {{verb}}, quote: "{{quote}}"}
              - {status: announced, words: {{verb}}, quote: "{{quote}}"}
              - {amount: {qualifier: exact, currency: USD, low: {{millions}}000000, high: {{millions}}000000}, words: ${{millions}} million, quote: "{{quote}}"}
        """;
}
