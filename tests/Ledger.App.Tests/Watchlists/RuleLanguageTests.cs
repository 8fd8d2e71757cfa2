using Ledger.App.Watchlists.Language;
using Ledger.Domain.Rules;

namespace Ledger.App.Tests.Watchlists;

/// <summary>The language of rules: what is read, what is refused and where, and what it is told as.</summary>
public sealed class RuleLanguageTests
{
    public static readonly TheoryData<string, string, string> Rules = new()
    {
        { "companies", "companies", "All companies." },
        { "Companies WHERE Sector = Robotics", "companies where sector = robotics", "Companies that are in the sector robotics." },
        {
            "companies where sector = ai and raised within 12 months and investors = x or investor = tencent", "companies where sector = ai and raised within 12 months", ""
        },
        {
            "companies where sector = ai and raised within 12 months and any investor (kind = corporate venture)", "companies where sector = ai and raised within 12 months and any investor (kind = corporate-venture)",
            "Companies that are in the sector ai, and raised money in the last 12 months, and have at least one investor among those that are of the kind corporate-venture."
        },
        {
            "companies where not (contested or status != pledged) and no deal (series in (a, Series B))", "companies where not (contested or status != pledged) and no deal (series in (a, b))",
            "Companies that (do not have a deal contested, and have a deal that is pledged), and have no deal among those that are of series a or b."
        },
        { "companies where place = new york", "companies where place = \"new york\"", "Companies that are in new york." },
        { "companies where place = \"And \\\"or\\\"\"", "companies where place = \"And \\\"or\\\"\"", "Companies that are in And \"or\"." },
        { "deals where amount >= 1.5bn usd and valuation < 10000 cny", "deals where amount >= 1500m USD and valuation < 10k CNY", "Deals that are of USD 1500m at least, and are at a valuation of less than CNY 10k." },
        { "deals where announced >= 2024-q1 and not announced within 1 day", "deals where announced >= 2024-Q1 and not announced within 1 day", "Deals that are announced in 2024-Q1 or later, and are not announced in the last 1 day." },
        { "companies where pledged and not closed for 90 days and not raised within 2 years", "companies where pledged and not closed for 90 days and not raised within 2 years", "Companies that have a deal pledged 90 days ago or earlier and not closed since, and did not raise money in the last 2 years." },
        { "investors where at least 3 deals (role = lead) and affiliated as fundof with zeta", "investors where at least 3 deals (role = lead) and affiliated as fundOf with zeta", "Investors that have at least 3 deals among those that have the role lead, and are a fund of zeta." },
        { "investors where contested = usdAsReported or invested within 3 weeks", "investors where contested = usdAsReported or invested within 3 weeks", "Investors that have a deal contested in usd as reported, or invested money in the last 3 weeks." },
        { "investors where place = \"Stow at Wold\" or series = b extra", "investors where place = \"Stow at Wold\" or series = b-extra", "Investors that are in Stow at Wold, or have a deal of series b-extra." },
        { "investors where ((company = acme))", "investors where company = acme", "Investors that have a deal of acme." },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_is_read_written_in_one_way_and_told_in_words(string given, string written, string told)
    {
        if (told.Length == 0)
        {
            // A field that is nearly one.
            Assert.Contains("a company has no 'investors'", RuleReader.TryRead(given, out _)!.Says, StringComparison.Ordinal);
            return;
        }
        var rule = RuleReader.Read(given);

        Assert.Equal(written, rule.ToString());
        Assert.Equal(told, rule.Explain());
        Assert.Equal(rule, RuleReader.Read(written));
    }

    public static readonly TheoryData<string, int, string> Wrong = new()
    {
        { "", 1, "the rule ends here; 'companies', 'investors' or 'deals' is expected" },
        { "people where x = y", 1, "'people' is nothing that a rule is over; one of companies, investors, deals is expected" },
        { "companies where", 16, "the rule ends here; a condition is expected" },
        { "companies who", 11, "'who' stands here; 'where' or the end is expected" },
        { "companies where colour = red", 17, "a company has no 'colour'; it has id, kind, sector, place, investor, lead, series, instrument, status, amount, valuation, announced, contested, pledged, raised, affiliated" },
        { "companies where sector", 23, "the rule ends here; =, !=, <, <=, >, >=, 'in' or 'within' is expected" },
        { "companies where sector = ", 26, "the rule ends here; a value is expected" },
        { "companies where 🤖 = ai", 17, "'🤖' stands here; a condition is expected" },
        { "companies where sector > ai", 24, "sector is compared with =, != and in only" },
        { "companies where sector = ai and", 32, "the rule ends here; a condition is expected" },
        { "companies where (sector = ai", 29, "the rule ends here; 'and', 'or' or ')' is expected" },
        { "companies where sector = ai )", 29, "')' stands here; 'and', 'or' or the end is expected" },
        { "companies where status = sold", 26, "status 'sold' is not one of rumoured, planned, pledged, announced, closed, withdrawn, postponed" },
        { "companies where raised within 12", 33, "the rule ends here; days, weeks, months or years is expected" },
        { "companies where raised in the last 12 months", 24, "'in' stands here; 'within', as in within 12 months, is expected" },
        { "companies where not raised", 27, "the rule ends here; 'within', as in within 12 months, is expected" },
        { "companies where raised within a year", 31, "'a' stands here; a number is expected" },
        { "companies where raised within 9999 years", 31, "time 9999 is out of range; a number from 1 to 100 is expected" },
        { "companies where amount > 10m", 26, "'10m' is no sum; a figure and a currency are expected: 10m USD" },
        { "companies where amount > 10m ABC", 26, "currency 'ABC' is no ISO 4217 code such as USD, EUR or CNY" },
        { "companies where amount in (1)", 24, "amount is compared with =, !=, <, <=, > and >=" },
        { "companies where announced > soon", 29, "announced 'SOON' is no date; 2020-04-03, 2020-04, 2020-Q2 or 2020 is expected" },
        { "companies where announced >= 2024-13", 30, "announced '2024-13' is no date; 2020-04-03, 2020-04, 2020-Q2 or 2020 is expected" },
        { "companies where announced = unknown", 29, "announced 'UNKNOWN' is no date; 2020-04-03, 2020-04, 2020-Q2 or 2020 is expected" },
        { "companies where sector = robotics contested", 35, "'contested' stands here; 'and', 'or' or the end is expected" },
        { "companies where (sector = robotics not raised within 2 years)", 36, "'not' stands here; 'and', 'or' or ')' is expected" },
        { "companies where place = New York any deal (series = b)", 34, "'any' stands here; 'and', 'or' or the end is expected" },
        { "companies where status in (pledged at, closed)", 36, "'at' stands here; ',' or ')' is expected" },
        { "companies where contested = founded", 29, "'founded' is no field of deals; one of company, kind, round, status, amount, usdAsReported, valuation, investor, othersUndisclosed, announced, useOfProceeds, period, sector, place, reportedBy is expected" },
        { "companies where kind = round", 24, "kind is what sort of investor it is here, and 'round' is a sort of deal; any deal (kind = round) asks that" },
        { "companies where any investor (kind in (fund, Listing))", 46, "kind is what sort of investor it is here, and 'listing' is a sort of deal" },
        { "deals where any deal (series = a)", 17, "'deal' cannot be counted of a deal; investor or company can" },
        { "companies where any investor (raised within 3 days)", 31, "'raised' is asked of a company, not of an investor of something" },
        { "companies where any investor (contested)", 31, "'contested' is asked of deals, not of an investor of something" },
        { "companies where pledged for 3 days", 25, "'for' stands here; 'and not closed for' is expected" },
        { "deals where affiliated", 13, "a deal is not affiliated; ask for any company or any investor that is" },
        { "companies where place = \"北京\" color", 30, "" },
        { "companies where place = \"Zu\u0308rich\" color", 34, "" },
        { "companies where\n  place = \"here\n", 16, "" },
        { "companies where sector = ai\nand   colour = red", 7, "" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_told_where_it_stands_and_what_would_be_right(string given, int column, string says)
    {
        var problem = RuleReader.TryRead(given, out var rule);

        Assert.Null(rule);
        Assert.NotNull(problem);
        if (says.Length > 0)
            Assert.Equal(says, problem.Says);
        Assert.Equal(column, problem.Column);
        Assert.Equal(given.Contains('\n', StringComparison.Ordinal) ? 2 : 1, problem.Line);
    }

    [Fact]
    public void The_place_is_shown_by_a_mark_below_it() =>
        Assert.Equal("and\tcolour = red\n   \t^", RuleReader.TryRead("companies where sector = ai\nand\tcolour = red", out _)!.Shown());

    [Theory]
    [InlineData("companies where place = \"北京\" color", 31)]
    [InlineData("companies where place = \"Zu\u0308rich\" color", 33)]
    public void Below_characters_that_are_wide_or_have_accents_beside_them_the_mark_stands_where_a_terminal_shows_the_place(string rule, int blanks) =>
        Assert.Equal(new string(' ', blanks) + "^", RuleReader.TryRead(rule, out _)!.Shown().Split('\n')[1]);

    [Fact]
    public void A_rule_has_bounds()
    {
        var deep = "companies where " + new string('(', 5000) + "contested";
        Assert.Contains("brackets stand in more than 10 others", RuleReader.TryRead(deep[..3000], out _)!.Says, StringComparison.Ordinal);
        Assert.Contains("at most 4000 are allowed", RuleReader.TryRead(deep, out _)!.Says, StringComparison.Ordinal);
        Assert.Contains("more than 100 conditions", RuleReader.TryRead("companies where " + string.Join(" or ", Enumerable.Repeat("contested", 101)), out _)!.Says, StringComparison.Ordinal);
        Assert.Null(RuleReader.TryRead($"companies where {string.Concat(Enumerable.Repeat("not ", 900))}contested", out _));
    }

    [Theory]
    [InlineData("companies where kind = round")]
    [InlineData("companies where contested = founded")]
    [InlineData("companies where sector = not and place = in")]
    [InlineData("companies where affiliated with \"and\"")]
    public void What_was_recorded_before_it_was_refused_is_read_for_ever(string rule) => Assert.Equal(rule, RuleReader.Read(rule).ToString());

    [Fact]
    public void Whatever_a_reader_is_shown_of_the_language_is_of_it()
    {
        Assert.Null(RuleReader.TryRead(RuleReference.Example, out _));
        foreach (var entry in RuleReference.Chapters.SelectMany(chapter => chapter.Entries, (chapter, entry) => (chapter.Title, entry.Write)))
        {
            var over = entry.Title switch { "Investors" => "investors", "Deals" => "deals", _ => "companies" };
            var rule = entry.Write.Contains(" where ", StringComparison.Ordinal) ? entry.Write : $"{over} where {entry.Write}";
            Assert.True(RuleReader.TryRead(rule, out _) is null, $"{rule}: {RuleReader.TryRead(rule, out _)}");
        }
    }
}
