using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Deals;

/// <summary>Correcting, withdrawing, restoring and preferring claims. Every one of them, repeated, records nothing: see <c>Then</c>.</summary>
public sealed class ClaimDecisionsTests
{
    private static readonly Reason Why = new("because");
    private static readonly Claim Dollars = Sample.Claim(Sample.Raised(280, "USD"));
    private static readonly Claim Yuan = Sample.Claim(Sample.Raised(280), article: Sample.Other);
    private static readonly Claim Other = Sample.Claim(Sample.Raised(300, "USD"), article: Sample.Other);
    private static readonly DealEvent Known = new DealEvent.DealAnnounced(Sample.Article, [.. Sample.Claims(Sample.Company, Sample.Round, Sample.Announced), Dollars]);
    private static readonly DealEvent Disputed = new DealEvent.DealCorroborated(Sample.Other, [Other]);
    private static readonly DealEvent Corrected = new DealEvent.DealClaimCorrected(Dollars.Id, Sample.Other, Yuan, Why);

    [Fact]
    public void A_wrong_claim_is_corrected_by_a_right_one_of_the_same_field()
    {
        Given.Deal(Known).When(new DealCommand.Correct(Dollars.Id, Sample.Other, Yuan, Why)).Then(Corrected);

        var deal = Fold(Known, Corrected);
        Assert.Equal((Sample.Exact(280), Standing.Corrected), (deal.Amount, deal.Find(Dollars.Id)!.Standing));
        Assert.Equal((true, Dollars.Id), (deal.Find(Yuan.Id)!.IsCorrection, deal.Find(Yuan.Id)!.Corrects));
        Assert.Empty(deal.Contested);
    }

    [Fact]
    public void A_correction_may_change_which_investor_it_was()
    {
        var wrong = Sample.Claim(Sample.Led(Sample.Tencent));
        var right = Sample.Claim(Sample.Led(Sample.Summitview));
        var deal = Fold(Known, new DealEvent.DealCorroborated(Sample.Article, [wrong]), new DealEvent.DealClaimCorrected(wrong.Id, Sample.Article, right, Why));

        Assert.Equal([Sample.Led(Sample.Summitview)], deal.Investors);
        Assert.Null(deal.Current(wrong.Value.Slot));
    }

    [Fact]
    public void A_claim_is_not_corrected_by_one_of_another_field_by_itself_or_by_one_that_was_corrected()
    {
        Given.Deal(Known).When(new DealCommand.Correct(Dollars.Id, Sample.Article, Sample.Claim(Sample.Announced), Why))
            .ThenRefused("correction-of-another-field", $"Claim {Dollars.Id} is of amount, and cannot be corrected by one of status.");
        Given.Deal(Known).When(new DealCommand.Correct(Dollars.Id, Sample.Article, Dollars, Why)).ThenRefused("correction-of-itself", $"Claim {Dollars.Id} says that already.");
        Given.Deal(Known, Corrected).When(new DealCommand.Correct(Yuan.Id, Sample.Article, Dollars, Why))
            .ThenRefused("correction-corrected", $"Claim {Dollars.Id}, which says the same, was itself corrected, by claim {Yuan.Id}; restore it.");
        Given.Deal(Known, Corrected).When(new DealCommand.Correct(Dollars.Id, Sample.Article, Other, Why))
            .ThenRefused("claim-corrected", $"Claim {Dollars.Id} was corrected already, by claim {Yuan.Id}; correct that one.");
        Given.Deal(Known).When(new DealCommand.Correct(new ClaimId("nowhere"), Sample.Article, Yuan, Why)).ThenRefused("claim-unknown", "Deal enflame-series-b has no claim nowhere.");
    }

    [Fact]
    public void A_corrected_claim_that_is_restored_stands_again_and_what_corrected_it_falls()
    {
        Given.Deal(Known, Corrected).When(new DealCommand.Restore(Dollars.Id, Why)).Then(new DealEvent.DealClaimRestored(Dollars.Id, [Yuan.Id], Why));

        var deal = Fold(Known, Corrected, new DealEvent.DealClaimRestored(Dollars.Id, [Yuan.Id], Why));
        Assert.Equal((Sample.Exact(280, "USD"), Standing.Withdrawn), (deal.Amount, deal.Find(Yuan.Id)!.Standing));
        Assert.Empty(deal.Contested);
    }

    [Fact]
    public void What_corrected_a_correction_falls_with_it()
    {
        var again = new DealEvent.DealClaimCorrected(Yuan.Id, Sample.Other, Other, Why);

        Given.Deal(Known, Corrected, again).When(new DealCommand.Restore(Dollars.Id, Why)).Then(new DealEvent.DealClaimRestored(Dollars.Id, [Yuan.Id, Other.Id], Why));
    }

    [Fact]
    public void A_claim_that_an_article_made_does_not_fall_because_it_corrected_another_one()
    {
        var corrected = new DealEvent.DealClaimCorrected(Dollars.Id, Sample.Other, Other, Why);

        Given.Deal(Known, Disputed, corrected).When(new DealCommand.Restore(Dollars.Id, Why)).Then(new DealEvent.DealClaimRestored(Dollars.Id, [], Why));
        Assert.Equal([Field.Amount], Fold(Known, Disputed, corrected, new DealEvent.DealClaimRestored(Dollars.Id, [], Why)).Contested);
    }

    [Fact]
    public void A_correction_that_was_undone_can_be_made_again()
    {
        var restored = new DealEvent.DealClaimRestored(Dollars.Id, [Yuan.Id], Why);

        Given.Deal(Known, Corrected, restored).When(new DealCommand.Correct(Dollars.Id, Sample.Other, Yuan, Why)).Then(Corrected);
        Assert.Equal(Sample.Exact(280), Fold(Known, Corrected, restored, Corrected).Amount);
    }

    [Fact]
    public void A_withdrawn_claim_counts_for_nothing_and_can_be_restored()
    {
        var withdrawn = new DealEvent.DealClaimWithdrawn(Dollars.Id, Why);
        Given.Deal(Known).When(new DealCommand.Withdraw(Dollars.Id, Why)).Then(withdrawn);
        Given.Deal(Known, withdrawn).When(new DealCommand.Restore(Dollars.Id, Why)).Then(new DealEvent.DealClaimRestored(Dollars.Id, [], Why));

        var deal = Fold(Known, withdrawn);
        Assert.Equal((Amount.Undisclosed, 4), (deal.Amount, deal.Claims.Length));
        Assert.Equal(Sample.Exact(280, "USD"), Fold(Known, withdrawn, new DealEvent.DealClaimRestored(Dollars.Id, [], Why)).Amount);
    }

    [Fact]
    public void A_correction_that_is_withdrawn_gives_its_place_back()
    {
        var deal = Fold(Known, Corrected, new DealEvent.DealClaimWithdrawn(Yuan.Id, Why));

        Assert.Equal((Sample.Exact(280, "USD"), Standing.Normal), (deal.Amount, deal.Find(Dollars.Id)!.Standing));
        Given.Deal(Known, Corrected).When(new DealCommand.Withdraw(Dollars.Id, Why))
            .ThenRefused("claim-corrected", $"Claim {Dollars.Id} was corrected by claim {Yuan.Id} and counts for nothing; withdraw that one.");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_last_claim_of_the_company_the_kind_or_the_status_stays(int required)
    {
        var claim = Sample.Claims(Sample.Company, Sample.Round, Sample.Announced)[required];

        Given.Deal(Known).When(new DealCommand.Withdraw(claim.Id, Why)).ThenRefused("claim-needed",
            "Without that claim nothing would say the company, the kind or the status of deal enflame-series-b; correct it, or retract the deal.");
    }

    [Fact]
    public void A_preference_settles_a_contest_and_its_end_brings_the_contest_back()
    {
        var preferred = new DealEvent.DealClaimPreferred(Dollars.Id, Why);
        Assert.Equal([Field.Amount], Fold(Known, Disputed).Contested);
        Given.Deal(Known, Disputed).When(new DealCommand.Prefer(Dollars.Id, Why)).Then(preferred);
        Given.Deal(Known, Disputed, preferred).When(new DealCommand.EndPreference(Dollars.Id, Why)).Then(new DealEvent.DealPreferenceEnded(Dollars.Id, Why));

        var deal = Fold(Known, Disputed, preferred);
        Assert.Empty(deal.Contested);
        Assert.Equal((Dollars, ChosenBy.Preference), (deal.Choice(Dollars.Value.Slot)!.Claim.Claim, deal.Choice(Dollars.Value.Slot)!.By));
        Assert.Equal([Field.Amount], Fold(Known, Disputed, preferred, new DealEvent.DealPreferenceEnded(Dollars.Id, Why)).Contested);
    }

    [Fact]
    public void A_slot_has_one_preference_at_a_time()
    {
        var deal = Fold(Known, Disputed, new DealEvent.DealClaimPreferred(Dollars.Id, Why), new DealEvent.DealClaimPreferred(Other.Id, Why));

        Assert.Equal((Standing.Normal, Standing.Preferred), (deal.Find(Dollars.Id)!.Standing, deal.Find(Other.Id)!.Standing));
    }

    [Fact]
    public void What_counts_for_nothing_and_a_status_cannot_be_preferred()
    {
        Given.Deal(Known, Corrected).When(new DealCommand.Prefer(Dollars.Id, Why)).ThenRefused("claim-not-standing", $"Claim {Dollars.Id} was corrected; restore it first.");
        var status = Sample.Claim(Sample.Announced).Id;
        Given.Deal(Known).When(new DealCommand.Prefer(status, Why))
            .ThenRefused("status-not-preferred", $"Claim {status} is of the status, which goes by time; correct or withdraw the claims that are wrong.");
    }

    [Fact]
    public void The_rule_asks_for_a_preference_then_a_correction_then_the_rank_then_which_was_recorded_last()
    {
        var third = Sample.Claim(Sample.Raised(400, "USD"), article: new ArticleId("article-three"));
        DealEvent more = new DealEvent.DealCorroborated(new ArticleId("article-three"), [third]);
        DealEvent ranked = new DealEvent.DealSourceRanked("The Daily", [Sample.Other], 1);

        Assert.Equal((third, ChosenBy.Last), Chosen(Known, Disputed, more));
        Assert.Equal((Other, ChosenBy.Rank), Chosen(Known, Disputed, more, ranked));
        var corrected = new DealEvent.DealClaimCorrected(Dollars.Id, Sample.Article, Sample.Claim(Sample.Raised(280, "EUR")), Why);
        Assert.Equal((corrected.By, ChosenBy.Correction), Chosen(Known, Disputed, more, ranked, corrected));
        Assert.Equal((third, ChosenBy.Preference), Chosen(Known, Disputed, more, ranked, corrected, new DealEvent.DealClaimPreferred(third.Id, Why)));
        Assert.Equal((Dollars, ChosenBy.Agreement), Chosen(Known));
    }

    [Fact]
    public void A_source_is_ranked_once_and_only_where_the_deal_cites_it() =>
        Given.Deal(Known, Disputed).When(new DealCommand.RankSource("The Daily", [Sample.Other, new ArticleId("elsewhere")], 2))
            .Then(new DealEvent.DealSourceRanked("The Daily", [Sample.Other], 2));

    private static (Claim, ChosenBy) Chosen(params DealEvent[] history)
    {
        var choice = Fold(history).Choice(new Slot(Field.Amount, ""))!;
        return (choice.Claim.Claim, choice.By);
    }

    private static Deal Fold(params DealEvent[] history) =>
        history.Aggregate(Deal.Unknown(Sample.Deal), (deal, e) => deal.Evolve(e, Sample.Cause(deal.Version + 1)));
}
