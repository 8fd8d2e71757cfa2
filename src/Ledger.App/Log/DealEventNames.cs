using Ledger.Domain.Deals;

namespace Ledger.App.Log;

/// <summary>The names that events of deals are stored under, by themselves and inside one another.</summary>
internal static class DealEventNames
{
    public static IReadOnlyDictionary<Type, string> All { get; } = new Dictionary<Type, string>
    {
        [typeof(DealEvent.DealAnnounced)] = "deal_announced",
        [typeof(DealEvent.DealCorroborated)] = "deal_corroborated",
        [typeof(DealEvent.DealStatusAdvanced)] = "deal_status_advanced",
        [typeof(DealEvent.DealClaimCorrected)] = "deal_claim_corrected",
        [typeof(DealEvent.DealClaimWithdrawn)] = "deal_claim_withdrawn",
        [typeof(DealEvent.DealClaimRestored)] = "deal_claim_restored",
        [typeof(DealEvent.DealClaimPreferred)] = "deal_claim_preferred",
        [typeof(DealEvent.DealPreferenceEnded)] = "deal_preference_ended",
        [typeof(DealEvent.DealPartJoined)] = "deal_part_joined",
        [typeof(DealEvent.DealPartLeft)] = "deal_part_left",
        [typeof(DealEvent.DealWholeJoined)] = "deal_whole_joined",
        [typeof(DealEvent.DealWholeLeft)] = "deal_whole_left",
        [typeof(DealEvent.DealCovered)] = "deal_covered",
        [typeof(DealEvent.DealUncovered)] = "deal_uncovered",
        [typeof(DealEvent.DealCoverGained)] = "deal_cover_gained",
        [typeof(DealEvent.DealCoverLost)] = "deal_cover_lost",
        [typeof(DealEvent.DealMerged)] = "deal_merged",
        [typeof(DealEvent.DealUnmerged)] = "deal_unmerged",
        [typeof(DealEvent.DealAbsorbed)] = "deal_absorbed",
        [typeof(DealEvent.DealReleased)] = "deal_released",
        [typeof(DealEvent.DealEchoed)] = "deal_echoed",
        [typeof(DealEvent.DealDistinguished)] = "deal_distinguished",
        [typeof(DealEvent.DealDistinctionEnded)] = "deal_distinction_ended",
        [typeof(DealEvent.DealRetracted)] = "deal_retracted",
        [typeof(DealEvent.DealReinstated)] = "deal_reinstated",
        [typeof(DealEvent.DealTagged)] = "deal_tagged",
        [typeof(DealEvent.DealUntagged)] = "deal_untagged",
        [typeof(DealEvent.DealSourceRanked)] = "deal_source_ranked",
    };
}
