using System.Collections.Immutable;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>
/// A fact about changes of many deals that were made at once. The events of the deals carry its id, and so it can be shown
/// and undone as one.
/// </summary>
public abstract record BulkEvent
{
    private BulkEvent() { }

    /// <summary>The changes were made. Always the first event.</summary>
    /// <param name="Changes">How many were asked for; some may have been so already.</param>
    /// <param name="Undoes">The id of the bulk change that they take back; null where they are new.</param>
    public sealed record BulkMade(Reason Reason, int Changes, string? Undoes) : BulkEvent;

    /// <summary>Which deals have events of it; in several events where they are many.</summary>
    public sealed record BulkTouched(ImmutableArray<DealId> Deals) : BulkEvent;

    /// <summary>The changes were taken back.</summary>
    /// <param name="By">The id of the bulk change that did so.</param>
    public sealed record BulkUndone(string By) : BulkEvent;
}
