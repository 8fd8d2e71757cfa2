using System.Reflection;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Claims;

public sealed class ClaimTests
{
    private static readonly Quote Quote = new("Enflame raised RMB 700 million.", 1, 0);

    [Fact]
    public void The_words_of_a_claim_stand_in_its_quote()
    {
        Assert.Equal("RMB 700 million", new Claim(new ClaimId("c"), Sample.Raised(700), "RMB 700 million", Quote).AsWritten);

        var refused = Assert.Throws<InvalidValueException>(() => new Claim(new ClaimId("c"), Sample.Raised(700), "RMB 800 million", Quote));
        Assert.Equal(("words", "“RMB 800 million” do not stand in the quote “Enflame raised RMB 700 million.”"), (refused.Field, refused.Problem));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void A_claim_without_words_is_refused(string words) =>
        Assert.Equal("words", Assert.Throws<InvalidValueException>(() => new Claim(new ClaimId("c"), Sample.Raised(700), words, Quote)).Field);

    [Fact]
    public void Values_that_a_claim_cannot_have_are_refused()
    {
        Refused("usdAsReported.currency", () => new ClaimValue.UsdAsReported(Sample.Exact(7, "EUR")));
        Refused("usdAsReported.currency", () => new ClaimValue.UsdAsReported(Amount.Undisclosed));
        Refused("investor", () => new ClaimValue.Investor(null, InvestorRole.Lead));
        Refused("investor", () => new ClaimValue.Investor(Sample.Tencent, InvestorRole.Lead, Unnamed: "several funds"));
        Refused("investor.unnamed", () => new ClaimValue.Investor(null, InvestorRole.Lead, Unnamed: "two\nlines"));
        Refused("affiliation.with", () => new ClaimValue.Affiliation(AffiliationKind.FundOf, null));
        Refused("round.series", () => new ClaimValue.Round("Series B", null, null));
        Refused("round.modifier", () => new ClaimValue.Round("b", "Plus!", null));
        Refused("sector", () => new ClaimValue.Sector("Artificial intelligence"));
        Refused("place", () => new ClaimValue.Place(""));
        Refused("reportedBy", () => new ClaimValue.ReportedBy("two\nlines"));
        Refused("investorKind", () => new ClaimValue.InvestorKind("Private equity"));
        Refused("marketFigure.measure", () => new ClaimValue.MarketFigure("", When.Unknown, Sample.Exact(7)));
        Assert.Null(new ClaimValue.Affiliation(AffiliationKind.StateBacked, null).With);
    }

    [Fact]
    public void Every_field_is_claimed_by_one_sort_of_value()
    {
        Assert.Equal(Enum.GetValues<Field>(), Values.Select(value => value.Slot.Field).Distinct().Order());
        Assert.Equal(typeof(ClaimValue).GetNestedTypes(BindingFlags.Public).ToHashSet(), Values.Select(value => value.GetType()).ToHashSet());
    }

    [Fact]
    public void Agreement_goes_both_ways_and_every_value_agrees_with_itself()
    {
        foreach (var a in Values)
        {
            Assert.True(a.Agrees(a), a.ToString());
            foreach (var b in Values.Where(b => b.Slot == a.Slot))
                Assert.True(a.Agrees(b) == b.Agrees(a), $"{a} and {b}");
        }
    }

    [Fact]
    public void Values_that_can_both_be_true_agree()
    {
        Agree(new ClaimValue.Round("b", null, null), new ClaimValue.Round(null, "plus", Instrument.Equity));
        Agree(Sample.Status(DealStatus.Planned), Sample.Status(DealStatus.Closed));
        Agree(Sample.Raised(700), new ClaimValue.Raised(Amount.Undisclosed));
        Agree(Sample.On("2020-04-03"), Sample.On("XXXX-04"));
        Agree(new ClaimValue.Valuation(Sample.Exact(20), ValuationBasis.Post), new ClaimValue.Valuation(Sample.Exact(20), ValuationBasis.Unknown));
        Agree(new ClaimValue.Investor(Sample.Tencent, InvestorRole.Participant, Existing: true), Sample.Joined(Sample.Tencent));
        // Who led or joined a round also backs the company.
        Agree(Sample.Led(Sample.Tencent), new ClaimValue.Investor(Sample.Tencent, InvestorRole.Backer));
    }

    [Fact]
    public void Values_that_cannot_both_be_true_do_not_agree()
    {
        Disagree(Sample.Company, new ClaimValue.Company(Sample.Tencent));
        Disagree(Sample.Round, new ClaimValue.Kind(DealKind.Aggregate));
        Disagree(new ClaimValue.Round("b", null, null), new ClaimValue.Round("c", null, null));
        Disagree(new ClaimValue.Round("b", "plus", null), new ClaimValue.Round("b", "extension", null));
        Disagree(new ClaimValue.Round("b", null, Instrument.Debt), new ClaimValue.Round("b", null, Instrument.Equity));
        Disagree(Sample.Raised(700), Sample.Raised(701));
        Disagree(Sample.Raised(700), Sample.Raised(700, "USD"));
        Disagree(Sample.On("2020-04-03"), Sample.On("2020-05"));
        Disagree(Sample.Led(Sample.Tencent), Sample.Joined(Sample.Tencent));
        Disagree(new ClaimValue.Valuation(Sample.Exact(20), ValuationBasis.Post), new ClaimValue.Valuation(Sample.Exact(20), ValuationBasis.Pre));
    }

    [Fact]
    public void Investors_that_are_not_named_never_share_a_slot_with_one_that_is()
    {
        var unnamed = new ClaimValue.Investor(null, InvestorRole.Lead, Unnamed: "tencent");

        Assert.NotEqual(Sample.Led(Sample.Tencent).Slot, unnamed.Slot);
    }

    [Theory]
    [InlineData(Field.UsdAsReported, "", "usdAsReported")]
    [InlineData(Field.Investor, "tencent", "investor/tencent")]
    public void A_slot_is_called_by_its_field_and_its_key(Field field, string key, string name) => Assert.Equal(name, new Slot(field, key).ToString());

    private static readonly ClaimValue[] Values =
    [
        Sample.Company, Sample.Round, new ClaimValue.Round("b", null, Instrument.Equity), new ClaimValue.Round(null, null, null),
        new ClaimValue.Round("c", "plus", null), Sample.Announced, Sample.Status(DealStatus.Closed, "2020-04"), Sample.Raised(7), Sample.Raised(8),
        new ClaimValue.Raised(Amount.Undisclosed), new ClaimValue.UsdAsReported(Sample.Exact(7, "USD")),
        new ClaimValue.Valuation(Sample.Exact(7), ValuationBasis.Post), new ClaimValue.Valuation(Sample.Exact(7), ValuationBasis.Unknown),
        Sample.Led(Sample.Tencent), Sample.Joined(Sample.Tencent), new ClaimValue.Investor(Sample.Tencent, InvestorRole.Backer),
        new ClaimValue.Investor(null, InvestorRole.Lead, Unnamed: "several funds"), new ClaimValue.OthersUndisclosed(),
        Sample.On("2020-04-03"), Sample.On("XXXX-04"), Sample.On("unknown"), new ClaimValue.UseOfProceeds(), new ClaimValue.Period(When.Unknown),
        new ClaimValue.Sector("gaming"), new ClaimValue.Place("Shanghai"), new ClaimValue.ReportedBy("36Kr"),
        new ClaimValue.Founded(When.Parse("founded", "2014")), new ClaimValue.InvestorKind("corporate"),
        new ClaimValue.Affiliation(AffiliationKind.StateBacked, null), new ClaimValue.Backer(Sample.Tencent),
        new ClaimValue.MarketFigure("Investment", When.Unknown, Sample.Exact(7)),
    ];

    private static void Refused(string field, Func<ClaimValue> make) => Assert.Equal(field, Assert.Throws<InvalidValueException>(make).Field);

    private static void Agree(ClaimValue a, ClaimValue b) => Assert.True(a.Agrees(b) && b.Agrees(a), $"{a} and {b}");

    private static void Disagree(ClaimValue a, ClaimValue b) => Assert.False(a.Agrees(b) || b.Agrees(a), $"{a} and {b}");
}
