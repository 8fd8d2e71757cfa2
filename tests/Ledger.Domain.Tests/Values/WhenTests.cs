using FsCheck;
using FsCheck.Fluent;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Values;

public sealed class WhenTests
{
    [Theory]
    [InlineData("2020-04-03", Precision.Day, "2020-04-03", "2020-04-03")]
    [InlineData("2020-02", Precision.Month, "2020-02-01", "2020-02-29")]
    [InlineData("2020-Q2", Precision.Quarter, "2020-04-01", "2020-06-30")]
    [InlineData("2020-Q4", Precision.Quarter, "2020-10-01", "2020-12-31")]
    [InlineData("2020", Precision.Year, "2020-01-01", "2020-12-31")]
    [InlineData("XXXX-04-03", Precision.Partial, null, null)]
    [InlineData("XXXX-02-29", Precision.Partial, null, null)]
    [InlineData("XXXX-04", Precision.Partial, null, null)]
    [InlineData("unknown", Precision.Unknown, null, null)]
    public void A_date_is_as_precise_as_it_is_written_and_no_more(string text, Precision precision, string? from, string? to)
    {
        var when = When.Parse("announced", text);

        Assert.Equal(precision, when.Precision);
        Assert.Equal((from, to), (when.From?.ToString("yyyy-MM-dd"), when.To?.ToString("yyyy-MM-dd")));
        Assert.Equal(text, when.ToString());
    }

    [Theory]
    [InlineData("2020-02-30")]
    [InlineData("2021-02-29")]
    [InlineData("XXXX-02-30")]
    [InlineData("XXXX-04-31")]
    [InlineData("2020-13")]
    [InlineData("2020-00")]
    [InlineData("2020-04-00")]
    [InlineData("2020-Q5")]
    [InlineData("2020-Q0")]
    [InlineData("2020-q2")]
    [InlineData("XXXX-Q2")]
    [InlineData("XXXX")]
    [InlineData("xxxx-04")]
    [InlineData("2020-4-3")]
    [InlineData("20-04-03")]
    [InlineData("+202-04")]
    [InlineData("1799")]
    [InlineData("2201")]
    [InlineData("2020-04-03-01")]
    [InlineData("2020-04-03T00:00:00Z")]
    [InlineData("April 3")]
    [InlineData(" 2020")]
    [InlineData("２０２０")]
    [InlineData("Unknown")]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(null)]
    public void What_is_no_date_is_refused_with_the_dates_that_would_be(string? text)
    {
        var refused = Assert.Throws<InvalidValueException>(() => When.Parse("announced", text));

        Assert.Equal("announced", refused.Field);
        Assert.StartsWith($"'{text}' is no date; 2020-04-03", refused.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_date_that_is_printed_and_read_again_is_the_same() =>
        Prop.ForAll(Dates(1800, 2200).ToArbitrary(), when => When.Parse("d", when.ToString()) == when).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_dates_agree_exactly_where_one_day_can_be_both() =>
        Prop.ForAll(Dates(2019, 2021).ToArbitrary(), Dates(2019, 2021).ToArbitrary(), (a, b) => a.Agrees(b) == Days.Any(day => Means(a, day) && Means(b, day)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("XXXX-04-03", "2020-Q2", true)]
    [InlineData("XXXX-04", "2020-Q1", false)]
    [InlineData("XXXX-04", "2020", true)]
    [InlineData("XXXX-04", "XXXX-04-03", true)]
    [InlineData("XXXX-04-04", "XXXX-04-03", false)]
    [InlineData("2020-04-03", "2020-04", true)]
    [InlineData("2020-04-03", "2021-04", false)]
    [InlineData("XXXX-02-29", "2021-02", false)]
    [InlineData("XXXX-02-29", "2021", false)]
    [InlineData("unknown", "2021", true)]
    public void A_month_agrees_with_its_days_and_a_year_that_is_not_said_with_every_year(string a, string b, bool agree)
    {
        Assert.Equal(agree, When.Parse("a", a).Agrees(When.Parse("b", b)));
        Assert.Equal(agree, When.Parse("b", b).Agrees(When.Parse("a", a)));
    }

    private static readonly DateOnly[] Days =
        [.. Enumerable.Range(0, 366 * 3).Select(new DateOnly(2019, 1, 1).AddDays)];

    /// <summary>Few years and months, so that two of them meet often.</summary>
    private static Gen<When> Dates(int yearMin, int yearMax) =>
        from precision in Gen.Elements(Enum.GetValues<Precision>())
        from year in Gen.Choose(yearMin, yearMax)
        from month in Gen.Choose(1, 12)
        from day in Gen.Choose(1, 31)
        from withDay in Gen.Elements(true, false)
        let last = DateTime.DaysInMonth(precision == Precision.Partial ? 2000 : year, month)
        let dayOf = Math.Min(day, last)
        select When.Parse("d", precision switch
        {
            Precision.Day => $"{year:0000}-{month:00}-{dayOf:00}",
            Precision.Month => $"{year:0000}-{month:00}",
            Precision.Quarter => $"{year:0000}-Q{((month - 1) / 3) + 1}",
            Precision.Year => $"{year:0000}",
            Precision.Partial => withDay ? $"XXXX-{month:00}-{dayOf:00}" : $"XXXX-{month:00}",
            _ => "unknown",
        });

    private static bool Means(When when, DateOnly day) => when.Precision switch
    {
        Precision.Unknown => true,
        Precision.Partial => day.Month == when.Month && (when.Day is null || day.Day == when.Day),
        _ => day >= when.From && day <= when.To,
    };
}
