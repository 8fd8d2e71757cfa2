using Ledger.Domain.Claims;
using Ledger.Domain.Parties;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Parties;

public sealed class PartyDecisionsTests
{
    private static readonly PartyEvent Registered = new PartyEvent.PartyRegistered("Tencent");
    private static readonly PartyEvent Alias = new PartyEvent.PartyAliasAdded("Tencent Holdings");
    private static readonly ClaimValue Gaming = new ClaimValue.Sector("gaming");
    private static readonly ClaimValue Corporate = new ClaimValue.InvestorKind("corporate");

    [Fact]
    public void A_new_party_is_registered_with_its_other_names() =>
        Given.Party().When(new PartyCommand.Register("Tencent", ["Tencent Holdings", "腾讯"]))
            .Then(Registered, Alias, new PartyEvent.PartyAliasAdded("腾讯"));

    [Fact]
    public void The_same_registration_twice_changes_nothing() =>
        Given.Party(Registered, Alias).When(new PartyCommand.Register("Tencent", ["Tencent Holdings"])).ThenNothing();

    [Fact]
    public void A_known_party_keeps_its_name_and_another_one_becomes_an_alias() =>
        Given.Party(Registered).When(new PartyCommand.Register("Tencent Holdings", ["Tencent"])).Then(Alias);

    [Fact]
    public void A_name_given_twice_is_recorded_once() =>
        Given.Party(Registered).When(new PartyCommand.Register("Tencent", ["Tencent Holdings", "Tencent", "Tencent Holdings"])).Then(Alias);

    [Fact]
    public void A_party_is_described() =>
        Given.Party(Registered).When(new PartyCommand.Describe(Sample.Article, Sample.Claims(Gaming, Corporate)))
            .Then(new PartyEvent.PartyDescribed(Sample.Article, Sample.Claims(Gaming, Corporate)));

    [Fact]
    public void Of_a_description_only_the_news_are_recorded() =>
        Given.Party(Registered, new PartyEvent.PartyDescribed(Sample.Article, Sample.Claims(Gaming)))
            .When(new PartyCommand.Describe(Sample.Article, Sample.Claims(Gaming, Corporate, Corporate)))
            .Then(new PartyEvent.PartyDescribed(Sample.Article, Sample.Claims(Corporate)));

    [Fact]
    public void The_same_description_twice_changes_nothing() =>
        Given.Party(Registered, new PartyEvent.PartyDescribed(Sample.Article, Sample.Claims(Gaming)))
            .When(new PartyCommand.Describe(Sample.Article, Sample.Claims(Gaming))).ThenNothing();

    [Fact]
    public void Who_is_not_registered_is_not_described() =>
        Given.Party().When(new PartyCommand.Describe(Sample.Article, Sample.Claims(Gaming)))
            .ThenRefused("party-unknown", "Party tencent is not registered.");

    [Fact]
    public void A_claim_about_a_deal_is_not_one_about_a_party() =>
        Given.Party(Registered).When(new PartyCommand.Describe(Sample.Article, Sample.Claims(Gaming, Sample.Raised(7))))
            .ThenRefused("field-not-of-a-party", "Party tencent: amount is not a field of a party.");

    [Fact]
    public void The_current_value_of_a_field_is_the_one_recorded_last()
    {
        var party = Party.Unknown(Sample.Tencent).Evolve(Registered, Sample.Cause(1))
            .Evolve(new PartyEvent.PartyDescribed(Sample.Article, Sample.Claims(Founded("1998"), Gaming)), Sample.Cause(2))
            .Evolve(new PartyEvent.PartyDescribed(Sample.Other, Sample.Claims(Founded("1998-11"))), Sample.Cause(3));

        Assert.Equal(Founded("1998-11"), party.Current(Field.Founded)!.Claim.Value);
        Assert.Null(party.Current(Field.Affiliation));
        Assert.Equal([false, true, true], party.Claims.Select(party.IsCurrent));
    }

    [Theory]
    [InlineData("Tencent", "TENCENT")]
    [InlineData("Legend Capital", "  legend \t CAPITAL ")]
    [InlineData("Société Générale", "SOCIÉTÉ GÉNÉRALE")]
    [InlineData("粤财基金", "粤财基金")]
    public void Names_are_found_in_any_case_and_with_any_white_space(string name, string asked) => Assert.Equal(NameKey.Of(name), NameKey.Of(asked));

    [Fact]
    public void Names_are_checked()
    {
        Assert.Equal("party.name", Assert.Throws<InvalidValueException>(() => new PartyEvent.PartyRegistered("")).Field);
        Assert.Equal("party.alias", Assert.Throws<InvalidValueException>(() => new PartyEvent.PartyAliasAdded("two\nlines")).Field);
    }

    private static ClaimValue.Founded Founded(string when) => new(When.Parse("founded", when));
}
