using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>What commands about one of a deal's claims come to.</summary>
internal static class ClaimDecisions
{
    public static Decision<DealEvent> Correct(Deal deal, DealCommand.Correct c) => About(deal, c.Claim, (claim, holder) =>
    {
        if (claim.Standing == Standing.Corrected)
        {
            return claim.Corrected!.By == c.By.Id ? Decision<DealEvent>.Nothing
                : DealDecisions.Refuse("claim-corrected", $"Claim {c.Claim} was corrected already, by claim {claim.Corrected.By}; correct that one.");
        }
        if (claim.Standing == Standing.Withdrawn)
            return DealDecisions.Refuse("claim-withdrawn", $"Claim {c.Claim} was withdrawn; restore it first.");
        if (c.By.Value.Slot.Field != claim.Claim.Value.Slot.Field)
            return DealDecisions.Refuse("correction-of-another-field", $"Claim {c.Claim} is of {claim.Claim.Value.Slot}, and cannot be corrected by one of {c.By.Value.Slot}.", isOfInput: true);
        if (c.By.Id == c.Claim)
            return DealDecisions.Refuse("correction-of-itself", $"Claim {c.Claim} says that already.", isOfInput: true);
        if (deal.Find(c.By.Id) is { Standing: Standing.Corrected } by)
            return DealDecisions.Refuse("correction-corrected", $"Claim {c.By.Id}, which says the same, was itself corrected, by claim {by.Corrected!.By}; restore it.");
        // Of two deals that were merged, the other one may hold the same claim and have withdrawn it.
        var again = deal.WithAbsorbed().Where(other => other.Id != holder.Id && other.Withdrew(c.By.Id))
            .Select(other => deal.Told(other.Id, new DealEvent.DealClaimRestored(c.By.Id, [], c.Reason)));
        return Complete(deal, holder, new DealEvent.DealClaimCorrected(c.Claim, c.Source, c.By, c.Reason)) switch
        {
            Decision<DealEvent>.Record(var corrected) => DealDecisions.Happened([.. again, .. corrected]),
            var refused => refused,
        };
    });

    public static Decision<DealEvent> Withdraw(Deal deal, DealCommand.Withdraw c) => About(deal, c.Claim, (claim, holder) => claim.Standing switch
    {
        Standing.Withdrawn => Decision<DealEvent>.Nothing,
        Standing.Corrected => DealDecisions.Refuse("claim-corrected", $"Claim {c.Claim} was corrected by claim {claim.Corrected!.By} and counts for nothing; withdraw that one."),
        _ => Complete(deal, holder, new DealEvent.DealClaimWithdrawn(c.Claim, c.Reason)),
    });

    public static Decision<DealEvent> Restore(Deal deal, DealCommand.Restore c) => About(deal, c.Claim, (claim, holder) =>
        claim.Stands ? Decision<DealEvent>.Nothing
        : Complete(deal, holder, new DealEvent.DealClaimRestored(c.Claim, claim.Corrected is { By: var by } ? Corrections(deal, c.Claim, by) : [], c.Reason)));

    public static Decision<DealEvent> Prefer(Deal deal, DealCommand.Prefer c) => About(deal, c.Claim, (claim, holder) =>
    {
        var slot = claim.Claim.Value.Slot;
        if (slot.Field == Field.Status)
            return DealDecisions.Refuse("status-not-preferred", $"Claim {c.Claim} is of the status, which goes by time; correct or withdraw the claims that are wrong.");
        if (!claim.Stands)
            return DealDecisions.Refuse("claim-not-standing", $"Claim {c.Claim} was {DealDecisions.Word(claim.Standing)}; restore it first.");
        if (claim.Standing == Standing.Preferred && deal.Current(slot) == claim)
            return Decision<DealEvent>.Nothing;
        var others = deal.Claims.Where(other => other.Preferred is not null && other.Claim.Value.Slot == slot)
            .Select(other => (other.Claim.Id, Holder: deal.Holder(other.Claim.Id)!.Id)).Where(other => other.Holder != holder.Id)
            .Select(other => deal.Told(other.Holder, new DealEvent.DealPreferenceEnded(other.Id, c.Reason)));
        return DealDecisions.Happened([.. others, deal.Told(holder.Id, new DealEvent.DealClaimPreferred(c.Claim, c.Reason))]);
    });

    public static Decision<DealEvent> EndPreference(Deal deal, DealCommand.EndPreference c) => About(deal, c.Claim, (claim, holder) =>
        claim.Preferred is null ? Decision<DealEvent>.Nothing : DealDecisions.Happened(deal.Told(holder.Id, new DealEvent.DealPreferenceEnded(c.Claim, c.Reason))));

    /// <summary>The claims that were recorded only to correct this one, directly or one through another: they fall with the correction.</summary>
    private static ImmutableArray<ClaimId> Corrections(Deal deal, ClaimId corrected, ClaimId? by)
    {
        var fallen = ImmutableArray.CreateBuilder<ClaimId>();
        while (by is { } id && id != corrected && !fallen.Contains(id) && deal.Find(id) is { Corrects: not null } correction)
        {
            if (deal.Claims.Any(other => other.Corrected?.By == id && other.Claim.Id != corrected && !fallen.Contains(other.Claim.Id) && other.Standing == Standing.Corrected))
                break;
            fallen.Add(id);
            by = correction.Corrected?.By;
        }
        return fallen.ToImmutable();
    }

    private static Decision<DealEvent> About(Deal deal, ClaimId id, Func<RecordedClaim, Deal, Decision<DealEvent>> decide) =>
        deal.Find(id) is { } claim ? decide(claim, deal.Holder(id)!)
        : DealDecisions.Refuse("claim-unknown", $"Deal {deal.Id} has no claim {id}.", isOfInput: true);

    /// <summary>Refuses what would leave a deal without a company, a kind or a status.</summary>
    private static Decision<DealEvent> Complete(Deal deal, Deal holder, DealEvent happened)
    {
        if (!holder.Evolve(happened, DealDecisions.NotYet(holder)).IsComplete)
            return DealDecisions.Refuse("claim-needed", $"Without that claim nothing would say the company, the kind or the status of deal {holder.Id}; correct it, or retract the deal.");
        return DealDecisions.Happened(deal.Told(holder.Id, happened));
    }
}
