using Ledger.App.Deals.Change;
using Ledger.App.Log;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Deals.Bulk;

/// <summary>What takes changes back, one by one.</summary>
internal static class Inverse
{
    /// <summary>The changes that undo a bulk change, the last of its events first.</summary>
    /// <param name="id">The bulk change.</param>
    /// <param name="events">All events of the deals that it touched.</param>
    /// <param name="reason">Why it is undone.</param>
    public static List<DealChangeRequest> Of(string id, IEnumerable<RecordedEvent> events, Reason reason)
    {
        var undone = new List<(long Position, DealChangeRequest Change)>();
        foreach (var stream in events.GroupBy(e => e.Stream))
        {
            var deal = Deal.Unknown(StoredEvents.DealOf(stream.Key));
            foreach (var e in stream)
            {
                var happened = (DealEvent)e.Data;
                if (e.CorrelationId == id && Of(happened, deal) is { } change)
                    undone.Add((e.Position, change with { Reason = reason }));
                deal = deal.Evolve(happened, StoredEvents.CauseOf(e));
            }
        }
        return [.. undone.OrderByDescending(one => one.Position).Select(one => one.Change)];
    }

    /// <summary>Null of an event that follows from another one, which is undone with that.</summary>
    private static DealChangeRequest? Of(DealEvent happened, Deal before)
    {
        return happened switch
        {
            DealEvent.DealClaimCorrected e => About(DealVerb.Restore, e.Claim),
            DealEvent.DealClaimWithdrawn e => About(DealVerb.Restore, e.Claim),
            DealEvent.DealClaimRestored e => before.Find(e.Claim) is { Standing: Standing.Corrected, Corrected.By: var by }
                ? About(DealVerb.Correct, e.Claim) with { Known = before.Find(by) } : About(DealVerb.Withdraw, e.Claim),
            DealEvent.DealClaimPreferred e => Preferred(before, e.Claim) is { } earlier ? About(DealVerb.Prefer, earlier) : About(DealVerb.Unprefer, e.Claim),
            DealEvent.DealPreferenceEnded e => About(DealVerb.Prefer, e.Claim),
            DealEvent.DealStatusAdvanced e => About(DealVerb.Withdraw, e.Claim.Id),
            DealEvent.DealPartJoined e => With(DealVerb.Leave, e.Whole),
            DealEvent.DealPartLeft e => With(DealVerb.Join, e.Whole) with { As = before.Whole!.As },
            DealEvent.DealCovered e => With(DealVerb.Uncover, e.By),
            DealEvent.DealUncovered e => With(DealVerb.Cover, e.By),
            DealEvent.DealMerged e => With(DealVerb.Unmerge, e.Into),
            DealEvent.DealUnmerged e => With(DealVerb.Merge, e.Into),
            DealEvent.DealDistinguished e => With(DealVerb.Undistinguish, e.From),
            DealEvent.DealDistinctionEnded e => With(DealVerb.Distinguish, e.From),
            DealEvent.DealRetracted => Whole(DealVerb.Reinstate),
            DealEvent.DealReinstated => Whole(DealVerb.Retract),
            DealEvent.DealTagged e => Whole(DealVerb.Untag) with { Tag = e.Tag },
            DealEvent.DealUntagged e => Whole(DealVerb.Tag) with { Tag = e.Tag },
            _ => null,
        };

        DealChangeRequest Whole(DealVerb verb) => new(before.Id, verb, $"undoing {before.Id}");

        DealChangeRequest About(DealVerb verb, ClaimId claim) => Whole(verb) with { Claim = claim };

        DealChangeRequest With(DealVerb verb, DealId other) => Whole(verb) with { Other = other };
    }

    /// <summary>The claim that was preferred in the slot until another one was.</summary>
    private static ClaimId? Preferred(Deal before, ClaimId next) =>
        before.Find(next) is { } claim
            ? before.Claims.FirstOrDefault(other => other.Preferred is not null && other.Claim.Id != next && other.Claim.Value.Slot == claim.Claim.Value.Slot)?.Claim.Id : null;
}
