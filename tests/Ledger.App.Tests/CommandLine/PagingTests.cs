using Ledger.App.Tests.Support;

namespace Ledger.App.Tests.CommandLine;

public sealed class PagingTests(SeededLedger ledger)
{
    [Theory]
    [InlineData("4")]
    [InlineData("13")]
    public async Task Next_leads_through_all_deals_exactly_once(string limit)
    {
        var all = (await ledger.List("deals", "--limit", "1000")).Select(deal => (string)deal["id"]!).ToList();

        Assert.Equal(all, await Walk("id", "--next", "deals", "--limit", limit));
        Assert.Equal(13, all.Distinct().Count());
    }

    [Theory]
    [InlineData("30")]
    [InlineData("46")]
    public async Task Next_leads_through_all_events_exactly_once(string limit)
    {
        var all = (await ledger.Events()).Select(e => (string)e["id"]!).ToList();

        Assert.Equal(all, await Walk("id", "--after", "events", "--limit", limit));
        Assert.Equal(92, all.Distinct().Count());
    }

    [Fact]
    public async Task Pages_of_what_an_investor_is_in_are_its_own() =>
        Assert.Equal(4, (await Walk("id", "--next", "deals", "--investor", "tencent", "--limit", "3")).Distinct().Count());

    [Theory]
    [InlineData("deals", "2147483647")]
    [InlineData("deals", "99999999999999999999999999")]
    [InlineData("events", "2147483647")]
    [InlineData("events", "99999999999999999999999999")]
    public async Task A_limit_has_no_upper_bound(string list, string limit)
    {
        var page = await ledger.Ask(list, "--limit", limit);

        Assert.Equal(list == "deals" ? 13 : 92, page["items"]!.AsArray().Count);
        Assert.Null(page["next"]);
    }

    [Fact]
    public async Task After_the_last_event_there_is_nothing()
    {
        Assert.Empty(await ledger.List("events", "--after", "92"));
        Assert.Empty(await ledger.List("events", "--after", "99999999999999999999"));
        Assert.Equal(92, (long)Assert.Single(await ledger.List("events", "--after", "91"))["position"]!);
    }

    private async Task<List<string>> Walk(string field, string option, params string[] arguments)
    {
        var walked = new List<string>();
        string? next = null;
        do
        {
            var page = await ledger.Ask(next is null ? arguments : [.. arguments, option, next]);
            walked.AddRange(page["items"]!.AsArray().Select(item => (string)item![field]!));
            next = (string?)page["next"];
        }
        while (next is not null);
        return walked;
    }
}
