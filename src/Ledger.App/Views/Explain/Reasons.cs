using Ledger.App.Log;
using Ledger.App.Views.Deals;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.EventStore;

namespace Ledger.App.Views.Explain;

/// <summary>The claims and events that deals and parties rest on.</summary>
internal sealed class Reasons(Snapshot snapshot, EventLog log)
{
    // What page and API call a field of many values.
    private static readonly Dictionary<string, string> Singular = new()
    {
        ["investors"] = "investor",
        ["sectors"] = "sector",
        ["places"] = "place",
        ["kinds"] = "investorKind",
        ["affiliations"] = "affiliation",
        ["backers"] = "backer",
    };

    /// <summary>Whether a reason's field is the one that is asked about, or one of its many values.</summary>
    public static bool IsOf(Reason reason, string field)
    {
        field = Singular.GetValueOrDefault(field, field);
        return reason.Field == field || reason.Field.StartsWith(field + "/", StringComparison.Ordinal);
    }

    /// <summary>What the fields are called that some reasons are of, each once.</summary>
    public static IEnumerable<string> Fields(IEnumerable<Reason> reasons) => reasons.Select(reason => reason.Field.Split('/')[0]).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Of each deal all, each with what the deal adds to a figure.</summary>
    public async Task<List<Reason>> Of(IEnumerable<Deal> deals, Func<Deal, string?> gives, CancellationToken cancel)
    {
        var asked = deals.ToList();
        var streams = asked.SelectMany(deal => deal.WithAbsorbed()).Select(deal => StoredEvents.StreamOf(deal.Id)).Distinct().ToList();
        var events = (await log.ReadStreams(streams, await snapshot.Position(cancel), cancel)).ToLookup(e => e.Stream);
        var byPosition = events.SelectMany(stream => stream).ToDictionary(e => e.Position);
        var reasons = new List<Reason>();
        foreach (var deal in asked)
        {
            var current = ClaimRecord.Of(deal).Where(claim => claim.Current).Select(claim => claim.Id).ToHashSet();
            reasons.AddRange(deal.Claims.Select(claim => Of(deal.Id.Value, gives(deal), claim, byPosition[claim.Cause.Position], current.Contains(claim.Claim.Id.Value))));
            reasons.AddRange(EventReasons.Of(events[StoredEvents.StreamOf(deal.Id)], gives(deal)));
            // What a merged deal was filed under, the deal is; its other ties are its own.
            reasons.AddRange(deal.WithAbsorbed().Skip(1).SelectMany(merged => EventReasons.Of(events[StoredEvents.StreamOf(merged.Id)]))
                .Where(reason => reason.Event is "deal_tagged" or "deal_untagged").Select(reason => reason with { Of = deal.Id.Value, Gives = gives(deal) }));
        }
        return reasons;
    }

    /// <summary>Of a party and those that were merged into it.</summary>
    public async Task<List<Reason>> Of(Party party, CancellationToken cancel)
    {
        var ids = (await snapshot.Merges(cancel)).Ids(party.Id.Value);
        var events = await log.ReadStreams([.. ids.Select(id => StoredEvents.Parties + id)], await snapshot.Position(cancel), cancel);
        var byPosition = events.ToDictionary(e => e.Position);
        return
        [
            .. party.Claims.Select(claim => Of(party.Id.Value, null, claim, byPosition[claim.Cause.Position], party.IsCurrent(claim))),
            .. events.GroupBy(e => e.Stream).SelectMany(stream => EventReasons.Of(stream)),
        ];
    }

    private static Reason Of(string of, string? gives, RecordedClaim claim, RecordedEvent e, bool current) => new(
        of, gives, e.Position, e.Type, e.RecordedAt, e.Author, claim.Claim.Value.Slot.ToString(), claim.Claim.AsWritten,
        claim.Claim.Quote.Text, claim.Source.Value, current)
    {
        Standing = claim.Standing,
        Decided = ClaimRecord.Of(claim, current).Decided,
    };
}
