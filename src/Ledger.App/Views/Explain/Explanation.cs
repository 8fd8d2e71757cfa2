using Ledger.App.Views.Deals;
using Ledger.Domain.Claims;

namespace Ledger.App.Views.Explain;

/// <summary>Where a row or a figure of a view comes from.</summary>
/// <param name="Value">The figure, in words; null where a whole row or a field is asked about.</param>
/// <param name="Position">The position in the log that was asked as of.</param>
/// <param name="Reasons">In the order of the log; none where nothing counts for a figure.</param>
public sealed record Explanation(string View, string Key, string? Field, string? Value, long Position, IReadOnlyList<Reason> Reasons);

/// <summary>What a row or a figure rests on: a claim and the event that recorded it, or an event that decides something without one.</summary>
/// <param name="Of">The deal, party or article that it is about.</param>
/// <param name="Gives">What it adds to the figure; null where it adds nothing by itself.</param>
/// <param name="Event">The event's stored name.</param>
/// <param name="Field">As in the record of what it is about: <c>investor/tencent</c>, <c>mergedFrom/acme</c>.</param>
/// <param name="AsWritten">The claim's words; null of an event without a claim, as are its quote and its source.</param>
/// <param name="Current">Whether it says what its field goes by.</param>
public sealed record Reason(
    string Of, string? Gives, long Position, string Event, DateTimeOffset RecordedAt, string Author,
    string Field, string? AsWritten, string? Quote, string? Source, bool Current)
{
    /// <summary>What an event without a claim says, with the reason that its author gave; null of a claim.</summary>
    public string? Says { get; init; }

    /// <summary>What the claim counts for; null of an event without one.</summary>
    public Standing? Standing { get; init; }

    /// <summary>Who gave the claim its standing, and why; null where it is normal.</summary>
    public RulingRecord? Decided { get; init; }
}
