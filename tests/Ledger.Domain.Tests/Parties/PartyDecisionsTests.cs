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
    [InlineData("Société Générale", "socie\u0301te\u0301 ge\u0301ne\u0301rale")]
    [InlineData("Ещё Сбер", "ЕЩЕ\u0308 сбер")]
    [InlineData("Vietcombank Ấn", "vietcombank a\u0302\u0301n")]
    [InlineData("ΑΛΦΑΣ", "αλφας")]
    [InlineData("ＺＨＩＰＵ　ＡＩ", "Zhipu AI")]
    public void Names_are_found_in_any_case_and_with_any_white_space(string name, string asked) => Assert.Equal(NameKey.Of(name), NameKey.Of(asked));

    [Fact]
    public void Names_are_checked()
    {
        Assert.Equal("party.name", Assert.Throws<InvalidValueException>(() => new PartyEvent.PartyRegistered("")).Field);
        Assert.Equal("party.alias", Assert.Throws<InvalidValueException>(() => new PartyEvent.PartyAliasAdded("two\nlines")).Field);
    }

    [Fact]
    public void A_name_that_a_party_had_stays_as_an_alias_and_an_alias_can_become_the_name() =>
        Assert.Equal("Tencent Holdings, Tencent", Named(Registered, Alias, new PartyEvent.PartyRenamed("Tencent Holdings", Why)));

    [Fact]
    public void A_party_is_renamed_and_goes_by_further_names()
    {
        Given.Party(Registered).When(new PartyCommand.Rename("Tencent Holdings", Why)).Then(new PartyEvent.PartyRenamed("Tencent Holdings", Why));
        Given.Party(Registered).When(new PartyCommand.AddAlias("Tencent Holdings", Why)).Then(new PartyEvent.PartyAliasAdded("Tencent Holdings", Why));
        Given.Party(Registered, Alias).When(new PartyCommand.RemoveAlias("Tencent Holdings", Why)).Then(new PartyEvent.PartyAliasRemoved("Tencent Holdings", Why));
        Given.Party(Registered).When(new PartyCommand.AddAlias("Tencent", Why)).ThenNothing();
        Given.Party(Registered, new PartyEvent.PartyMerged(Big, Why)).When(new PartyCommand.Rename("Other", Why))
            .ThenRefused("party-merged", "Party tencent was merged into big; rename that one.");
    }

    [Fact]
    public void An_affiliation_of_which_no_article_speaks_is_an_editors_and_can_end()
    {
        var fund = new ClaimValue.Affiliation(AffiliationKind.FundOf, Big, When.Parse("from", "2020-04"));
        var affiliated = new PartyEvent.PartyAffiliated(fund, Why);
        var ended = new PartyEvent.PartyAffiliationEnded(AffiliationKind.FundOf, Big, Why);
        Given.Party(Registered).When(new PartyCommand.Affiliate(fund, Why)).Then(affiliated);
        Given.Party(Registered, affiliated).When(new PartyCommand.EndAffiliation(AffiliationKind.FundOf, Big, Why)).Then(ended);
        Given.Party(Registered, affiliated, ended).When(new PartyCommand.EndAffiliation(AffiliationKind.FundOf, Big, Why)).ThenNothing();
        Given.Party(Registered, new PartyEvent.PartyDescribed(Sample.Article, Sample.Claims(fund))).When(new PartyCommand.EndAffiliation(AffiliationKind.FundOf, Big, Why)).Then(ended);
        Assert.Equal([fund], Fold(Registered, affiliated).Affiliations);
        var described = new PartyEvent.PartyDescribed(Sample.Article, Sample.Claims(fund));
        Assert.Empty(Fold(Registered, described, ended).Affiliations);
        var restored = new PartyEvent.PartyAffiliationRestored(described.Claims[0].Id);
        Given.Party(Registered, described, ended).When(new PartyCommand.RestoreAffiliation(described.Claims[0].Id)).Then(restored);
        Given.Party(Registered, described).When(new PartyCommand.RestoreAffiliation(described.Claims[0].Id)).ThenNothing();
        Assert.Equal([fund], Fold(Registered, described, ended, restored).Affiliations);
        Given.Party(Registered, described, ended, restored).When(new PartyCommand.EndAffiliation(AffiliationKind.FundOf, Big, Why)).Then(ended);
    }

    [Fact]
    public void A_party_is_not_affiliated_with_itself_nor_with_one_that_it_was_merged_with()
    {
        static PartyCommand FundOf(PartyId other) => new PartyCommand.Affiliate(new ClaimValue.Affiliation(AffiliationKind.FundOf, other), Why);

        Given.Party(Registered).When(FundOf(Sample.Tencent)).ThenRefused("affiliated-with-itself", "Party tencent cannot be affiliated with itself.");
        Given.Party(Registered).When(new PartyCommand.Describe(Sample.Article, Sample.Claims(new ClaimValue.Affiliation(AffiliationKind.FundOf, Sample.Tencent))))
            .ThenRefused("affiliated-with-itself", "Party tencent cannot be affiliated with itself.");
        var merged = new Refusal("party-merged", "Party tencent cannot be affiliated with big: they were merged, and are one party.");
        Assert.Equal(new Decision<PartyEvent>.Refuse(merged), PartyDecisions.Decide(Fold(Registered), FundOf(Big), id => id == Big ? Sample.Tencent : id));
        Assert.Equal(new Decision<PartyEvent>.Refuse(merged), PartyDecisions.Decide(Fold(Registered), FundOf(Big), _ => new PartyId("house")));
        Assert.IsType<Decision<PartyEvent>.Record>(PartyDecisions.Decide(Fold(Registered), FundOf(Big), id => id));
    }

    [Fact]
    public void What_is_recorded_of_parties_that_are_the_same_is_told_of_one()
    {
        var other = Party.Unknown(Big).Evolve(new PartyEvent.PartyRegistered("Big"), Sample.Cause(7))
            .Evolve(new PartyEvent.PartyDescribed(Sample.Article, Sample.Claims(new ClaimValue.Affiliation(AffiliationKind.FundOf, Sample.Tencent))), Sample.Cause(8));

        var one = Fold(Registered, Alias).With([other], id => id == Big ? Sample.Tencent : id);

        Assert.Equal("Tencent, Tencent Holdings, Big", string.Join(", ", one.Aliases.Prepend(one.Name)));
        Assert.Empty(one.Affiliations);
        Assert.Equal((8, 2), (one.Last!.Position, one.Version));
    }

    private static readonly PartyId Big = new("big");
    private static readonly Reason Why = new("Because.");

    private static string Named(params PartyEvent[] history) => string.Join(", ", Fold(history).Aliases.Prepend(Fold(history).Name));

    private static Party Fold(params PartyEvent[] history) =>
        history.Select((happened, i) => (happened, i)).Aggregate(Party.Unknown(Sample.Tencent), (party, past) => party.Evolve(past.happened, Sample.Cause(past.i + 1)));

    private static ClaimValue.Founded Founded(string when) => new(When.Parse("founded", when));
}
