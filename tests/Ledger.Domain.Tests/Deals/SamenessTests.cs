using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Rates;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Deals;

public sealed class SamenessTests
{
    private static readonly DealSketch Nothing = new(new DealId("a"), DealKind.Round, null, Amount.Undisclosed, null, When.Unknown, [], []);
    private static readonly Currency Yuan = new("CNY");
    private static readonly string?[] Series = [null, "b", "c"];
    private static readonly string[] Whens = ["unknown", "2020-04-03", "2020-04", "2021"];

    [Fact]
    public void What_only_one_of_them_says_counts_for_nothing()
    {
        var full = Nothing with { Round = new("b", "plus", Instrument.Equity), Amount = Sample.Exact(700), Announced = When.Parse("when", "2020-04-03"), Investors = [Sample.Tencent], Sources = [Sample.Article] };

        Assert.Equal([EvidenceOf.SameCompany], Weigh(full, Nothing));
        Assert.Equal([EvidenceOf.CompanyOfThatName], Sameness.Weigh(full, Nothing, byName: true, NoRates).Select(one => one.Of));
        Assert.True(Sameness.Score(Sameness.Weigh(full, Nothing, byName: false, NoRates)) < Sameness.Likely);
    }

    [Theory]
    [InlineData("b", null, "b", null, EvidenceOf.SameRound)]
    [InlineData("b", "plus", "b", "plus", EvidenceOf.SameRound)]
    [InlineData("b", "plus", "b", null, EvidenceOf.SameSeries)]
    [InlineData("b", "plus", "b", "bridge", EvidenceOf.OtherModifier)]
    [InlineData("b", null, "c", null, EvidenceOf.OtherSeries)]
    public void Rounds_are_told_apart_by_what_both_say_of_them(string series, string? modifier, string other, string? otherModifier, EvidenceOf evidence) =>
        Assert.Equal([EvidenceOf.SameCompany, evidence], Weigh(Nothing with { Round = new(series, modifier, null) }, Nothing with { Round = new(other, otherModifier, null) }));

    [Theory]
    [InlineData("2020-04-03", "2020-04-03", EvidenceOf.SameDay)]
    [InlineData("2020-04-03", "2020-04", EvidenceOf.SameTime)]
    [InlineData("2020-Q2", "2020-04", EvidenceOf.SameTime)]
    [InlineData("2020-04-03", "2020", EvidenceOf.PerhapsSameTime)]
    [InlineData("2020-04-03", "XXXX-04", EvidenceOf.PerhapsSameTime)]
    [InlineData("2020-04-03", "2020-04-17", EvidenceOf.DaysApart)]
    [InlineData("2020-04-03", "2020-05", EvidenceOf.DaysApart)]
    [InlineData("2020-04-03", "2020-06", EvidenceOf.FarApart)]
    [InlineData("2020-04-03", "XXXX-05", EvidenceOf.FarApart)]
    public void Times_agree_as_far_as_both_are_known(string when, string other, EvidenceOf evidence) =>
        Assert.Equal([EvidenceOf.SameCompany, evidence], Weigh(Nothing with { Announced = When.Parse("when", when) }, Nothing with { Announced = When.Parse("when", other) }));

    [Fact]
    public void Amounts_of_one_currency_are_the_same_or_overlap_or_differ()
    {
        Assert.Equal(EvidenceOf.SameAmount, Amounts(Sample.Exact(700), Sample.Exact(700)));
        Assert.Equal(EvidenceOf.AmountsOverlap, Amounts(new Amount(AmountQualifier.Over, Yuan, 600, null), Sample.Exact(700)));
        Assert.Equal(EvidenceOf.AmountsDiffer, Amounts(Sample.Exact(690), Sample.Exact(700)));
        Assert.Equal(EvidenceOf.AmountsOverlap, Amounts(new Amount(AmountQualifier.Approximately, Yuan, 690, 690), Sample.Exact(700)));
        Assert.Equal(EvidenceOf.AmountsDiffer, Amounts(new Amount(AmountQualifier.Approximately, Yuan, 660, 660), Sample.Exact(700)));
    }

    [Fact]
    public void Amounts_of_two_currencies_are_compared_in_dollars_those_of_a_source_before_those_that_are_reckoned()
    {
        var (yuan, dollars) = (Nothing with { Amount = Sample.Exact(700), Announced = When.Parse("when", "2020-04") }, Nothing with { Amount = Sample.Exact(100, "USD") });
        var rate = new DollarRate(Yuan, 7m, 7.2m, new DateOnly(2020, 4, 1), new DateOnly(2020, 4, 30), "ECB");

        Assert.Equal([EvidenceOf.SameCompany, EvidenceOf.AmountsNotComparable], Weigh(yuan, dollars));
        var reckoned = Sameness.Weigh(dollars, yuan, byName: false, (currency, when) => currency == Yuan && when == yuan.Announced ? rate : null)[^1];
        Assert.Equal(new Evidence(EvidenceOf.ReckonedOverlap, 15, null, rate), reckoned);
        Assert.Equal(EvidenceOf.ReckonedDiffer, Sameness.Weigh(dollars with { Amount = Sample.Exact(700, "USD") }, yuan, byName: false, (_, _) => rate)[^1].Of);
        // Nobody says when: then it was when the other one was, if they are one.
        Assert.Equal(EvidenceOf.ReckonedOverlap, Sameness.Weigh(yuan with { Announced = When.Unknown }, dollars with { Announced = yuan.Announced }, byName: false, (_, when) => when == yuan.Announced ? rate : null)[^1].Of);
        Assert.Equal(EvidenceOf.DollarsDiffer, Sameness.Weigh(yuan with { Usd = Sample.Exact(700, "USD") }, dollars, byName: false, (_, _) => rate)[^1].Of);
        Assert.Equal(EvidenceOf.DollarsOverlap, Sameness.Weigh(yuan with { Usd = Sample.Exact(98, "USD") }, dollars, byName: false, NoRates)[^1].Of);
    }

    [Fact]
    public void Investors_in_common_speak_for_it_and_the_more_the_better()
    {
        var one = Nothing with { Investors = [Sample.Tencent, Sample.Summitview] };

        Assert.Equal([10, 16, -10], new[] { Nothing with { Investors = [Sample.Tencent, new PartyId("c")] }, one, Nothing with { Investors = [new PartyId("c")] } }
            .Select(other => Sameness.Weigh(one, other, byName: false, NoRates)[^1].Points));
    }

    [Fact]
    public void One_strong_point_beside_the_company_is_worth_a_look_and_one_against_it_takes_that_away()
    {
        var one = Nothing with { Round = new("b", null, null) };

        Assert.InRange(Sameness.Score(Sameness.Weigh(one, one, byName: false, NoRates)), Sameness.Likely, 100);
        Assert.InRange(Sameness.Score(Sameness.Weigh(one, one with { Kind = DealKind.Aggregate }, byName: false, NoRates)), 0, Sameness.Likely - 1);
        Assert.InRange(Sameness.Score(Sameness.Weigh(one, one with { Sources = [Sample.Article] }, byName: false, NoRates)), Sameness.Likely, 100);
        Assert.InRange(Sameness.Score(Sameness.Weigh(one with { Sources = [Sample.Article] }, one with { Sources = [Sample.Article] }, byName: false, NoRates)), 0, Sameness.Likely - 1);
    }

    /// <summary>Of every two of some hundred deals that are made of every combination of a few values.</summary>
    [Fact]
    public void No_pair_that_is_likely_is_left_out_before_it_is_weighed()
    {
        var rate = new DollarRate(Yuan, 7m, 7m, new DateOnly(2020, 4, 1), new DateOnly(2020, 4, 30), "ECB");
        DealSketch[] deals =
        [
            .. from series in Series
               from amount in new[] { Amount.Undisclosed, Sample.Exact(700), Sample.Exact(100, "USD"), Sample.Exact(900) }
               from when in Whens
               from investors in new PartyId[][] { [], [Sample.Tencent], [Sample.Tencent, Sample.Summitview, Sample.Enflame] }
               select Nothing with { Round = series is null ? null : new(series, null, null), Amount = amount, Announced = When.Parse("when", when), Investors = [.. investors] },
        ];
        var likely = 0;
        foreach (var (a, b) in deals.SelectMany(_ => deals, (a, b) => (a, b)))
        {
            if (Sameness.Score(Sameness.Weigh(a, b, byName: false, (currency, _) => currency == Yuan ? rate : null)) < Sameness.Likely)
                continue;
            likely++;
            Assert.True(Sameness.MayBeLikely(a, b, byName: false), $"{a} and {b}");
        }
        Assert.InRange(likely, 1000, deals.Length * deals.Length / 2);
        Assert.False(Sameness.MayBeLikely(Nothing with { Amount = Sample.Exact(700) }, Nothing with { Amount = Sample.Exact(900) }, byName: false));
    }

    [Fact]
    public void Deals_that_an_editor_has_tied_to_each_other_are_two()
    {
        var (one, other, third) = (Nothing, Nothing with { Id = new DealId("b") }, new DealId("c"));

        Assert.False(one.IsTiedTo(other));
        Assert.True((one with { Distinct = [other.Id] }).IsTiedTo(other));
        Assert.True(one.IsTiedTo(other with { Distinct = [one.Id] }));
        Assert.True((one with { Whole = other.Id }).IsTiedTo(other));
        Assert.True(one.IsTiedTo(other with { CoveredBy = one.Id }));
        Assert.True((one with { Whole = third }).IsTiedTo(other with { Whole = third }));
        Assert.False((one with { Whole = third }).IsTiedTo(other with { CoveredBy = third }));
    }

    [Fact]
    public void A_deal_is_told_apart_by_what_its_fields_go_by()
    {
        var sketch = DealSketch.Of(Sample.DealOf([Sample.Raised(700), Sample.On("2020-04-03"), Sample.Led(Sample.Tencent), new ClaimValue.Round("b", null, null)]))!;

        Assert.Equal((DealKind.Round, "b", Sample.Exact(700), "2020-04-03"), (sketch.Kind, sketch.Round!.Series, sketch.Amount, sketch.Announced.ToString()));
        Assert.Equal([Sample.Tencent], sketch.Investors);
        Assert.Equal(2, sketch.Sources.Count);
        Assert.Null(DealSketch.Of(Deal.Unknown(Sample.Deal)));
    }

    private static EvidenceOf Amounts(Amount a, Amount b) => Sameness.Weigh(Nothing with { Amount = a }, Nothing with { Amount = b }, byName: false, NoRates)[^1].Of;

    private static IEnumerable<EvidenceOf> Weigh(DealSketch a, DealSketch b) => Sameness.Weigh(a, b, byName: false, NoRates).Select(one => one.Of);

    private static DollarRate? NoRates(Currency currency, When when) => null;
}
