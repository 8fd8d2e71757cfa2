using Ledger.Domain.Claims;

namespace Ledger.App.Views.Deals;

/// <summary>Says plainly why a deal's sum is in no total.</summary>
internal static class LeftOut
{
    /// <summary>A sentence for a deal that does not count.</summary>
    public static string Why(DealRecord deal) => (deal.Kind, deal.Status) switch
    {
        _ when deal.Parts is not null => "This counts through its parts, and counting it too would count them twice.",
        (DealKind.Aggregate, _) => "This is a sum over several rounds, and counting it would count them twice.",
        (_, DealStatus.Planned) => "This is planned, and no money has been promised yet.",
        (_, DealStatus.Rumoured) => "This is a rumour.",
        (_, DealStatus.Postponed) => "This was postponed.",
        (_, DealStatus.Withdrawn) => "This was withdrawn.",
        _ => "This does not count as money raised.",
    };

    /// <summary>What the totals of these deals leave out, each with its reason in a few words.</summary>
    public static IEnumerable<(DealRecord Deal, string Reason)> Of(IEnumerable<DealRecord> deals)
    {
        foreach (var deal in deals)
        {
            if (!deal.Counts)
                yield return (deal, deal.Kind == DealKind.Aggregate ? "its rounds count, not their sum" : deal.Parts is not null ? "its parts count" : Shown.Words(deal.Status));
            else if (deal.Amount.Currency is null)
                yield return (deal, "the amount is undisclosed");
        }
    }
}
