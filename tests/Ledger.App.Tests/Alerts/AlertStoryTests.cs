using Ledger.App.Tests.Support;
using Ledger.App.Tests.Watchlists;
using Ledger.App.Watchlists;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;

namespace Ledger.App.Tests.Alerts;

/// <summary>Alerts as people use them on the command line.</summary>
public sealed class AlertStoryTests : IAsyncLifetime
{
    private const string Address = "https://receiver.example/hook";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private LedgerOnTestDatabase _ledger = null!;
    private WatchHistory _history = null!;

    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerOnTestDatabase.Create(Cancel);
        _history = new WatchHistory(_ledger.Get<EventLog>());
        await _history.Begin(Cancel);
        await _ledger.CatchUp(Cancel);
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task On_the_command_line_one_follows_something_sees_what_was_told_and_decides_anew()
    {
        await _history.Happen(6, Cancel);
        var tried = await _ledger.Ask("alerts", "try", "--company", "Party p0", "--kinds", "newDeal", "--years", "2");
        Assert.Equal((1, "deals of Party p0", "d0"), ((int)tried["count"]!, (string)tried["follows"]!, ((string)tried["alerts"]![0]!["subject"]!)["deal/".Length..]));
        Assert.Equal(0, (int)(await _ledger.Ask("alerts", "try", "--company", "Party p0", "--kinds", "merge"))["count"]!);

        var made = await _ledger.Ask("alerts", "add", "My company", "--company", "Party p0", "--webhook", Address);
        Assert.StartsWith("whsec_", (string)made["secrets"]![0]!["secret"]!, StringComparison.Ordinal);
        await _history.Happen(4, Cancel);
        await _history.Happen(4, Cancel);
        var shown = await _ledger.Ask("alerts", "show", "my-company");
        Assert.Equal(["reinstated", "retracted"], shown["latest"]!.AsArray().Select(alert => (string)alert!["says"]!));
        Assert.Equal("Because.", (string)shown["latest"]![0]!["reason"]!);
        Assert.Equal("receiver.example", (string)shown["endpoints"]![0]!["host"]!);

        var deliveries = await _ledger.Ask("alerts", "deliveries", "--of", "my-company", "--state", "pending");
        Assert.Equal((2, 2), ((int)deliveries["summary"]!["pending"]!, deliveries["items"]!.AsArray().Count));
        var id = (string)deliveries["items"]![0]!["id"]!;
        Assert.Equal("reinstated", (string)(await _ledger.Ask("alerts", "delivery", id))["alert"]!["says"]!);
        Assert.Equal(1, (int)(await _ledger.Ask("alerts", "resend", id))["deliveries"]!);
        Assert.Equal(2, (int)(await _ledger.Ask("alerts", "resend", "--since", "2026-01-01"))["deliveries"]!);

        await _ledger.Ask("alerts", "pause", "my-company");
        await _history.Happen(4, Cancel);
        await _ledger.Ask("alerts", "resume", "my-company");
        await _ledger.Ask("alerts", "change", "my-company", "--name", "All of robotics", "--sector", "robotics", "--kinds", "retraction,status");
        Assert.Equal(("All of robotics", "deals in robotics", 2), await Listed());
        await _ledger.Ask("alerts", "change", "my-company", "--webhook", "none", "--kinds", "all");
        Assert.Equal(("All of robotics", "deals in robotics", 9), await Listed());
        Assert.Empty((await _ledger.Ask("alerts", "show", "my-company"))["endpoints"]!.AsArray());
        await _ledger.Ask("alerts", "delete", "my-company");
        Assert.Empty((await _ledger.Ask("alerts", "list"))["items"]!.AsArray());
        Assert.Equal(["deleted", "changed", "changed", "resumed", "paused", "made"], (await _ledger.Ask("alerts", "show", "my-company"))["decisions"]!.AsArray().Select(decision => (string)decision!["what"]!));

        var endpoint = (string)(await _ledger.Ask("alerts", "endpoints"))["items"]![0]!["id"]!.ToString();
        Assert.StartsWith("whsec_", (string)(await _ledger.Ask("alerts", "rotate", endpoint))["secret"]!, StringComparison.Ordinal);
        Assert.Equal(2, (int)(await _ledger.Ask("alerts", "enable", endpoint))["items"]![0]!["secrets"]!);
        Assert.Empty((await _ledger.Ask("alerts", "forget", endpoint))["items"]!.AsArray());

        async Task<(string, string, int)> Listed()
        {
            var one = (await _ledger.Ask("alerts", "list"))["items"]![0]!;
            return ((string)one["name"]!, (string)one["follows"]!, one["kinds"]!.AsArray().Count);
        }
    }

    [Theory]
    [InlineData("nothing is named; one of investor, company, sector, watchlist or rule is expected", "add", "A")]
    [InlineData("several things are named", "add", "A", "--sector", "chips", "--company", "p0")]
    [InlineData("kinds: 'rumour' is not one of newDeal", "add", "A", "--sector", "chips", "--kinds", "rumour")]
    [InlineData("kinds: ',' names none; all, or some of newDeal", "add", "A", "--sector", "chips", "--kinds", ",")]
    [InlineData("webhook: 'none' is not an absolute http or https address", "add", "A", "--sector", "chips", "--webhook", "https://receiver.example/hook", "--webhook", "none")]
    [InlineData("--state: 'lost' is not one of pending", "resend", "--since", "2026-01-01", "--state", "lost")]
    [InlineData("webhook: '127.0.0.1' is an address of a private network", "add", "A", "--sector", "chips", "--webhook", "http://127.0.0.1/x")]
    [InlineData("years: '0' is out of range", "try", "--sector", "chips", "--years", "0")]
    [InlineData("There is no subscription 'nobody'", "show", "nobody")]
    [InlineData("There is no delivery 'nothing'", "delivery", "nothing")]
    [InlineData("There is no endpoint 77", "rotate", "77")]
    [InlineData("is missing; name a delivery, or a time with --since", "resend")]
    public async Task What_cannot_be_is_refused_in_a_sentence(string sentence, params string[] arguments)
    {
        var run = await _ledger.Run(["alerts", .. arguments]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watchlist_tells_who_joins_it_and_of_deals_of_those_on_it()
    {
        await _ledger.Get<WatchlistLedger>().Change(new WatchlistId("robots"), new WatchlistCommand.Define("Robots", new Rule(Subject.Companies, new Condition.Is(RuleField.Sector, ["robotics"]))), "Ada", Cancel);
        await _ledger.Ask("alerts", "add", "Robots", "--watchlist", "robots");
        await _history.Happen(6, Cancel);
        await _ledger.CatchUp(Cancel);
        await _ledger.Get<WatchlistFollower>().CatchUp(new DateOnly(2026, 11, 20), Cancel);
        await _history.Happen(4, Cancel);

        var alerts = (await _ledger.Ask("alerts", "show", "robots"))["latest"]!.AsArray();
        Assert.Equal(["retracted", "Party p0 joined"], alerts.Select(alert => (string)alert!["says"]!));
        Assert.Equal(("watchlist/robots", "membership", "p0"), ((string)alerts[1]!["subject"]!, (string)alerts[1]!["kinds"]![0]!, (string)alerts[1]!["joined"]![0]!["id"]!));
    }
}
