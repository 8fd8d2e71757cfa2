using FsCheck;
using FsCheck.Fluent;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Deals;

public sealed class DealTests
{
    [Fact]
    public void An_unknown_deal_says_nothing()
    {
        var deal = Deal.Unknown(Sample.Deal);

        Assert.False(deal.IsKnown);
        Assert.Equal((0, null, null, null, Amount.Undisclosed, false), (deal.Version, deal.Company, deal.Kind, deal.Status, deal.Amount, deal.Counts));
        Assert.Empty(deal.Investors);
        Assert.Empty(deal.Contested);
    }

    [Fact]
    public void Each_event_adds_its_claims_and_is_the_last_one_of_the_deal()
    {
        var deal = Sample.DealOf([Sample.Raised(700)], [Sample.Led(Sample.Summitview)]);

        Assert.Equal((3, Sample.Cause(3)), (deal.Version, deal.Last));
        Assert.Equal([1, 1, 1, 2, 3], deal.Claims.Select(claim => claim.Cause.Position));
        Assert.Equal([Sample.Article, Sample.Other], deal.Sources);
        Assert.Equal(Sample.Enflame, deal.Company);
    }

    [Fact]
    public void Of_a_field_of_one_value_the_claim_recorded_last_wins()
    {
        var deal = Sample.DealOf([Sample.Raised(700), Sample.Raised(800)], [Sample.Raised(750)]);

        Assert.Equal(Sample.Exact(750), deal.Amount);
        Assert.Equal(2, deal.CurrentClaims().Count(slot => slot.Key.Field is Field.Amount or Field.Status));
    }

    [Fact]
    public void A_field_of_many_values_keeps_each_of_them()
    {
        var deal = Sample.DealOf([Sample.Led(Sample.Summitview), Sample.Joined(Sample.Tencent)], [Sample.Led(Sample.Tencent)]);

        Assert.Equal([Sample.Led(Sample.Summitview), Sample.Led(Sample.Tencent)], deal.Investors);
    }

    public static readonly TheoryData<string, DealStatus> StatusHistories = new()
    {
        { "planned, closed", DealStatus.Closed },
        { "closed, planned", DealStatus.Planned },
        { "closed 2020-05, planned 2020-03", DealStatus.Closed },
        { "planned 2020-03, closed 2020-05", DealStatus.Closed },
        // Both in one month: which was first is not known, so the later recorded counts.
        { "closed 2020-05, planned 2020-05-02", DealStatus.Planned },
        { "closed 2020-05, planned 2020", DealStatus.Planned },
        { "closed 2020-05, withdrawn", DealStatus.Withdrawn },
        { "closed XXXX-05, withdrawn XXXX-03", DealStatus.Withdrawn },
        // What came before a status with a later time does not come back because one without a time stands between.
        { "closed 2020-05, announced, planned 2020-03", DealStatus.Announced },
        { "closed 2020-05, planned 2020-03, announced 2020-04", DealStatus.Closed },
    };

    [Theory]
    [MemberData(nameof(StatusHistories))]
    public void A_status_goes_by_its_effective_time_and_without_one_by_its_position(string history, DealStatus status)
    {
        var claims = history.Split(", ").Select(entry => entry.Split(' '))
            .Select(entry => new ClaimValue[] { Sample.Status(Enum.Parse<DealStatus>(entry[0], ignoreCase: true), entry.ElementAtOrDefault(1) ?? "unknown") });

        Assert.Equal(status, Sample.DealOf([.. claims]).Status);
    }

    [Fact]
    public void Claims_that_cannot_both_be_true_make_their_fields_contested_and_stay()
    {
        var deal = Sample.DealOf([Sample.Raised(700), Sample.On("2020-04"), Sample.Led(Sample.Tencent)], [Sample.Raised(701), Sample.On("2020-04-03"), Sample.Joined(Sample.Tencent)]);

        Assert.Equal([Field.Amount, Field.Investor], deal.Contested);
        Assert.Equal(2, deal.Claims.Count(claim => claim.Claim.Value.Slot.Field == Field.Amount));
    }

    [Fact]
    public void A_contradiction_is_found_between_any_two_claims_and_not_only_with_the_current_one()
    {
        // The one in the middle agrees with both.
        Assert.Equal([Field.Round], Sample.DealOf([new ClaimValue.Round("b", null, null)], [new ClaimValue.Round(null, null, Instrument.Equity)], [new ClaimValue.Round("c", null, null)]).Contested);
        Assert.Equal([Field.Announced], Sample.DealOf([Sample.On("2020-04")], [Sample.On("unknown")], [Sample.On("2020-05")]).Contested);
    }

    [Fact]
    public void In_whatever_order_agreeing_claims_are_recorded_they_contest_nothing() =>
        Prop.ForAll(Agreeing.ToArbitrary(), values => !Sample.DealOf([.. values.Select(value => new[] { value })]).Contested.Any()).QuickCheckThrowOnFailure();

    [Fact]
    public void Whether_a_field_is_contested_does_not_depend_on_the_order_of_its_claims() =>
        Prop.ForAll(Amounts.ToArbitrary(), Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), (values, seed) =>
        {
            var shuffled = values.ToArray();
            new Random(seed).Shuffle(shuffled);
            return Contested(values) == Contested(shuffled);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_deal_is_the_same_whether_claims_come_in_one_event_or_in_many()
    {
        ClaimValue[] values = [Sample.Raised(700), Sample.Led(Sample.Tencent), Sample.Raised(800), Sample.Status(DealStatus.Closed, "2020-05"), Sample.Status(DealStatus.Planned, "2020-03")];

        var one = Sample.DealOf(values);
        var many = Sample.DealOf([.. values.Select(value => new[] { value })]);

        Assert.Equal(one.CurrentClaims().Select(slot => slot.Value.Claim), many.CurrentClaims().Select(slot => slot.Value.Claim));
    }

    [Fact]
    public void What_was_pledged_announced_or_closed_counts_as_raised_and_an_aggregate_never_does()
    {
        foreach (var kind in Enum.GetValues<DealKind>())
        {
            foreach (var status in Enum.GetValues<DealStatus>())
            {
                var deal = Deal.Unknown(Sample.Deal)
                    .Evolve(new DealEvent.DealAnnounced(Sample.Article, Sample.Claims(Sample.Company, new ClaimValue.Kind(kind), Sample.Status(status))), Sample.Cause(1));
                var counts = kind != DealKind.Aggregate && status is DealStatus.Pledged or DealStatus.Announced or DealStatus.Closed && kind != DealKind.Aggregate;
                Assert.True(counts == deal.Counts, $"{kind} {status}");
            }
        }
    }

    [Theory]
    [InlineData(DealStatus.Planned)]
    [InlineData(DealStatus.Postponed)]
    [InlineData(DealStatus.Withdrawn)]
    [InlineData(DealStatus.Rumoured)]
    public void What_was_announced_and_then_put_off_counts_no_more(DealStatus status) => Assert.False(Sample.DealOf([Sample.Status(status)]).Counts);

    /// <summary>All of these are true of one deal at once.</summary>
    private static readonly Gen<ClaimValue[]> Agreeing = Gen.Shuffle<ClaimValue>(
    [
        Sample.Raised(700), new ClaimValue.Raised(Amount.Undisclosed), new ClaimValue.Raised(new Amount(AmountQualifier.Over, new Currency("CNY"), 650, null)),
        new ClaimValue.Raised(new Amount(AmountQualifier.OrderOfMagnitude, new Currency("CNY"), 100, 1000)),
        new ClaimValue.Raised(new Amount(AmountQualifier.UpTo, new Currency("CNY"), null, 700)),
        Sample.On("2020-04-03"), Sample.On("XXXX-04"), Sample.On("2020-Q2"), Sample.On("unknown"), Sample.On("2020"),
        new ClaimValue.Round("b", null, null), new ClaimValue.Round(null, "plus", null), new ClaimValue.Round(null, null, Instrument.Equity),
        Sample.Status(DealStatus.Planned), Sample.Status(DealStatus.Closed, "2020-04"), Sample.Led(Sample.Summitview), Sample.Joined(Sample.Tencent),
        new ClaimValue.Investor(Sample.Tencent, InvestorRole.Backer), new ClaimValue.OthersUndisclosed(), new ClaimValue.UseOfProceeds(),
    ]);

    private static readonly Gen<ClaimValue[]> Amounts =
        from figures in Gen.NonEmptyListOf(Gen.Choose(1, 4))
        from over in Gen.Elements(true, false)
        select (ClaimValue[])[.. figures.Select((figure, i) => new ClaimValue.Raised(over && i % 2 == 0
            ? new Amount(AmountQualifier.Over, new Currency("CNY"), figure, null)
            : Sample.Exact(figure)))];

    private static bool Contested(ClaimValue[] values) => Sample.DealOf([.. values.Select(value => new[] { value })]).Contested.Any();
}
