using System.Collections.Immutable;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.EventStore;

namespace Ledger.App.Watchlists;

/// <summary>
/// A piece of the log, cut so that within each part no party is touched by two transactions: what rules say of a party at the end of a part
/// is then all that they have said of it since the part before.
/// </summary>
/// <param name="After">The position that it follows.</param>
/// <param name="Ends">Of the parts, in their order.</param>
internal sealed record Stretch(long After, ImmutableArray<long> Ends)
{
    public static readonly Stretch None = new(-1, []);

    /// <param name="after">The position that the events follow.</param>
    /// <param name="events">Of several transactions, whole ones.</param>
    /// <param name="touched">By these.</param>
    public static Stretch Of(long after, IReadOnlyList<RecordedEvent> events, Touched touched)
    {
        var byPosition = touched.Causes.ByPosition();
        var ends = ImmutableArray.CreateBuilder<long>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (end, ofEverybody) = (after, false);
        // What one statement has recorded has one time, and nothing else has it.
        foreach (var transaction in events.GroupBy(e => e.RecordedAt))
        {
            var parties = transaction.SelectMany(e => byPosition[e.Position]).ToHashSet(StringComparer.Ordinal);
            // What changes everybody is followed by itself; but all rules are asked of everybody then, so what comes one after another together.
            var isOfEverybody = transaction.Any(e => e.Data is PartyEvent.PartyMerged or PartyEvent.PartyUnmerged or RatesEvent);
            if (end > after && (isOfEverybody != ofEverybody || seen.Overlaps(parties)))
            {
                ends.Add(end);
                seen.Clear();
            }
            seen.UnionWith(parties);
            (end, ofEverybody) = (transaction.Last().Position, isOfEverybody);
        }
        return new Stretch(after, [.. ends, end]);
    }

    /// <summary>The end of the part that follows a position; null where none begins there.</summary>
    public long? EndAfter(long position) => position == After || Ends.Contains(position) ? Ends.Where(end => end > position).Select(end => (long?)end).FirstOrDefault() : null;
}
