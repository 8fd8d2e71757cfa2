using Ledger.Domain.Claims;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Rules;

/// <summary>Whom rules choose, of facts that are made up.</summary>
public sealed class RuleMatcherTests
{
    private static readonly DateOnly Today = new(2026, 11, 22);
    private static readonly PartyTraits Acme = PartyTraits.Only(new PartyId("acme")) with { Sectors = ["robotics"], Places = ["new york"], Affiliations = [new AffiliationFact(AffiliationKind.SubsidiaryOf, new PartyId("zeta"))] };
    private static readonly PartyTraits Big = PartyTraits.Only(new PartyId("big")) with { Kinds = ["corporate-venture"] };
    private static readonly PartyTraits Small = PartyTraits.Only(new PartyId("small"));

    public static readonly TheoryData<Condition, bool> OfACompany = new()
    {
        { Is(RuleField.Sector, "robotics"), true },
        { Is(RuleField.Sector, "drones"), true },
        { Is(RuleField.Sector, "ai", "chips"), false },
        { Is(RuleField.Place, "New  YORK"), true },
        { Is(RuleField.Place, "Beijing"), true },
        { Is(RuleField.Id, "acme"), true },
        { Is(RuleField.Kind, "corporate-venture"), false },
        { Is(RuleField.Series, "b"), true },
        { Is(RuleField.Status, "pledged"), true },
        { Is(RuleField.Instrument, "debt"), false },
        { Is(RuleField.Investor, "big"), true },
        { Is(RuleField.Investor, "backer"), true },
        { Is(RuleField.Lead, "big"), true },
        { Is(RuleField.Lead, "small"), false },
        // Big was merged into one that is called otherwise.
        { Is(RuleField.Investor, "big-as-it-was"), true },
        { new Condition.Affiliated(null, null), true },
        { new Condition.Affiliated(AffiliationKind.FundOf, null), false },
        { new Condition.Affiliated(AffiliationKind.SubsidiaryOf, new PartyId("zeta")), true },
        { new Condition.RaisedWithin(new Span(12, TimeUnit.Months)), true },
        { new Condition.RaisedWithin(new Span(3, TimeUnit.Weeks)), false },
        { new Condition.Contested(null), true },
        { new Condition.Contested(Field.Amount), true },
        { new Condition.Contested(Field.Status), false },
        { new Condition.PledgedFor(new Span(30, TimeUnit.Days)), true },
        { new Condition.PledgedFor(new Span(31, TimeUnit.Days)), false },
        // Each of one of its deals, and both of none.
        { Condition.AllOf([Is(RuleField.Series, "b"), Is(RuleField.Status, "pledged")]), true },
        { new Condition.Has(1, Related.Deal, Condition.AllOf([Is(RuleField.Series, "b"), Is(RuleField.Status, "pledged")])), false },
        { new Condition.Has(2, Related.Deal, Is(RuleField.DealKind, "round")), true },
        { new Condition.Has(3, Related.Deal, Is(RuleField.DealKind, "round")), false },
        { new Condition.Has(1, Related.Investor, Is(RuleField.Kind, "corporate-venture")), true },
        { new Condition.Has(1, Related.Investor, Condition.AllOf([Is(RuleField.Kind, "corporate-venture"), Is(RuleField.Role, "participant")])), false },
        // Big is there in two roles, and once.
        { new Condition.Has(3, Related.Investor, Is(RuleField.Id, "big", "small", "backer")), true },
        { new Condition.Has(4, Related.Investor, Is(RuleField.Role, "lead", "participant", "backer")), false },
        { new Condition.Not(Is(RuleField.Series, "b")), false },
        { Condition.AnyOf([Is(RuleField.Series, "z"), Is(RuleField.Series, "b")]), true },
    };

    [Theory]
    [MemberData(nameof(OfACompany))]
    public void A_company_is_chosen_by_what_is_recorded_of_it_and_its_deals(Condition condition, bool isChosen)
    {
        var first = new DealFacts
        {
            Id = new DealId("first"),
            Company = Acme,
            Kind = "round",
            Status = "closed",
            StatusSince = new DateOnly(2020, 1, 1),
            Series = "b",
            Instrument = "equity",
            Counts = true,
            Announced = (new DateOnly(2026, 2, 1), new DateOnly(2026, 2, 28)),
            Sectors = ["drones"],
            Places = ["beijing"],
            Investors = [new HolderFact(Big, "lead"), new HolderFact(Small, "participant")],
            Contested = ["amount"],
        };
        var second = new DealFacts
        {
            Id = new DealId("second"),
            Company = Acme,
            Kind = "round",
            Status = "pledged",
            StatusSince = Today.AddDays(-30),
            Series = "c",
            Counts = false,
            Announced = (Today, Today),
            Investors = [new HolderFact(Big, "backer")],
        };
        var company = new PartyFacts(Acme, [first, second], [PartyTraits.Only(new PartyId("backer"))]);

        Assert.Equal(isChosen, new RuleMatcher(new Rule(Subject.Companies, condition), Today, id => id.Value == "big-as-it-was" ? Big.Id : id).Matches(company));
    }

    [Theory]
    [InlineData(Comparison.AtLeast, 500, true)]
    [InlineData(Comparison.AtLeast, 501, false)]
    [InlineData(Comparison.More, 500, false)]
    [InlineData(Comparison.Equal, 400, true)]
    [InlineData(Comparison.Less, 300, false)]
    [InlineData(Comparison.AtMost, 300, true)]
    public void An_amount_fits_where_it_can_be_so_much(Comparison by, int figure, bool isChosen)
    {
        var sum = new SumFact(Currency.Usd, 300, 500, false);

        Assert.Equal(isChosen, Chooses(new Condition.Sum(SumField.Amount, by, figure, Currency.Usd), Deal(sum)));
        // In another currency by what it comes to in dollars, and in no third one.
        Assert.Equal(isChosen, Chooses(new Condition.Sum(SumField.Amount, by, figure, Currency.Usd), Deal(new SumFact(new Currency("CNY"), 2100, 3500, false), sum)));
        Assert.False(Chooses(new Condition.Sum(SumField.Amount, by, figure, Currency.Eur), Deal(sum)));
        Assert.False(Chooses(new Condition.Sum(SumField.Amount, by, figure, Currency.Usd), Deal(null)));
        Assert.False(Chooses(new Condition.Sum(SumField.Valuation, by, figure, Currency.Usd), Deal(sum)));
    }

    [Fact]
    public void Hundreds_of_millions_are_below_a_thousand()
    {
        var hundreds = new SumFact(Currency.Usd, 100, 1000, Below: true);

        Assert.True(Chooses(new Condition.Sum(SumField.Amount, Comparison.AtLeast, 999, Currency.Usd), Deal(hundreds)));
        Assert.False(Chooses(new Condition.Sum(SumField.Amount, Comparison.AtLeast, 1000, Currency.Usd), Deal(hundreds)));
    }

    [Theory]
    [InlineData(Comparison.Equal, "2026-Q1", true)]
    [InlineData(Comparison.Equal, "2026-03", true)]
    [InlineData(Comparison.Equal, "2026-05", false)]
    [InlineData(Comparison.AtLeast, "2026-03-15", true)]
    [InlineData(Comparison.AtLeast, "2026-04-01", false)]
    [InlineData(Comparison.More, "2026-03-30", true)]
    [InlineData(Comparison.More, "2026-03", false)]
    [InlineData(Comparison.Less, "2026-03-02", true)]
    [InlineData(Comparison.Less, "2026-03", false)]
    [InlineData(Comparison.AtMost, "2026", true)]
    [InlineData(Comparison.AtMost, "2026-02", false)]
    public void A_date_fits_where_one_of_its_days_does(Comparison by, string when, bool isChosen)
    {
        var condition = new Condition.Announced(by, When.Parse("announced", when));

        Assert.Equal(isChosen, Chooses(condition, Deal(null, announced: (new DateOnly(2026, 3, 1), new DateOnly(2026, 3, 31)))));
        Assert.False(Chooses(condition, Deal(null)));
    }

    [Theory]
    [InlineData("2026-05-22", true)]
    [InlineData("2026-05-21", false)]
    [InlineData("2026-11-22", true)]
    [InlineData("2026-11-23", false)]
    public void What_was_announced_within_a_time_goes_out_of_it_by_whole_days(string day, bool isChosen)
    {
        var announced = DateOnly.ParseExact(day, "yyyy-MM-dd", null);

        Assert.Equal(isChosen, Chooses(new Condition.AnnouncedWithin(new Span(6, TimeUnit.Months)), Deal(null, announced: (announced, announced))));
    }

    [Fact]
    public void An_investor_has_a_role_in_each_of_its_deals()
    {
        var deals = new[] { Deal(null, investors: [new HolderFact(Big, "lead"), new HolderFact(Small, "participant")]) };
        var leads = new Rule(Subject.Investors, new Condition.Has(1, Related.Deal, Is(RuleField.Role, "lead")));

        Assert.True(new RuleMatcher(leads, Today, id => id).Matches(new PartyFacts(Big, deals, [])));
        Assert.False(new RuleMatcher(leads, Today, id => id).Matches(new PartyFacts(Small, deals, [])));
        Assert.True(new RuleMatcher(new Rule(Subject.Investors, Is(RuleField.Company, "acme")), Today, id => id).Matches(new PartyFacts(Small, [], [Acme])));
        Assert.True(new RuleMatcher(new Rule(Subject.Investors, new Condition.Has(1, Related.Company, Is(RuleField.Sector, "robotics"))), Today, id => id).Matches(new PartyFacts(Small, deals, [])));
    }

    private static Condition.Is Is(RuleField field, params string[] values) => new(field, [.. values]);

    private static bool Chooses(Condition condition, DealFacts deal) => new RuleMatcher(new Rule(Subject.Deals, condition), Today, id => id).Matches(deal);

    private static DealFacts Deal(SumFact? amount, SumFact? dollars = null, (DateOnly, DateOnly)? announced = null, HolderFact[]? investors = null) => new()
    {
        Id = new DealId("deal"),
        Company = Acme,
        Kind = "round",
        Status = "announced",
        StatusSince = Today,
        Amount = amount,
        Dollars = dollars,
        Announced = announced,
        Investors = investors ?? [],
    };
}
