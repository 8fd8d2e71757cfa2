using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Deals;

public sealed class DealDecisionsTests
{
    private static readonly ClaimValue[] Least = [Sample.Company, Sample.Round, Sample.Announced];
    private static readonly DealEvent Known = new DealEvent.DealAnnounced(Sample.Article, Sample.Claims(Least));

    [Fact]
    public void A_new_deal_is_announced_with_all_its_claims() =>
        Given.Deal().When(Announce(Sample.Article, [.. Least, Sample.Raised(700), Sample.Led(Sample.Summitview)]))
            .Then(new DealEvent.DealAnnounced(Sample.Article, Sample.Claims([.. Least, Sample.Raised(700), Sample.Led(Sample.Summitview)])));

    [Fact]
    public void The_same_announcement_twice_changes_nothing() => Given.Deal(Known).When(Announce(Sample.Article, Least)).ThenNothing();

    [Fact]
    public void The_same_announcement_in_another_order_changes_nothing() =>
        Given.Deal(Known).When(Announce(Sample.Article, [.. Least.Reverse()])).ThenNothing();

    [Fact]
    public void A_part_of_what_is_known_changes_nothing() => Given.Deal(Known).When(Announce(Sample.Article, Sample.Company)).ThenNothing();

    [Fact]
    public void An_announcement_of_nothing_changes_nothing_of_a_known_deal() => Given.Deal(Known).When(Announce(Sample.Article)).ThenNothing();

    [Fact]
    public void Of_the_same_article_with_more_claims_only_the_news_are_recorded() =>
        Given.Deal(Known).When(Announce(Sample.Article, [.. Least, Sample.Raised(700)]))
            .Then(new DealEvent.DealCorroborated(Sample.Article, Sample.Claims(Sample.Raised(700))));

    [Fact]
    public void A_second_article_corroborates_with_everything_that_it_says()
    {
        var claims = Least.Select(value => Sample.Claim(value, article: Sample.Other)).ToArray();

        Given.Deal(Known).When(new DealCommand.Announce(Sample.Other, [.. claims])).Then(new DealEvent.DealCorroborated(Sample.Other, [.. claims]));
    }

    [Fact]
    public void A_known_deal_needs_no_company_kind_or_status_again() =>
        Given.Deal(Known).When(Announce(Sample.Article, Sample.Joined(Sample.Tencent)))
            .Then(new DealEvent.DealCorroborated(Sample.Article, Sample.Claims(Sample.Joined(Sample.Tencent))));

    [Fact]
    public void A_claim_made_twice_in_one_announcement_is_recorded_once() =>
        Given.Deal().When(Announce(Sample.Article, [.. Least, Sample.Round])).Then(Known);

    [Theory]
    [InlineData(Field.Company, "deal-without-company", "Deal enflame-series-b: no claim says its company.")]
    [InlineData(Field.Kind, "deal-without-kind", "Deal enflame-series-b: no claim says its kind.")]
    [InlineData(Field.Status, "deal-without-status", "Deal enflame-series-b: no claim says its status.")]
    public void A_first_announcement_says_whose_deal_it_is_what_sort_and_how_far_it_has_come(Field missing, string type, string sentence) =>
        Given.Deal().When(Announce(Sample.Article, [.. Least.Where(value => value.Slot.Field != missing), Sample.Raised(700)])).ThenRefused(type, sentence);

    [Fact]
    public void An_announcement_of_nothing_makes_no_deal() =>
        Given.Deal().When(Announce(Sample.Article)).ThenRefused("deal-without-claims", "Deal enflame-series-b: the announcement claims nothing.");

    public static readonly TheoryData<string> FieldsOfOthers = ["founded", "investorKind/corporate", "affiliation/stateBacked", "backer/tencent", "marketFigure/Investment/unknown/7"];

    [Theory]
    [MemberData(nameof(FieldsOfOthers))]
    public void A_field_that_deals_do_not_have_is_refused_of_new_and_known_ones(string slot)
    {
        ClaimValue[] others =
        [
            new ClaimValue.Founded(When.Unknown), new ClaimValue.InvestorKind("corporate"), new ClaimValue.Affiliation(AffiliationKind.StateBacked, null),
            new ClaimValue.Backer(Sample.Tencent), new ClaimValue.MarketFigure("Investment", When.Unknown, Sample.Exact(7)),
        ];
        var misplaced = others.Single(value => value.Slot.ToString() == slot);

        Given.Deal().When(Announce(Sample.Article, [.. Least, misplaced]))
            .ThenRefused("field-not-of-a-deal", $"Deal enflame-series-b: {slot} is not a field of a deal.");
        Given.Deal(Known).When(Announce(Sample.Article, misplaced))
            .ThenRefused("field-not-of-a-deal", $"Deal enflame-series-b: {slot} is not a field of a deal.");
    }

    [Fact]
    public void A_status_advances_by_a_claim_with_its_time()
    {
        var closed = Sample.Claim(Sample.Status(DealStatus.Closed, "2021-05-03"), article: Sample.Other);

        Given.Deal(Known).When(new DealCommand.Advance(Sample.Other, closed)).Then(new DealEvent.DealStatusAdvanced(Sample.Other, closed));
    }

    [Theory]
    [InlineData("closed", "announced")]
    [InlineData("closed", "withdrawn")]
    [InlineData("announced", "announced")]
    [InlineData("pledged", "planned")]
    public void A_status_does_not_go_back(string from, string to)
    {
        var now = new DealEvent.DealStatusAdvanced(Sample.Article, Sample.Claim(Sample.Status(Enum.Parse<DealStatus>(from, ignoreCase: true)), "first"));

        Given.Deal(Known, now).When(new DealCommand.Advance(Sample.Other, Sample.Claim(Sample.Status(Enum.Parse<DealStatus>(to, ignoreCase: true)), "then"))).ThenRefused(
            "status-not-advanced", $"Deal enflame-series-b is {from}, from where it does not advance to {to}; if a claim of its status is wrong, correct or withdraw that.");
    }

    [Theory]
    [InlineData("postponed", "announced")]
    [InlineData("withdrawn", "planned")]
    [InlineData("pledged", "postponed")]
    public void What_came_to_a_halt_can_go_on(string from, string to)
    {
        var now = new DealEvent.DealStatusAdvanced(Sample.Article, Sample.Claim(Sample.Status(Enum.Parse<DealStatus>(from, ignoreCase: true)), "first"));
        var next = Sample.Claim(Sample.Status(Enum.Parse<DealStatus>(to, ignoreCase: true)), "then");

        Given.Deal(Known, now).When(new DealCommand.Advance(Sample.Other, next)).Then(new DealEvent.DealStatusAdvanced(Sample.Other, next));
    }

    [Fact]
    public void A_status_that_was_effective_before_the_present_one_advances_nothing()
    {
        var announced = new DealEvent.DealStatusAdvanced(Sample.Article, Sample.Claim(Sample.Status(DealStatus.Announced, "2021-05-03"), "first"));

        Given.Deal(Known, announced).When(new DealCommand.Advance(Sample.Other, Sample.Claim(Sample.Status(DealStatus.Closed, "2021-04")))).ThenRefused(
            "status-too-late", "Deal enflame-series-b is announced since a later time than 2021-04.");
        Given.Deal(Known).When(new DealCommand.Advance(Sample.Other, Sample.Claim(Sample.Raised(7))))
            .ThenRefused("no-status", "Deal enflame-series-b: a claim of amount advances no status.");
    }

    [Fact]
    public void A_deal_is_filed_under_a_sector_once_whether_an_editor_says_so_or_an_article()
    {
        var (tag, why) = (new ClaimValue.Sector("robotics"), new Reason("because"));
        Given.Deal(Known).When(new DealCommand.TagWith(tag, why)).Then(new DealEvent.DealTagged(tag, why));
        Given.Deal(Known, new DealEvent.DealCorroborated(Sample.Article, Sample.Claims(tag))).When(new DealCommand.TagWith(tag, why)).ThenNothing();
        Given.Deal(Known, new DealEvent.DealTagged(tag, why)).When(new DealCommand.Untag(tag, why)).Then(new DealEvent.DealUntagged(tag, why));
        Given.Deal(Known).When(new DealCommand.Untag(tag, why)).ThenNothing();
        Given.Deal(Known).When(new DealCommand.TagWith(Sample.Company, why)).ThenRefused("no-tag", "Deal enflame-series-b: company is neither a sector nor a place.");
    }

    [Fact]
    public void A_sector_that_an_article_says_is_taken_off_by_withdrawing_the_claim()
    {
        var (tag, why) = (new ClaimValue.Sector("robotics"), new Reason("because"));

        Given.Deal(Known, new DealEvent.DealCorroborated(Sample.Article, Sample.Claims(tag))).When(new DealCommand.Untag(tag, why))
            .Then(new DealEvent.DealClaimWithdrawn(Sample.Claim(tag).Id, why));
    }

    [Fact]
    public void Whatever_is_wanted_of_a_deal_that_is_not_recorded_is_refused() =>
        Given.Deal().When(new DealCommand.Retract(new Reason("because"))).ThenRefused("deal-unknown", "Deal enflame-series-b is not recorded.");

    private static DealCommand.Announce Announce(ArticleId source, params ClaimValue[] values) => new(source, Sample.Claims(values));
}
