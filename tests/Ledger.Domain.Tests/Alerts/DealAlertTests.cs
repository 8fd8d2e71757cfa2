using Ledger.Domain.Alerts;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Alerts;

/// <summary>Which events of a deal are worth an alert, and of what sort.</summary>
public sealed class DealAlertTests
{
    private static readonly Reason Why = new("Because.");

    [Fact]
    public void A_deal_that_becomes_known_is_new_and_a_claim_that_says_the_same_again_is_no_news()
    {
        var first = new DealEvent.DealAnnounced(Sample.Article, Sample.Claims(Sample.Company, Sample.Round, Sample.Announced, Sample.Raised(700)));
        var again = new DealEvent.DealCorroborated(Sample.Other, [Sample.Claim(Sample.Raised(700), article: Sample.Other)]);

        var alert = Assert.Single(Told(first, again));
        Assert.Equal([AlertKind.NewDeal], alert.Kinds.Each());
        Assert.Contains(alert.Fields, field => field is { Slot.Field: Field.Amount, From: null, To.Claim.Value: ClaimValue.Raised });
    }

    [Fact]
    public void A_correction_tells_the_claim_before_and_the_one_in_its_place()
    {
        var wrong = Sample.Claim(Sample.Raised(700));
        var right = Sample.Claim(Sample.Raised(900), article: Sample.Other);
        var alerts = Told(new DealEvent.DealAnnounced(Sample.Article, [.. Sample.Claims(Sample.Company, Sample.Round, Sample.Announced), wrong]), new DealEvent.DealClaimCorrected(wrong.Id, Sample.Other, right, Why));

        Assert.Equal([AlertKind.Correction], alerts[1].Kinds.Each());
        var field = Assert.Single(alerts[1].Fields);
        Assert.Equal((wrong, right), (field.From!.Claim, field.To!.Claim));
    }

    [Fact]
    public void Sources_that_contradict_each_other_contest_a_field_and_a_preference_ends_that()
    {
        var (one, other) = (Sample.Claim(Sample.Raised(700)), Sample.Claim(Sample.Raised(900), article: Sample.Other));
        var alerts = Told(
            new DealEvent.DealAnnounced(Sample.Article, [.. Sample.Claims(Sample.Company, Sample.Round, Sample.Announced), one]), new DealEvent.DealCorroborated(Sample.Other, [other]),
            new DealEvent.DealClaimPreferred(one.Id, Why), new DealEvent.DealClaimPreferred(one.Id, Why));

        Assert.Equal(3, alerts.Count);
        Assert.Equal([AlertKind.Contest, AlertKind.Other], alerts[1].Kinds.Each());
        Assert.Equal([AlertKind.Correction, AlertKind.Contest], alerts[2].Kinds.Each());
    }

    [Fact]
    public void A_status_a_valuation_and_a_tag_are_told_as_what_they_are()
    {
        var alerts = Told(
            Announced(), new DealEvent.DealStatusAdvanced(Sample.Other, Sample.Claim(Sample.Status(DealStatus.Closed, "2026-02"), article: Sample.Other)),
            new DealEvent.DealCorroborated(Sample.Other, [Sample.Claim(new ClaimValue.Valuation(Sample.Exact(5000), ValuationBasis.Post), article: Sample.Other)]),
            new DealEvent.DealTagged(new ClaimValue.Sector("chips"), Why), new DealEvent.DealTagged(new ClaimValue.Sector("chips"), Why));

        Assert.Equal([[AlertKind.NewDeal], [AlertKind.Status], [AlertKind.Valuation], [AlertKind.Other]], alerts.Select(alert => alert.Kinds.Each().ToArray()));
    }

    [Fact]
    public void What_a_source_of_a_known_rank_says_is_one_change_with_its_rank_and_to_rank_it_later_is_a_decision()
    {
        DealEvent[] told = [new DealEvent.DealAnnounced(Sample.Article, Sample.Claims(Sample.Company, Sample.Round, Sample.Announced, Sample.Raised(700))), new DealEvent.DealCorroborated(Sample.Other, [Sample.Claim(Sample.Raised(900), article: Sample.Other)])];

        var events = Numbered([.. told, new DealEvent.DealSourceRanked("Blog", [Sample.Other], -5)]);
        events[2] = (events[2].Item1, events[2].Item2 with { RecordedAt = events[1].Item2.RecordedAt });
        var atOnce = DealAlert.Of(Deal.Unknown(Sample.Deal), events, Nobody).ToList();
        Assert.All(atOnce.Skip(1), alert => Assert.Empty(alert.Fields));
        Assert.DoesNotContain(atOnce, alert => alert.Happened is DealEvent.DealSourceRanked);

        var alerts = Told([.. told, new DealEvent.DealSourceRanked("Blog", [Sample.Other], -5, Why)]);
        Assert.Equal(3, alerts.Count);
        Assert.Contains(AlertKind.Correction, alerts[2].Kinds.Each());
    }

    [Fact]
    public void What_is_retracted_changes_for_nobody_until_it_is_reinstated()
    {
        var alerts = Told(
            Announced(), new DealEvent.DealRetracted(Why), new DealEvent.DealCorroborated(Sample.Other, [Sample.Claim(Sample.Raised(700), article: Sample.Other)]), new DealEvent.DealReinstated(Why));

        Assert.Equal([1L, 2, 4], alerts.Select(alert => alert.Change.Cause.Position));
        Assert.All(alerts.Skip(1), alert => Assert.Equal([AlertKind.Retraction], alert.Kinds.Each()));
    }

    [Fact]
    public void A_merge_is_one_change_of_each_deal_with_all_that_the_other_one_brings()
    {
        var into = new DealId("other-deal");
        var brought = new DealEvent.DealAnnounced(Sample.Other, [.. Sample.Claims(Sample.Company, Sample.Round, Sample.Announced), Sample.Claim(Sample.Led(Sample.Tencent), article: Sample.Other)]);
        var away = DealAlert.Of(Deal.Unknown(Sample.Deal), Numbered(brought, new DealEvent.DealMerged(into, Why)), Nobody).ToList();
        var whole = DealAlert.Of(
            Deal.Unknown(into), Numbered(Announced(), new DealEvent.DealAbsorbed(Sample.Deal, Why), new DealEvent.DealEchoed(Sample.Deal, brought, Sample.Cause(1)), new DealEvent.DealReleased(Sample.Deal, Why)), Nobody).ToList();

        Assert.Equal([AlertKind.Merge], away[1].Kinds.Each());
        Assert.Equal([1L, 2, 4], whole.Select(alert => alert.Change.Cause.Position));
        Assert.Equal([AlertKind.Merge], whole[1].Kinds.Each());
        Assert.Contains(whole[1].Fields, field => field is { Slot.Field: Field.Investor, From: null });
        Assert.Contains(whole[2].Fields, field => field is { Slot.Field: Field.Investor, To: null });
    }

    [Fact]
    public void What_was_told_before_is_not_told_again()
    {
        var events = Numbered(Announced(), new DealEvent.DealRetracted(Why), new DealEvent.DealReinstated(Why));

        Assert.Equal([3L], DealAlert.Of(Deal.Unknown(Sample.Deal), events, Nobody, after: 2).Select(alert => alert.Change.Cause.Position));
    }

    [Fact]
    public void An_investor_that_turns_out_to_be_another_one_is_told_as_that_one_from_then_on()
    {
        var again = new DealEvent.DealCorroborated(Sample.Other, [Sample.Claim(Sample.Led(Sample.Tencent), article: Sample.Other)]);
        var first = new DealEvent.DealAnnounced(Sample.Article, Sample.Claims(Sample.Company, Sample.Round, Sample.Announced, Sample.Led(Sample.Summitview)));
        var alerts = DealAlert.Of(Deal.Unknown(Sample.Deal), Numbered(first, again), position => party => position > 1 && party == Sample.Summitview ? Sample.Tencent : party).ToList();

        Assert.Single(alerts);
    }

    private static DealEvent.DealAnnounced Announced() => new(Sample.Article, Sample.Claims(Sample.Company, Sample.Round, Sample.Announced));

    private static List<DealAlert> Told(params DealEvent[] events) => [.. DealAlert.Of(Deal.Unknown(Sample.Deal), Numbered(events), Nobody)];

    private static List<(DealEvent, Cause)> Numbered(params DealEvent[] events) => [.. events.Select((happened, index) => (happened, Sample.Cause(index + 1)))];

    private static Func<PartyId, PartyId> Nobody(long position) => party => party;
}
