using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Deals;

/// <summary>An editor's decision: why, who, when, and at which position of the log.</summary>
public sealed record RulingRecord(string Reason, string Author, DateTimeOffset RecordedAt, long Position)
{
    internal static RulingRecord? Of(Ruling? ruling) => ruling is null ? null
        : new RulingRecord(ruling.Reason.Text, ruling.Cause.Author, ruling.Cause.RecordedAt, ruling.Cause.Position);
}

/// <summary>What a deal is to another one.</summary>
/// <param name="As">What a part is: tranche or extension; null of other ties.</param>
public sealed record TieRecord(string Deal, PartKind? As, RulingRecord Why)
{
    internal static TieRecord? Of(Tie? tie) => tie is null ? null : new TieRecord(tie.Deal.Value, null, RulingRecord.Of(tie.Why)!);

    internal static TieRecord? Of(PartTie? tie) => tie is null ? null : new TieRecord(tie.Deal.Value, tie.As, RulingRecord.Of(tie.Why)!);
}

/// <param name="Field">sector or place.</param>
public sealed record TagRecord(string Field, string Value, RulingRecord Why)
{
    internal static TagRecord Of(Tag tag) => new(Written.Name(tag.Value.Slot.Field), tag.Value.Slot.Key, RulingRecord.Of(tag.Why)!);
}

/// <summary>What parts, or covered deals, come to in the currency of their whole.</summary>
/// <param name="Low">The least.</param>
/// <param name="High">The most; null where an amount has no upper bound, or is left out.</param>
/// <param name="LeftOut">Deals in another currency, or undisclosed, which are in neither.</param>
/// <param name="DifferenceLow">The least by which the whole exceeds them, which is negative where they exceed it; null where there is no bound.</param>
/// <param name="DifferenceHigh">The most.</param>
public sealed record SumRecord(string? Currency, decimal Low, decimal? High, int LeftOut, decimal? DifferenceLow, decimal? DifferenceHigh)
{
    internal static SumRecord? Of(Deal whole, IReadOnlyCollection<Deal> parts)
    {
        if (parts.Count == 0)
            return null;
        var (low, high, leftOut) = TieDecisions.Cover(whole, parts);
        return new SumRecord(whole.Amount.Currency?.Code, low, high, leftOut, whole.Amount.Low - high, whole.Amount.High - low);
    }
}
