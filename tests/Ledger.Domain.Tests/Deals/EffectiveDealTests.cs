using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Tests.Support;

namespace Ledger.Domain.Tests.Deals;

public sealed class EffectiveDealTests
{
    [Theory]
    [InlineData("2020-03-30", DealStatus.Announced)]
    [InlineData("2020-03-31", DealStatus.Pledged)]
    [InlineData("2020-06-01", DealStatus.Pledged)]
    [InlineData("2020-06-02", DealStatus.Closed)]
    public void A_deal_of_a_day_has_the_last_status_that_had_begun(string day, DealStatus status)
    {
        var deal = Sample.DealOf([Sample.Status(DealStatus.Pledged, "2020-03")], [Sample.Status(DealStatus.Closed, "2020-06-02"), Sample.Raised(5)]);

        var then = deal.Until(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal((status, deal.Amount, deal.Version), (then.Status, then.Amount, then.Version));
        Assert.Null(deal.StatusFrom());
    }

    [Fact]
    public void A_deal_whose_statuses_all_begin_later_has_none()
    {
        var deal = Deal.Unknown(Sample.Deal).Evolve(
            new DealEvent.DealAnnounced(Sample.Article, [.. Sample.Claims(Sample.Status(DealStatus.Closed, "2021"), Sample.Status(DealStatus.Pledged, "2020-07"))]), Sample.Cause(1));

        Assert.Equal(new DateOnly(2020, 7, 31), deal.StatusFrom());
        Assert.Null(deal.Until(new DateOnly(2020, 7, 30)).Status);
        Assert.Equal(DealStatus.Pledged, deal.Until(new DateOnly(2020, 7, 31)).Status);
    }
}
