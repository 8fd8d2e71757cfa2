using Ledger.Domain.Rates;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Rates;

public sealed class DollarsTests
{
    private static readonly DateOnly Day = new(2020, 4, 3);
    private static readonly DollarRate OneDay = new(new Currency("CNY"), 7m, 7m, Day, Day, "ECB");
    private static readonly DollarRate Span = OneDay with { High = 8m };

    [Theory]
    [InlineData("7.1044969865554", "7.1045")]
    [InlineData("15432.4567", "15432.5")]
    [InlineData("1234567.8", "1234568")]
    [InlineData("0.92721372", "0.927214")]
    [InlineData("0.0000123456789", "0.0000123457")]
    [InlineData("1", "1")]
    public void A_rate_has_six_significant_digits(string rate, string rounded) => Assert.Equal(rounded, DollarRate.Rounded(decimal.Parse(rate)).ToString());

    [Theory]
    [InlineData("2020-04-03", "2020-04-03 2020-04-03")]
    [InlineData("2020-04", "2020-04-01 2020-04-30")]
    [InlineData("2020-Q2", "2020-04-01 2020-06-30")]
    [InlineData("2020", "2020-01-01 2020-12-31")]
    [InlineData("XXXX-04-03", "")]
    [InlineData("unknown", "")]
    public void As_many_days_count_as_a_date_may_mean_and_none_is_made_up(string when, string days) =>
        Assert.Equal(days, DollarRate.Days(When.Parse("when", when)) is var (from, to) ? $"{from:yyyy-MM-dd} {to:yyyy-MM-dd}" : "");

    [Fact]
    public void A_sum_in_dollars_is_as_wide_as_the_rates_of_its_time_and_lacks_the_bounds_that_it_lacks()
    {
        Assert.Equal((100m, 100m), OneDay.Dollars(700, 700));
        Assert.Equal((143m, 143m), OneDay.Dollars(1000, 1000));
        Assert.Equal((700m, 800m), Span.Dollars(5600, 5600));
        Assert.Equal((700m, null), Span.Dollars(5600, null));
        Assert.Equal((null, 800m), Span.Dollars(null, 5600));
    }

    [Theory]
    [InlineData(700, 100, 7, false)]
    // The last ones that are near enough to rates from 7 to 8, and the first that are not.
    [InlineData(880, 100, 8.8, false)]
    [InlineData(881, 100, 8.81, true)]
    [InlineData(630, 100, 6.3, false)]
    [InlineData(629, 100, 6.29, true)]
    [InlineData(280, 280, 1, true)]
    public void The_rate_of_a_source_is_implausible_where_no_rate_of_the_time_comes_near_it(int yuan, int dollars, decimal rate, bool implausible)
    {
        var implied = ImpliedRate.Of(Sample.Exact(yuan), Sample.Exact(dollars, "USD"), Span)!;

        Assert.Equal((rate, rate, implausible), (implied.Low!.Value, implied.High!.Value, implied.IsImplausible!.Value));
        Assert.Null(ImpliedRate.Of(Sample.Exact(yuan), Sample.Exact(dollars, "USD"), null)!.IsImplausible);
    }

    [Fact]
    public void There_is_no_rate_of_a_source_without_two_figures_that_bound_it()
    {
        Amount over = new(AmountQualifier.Over, new Currency("CNY"), 700, null), overUsd = new(AmountQualifier.Over, Currency.Usd, 100, null);

        Assert.Null(ImpliedRate.Of(Sample.Exact(700), null, Span));
        Assert.Null(ImpliedRate.Of(Sample.Exact(700, "USD"), Sample.Exact(100, "USD"), Span));
        Assert.Null(ImpliedRate.Of(Amount.Undisclosed, Sample.Exact(100, "USD"), Span));
        Assert.Null(ImpliedRate.Of(over, overUsd, Span));
        var least = ImpliedRate.Of(over, Sample.Exact(100, "USD"), Span)!;
        Assert.Equal((7m, null, false), (least.Low, least.High, least.IsImplausible));
    }
}
