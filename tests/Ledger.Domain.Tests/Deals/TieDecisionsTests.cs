using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Deals;

/// <summary>What two deals can be to each other: part and whole, covered and aggregate, one and the same.</summary>
public sealed class TieDecisionsTests
{
    private static readonly Reason Why = new("because");

    [Fact]
    public void A_part_joins_its_whole_which_counts_no_more()
    {
        var deals = new SeveralDeals().Announce("pledge", DealStatus.Pledged, 280).Announce("first", DealStatus.Closed, 150).Announce("second", DealStatus.Closed, 120);

        Assert.Equal(["pledge: DealWholeJoined", "first: DealPartJoined"], deals.Do("first", "pledge", new TieCommand.Join(PartKind.Tranche, Why)));
        Assert.Empty(deals.Do("first", "pledge", new TieCommand.Join(PartKind.Tranche, Why)));
        deals.Do("second", "pledge", new TieCommand.Join(PartKind.Tranche, Why));

        Assert.Equal((false, true, true), (deals["pledge"].Counts, deals["first"].Counts, deals["second"].Counts));
        Assert.Equal((270m, 270m, 0), TieDecisions.Cover(deals["pledge"], [deals["first"], deals["second"]]));
        Assert.Equal(["second: DealPartLeft", "pledge: DealWholeLeft"], deals.Do("second", "pledge", new TieCommand.Leave(Why)));
        Assert.Empty(deals.Do("second", "pledge", new TieCommand.Leave(Why)));
        Assert.False(deals["pledge"].Counts);
        deals.Do("first", "pledge", new TieCommand.Leave(Why));
        Assert.True(deals["pledge"].Counts);
    }

    [Fact]
    public void A_part_has_one_whole_and_no_parts_and_an_aggregate_is_neither()
    {
        var deals = new SeveralDeals().Announce("a", DealStatus.Pledged, 280).Announce("b", DealStatus.Closed, 150).Announce("c", DealStatus.Closed, 120)
            .Announce("sum", DealStatus.Announced, 900, DealKind.Aggregate).Announce("foreign", DealStatus.Closed, 3, company: "somebody");
        deals.Do("b", "a", new TieCommand.Join(PartKind.Tranche, Why));

        deals.Refuses("b", "c", new TieCommand.Join(PartKind.Tranche, Why), "deal-tied", "Deal b is part of a already, as tranche; end that first.");
        deals.Refuses("b", "a", new TieCommand.Join(PartKind.Extension, Why), "deal-tied", "Deal b is part of a already, as tranche; end that first.");
        deals.Refuses("a", "c", new TieCommand.Join(PartKind.Tranche, Why), "deal-tied", "Deal a has parts itself, the first of them b; a part has none.");
        deals.Refuses("c", "b", new TieCommand.Join(PartKind.Tranche, Why), "deal-tied", "Deal b is itself part of a; name that one.");
        deals.Refuses("c", "sum", new TieCommand.Join(PartKind.Tranche, Why), "aggregate-has-no-parts", "Deal sum is a sum over several deals, which covers others and is no part and no whole.");
        deals.Refuses("foreign", "a", new TieCommand.Join(PartKind.Tranche, Why), "companies-differ", "Deal foreign is one of somebody, and a one of enflame.");
        deals.Refuses("a", "a", new TieCommand.Join(PartKind.Tranche, Why), "same-deal", "Deal a is named twice; two deals are expected.");
        deals.Refuses("a", "nowhere", new TieCommand.Leave(Why), "deal-unknown", "Deal nowhere is not recorded.");
    }

    [Fact]
    public void An_aggregate_covers_what_fits_into_it()
    {
        var deals = new SeveralDeals().Announce("year", DealStatus.Announced, 500, DealKind.Aggregate).Announce("a", DealStatus.Closed, 300).Announce("b", DealStatus.Closed, 201);

        Assert.Equal(["year: DealCoverGained", "a: DealCovered"], deals.Cover("a", "year"));
        Assert.Empty(deals.Cover("a", "year"));
        deals.Refuses("b", "year", new TieCommand.Cover([deals["a"]], Why), "does-not-fit",
            "Deal b does not fit into year: with it the deals covered come to at least CNY 501, and the aggregate to at most CNY 500.");
        deals.Refuses("b", "a", new TieCommand.Cover([], Why), "not-an-aggregate", "Deal a is to cover b: an aggregate covers deals that are none.");
        Assert.Equal((false, true), (deals["year"].Counts, deals["a"].Counts));
        Assert.Equal(["a: DealUncovered", "year: DealCoverLost"], deals.Do("a", "year", new TieCommand.Uncover(Why)));
        Assert.Empty(deals.Do("a", "year", new TieCommand.Uncover(Why)));
    }

    [Fact]
    public void A_merged_deal_gives_its_claims_to_the_other_one_and_takes_them_back()
    {
        var deals = new SeveralDeals().Announce("a", DealStatus.Announced, 700).Announce("b", DealStatus.Closed, 650);
        var (before, apart) = (deals.Tell("a"), deals.Tell("b"));

        Assert.Equal(["b: DealMerged", "a: DealAbsorbed", "a: DealEchoed"], deals.Merge("b", "a"));
        Assert.Empty(deals.Merge("b", "a"));
        Assert.Equal((false, true, Sample.Exact(650)), (deals["b"].IsListed, deals["a"].IsListed, deals["a"].Amount));
        Assert.Equal([Field.Amount], deals["a"].Contested);
        Assert.Equal(8, deals["a"].Claims.Length);

        Assert.Equal(["a: DealReleased", "b: DealUnmerged"], deals.Do("b", "a", new TieCommand.Unmerge(Why)));
        Assert.Empty(deals.Do("b", "a", new TieCommand.Unmerge(Why)));
        Assert.Equal((before, apart), (deals.Tell("a"), deals.Tell("b")));
    }

    [Fact]
    public void Claims_of_a_merged_deal_count_from_when_they_were_recorded_and_not_from_the_merge()
    {
        var deals = new SeveralDeals().Announce("b", DealStatus.Announced, 650).Announce("a", DealStatus.Announced, 700);
        var recorded = deals["b"].Claims.Select(claim => claim.Cause).ToList();

        deals.Merge("b", "a");

        Assert.Equal(Sample.Exact(700), deals["a"].Amount);
        Assert.Equal(recorded, deals["a"].Claims.Where(claim => claim.Of == new DealId("b")).Select(claim => claim.Cause));
    }

    [Fact]
    public void What_is_decided_about_a_claim_that_came_from_a_merged_deal_is_told_of_both_and_stays_when_they_part()
    {
        var deals = new SeveralDeals().Announce("a", DealStatus.Announced, 700).Announce("b", DealStatus.Closed, 650);
        deals.Merge("b", "a");
        var claim = deals["b"].Claim(Field.Amount)!.Claim.Id;

        Assert.Equal(["a: DealEchoed", "b: DealClaimWithdrawn"], deals.Do("a", new DealCommand.Withdraw(claim, Why)));
        Assert.Empty(deals.Do("a", new DealCommand.Withdraw(claim, Why)));
        Assert.Equal((Sample.Exact(700), Standing.Withdrawn), (deals["a"].Amount, deals["b"].Find(claim)!.Standing));
        Assert.Empty(deals["a"].Contested);
        deals.Do("b", "a", new TieCommand.Unmerge(Why));
        Assert.Equal(Amount.Undisclosed, deals["b"].Amount);
    }

    [Fact]
    public void An_announcement_of_a_merged_deal_is_told_of_both_and_known_of_both()
    {
        var deals = new SeveralDeals().Announce("a", DealStatus.Announced, 700).Announce("b", DealStatus.Closed, 650);
        deals.Merge("b", "a");
        var more = new DealCommand.Announce(Sample.Other, [Sample.Claim(Sample.Led(Sample.Tencent), article: Sample.Other)]);

        Assert.Equal(["a: DealEchoed", "b: DealCorroborated"], deals.Do("a", more, "b"));
        Assert.Empty(deals.Do("a", more, "b"));
        Assert.Equal([Sample.Led(Sample.Tencent)], deals["a"].Investors);
        deals.Do("b", "a", new TieCommand.Unmerge(Why));
        Assert.Empty(deals["a"].Investors);
        Assert.Equal([Sample.Led(Sample.Tencent)], deals["b"].Investors);
    }

    [Fact]
    public void A_preference_ends_the_one_that_came_with_a_merged_deal()
    {
        var deals = new SeveralDeals().Announce("a", DealStatus.Announced, 700).Announce("b", DealStatus.Closed, 650);
        var (ours, theirs) = (deals["a"].Claim(Field.Amount)!.Claim.Id, deals["b"].Claim(Field.Amount)!.Claim.Id);
        deals.Do("b", new DealCommand.Prefer(theirs, Why));
        deals.Merge("b", "a");

        Assert.Equal(["a: DealEchoed", "b: DealPreferenceEnded", "a: DealClaimPreferred"], deals.Do("a", new DealCommand.Prefer(ours, Why)));
        Assert.Equal((Sample.Exact(700), false), (deals["a"].Amount, deals["a"].Contested.Any()));
    }

    [Fact]
    public void Merges_are_undone_in_their_order_and_go_in_no_circle()
    {
        var deals = new SeveralDeals().Announce("a", DealStatus.Announced, 1).Announce("b", DealStatus.Announced, 2).Announce("c", DealStatus.Announced, 3);
        deals.Merge("c", "b");
        deals.Merge("b", "a");

        deals.Refuses("c", "b", new TieCommand.Unmerge(Why), "deal-merged", "Deal b was itself merged into a; undo that first.");
        deals.Refuses("a", "c", new TieCommand.Merge([], Why), "deal-merged", "Deal c was itself merged into b; merge into that one.");
        deals.Refuses("c", "a", new TieCommand.Merge([], Why), "deal-merged", "Deal c was merged into b already; undo that first.");
        var claim = deals["c"].Claim(Field.Amount)!.Claim.Id;
        Assert.Equal(["a: DealEchoed", "b: DealEchoed", "c: DealClaimWithdrawn"], deals.Do("a", new DealCommand.Withdraw(claim, Why)));
        deals.Do("b", "a", new TieCommand.Unmerge(Why));
        Assert.Equal(Standing.Withdrawn, deals["b"].Find(claim)!.Standing);
    }

    [Fact]
    public void Deals_of_two_companies_that_turned_out_to_be_one_are_tied_as_deals_of_one()
    {
        var deals = new SeveralDeals().Announce("a", DealStatus.Pledged, 280).Announce("b", DealStatus.Closed, 150, company: "enflame-two").Announce("sum", DealStatus.Announced, 900, DealKind.Aggregate);
        deals.Refuses("b", "a", new TieCommand.Join(PartKind.Tranche, Why), "companies-differ", "Deal b is one of enflame-two, and a one of enflame.");

        static PartyId Root(PartyId id) => id == new PartyId("enflame-two") ? new PartyId("enflame") : id;
        Assert.IsType<Decision<DealFact>.Record>(TieDecisions.Decide(deals["b"], deals["a"], new TieCommand.Join(PartKind.Tranche, Why), Root));
        Assert.IsType<Decision<DealFact>.Record>(TieDecisions.Decide(deals["b"], deals["sum"], new TieCommand.Cover([], Why), Root));
    }

    [Fact]
    public void Deals_that_an_editor_found_to_be_two_are_told_apart_and_not_merged_until_that_is_undone()
    {
        var deals = new SeveralDeals().Announce("a", DealStatus.Announced, 1).Announce("b", DealStatus.Announced, 2).Announce("c", DealStatus.Announced, 3);

        Assert.Equal(["b: DealDistinguished", "a: DealDistinguished"], deals.Do("b", "a", new TieCommand.Distinguish(Why)));
        Assert.Empty(deals.Do("b", "a", new TieCommand.Distinguish(Why)));
        Assert.Empty(deals.Do("a", "b", new TieCommand.Distinguish(Why)));
        deals.Refuses("b", "a", new TieCommand.Merge([], Why), "deal-distinct", "somebody has found that deal b is another one than a, because: because Undo that first.");
        Assert.True(DealSketch.Of(deals["a"])!.IsTiedTo(DealSketch.Of(deals["b"])!));

        // What became one with one of the two is another one, too.
        deals.Merge("b", "c");
        deals.Refuses("a", "c", new TieCommand.Merge([], Why), "deal-distinct", "somebody has found that deal a is another one than c, because: because Undo that first.");
        deals.Refuses("c", "a", new TieCommand.Merge([], Why), "deal-distinct", "somebody has found that deal c is another one than a, because: because Undo that first.");
        deals.Refuses("b", "a", new TieCommand.EndDistinction(Why), "deal-merged", "Deal b was merged into c; name that one.");
        deals.Refuses("c", "a", new TieCommand.EndDistinction(Why), "deal-merged", "Deal b, which was found to be another one than a, was merged into c; undo that first.");
        Assert.Empty(deals.Do("a", "c", new TieCommand.EndDistinction(Why)));

        deals.Do("b", "c", new TieCommand.Unmerge(Why));
        Assert.Equal(["a: DealDistinctionEnded", "b: DealDistinctionEnded"], deals.Do("a", "b", new TieCommand.EndDistinction(Why)));
        Assert.Empty(deals.Do("b", "a", new TieCommand.EndDistinction(Why)));
        Assert.NotEmpty(deals.Merge("b", "a"));
    }

    [Fact]
    public void A_deal_that_is_tied_is_neither_merged_nor_retracted()
    {
        var deals = new SeveralDeals().Announce("a", DealStatus.Announced, 1).Announce("b", DealStatus.Announced, 2).Announce("c", DealStatus.Announced, 3);
        deals.Do("b", "a", new TieCommand.Join(PartKind.Extension, Why));

        deals.Refuses("b", "c", new TieCommand.Merge([], Why), "deal-tied", "Deal b is part of a; end that first.");
        deals.Refuses("a", "c", new TieCommand.Merge([], Why), "deal-tied", "Deal a has b for a part; end that first.");
        Assert.Equal("Deal b is part of a; end that first.", ((Decision<DealEvent>.Refuse)DealDecisions.Decide(deals["b"], new DealCommand.Retract(Why))).Refusal.Sentence);
    }

    [Fact]
    public void A_retracted_deal_is_neither_listed_nor_tied_until_it_is_reinstated()
    {
        var deals = new SeveralDeals().Announce("a", DealStatus.Announced, 1).Announce("b", DealStatus.Announced, 2);

        Assert.Equal(["a: DealRetracted"], deals.Do("a", new DealCommand.Retract(Why)));
        Assert.Empty(deals.Do("a", new DealCommand.Retract(Why)));
        Assert.Equal((false, false), (deals["a"].IsListed, deals["a"].Counts));
        deals.Refuses("b", "a", new TieCommand.Merge([], Why), "deal-retracted", "Deal a was retracted; reinstate it first.");
        deals.Refuses("b", "a", new TieCommand.Join(PartKind.Tranche, Why), "deal-retracted", "Deal a was retracted; reinstate it first.");
        Assert.Equal(["a: DealReinstated"], deals.Do("a", new DealCommand.Reinstate(Why)));
        Assert.Empty(deals.Do("a", new DealCommand.Reinstate(Why)));
        Assert.True(deals["a"].Counts);
    }
}
