using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Deals;

public sealed class DealChangeTests
{
    [Fact]
    public void The_first_event_changes_every_field_that_it_claims_from_nothing()
    {
        var change = DealChange.Fold(Deal.Unknown(Sample.Deal), new DealEvent.DealAnnounced(Sample.Article, Sample.Claims(Sample.Company, Sample.Round, Sample.Announced)), Sample.Cause(1));

        Assert.Equal(["company: nothing > Company", "kind: nothing > Kind", "status: nothing > Status"], Tell(change));
        Assert.False(change.Before.IsKnown);
        Assert.Equal(Sample.Cause(1), change.Cause);
    }

    [Fact]
    public void A_corrected_field_says_from_what_to_what()
    {
        var before = Sample.DealOf([Sample.Raised(700)]);
        var change = Corroborate(before, Sample.Raised(750));

        var field = Assert.Single(change.Fields());
        Assert.Equal(new Slot(Field.Amount, ""), field.Slot);
        Assert.Equal((Sample.Raised(700), Sample.Raised(750)), (field.From!.Claim.Value, field.To!.Claim.Value));
        Assert.Equal((2, 3), (field.From.Cause.Position, field.To.Cause.Position));
    }

    [Fact]
    public void The_same_value_from_another_source_changes_no_field() =>
        Assert.Empty(Corroborate(Sample.DealOf([Sample.Raised(700)]), Sample.Raised(700)).Fields());

    [Fact]
    public void A_claim_that_does_not_become_current_changes_no_field() =>
        Assert.Empty(Corroborate(Sample.DealOf([Sample.Status(DealStatus.Closed, "2020-05")]), Sample.Status(DealStatus.Planned, "2020-03")).Fields());

    [Fact]
    public void Of_a_field_of_many_values_only_the_one_concerned_changes() =>
        Assert.Equal(["investor/tencent: Investor > Investor", "investor/delta: nothing > Investor"],
            Tell(Corroborate(Sample.DealOf([Sample.Led(Sample.Summitview), Sample.Joined(Sample.Tencent)]), Sample.Led(Sample.Tencent), Sample.Joined(new PartyId("delta")))));

    [Fact]
    public void Of_the_use_of_proceeds_the_words_are_the_value()
    {
        var before = Sample.DealOf([new ClaimValue.UseOfProceeds()]);
        var reworded = new DealEvent.DealCorroborated(Sample.Other, [Sample.Claim(new ClaimValue.UseOfProceeds(), "other words", Sample.Other)]);

        Assert.Equal(["useOfProceeds: UseOfProceeds > UseOfProceeds"], Tell(DealChange.Fold(before, reworded, Sample.Cause(3))));
        Assert.Empty(Corroborate(before, new ClaimValue.UseOfProceeds()).Fields());
    }

    private static DealChange Corroborate(Deal deal, params ClaimValue[] values) => DealChange.Fold(
        deal, new DealEvent.DealCorroborated(Sample.Other, [.. values.Select(value => Sample.Claim(value, article: Sample.Other))]), Sample.Cause(deal.Version + 1));

    private static IEnumerable<string> Tell(DealChange change) =>
        change.Fields().Select(field => $"{field.Slot}: {Name(field.From)} > {Name(field.To)}");

    private static string Name(RecordedClaim? claim) => claim?.Claim.Value.GetType().Name ?? "nothing";
}
