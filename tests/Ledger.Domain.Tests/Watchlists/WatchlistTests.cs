using System.Collections.Immutable;
using Ledger.Domain.Rules;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;

namespace Ledger.Domain.Tests.Watchlists;

public sealed class WatchlistTests
{
    private static readonly WatchlistId Id = new("robots");
    private static readonly DateOnly Day = new(2026, 11, 22);
    private static readonly Reason Why = new("Because.");
    private static readonly PartyId Acme = new("acme");
    private static readonly PartyId Zeta = new("zeta");
    private static readonly Rule Robots = new(Subject.Companies, new Condition.Is(RuleField.Sector, ["robotics"]));
    private static readonly Rule Everybody = new(Subject.Investors, null);

    private static readonly WatchlistEvent Defined = new WatchlistEvent.WatchlistDefined("Robots", Subject.Companies, "companies where sector = robotics");

    [Fact]
    public void A_list_is_defined_once()
    {
        Given().When(new WatchlistCommand.Define("Robots", Robots)).Then(Defined);
        Given(Defined).When(new WatchlistCommand.Define("Robots", Everybody)).ThenRefused("watchlist-exists", "Watchlist 'robots' is there already, with the rule: companies where sector = robotics");
        Given(Defined, new WatchlistEvent.WatchlistDeleted(Why)).When(new WatchlistCommand.Define("Robots", Everybody))
            .ThenRefused("watchlist-deleted", "The id 'robots' is that of a watchlist with a history; choose another name. Watchlist 'robots' was deleted by somebody, because: Because.");
        Given().When(new WatchlistCommand.Pin(Acme, Why)).ThenRefused("watchlist-unknown", "There is no watchlist 'robots'.");
    }

    [Fact]
    public void Rules_pins_and_exclusions_are_recorded_with_reasons()
    {
        Given(Defined).When(new WatchlistCommand.ChangeRule(Everybody, Why)).Then(new WatchlistEvent.WatchlistRuleChanged(Subject.Investors, "investors", Why));
        Given(Defined).When(new WatchlistCommand.Pin(Acme, Why)).Then(new WatchlistEvent.WatchlistMemberPinned(Acme, Why));
        Given(Defined, new WatchlistEvent.WatchlistMemberPinned(Acme, Why)).When(new WatchlistCommand.Exclude(Acme, Why)).Then(new WatchlistEvent.WatchlistMemberExcluded(Acme, Why));
        Given(Defined, new WatchlistEvent.WatchlistMemberPinned(Acme, Why)).When(new WatchlistCommand.Release(Acme, Why)).Then(new WatchlistEvent.WatchlistMemberReleased(Acme, Why));
        Given(Defined).When(new WatchlistCommand.Release(Acme, Why)).ThenNothing();
        Given(Defined).When(new WatchlistCommand.Delete(Why)).Then(new WatchlistEvent.WatchlistDeleted(Why));
        Given(Defined, new WatchlistEvent.WatchlistDeleted(Why)).When(new WatchlistCommand.Pin(Acme, Why)).ThenRefused("watchlist-deleted", "Watchlist 'robots' was deleted by somebody, because: Because.");
    }

    [Fact]
    public void A_list_that_is_renamed_keeps_its_id_and_its_members()
    {
        var renamed = new WatchlistEvent.WatchlistRenamed("Machines", Why);
        Given(Defined).When(new WatchlistCommand.Rename("Machines", Why)).Then(renamed);
        Given(Defined, renamed).When(new WatchlistCommand.Rename("Machines", Why)).ThenNothing();
        Given(Defined, new WatchlistEvent.WatchlistDeleted(Why)).When(new WatchlistCommand.Rename("Machines", Why)).ThenRefused("watchlist-deleted", "Watchlist 'robots' was deleted by somebody, because: Because.");
        var list = Fold(Defined, Joined(Acme, 7), renamed);
        Assert.Equal((Id, "Machines", 1), (list.Id, list.Name, list.Entries.Count));
    }

    [Fact]
    public void A_list_follows_what_its_rule_says_now_and_nothing_else()
    {
        var list = Fold(Defined, Joined(Acme, 7));

        var events = WatchlistDecisions.Follow(list, [(Zeta, true, [9]), (Acme, false, [8]), (new PartyId("third"), false, [8])], Day);

        Assert.Collection(events,
            left => Assert.Equal([new MemberChange(Acme, [8])], Assert.IsType<WatchlistEvent.WatchlistMembersLeft>(left).Members),
            joined => Assert.Equal([new MemberChange(Zeta, [9])], Assert.IsType<WatchlistEvent.WatchlistMembersJoined>(joined).Members));
        Assert.Empty(WatchlistDecisions.Follow(Fold([Defined, Joined(Acme, 7), .. events]), [(Zeta, true, [9]), (Acme, false, [8])], Day));
    }

    [Fact]
    public void Many_members_are_told_of_in_several_events()
    {
        var events = WatchlistDecisions.Follow(Fold(Defined), Enumerable.Range(0, 450).Select(n => (new PartyId($"p{n:000}"), true, ImmutableArray.Create(1L))), Day);

        Assert.Equal([200, 200, 50], events.Select(e => ((WatchlistEvent.WatchlistMembersJoined)e).Members.Length));
    }

    [Fact]
    public void Who_is_excluded_is_no_member_and_who_is_pinned_is_one_whatever_the_rule_says()
    {
        var list = Fold(Defined, Joined(Acme, 7), new WatchlistEvent.WatchlistMemberPinned(Zeta, Why), new WatchlistEvent.WatchlistMemberExcluded(Acme, Why));
        Assert.Equal([Zeta], list.Members(id => id).Select(entry => entry.Party));
        Assert.Equal(3, list.Members(id => id).Single().Since!.Position);

        // Since it was let in again, and not since the rule first chose it.
        var released = list.Evolve(new WatchlistEvent.WatchlistMemberReleased(Acme, Why), Sample.Cause(5));
        Assert.Equal((5, 2), (released.Entries[Acme].Since!.Position, released.Entries[Acme].Chosen!.Since.Position));
        Assert.Equal([7], released.Entries[Acme].Chosen!.Because);
    }

    [Fact]
    public void Parties_that_are_one_are_one_member()
    {
        var list = Fold(Defined, Joined(Acme, 7), new WatchlistEvent.WatchlistMemberPinned(Zeta, Why));

        var member = Assert.Single(list.Members(_ => Zeta));
        Assert.Equal((Zeta, 2, true), (member.Party, member.Since!.Position, member.Pinned is not null));
        Assert.Empty(list.Evolve(new WatchlistEvent.WatchlistMemberExcluded(Acme, Why), Sample.Cause(4)).Members(_ => Zeta));
    }

    [Fact]
    public void What_was_decided_of_a_party_under_another_id_is_decided_of_it_and_can_be_undone()
    {
        var (pinned, excluded) = (new WatchlistEvent.WatchlistMemberPinned(Zeta, Why), new WatchlistEvent.WatchlistMemberExcluded(Zeta, Why));
        var (released, itself) = (new WatchlistEvent.WatchlistMemberReleased(Zeta, Why), new WatchlistEvent.WatchlistMemberReleased(Acme, Why));
        Given(Defined, excluded).When(new WatchlistCommand.Release(Acme, Why) { Others = [Zeta] }).Then(released);
        Given(Defined, excluded, new WatchlistEvent.WatchlistMemberPinned(Acme, Why)).When(new WatchlistCommand.Release(Acme, Why) { Others = [Zeta] }).Then(itself, released);
        Given(Defined, excluded).When(new WatchlistCommand.Pin(Acme, Why) { Others = [Zeta] }).Then(released, new WatchlistEvent.WatchlistMemberPinned(Acme, Why));
        Given(Defined, excluded).When(new WatchlistCommand.Exclude(Acme, Why) { Others = [Zeta] }).ThenNothing();
        Given(Defined, pinned).When(new WatchlistCommand.Pin(Acme, Why) { Others = [Zeta] }).ThenNothing();
        Given(Defined, pinned).When(new WatchlistCommand.Exclude(Acme, Why) { Others = [Zeta] }).Then(new WatchlistEvent.WatchlistMemberExcluded(Acme, Why));
        Assert.Equal([Acme], Fold(Defined, excluded, released, new WatchlistEvent.WatchlistMemberPinned(Acme, Why)).Members(_ => Acme).Select(member => member.Party));
    }

    [Fact]
    public void A_list_is_over_parties() =>
        Assert.Throws<InvalidValueException>(() => new WatchlistEvent.WatchlistDefined("Deals", Subject.Deals, "deals"));

    private static WatchlistEvent.WatchlistMembersJoined Joined(PartyId party, long because) => new([new MemberChange(party, [because])], Day);

    private static Watchlist Fold(params WatchlistEvent[] history) => Fold((IReadOnlyList<WatchlistEvent>)history);

    private static Watchlist Fold(IReadOnlyList<WatchlistEvent> history)
    {
        var position = 0;
        return history.Aggregate(Watchlist.Unknown(Id), (list, happened) => list.Evolve(happened, Sample.Cause(++position)));
    }

    private static Specification<WatchlistCommand, WatchlistEvent> Given(params WatchlistEvent[] history) => new(history, (facts, command) => WatchlistDecisions.Decide(Fold(facts), command));
}
