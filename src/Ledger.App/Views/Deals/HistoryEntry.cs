using System.Text.Json.Serialization;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.EventStore;

namespace Ledger.App.Views.Deals;

/// <summary>What one event changed in a deal.</summary>
/// <param name="Event">The event's stored name; null where the asker knows it.</param>
/// <param name="Sources">The articles that the event's claims come from.</param>
/// <param name="Claims">How many claims the event added, those that changed nothing included.</param>
public sealed record HistoryEntry(
    long Version, long Position, DateTimeOffset RecordedAt, string Author, string? Event, IReadOnlyList<string> Sources, int Claims,
    IReadOnlyList<FieldChangeRecord> Changes)
{
    /// <summary>The event in words.</summary>
    public string? Says { get; init; }

    /// <summary>Why an editor decided it; null of what an article says.</summary>
    public string? Reason { get; init; }

    /// <summary>The change made in bulk that the event belongs to; null where it was made by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Change { get; init; }

    internal static HistoryEntry Of(DealChange change, RecordedEvent e)
    {
        var added = change.Added();
        return new HistoryEntry(
            change.Cause.Version, change.Cause.Position, change.Cause.RecordedAt, change.Cause.Author, e.Type,
            [.. added.Select(claim => claim.Source.Value).Distinct()], added.Length,
            [.. change.Fields().Select(FieldChangeRecord.Of)])
        {
            Says = Told.Of((DealEvent)e.Data, change.Before),
            Reason = Told.Why((DealEvent)e.Data)?.Text,
            Change = e.CorrelationId,
        };
    }
}

/// <param name="Field">The field; for fields of many values, which of them: <c>investor/tencent</c>.</param>
/// <param name="From">Null where the field had no value.</param>
/// <param name="To">Null where it has none any more.</param>
public sealed record FieldChangeRecord(string Field, ChangedValue? From, ChangedValue? To)
{
    internal static FieldChangeRecord Of(FieldChange change) => new(change.Slot.ToString(), ChangedValue.Of(change.From), ChangedValue.Of(change.To));
}

/// <param name="Value">What is claimed; of which field stands under <c>is</c>.</param>
public sealed record ChangedValue(ClaimValue Value, string AsWritten, string Quote, string Source, string Claim)
{
    internal static ChangedValue? Of(RecordedClaim? claim) => claim is null ? null
        : new ChangedValue(claim.Claim.Value, claim.Claim.AsWritten, claim.Claim.Quote.Text, claim.Source.Value, claim.Claim.Id.Value);
}
