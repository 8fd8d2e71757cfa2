using Ledger.App.Log;
using Ledger.App.Views.Events;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.EventStore;

namespace Ledger.App.Views.Explain;

/// <summary>Events that say something of a field without a claim: names, what editors filed, merged, tied and retracted.</summary>
internal static class EventReasons
{
    public const string MergedFrom = "mergedFrom";
    public const string MergedInto = "mergedInto";
    public const string Retracted = "retracted";
    public const string Parts = "parts";
    public const string Covers = "covers";

    /// <summary>Of the events of one stream those that do; the last of a field is what it goes by.</summary>
    public static IEnumerable<Reason> Of(IEnumerable<RecordedEvent> stream, string? gives = null)
    {
        var told = stream.Select(e => (Event: e, Field: FieldOf(e.Data))).Where(one => one.Field is not null).ToList();
        var last = told.GroupBy(one => one.Field!).ToDictionary(of => of.Key, of => of.Max(one => one.Event.Position));
        return told.Select(one => new Reason(
            StoredEvents.SubjectOf(one.Event.Stream).Id, gives, one.Event.Position, one.Event.Type, one.Event.RecordedAt, one.Event.Author, one.Field!,
            null, null, null, last[one.Field!] == one.Event.Position)
        {
            Says = EventSummary.Of(one.Event.Data),
        });
    }

    private static string? FieldOf(object happened) => happened switch
    {
        DealEvent e => FieldOf(e),
        PartyEvent e => FieldOf(e),
        _ => null,
    };

    private static string? FieldOf(DealEvent happened) => happened switch
    {
        DealEvent.DealTagged e => e.Tag.Slot.ToString(),
        DealEvent.DealUntagged e => e.Tag.Slot.ToString(),
        DealEvent.DealRetracted or DealEvent.DealReinstated => Retracted,
        DealEvent.DealMerged e => $"{MergedInto}/{e.Into}",
        DealEvent.DealUnmerged e => $"{MergedInto}/{e.Into}",
        DealEvent.DealAbsorbed e => $"{MergedFrom}/{e.Deal}",
        DealEvent.DealReleased e => $"{MergedFrom}/{e.Deal}",
        DealEvent.DealPartJoined e => $"partOf/{e.Whole}",
        DealEvent.DealPartLeft e => $"partOf/{e.Whole}",
        DealEvent.DealWholeJoined e => $"{Parts}/{e.Part}",
        DealEvent.DealWholeLeft e => $"{Parts}/{e.Part}",
        DealEvent.DealCovered e => $"coveredBy/{e.By}",
        DealEvent.DealUncovered e => $"coveredBy/{e.By}",
        DealEvent.DealCoverGained e => $"{Covers}/{e.Deal}",
        DealEvent.DealCoverLost e => $"{Covers}/{e.Deal}",
        DealEvent.DealDistinguished e => $"distinctFrom/{e.From}",
        DealEvent.DealDistinctionEnded e => $"distinctFrom/{e.From}",
        _ => null,
    };

    private static string? FieldOf(PartyEvent happened) => happened switch
    {
        PartyEvent.PartyRegistered or PartyEvent.PartyRenamed => "name",
        PartyEvent.PartyAliasAdded e => $"aliases/{e.Name}",
        PartyEvent.PartyAliasRemoved e => $"aliases/{e.Name}",
        PartyEvent.PartyAffiliated e => e.Affiliation.Slot.ToString(),
        PartyEvent.PartyAffiliationEnded e => new Domain.Claims.ClaimValue.Affiliation(e.Value, e.With).Slot.ToString(),
        PartyEvent.PartyMerged e => $"{MergedInto}/{e.Into}",
        PartyEvent.PartyUnmerged e => $"{MergedInto}/{e.From}",
        PartyEvent.PartyAbsorbed e => $"{MergedFrom}/{e.Party}",
        PartyEvent.PartyReleased e => $"{MergedFrom}/{e.Party}",
        _ => null,
    };
}
