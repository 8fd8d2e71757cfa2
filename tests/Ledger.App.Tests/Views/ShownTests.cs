using Ledger.App.Views;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;
using Xunit;

namespace Ledger.App.Tests.Views;

public sealed class ShownTests
{
    [Theory]
    [InlineData("2020-04-03", "3 April 2020")]
    [InlineData("2020-04", "April 2020")]
    [InlineData("2020-Q2", "Q2 2020")]
    [InlineData("2020", "2020")]
    [InlineData("XXXX-04-03", "3 April, year not given")]
    [InlineData("XXXX-09", "September, year not given")]
    [InlineData("unknown", "unknown")]
    public void A_date_is_read_as_precisely_as_it_is_known(string date, string read) => Assert.Equal(read, Shown.Day(When.Parse("date", date)));

    [Theory]
    [InlineData("b", null, Instrument.Equity, "Series B, equity")]
    [InlineData("c", "bridge", null, "Series C bridge")]
    [InlineData("pre-ipo", null, Instrument.Equity, "Pre-IPO, equity")]
    [InlineData("seed", null, null, "Seed")]
    [InlineData(null, null, Instrument.Debt, "No series named, debt")]
    public void A_round_is_told_on_its_axes(string? series, string? modifier, Instrument? instrument, string told) =>
        Assert.Equal(told, Shown.Meaning(new ClaimValue.Round(series, modifier, instrument), "words", id => id.Value));

    [Theory]
    [InlineData(0, "0 companies")]
    [InlineData(1, "1 company")]
    [InlineData(31679, "31,679 companies")]
    public void Things_are_counted_in_words(long number, string counted) => Assert.Equal(counted, Shown.Count(number, "company", "companies"));

    [Fact]
    public void Every_field_and_every_stored_event_has_a_name_for_readers()
    {
        Assert.All(Enum.GetValues<Field>(), field => Assert.Matches("^[A-Z][a-z ,]+$", Shown.Field(new Slot(field, "key").ToString())));
        Assert.Equal("Something new", Shown.Event("something_new"));
    }
}
