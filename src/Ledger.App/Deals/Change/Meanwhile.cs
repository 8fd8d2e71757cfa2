using System.Collections.Immutable;
using Ledger.App.Views;
using Ledger.App.Views.Deals;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Sources;
using Ledger.Domain.Values;

namespace Ledger.App.Deals.Change;

/// <summary>
/// Two editors on one field: what was done to it since the second one saw it is told, and nothing is recorded. What was done to
/// other fields does not stand in the way, unless the editor wants the deal to be as it was seen.
/// </summary>
internal static class Meanwhile
{
    public const string Refused = "changed-meanwhile";

    /// <param name="change">What the second editor wants.</param>
    /// <param name="seen">The version of the deal that the editor has seen.</param>
    /// <param name="history">All that happened to the deal.</param>
    /// <param name="deal">Where its claims stand now.</param>
    public static void Check(DealChangeRequest change, long seen, ImmutableArray<PastEvent> history, Deal deal)
    {
        if (seen > history.Length && change.IfUntouched)
            throw new RefusedException(change.Where, new Refusal(Refused, $"Deal {change.Deal} is at version {history.Length}, not at {seen}."));
        if (seen > history.Length)
            throw new InvalidValueException("ifVersion", $"{seen} is beyond deal {change.Deal}, which is at version {history.Length}");
        var field = FieldOf(change, deal);
        var before = history.Take((int)seen).Aggregate(Deal.Unknown(change.Deal), (state, past) => state.Evolve(past.Happened, past.Cause));
        var done = new List<string>();
        foreach (var past in history.Skip((int)seen))
        {
            var step = DealChange.Fold(before, past.Happened, past.Cause);
            if (change.IfUntouched || (field is { } concerned ? step.Touches(concerned) : step.TouchesTies()))
                done.Add(Tell(step, change.IfUntouched ? null : field, past));
            before = step.After;
        }
        if (done.Count > 0)
            throw new RefusedException(change.Where, new Refusal(Refused, $"Since version {seen} of deal {change.Deal} {(change.IfUntouched ? "it" : field is { } of ? Written.Name(of) : "its place in the record")} was changed: {string.Join("; ", done)}."));
    }

    /// <summary>The same of two editors who rank one source.</summary>
    /// <param name="source">Its name.</param>
    /// <param name="seen">How often it had been ranked when the second editor looked.</param>
    /// <param name="history">Every time that it was.</param>
    public static void Check(string source, long seen, IReadOnlyList<(SourceEvent.SourceRanked Ranked, Cause Cause)> history)
    {
        if (seen > history.Count)
            throw new InvalidValueException("ifVersion", $"{seen} is beyond source {source}, which is at version {history.Count}");
        var done = history.Skip((int)seen).Select(past => $"{past.Cause.Author} at {Shown.Time(past.Cause.RecordedAt)} UTC (version {past.Cause.Version}) to {past.Ranked.Rank}, because: {past.Ranked.Reason}").ToList();
        if (done.Count > 0)
            throw new RefusedException(source, new Refusal(Refused, $"Since version {seen} of source {source} its rank was changed: {string.Join("; ", done)}"));
    }

    /// <summary>The field that a change is about; null of what is about the whole deal.</summary>
    private static Field? FieldOf(DealChangeRequest change, Deal deal) =>
        change.Claim is { } claim ? deal.Find(claim)?.Claim.Value.Slot.Field
        : change.Tag?.Slot.Field ?? (change.Verb == DealVerb.Advance ? Field.Status : null);

    private static string Tell(DealChange step, Field? field, PastEvent past)
    {
        var values = step.Fields().Where(changed => field is null || changed.Slot.Field == field)
            .Select(changed => $", {changed.Slot} from {Value(changed.From)} to {Value(changed.To)}");
        return $"{past.Cause.Author} at {Shown.Time(past.Cause.RecordedAt)} UTC (version {past.Cause.Version}, {Told.Of(past.Happened, step.Before)}){string.Concat(values)}";
    }

    private static string Value(RecordedClaim? claim) => claim is null ? "nothing" : Shown.Value(claim.Claim.Value, claim.Claim.AsWritten);
}
