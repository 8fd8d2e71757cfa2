using System.Text.Json.Serialization;
using Ledger.App.Views.Articles;
using Ledger.App.Views.Deals;
using Ledger.Domain.Claims;

namespace Ledger.App.Views.Audit;

/// <summary>The event that made something what it is.</summary>
/// <param name="Event">Its stored name.</param>
/// <param name="Reason">Why an editor decided it; null of what an article says.</param>
public sealed record MadeBy(long Position, long Version, string Event, DateTimeOffset RecordedAt, string Author, string? Reason)
{
    internal static MadeBy Of(DealStep step) => new(
        step.Change.Cause.Position, step.Change.Cause.Version, step.Event.Type, step.Change.Cause.RecordedAt, step.Change.Cause.Author,
        Told.Why((Ledger.Domain.Deals.DealEvent)step.Event.Data)?.Text);
}

/// <summary>One state of a deal.</summary>
/// <param name="Version">0 before anything was recorded of it.</param>
/// <param name="Position">The position of the event that made it; null of version 0.</param>
/// <param name="RecordedAt">When that was recorded.</param>
public sealed record DealMoment(long Version, long? Position, DateTimeOffset? RecordedAt);

/// <summary>What became of a deal between two of its states.</summary>
/// <param name="Changes">The fields that say something else, and which event made each what it came to be.</param>
/// <param name="Events">Everything that happened in between, whether or not it changed a field.</param>
public sealed record DealDiff(string Deal, DealMoment From, DealMoment To, IReadOnlyList<DiffLine> Changes, IReadOnlyList<HistoryEntry> Events);

/// <param name="Field">The field; for fields of many values, which of them: <c>investor/tencent</c>.</param>
/// <param name="From">Null where the field had no value.</param>
/// <param name="To">Null where it has none any more.</param>
/// <param name="By">The last event that changed it.</param>
public sealed record DiffLine(string Field, ChangedValue? From, ChangedValue? To, MadeBy By);

/// <summary>For each field of a deal, who says what it says.</summary>
public sealed record DealBlame(string Deal, long Version, long Position, IReadOnlyList<BlameLine> Fields);

/// <param name="Field">The field; for fields of many values, which of them: <c>investor/tencent</c>.</param>
/// <param name="Claim">What it goes by: its value, the words, the quote and the article, who recorded it, and when.</param>
/// <param name="Publisher">Who brought the article out, or what else it is called by.</param>
/// <param name="Contested">Whether claims about it cannot all be true.</param>
/// <param name="Since">The event that made it say so.</param>
public sealed record BlameLine(string Field, ClaimRecord Claim, string Publisher, bool Contested, MadeBy Since);

/// <summary>Everything that is recorded of a deal, with a proof of each event.</summary>
/// <param name="Format">What a program that reads it goes by.</param>
/// <param name="Position">The position in the log that it was made as of.</param>
/// <param name="Key">The key that the checkpoints are signed with: one that was got elsewhere is worth more.</param>
/// <param name="Deal">With every claim.</param>
/// <param name="Articles">Those that its claims come from; each text has the SHA-256 that its first event names.</param>
/// <param name="Events">The events of the deal, of deals that were merged into it, and of the articles.</param>
public sealed record DealAudit(
    string Format, long Position, string Key, DealRecord Deal, IReadOnlyList<BlameLine> Fields, IReadOnlyList<HistoryEntry> History,
    IReadOnlyList<ArticleName> Articles, IReadOnlyList<ProvenEvent> Events)
{
    /// <summary>Signs all of the file that stands before it; always the last field.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Signature { get; init; }
}

/// <param name="Version">The event's number in its stream.</param>
/// <param name="Proof">As C2SP's tlog-proof: what was recorded, and that a signed checkpoint holds it.</param>
public sealed record ProvenEvent(long Position, string Stream, long Version, string Event, string Proof);
