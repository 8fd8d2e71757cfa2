using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Values;

public sealed class AmountTests
{
    private static readonly Currency Yuan = new("CNY");

    [Theory]
    [InlineData(AmountQualifier.Exact, 7, 7)]
    [InlineData(AmountQualifier.Approximately, 7, 7)]
    [InlineData(AmountQualifier.Over, 7, null)]
    [InlineData(AmountQualifier.UpTo, null, 7)]
    [InlineData(AmountQualifier.OrderOfMagnitude, 100, 1000)]
    [InlineData(AmountQualifier.OrderOfMagnitude, 100, null)]
    public void Each_qualifier_takes_its_own_shape(AmountQualifier qualifier, int? low, int? high)
    {
        var amount = new Amount(qualifier, Yuan, low, high);

        Assert.Equal((qualifier, (Currency?)Yuan, (decimal?)low, (decimal?)high), (amount.Qualifier, amount.Currency, amount.Low, amount.High));
        Assert.True(amount.IsDisclosed);
    }

    [Theory]
    [InlineData(AmountQualifier.Exact, 7, 8)]
    [InlineData(AmountQualifier.Exact, 7, null)]
    [InlineData(AmountQualifier.Exact, null, 7)]
    [InlineData(AmountQualifier.Exact, null, null)]
    [InlineData(AmountQualifier.Approximately, 7, 8)]
    [InlineData(AmountQualifier.Approximately, 7, null)]
    [InlineData(AmountQualifier.Over, 7, 8)]
    [InlineData(AmountQualifier.Over, null, 8)]
    [InlineData(AmountQualifier.Over, null, null)]
    [InlineData(AmountQualifier.UpTo, 7, 8)]
    [InlineData(AmountQualifier.UpTo, 7, null)]
    [InlineData(AmountQualifier.UpTo, null, null)]
    [InlineData(AmountQualifier.OrderOfMagnitude, 8, 7)]
    [InlineData(AmountQualifier.OrderOfMagnitude, 7, 7)]
    [InlineData(AmountQualifier.OrderOfMagnitude, null, 7)]
    [InlineData(AmountQualifier.OrderOfMagnitude, null, null)]
    [InlineData(AmountQualifier.Undisclosed, 7, 7)]
    [InlineData(AmountQualifier.Undisclosed, 7, null)]
    [InlineData((AmountQualifier)77, 7, 7)]
    public void Another_shape_is_refused_and_named(AmountQualifier qualifier, int? low, int? high)
    {
        var refused = Assert.Throws<InvalidValueException>(() => new Amount(qualifier, Yuan, low, high));

        Assert.Equal("amount", refused.Field);
        Assert.Contains($"qualifier {JsonNamingPolicy.CamelCase.ConvertName(qualifier.ToString())} ", refused.Problem, StringComparison.Ordinal);
        Assert.Contains($"(low {low?.ToString(CultureInfo.InvariantCulture) ?? "none"}, high {high?.ToString(CultureInfo.InvariantCulture) ?? "none"})", refused.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-5")]
    [InlineData("0")]
    [InlineData("-0.0001")]
    [InlineData("1000000000000000.01")]
    [InlineData("79228162514264337593543950335")]
    public void A_negative_figure_zero_and_one_that_no_deal_has_are_refused(string figure)
    {
        var number = decimal.Parse(figure, CultureInfo.InvariantCulture);

        Assert.Equal("amount.low", Assert.Throws<InvalidValueException>(() => new Amount(AmountQualifier.Over, Yuan, number, null)).Field);
        var refused = Assert.Throws<InvalidValueException>(() => new Amount(AmountQualifier.UpTo, Yuan, null, number));
        Assert.Equal("amount.high", refused.Field);
        Assert.StartsWith($"{figure} is out of range", refused.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_undisclosed_has_neither_figure_nor_currency_and_is_never_zero()
    {
        Assert.Equal((null, null, null), (Amount.Undisclosed.Currency, Amount.Undisclosed.Low, Amount.Undisclosed.High));
        Assert.False(Amount.Undisclosed.IsDisclosed);
        Assert.Equal("amount.currency", Assert.Throws<InvalidValueException>(() => new Amount(AmountQualifier.Exact, null, 7, 7)).Field);
        Assert.Equal("amount.currency", Assert.Throws<InvalidValueException>(() => new Amount(AmountQualifier.Undisclosed, Yuan, null, null)).Field);
    }

    [Fact]
    public void One_figure_has_one_form_however_many_zeros_it_was_written_with()
    {
        var amount = new Amount(AmountQualifier.OrderOfMagnitude, Yuan, 700.00m, 1000.50m);

        Assert.Equal("700", amount.Low!.Value.ToString(CultureInfo.InvariantCulture));
        Assert.Equal("1000.5", amount.High!.Value.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Two_amounts_agree_exactly_where_one_sum_can_be_both() =>
        Prop.ForAll(Amounts.ToArbitrary(), Amounts.ToArbitrary(), (a, b) => a.Agrees(b) == (a.Currency == b.Currency && Sums.Any(sum => Holds(a, sum) && Holds(b, sum))))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_undisclosed_agrees_with_everything() =>
        Prop.ForAll(Amounts.ToArbitrary(), amount => amount.Agrees(Amount.Undisclosed) && Amount.Undisclosed.Agrees(amount)).QuickCheckThrowOnFailure();

    [Fact]
    public void Agreement_goes_both_ways_and_everything_agrees_with_itself() =>
        Prop.ForAll(Amounts.ToArbitrary(), Amounts.ToArbitrary(), (a, b) => a.Agrees(b) == b.Agrees(a) && a.Agrees(a)).QuickCheckThrowOnFailure();

    [Fact]
    public void The_upper_bound_of_an_order_of_magnitude_is_left_out()
    {
        var hundredsOfMillions = new Amount(AmountQualifier.OrderOfMagnitude, Yuan, 100, 1000);

        Assert.True(hundredsOfMillions.Agrees(new Amount(AmountQualifier.Exact, Yuan, 999, 999)));
        Assert.False(hundredsOfMillions.Agrees(new Amount(AmountQualifier.Exact, Yuan, 1000, 1000)));
        Assert.False(hundredsOfMillions.Agrees(new Amount(AmountQualifier.Over, Yuan, 1000, null)));
    }

    // Small figures, so that bounds meet often; the sums between and beyond them decide.
    private static readonly decimal[] Sums = [.. Enumerable.Range(1, 24).Select(n => n / 2m)];

    private static readonly Gen<Amount> Amounts =
        from qualifier in Gen.Elements(AmountQualifier.Exact, AmountQualifier.Approximately, AmountQualifier.Over, AmountQualifier.UpTo, AmountQualifier.OrderOfMagnitude)
        from currency in Gen.Elements("CNY", "CNY", "CNY", "USD")
        from figure in Gen.Choose(1, 8)
        from width in Gen.Choose(0, 3)
        select qualifier switch
        {
            AmountQualifier.Over => new Amount(qualifier, new Currency(currency), figure, null),
            AmountQualifier.UpTo => new Amount(qualifier, new Currency(currency), null, figure),
            AmountQualifier.OrderOfMagnitude => new Amount(qualifier, new Currency(currency), figure, width == 0 ? null : figure + width),
            _ => new Amount(qualifier, new Currency(currency), figure, figure),
        };

    private static bool Holds(Amount amount, decimal sum) =>
        (amount.Low is null || sum >= amount.Low)
        && (amount.High is null || sum < amount.High || (sum == amount.High && amount.Qualifier != AmountQualifier.OrderOfMagnitude));
}
