using Ledger.App.Deals;
using Ledger.App.Deals.Change;
using Ledger.App.Views;
using Ledger.App.Views.Events;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.App.Parties.Change;

/// <summary>
/// Two editors on one party: what was done to its names, to its affiliations, or to its place among the parties since the second one
/// saw it is told, if that is what the second one wants to change, and nothing is recorded.
/// </summary>
internal static class PartyMeanwhile
{
    public static void Check(PartyChange change, IReadOnlyList<(PartyEvent Happened, Cause Cause)> history)
    {
        if (change.IfVersion is not { } seen)
            return;
        if (seen > history.Count && change.IfUntouched)
            throw Refused($"Party {change.Party} is at version {history.Count}, not at {seen}.");
        if (seen > history.Count)
            throw new InvalidValueException("ifVersion", $"{seen} is beyond party {change.Party}, which is at version {history.Count}");
        var wanted = Aspect(change.Verb);
        var done = history.Skip((int)seen).Where(past => change.IfUntouched || Aspect(past.Happened) == wanted)
            .Select(past => $"{past.Cause.Author} at {Shown.Time(past.Cause.RecordedAt)} UTC (version {past.Cause.Version}, {EventSummary.Of(past.Happened)})").ToList();
        if (done.Count > 0)
            throw Refused($"Since version {seen} of party {change.Party} {(change.IfUntouched ? "it was" : $"its {wanted} were")} changed: {string.Join("; ", done)}.");

        RefusedException Refused(string sentence) => new(PartyChange.Word(change.Verb), new Refusal(Meanwhile.Refused, sentence));
    }

    private static string Aspect(PartyVerb verb) => verb switch
    {
        PartyVerb.Merge or PartyVerb.Unmerge => "merges",
        PartyVerb.Affiliate or PartyVerb.Unaffiliate => "affiliations",
        _ => "names",
    };

    private static string Aspect(PartyEvent happened) => happened switch
    {
        PartyEvent.PartyMerged or PartyEvent.PartyUnmerged or PartyEvent.PartyAbsorbed or PartyEvent.PartyReleased => "merges",
        PartyEvent.PartyAffiliated or PartyEvent.PartyAffiliationEnded or PartyEvent.PartyAffiliationRestored or PartyEvent.PartyDescribed => "affiliations",
        _ => "names",
    };
}
