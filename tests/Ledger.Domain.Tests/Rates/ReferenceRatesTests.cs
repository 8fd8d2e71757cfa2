using System.Collections.Immutable;
using Ledger.Domain.Rates;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Rates;

public sealed class ReferenceRatesTests
{
    private static readonly DateOnly Day = new(2020, 4, 3);
    private static readonly DateOnly Today = new(2020, 4, 4);
    private static readonly Reason Why = new("The bank says so.");

    [Fact]
    public void Rates_of_a_new_day_are_recorded_and_the_same_ones_are_not_recorded_again()
    {
        var published = Rates(("CNY", 7.6622m), ("USD", 1.0785m));

        Assert.Equal([published], Recorded(ReferenceRates.Unknown.Decide(published, Today, null)));

        var known = ReferenceRates.Unknown.Evolve(published, Sample.Cause(1));
        Assert.Empty(Recorded(known.Decide(published, Today, null)));
        Assert.Empty(Recorded(known.Decide(Rates(("USD", 1.07850m)), Today, Why)));
    }

    [Fact]
    public void Another_figure_of_a_known_day_is_refused_until_somebody_says_why_it_is_right()
    {
        var known = ReferenceRates.Unknown.Evolve(Rates(("CNY", 7.6622m), ("USD", 1.0785m)), Sample.Cause(1));
        var wanted = Rates(("CNY", 7.7m), ("JPY", 117m), ("USD", 1.0785m));

        Refused(known.Decide(wanted, Today, null), "rates-differ", "Of 2020-04-03 CNY 7.6622 is recorded, and CNY 7.7 is given; if that is right, say why with a reason.");
        Refused(known.Decide(Rates(("JPY", 117m)), Today, null), "rates-differ", "Of 2020-04-03 no JPY is recorded, and JPY 117 is given; if that is right, say why with a reason.");

        var corrected = Assert.IsType<RatesEvent.ReferenceRatesCorrected>(Assert.Single(Recorded(known.Decide(wanted, Today, Why))));
        Assert.Equal([("CNY", 7.7m), ("JPY", 117m)], corrected.PerEuro.Select(rate => (rate.Key, rate.Value)));
        var after = known.Evolve(corrected, Sample.Cause(2));
        Assert.Equal([("CNY", 7.7m), ("JPY", 117m), ("USD", 1.0785m)], after.PerEuro.Select(rate => (rate.Key, rate.Value)));
        Assert.Empty(Recorded(after.Decide(wanted, Today, Why)));
    }

    [Fact]
    public void Rates_of_the_future_are_refused() =>
        Refused(ReferenceRates.Unknown.Decide(Rates(("USD", 1m)), Day.AddDays(-1), null), "rates-of-the-future", "2020-04-03 is after today, 2020-04-02; no rates of it can have been published.");

    [Theory]
    [InlineData("1999-01-03", "USD", "1", "day: 1999-01-03 is before 1999-01-04, the first day of which there are reference rates of the euro")]
    [InlineData("2020-04-03", "USD", "0", "perEuro.USD: 0 is out of range; a figure above 0 and at most 1000000000 is expected")]
    [InlineData("2020-04-03", "USD", "1000000001", "perEuro.USD: 1000000001 is out of range; a figure above 0 and at most 1000000000 is expected")]
    [InlineData("2020-04-03", "EUR", "1", "perEuro.EUR: is there; rates are of one euro")]
    [InlineData("2020-04-03", "RMB", "7", "currency: 'RMB' is no ISO 4217 code such as USD, EUR or CNY")]
    public void What_cannot_be_a_rate_is_refused(string day, string code, string rate, string sentence)
    {
        var refused = Assert.Throws<InvalidValueException>(() => new RatesEvent.ReferenceRatesPublished(
            DateOnly.Parse(day), "ECB", ImmutableSortedDictionary<string, decimal>.Empty.Add(code, decimal.Parse(rate))));
        Assert.Equal(sentence, refused.Message);
    }

    private static RatesEvent.ReferenceRatesPublished Rates(params (string Code, decimal Rate)[] rates) => new(Day, "ECB", rates.ToImmutableSortedDictionary(rate => rate.Code, rate => rate.Rate));

    private static ImmutableArray<RatesEvent> Recorded(Decision<RatesEvent> decision) => Assert.IsType<Decision<RatesEvent>.Record>(decision).Events;

    private static void Refused(Decision<RatesEvent> decision, string type, string sentence)
    {
        var refusal = Assert.IsType<Decision<RatesEvent>.Refuse>(decision).Refusal;
        Assert.Equal((type, sentence), (refusal.Type, refusal.Sentence));
    }
}
