using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Deals;

/// <summary>Tells an event of a deal in words.</summary>
internal static class Told
{
    /// <param name="happened">The event.</param>
    /// <param name="before">The deal before it, which knows the claims that the event names by their ids.</param>
    public static string Of(DealEvent happened, Deal before) => happened switch
    {
        DealEvent.DealAnnounced e => $"announced with {Shown.Count(e.Claims.Length, "claim")}",
        DealEvent.DealCorroborated e => $"{Shown.Count(e.Claims.Length, "claim")} more",
        DealEvent.DealStatusAdvanced e => $"status advanced to {Value(e.Claim)}",
        DealEvent.DealClaimCorrected e => $"{Field(e.By)} corrected: {Value(before, e.Claim)} is {Value(e.By)}",
        DealEvent.DealClaimWithdrawn e => $"claim withdrawn: {Named(before, e.Claim)}",
        DealEvent.DealClaimRestored e => $"claim restored: {Named(before, e.Claim)}",
        DealEvent.DealClaimPreferred e => $"claim preferred: {Named(before, e.Claim)}",
        DealEvent.DealPreferenceEnded e => $"no longer preferred: {Named(before, e.Claim)}",
        DealEvent.DealPartJoined e => $"became {Article(e.As)} of {e.Whole}",
        DealEvent.DealPartLeft e => $"is no part of {e.Whole} any more",
        DealEvent.DealWholeJoined e => $"{e.Part} became {Article(e.As)} of it",
        DealEvent.DealWholeLeft e => $"{e.Part} is no part of it any more",
        DealEvent.DealCovered e => $"covered by {e.By}",
        DealEvent.DealUncovered e => $"no longer covered by {e.By}",
        DealEvent.DealCoverGained e => $"covers {e.Deal}",
        DealEvent.DealCoverLost e => $"no longer covers {e.Deal}",
        DealEvent.DealMerged e => $"merged into {e.Into}",
        DealEvent.DealUnmerged e => $"no longer merged into {e.Into}",
        DealEvent.DealAbsorbed e => $"{e.Deal} merged into it",
        DealEvent.DealReleased e => $"{e.Deal} no longer merged into it",
        DealEvent.DealEchoed e => $"of {e.Deal}, which was merged into it: {Of(e.Happened, before)}",
        DealEvent.DealDistinguished e => $"found to be another deal than {e.From}",
        DealEvent.DealDistinctionEnded e => $"may be {e.From} after all",
        DealEvent.DealRetracted => "retracted",
        DealEvent.DealReinstated => "reinstated",
        DealEvent.DealTagged e => $"filed under {Tag(e.Tag)}",
        DealEvent.DealUntagged e => $"no longer filed under {Tag(e.Tag)}",
        DealEvent.DealSourceRanked e => $"source {e.Source} ranked {e.Rank}",
        _ => "",
    };

    /// <summary>Why an editor decided it; null of what an article says.</summary>
    public static Reason? Why(DealEvent happened) => happened switch
    {
        DealEvent.DealClaimCorrected e => e.Reason,
        DealEvent.DealClaimWithdrawn e => e.Reason,
        DealEvent.DealClaimRestored e => e.Reason,
        DealEvent.DealClaimPreferred e => e.Reason,
        DealEvent.DealPreferenceEnded e => e.Reason,
        DealEvent.DealPartJoined e => e.Reason,
        DealEvent.DealPartLeft e => e.Reason,
        DealEvent.DealWholeJoined e => e.Reason,
        DealEvent.DealWholeLeft e => e.Reason,
        DealEvent.DealCovered e => e.Reason,
        DealEvent.DealUncovered e => e.Reason,
        DealEvent.DealCoverGained e => e.Reason,
        DealEvent.DealCoverLost e => e.Reason,
        DealEvent.DealMerged e => e.Reason,
        DealEvent.DealUnmerged e => e.Reason,
        DealEvent.DealAbsorbed e => e.Reason,
        DealEvent.DealReleased e => e.Reason,
        DealEvent.DealEchoed e => Why(e.Happened),
        DealEvent.DealDistinguished e => e.Reason,
        DealEvent.DealDistinctionEnded e => e.Reason,
        DealEvent.DealRetracted e => e.Reason,
        DealEvent.DealReinstated e => e.Reason,
        DealEvent.DealTagged e => e.Reason,
        DealEvent.DealUntagged e => e.Reason,
        DealEvent.DealSourceRanked e => e.Reason,
        _ => null,
    };

    private static string Article(PartKind kind) => kind == PartKind.Extension ? "an extension" : "a tranche";

    private static string Tag(ClaimValue tag) => tag switch { ClaimValue.Sector s => s.Slug, ClaimValue.Place p => p.Name, _ => tag.Slot.ToString() };

    private static string Field(Claim claim) => Shown.Words(claim.Value.Slot.Field);

    private static string Value(Claim claim) => Shown.Value(claim.Value, claim.AsWritten);

    private static string Value(Deal before, ClaimId id) => before.Find(id) is { } claim ? Value(claim.Claim) : $"claim {id}";

    private static string Named(Deal before, ClaimId id) => before.Find(id) is { } claim ? $"{Field(claim.Claim)} {Value(claim.Claim)}" : id.Value;
}
