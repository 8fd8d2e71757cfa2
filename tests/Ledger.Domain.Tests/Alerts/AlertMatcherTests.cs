using Ledger.Domain.Alerts;
using Ledger.Domain.Rules;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Alerts;

/// <summary>Whom a change concerns.</summary>
public sealed class AlertMatcherTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly PartyId Merged = new("tencent-holdings");

    [Fact]
    public void A_change_concerns_whoever_follows_its_parties_its_sectors_or_lists_with_them()
    {
        var change = Change(companies: [Sample.Enflame], investors: [Sample.Tencent], sectors: ["chips"], lists: [new WatchlistId("mine")]);

        Assert.Equal(
            ["investor", "company", "sector", "list"],
            Told(change, ("investor", new AlertTarget.Investor(Sample.Tencent)), ("company", new AlertTarget.Company(Sample.Enflame)), ("sector", new AlertTarget.Sector("chips")), ("list", new AlertTarget.Watchlist(new WatchlistId("mine"))),
                ("another investor", new AlertTarget.Investor(Sample.Enflame)), ("another company", new AlertTarget.Company(Sample.Tencent)), ("another sector", new AlertTarget.Sector("drones")), ("another list", new AlertTarget.Watchlist(new WatchlistId("other")))));
    }

    [Fact]
    public void Whoever_follows_a_party_that_is_another_one_by_now_is_told_of_that_one() =>
        Assert.Equal(["merged"], Told(Change(investors: [Sample.Tencent]), ("merged", new AlertTarget.Investor(Merged))));

    [Fact]
    public void A_rule_chooses_a_deal_by_what_it_was_or_by_what_it_is()
    {
        var change = Change(deals: [Deal("a", Sample.Tencent), Deal("b", Sample.Summitview)]);

        Assert.Equal(
            ["either", "is b", "of tencent", "was a"],
            Told(change, ("was a", Over(new Condition.Is(RuleField.Series, ["a"]))), ("is b", Over(new Condition.Is(RuleField.Series, ["b"]))), ("is c", Over(new Condition.Is(RuleField.Series, ["c"]))),
                ("of tencent", Over(new Condition.Is(RuleField.Investor, ["tencent-holdings"]))), ("of enflame", Over(new Condition.Is(RuleField.Investor, ["enflame"]))),
                ("either", Over(Condition.AnyOf([new Condition.Is(RuleField.Series, ["a"]), new Condition.Is(RuleField.Series, ["b"])])))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_rule_is_found_by_whatever_it_cannot_do_without_and_chooses_once()
    {
        Condition series = new Condition.Is(RuleField.Series, ["a", "b"]), open = new Condition.Not(new Condition.Is(RuleField.Status, ["closed"])), sector = new Condition.Is(RuleField.Sector, ["chips"]);

        Assert.Equal(
            ["both", "not", "one of two", "several values"],
            Told(Change(deals: [Deal("a", Sample.Tencent), Deal("b", Sample.Tencent)]), ("several values", Over(series)), ("one of two", Over(Condition.AnyOf([sector, new Condition.Is(RuleField.Status, ["announced"])]))),
                ("both", Over(Condition.AllOf([open, series]))), ("neither", Over(Condition.AllOf([series, sector]))), ("not", Over(open))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_rule_over_investors_chooses_by_their_deals()
    {
        var change = new AlertFacts { Position = 10, Kinds = AlertKinds.Of(AlertKind.Correction), InvestorFacts = [new PartyFacts(PartyTraits.Only(Sample.Tencent), [Deal("a", Sample.Tencent), Deal("a", Sample.Tencent)], [])] };

        Assert.Equal(
            ["itself", "two"],
            Told(change, ("two", Deals(2, "a")), ("three", Deals(3, "a")), ("others", Deals(1, "b")),
                ("itself", new AlertTarget.Chosen(new Rule(Subject.Investors, new Condition.Is(RuleField.Id, ["tencent-holdings"]))))).Order(StringComparer.Ordinal));

        static AlertTarget.Chosen Deals(int atLeast, string series) => new(new Rule(Subject.Investors, new Condition.Has(atLeast, Related.Deal, new Condition.Is(RuleField.Series, [series]))));
    }

    [Fact]
    public void Rules_over_investors_choose_by_counts_whom_they_choose_by_deals()
    {
        Condition two = new Condition.Has(2, Related.Deal, A("a")), noB = new Condition.Not(new Condition.Has(1, Related.Deal, A("b"))), led = new Condition.Has(2, Related.Deal, new Condition.Is(RuleField.Role, ["lead"]));
        (string Id, Condition Where)[] rules =
        [
            ("two", two), ("two and no b", Condition.AllOf([two, noB])), ("no b", noB), ("led two", led), ("two or b", Condition.AnyOf([two, A("b")])), ("either", new Condition.Has(3, Related.Deal, new Condition.Is(RuleField.Series, ["a", "b"]))),
            ("looks", new Condition.Has(1, Related.Company, new Condition.Is(RuleField.Id, ["enflame"]))), ("itself", new Condition.Is(RuleField.Id, ["tencent-holdings"])),
        ];
        var matcher = new AlertMatcher(rules.Select(rule => new AlertSubscription(rule.Id, new AlertTarget.Chosen(new Rule(Subject.Investors, rule.Where)), AlertKinds.All, 0, null)), Day, Root);
        foreach (var series in new[] { "", "a", "aa", "aab", "b", "bb", "c" })
        {
            DealFacts[] deals = [.. series.Select(one => Deal(one.ToString(), Sample.Tencent))];
            var counts = new int[matcher.Investors.Counted.Length];
            foreach (var deal in deals.Append(Deal("a", Sample.Tencent)))
                matcher.Investors.Counted.Add(counts, deal, Sample.Tencent, +1);
            matcher.Investors.Counted.Add(counts, Deal("a", Sample.Tencent), Sample.Tencent, -1);
            var party = new PartyFacts(PartyTraits.Only(Sample.Tencent), deals, []);

            Assert.Equal(deals.Length, counts[0]);
            Assert.Equal(Chosen(party), Chosen(new PartyFacts(party.Party, [], []) { Counts = counts }, party with { IsBesideCounts = true }));
        }

        IEnumerable<string> Chosen(params PartyFacts[] parties) =>
            matcher.Match(new AlertFacts { Position = 10, Kinds = AlertKinds.Of(AlertKind.Correction), InvestorFacts = parties }).Select(one => one.Id).Order(StringComparer.Ordinal);

        static Condition A(string series) => new Condition.Is(RuleField.Series, [series]);
    }

    [Fact]
    public void Subscriptions_are_told_of_their_kinds_and_of_what_came_after_they_were_made_until_they_ended()
    {
        var (change, target) = (Change(investors: [Sample.Tencent]), new AlertTarget.Investor(Sample.Tencent));
        AlertSubscription[] subscriptions =
        [
            new("all", target, AlertKinds.All, 9, null), new("corrections", target, AlertKinds.Of(AlertKind.Correction, AlertKind.Merge), 9, 10), new("new deals", target, AlertKinds.Of(AlertKind.NewDeal), 9, null),
            new("later", target, AlertKinds.All, 10, null), new("ended", target, AlertKinds.All, 0, 9),
        ];

        Assert.Equal(["all", "corrections"], new AlertMatcher(subscriptions, Day, Root).Match(change).Select(one => one.Id));
    }

    private static AlertTarget.Chosen Over(Condition where) => new(new Rule(Subject.Deals, where));

    private static DealFacts Deal(string series, PartyId investor) => new()
    {
        Id = Sample.Deal,
        Company = PartyTraits.Only(Sample.Enflame),
        Investors = [new HolderFact(PartyTraits.Only(investor), "lead")],
        Kind = "round",
        Status = "announced",
        StatusSince = Day,
        Series = series,
    };

    private static AlertFacts Change(PartyId[]? companies = null, PartyId[]? investors = null, string[]? sectors = null, WatchlistId[]? lists = null, DealFacts[]? deals = null) => new()
    {
        Position = 10,
        Kinds = AlertKinds.Of(AlertKind.Correction),
        Companies = companies ?? [],
        Investors = investors ?? [],
        Sectors = sectors ?? [],
        Lists = lists ?? [],
        Deals = deals ?? [],
    };

    private static IEnumerable<string> Told(AlertFacts change, params (string Id, AlertTarget Target)[] subscriptions) =>
        new AlertMatcher(subscriptions.Select(one => new AlertSubscription(one.Id, one.Target, AlertKinds.All, 0, null)), Day, Root).Match(change).Select(one => one.Id);

    private static PartyId Root(PartyId party) => party == Merged ? Sample.Tencent : party;
}
