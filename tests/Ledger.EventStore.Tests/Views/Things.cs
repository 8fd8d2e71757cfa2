using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests.Views;

/// <summary>What two kinds of streams, crates and shelves, come to: a value, and how often each reason was given for moving it.</summary>
public sealed record Thing(string Id, int Value, string[] Reasons, bool HasBaton)
{
    /// <summary>The reasons of two events that are recorded together: one thing gives the baton away, the other takes it.</summary>
    public const string Gives = "-baton";
    public const string Takes = "+baton";

    public static StreamFold<Thing> Crates { get; } = FoldOf("crate-");

    public static StreamFold<Thing> Shelves { get; } = FoldOf("shelf-");

    private static StreamFold<Thing> FoldOf(string prefix) => new(prefix, stream => new Thing(stream[prefix.Length..], 0, [], false),
        (thing, e) => e.Data switch
        {
            CounterMoved { Why: Gives } => thing with { HasBaton = false },
            CounterMoved { Why: Takes } => thing with { HasBaton = true },
            CounterMoved moved => thing with { Value = thing.Value + moved.By, Reasons = moved.Why is { } why ? [.. thing.Reasons, why] : thing.Reasons },
            _ => thing,
        });
}

[Table("item")]
public sealed record ItemRow(
    [property: Key] string Kind, [property: Key] string Name, [property: Key] int Slot, [property: Key] DateTimeOffset Since,
    int? Amount, string? Note, string[] Tags, string[]? Odd, DateOnly? Day, bool? IsFull, decimal? Weight, DateTimeOffset? Seen, long FromPosition = 0);

[Table("tag")]
public sealed record TagRow([property: Key] string Tag, [property: Key] string Owner, long Times);

[Table("item_total")]
public sealed record ItemTotal([property: Key] string Kind, [property: Key] int Slot, long Items, decimal Weight);

/// <summary>Comes to zero often while there are rows.</summary>
[Table("balance")]
public sealed record Balance([property: Key] string Kind, decimal Value);

[Table("tag_balance")]
public sealed record TagBalance([property: Key] string Tag, long Value);

internal static class ThingViews
{
    /// <summary>Rows of one table from two kinds of streams; they vanish, come back and change their keys, and one is handed from stream to stream.</summary>
    public static View Things() => new View("things", "things")
        .Rows(Thing.Crates, crate => Baton(crate).Concat(Item("crate", crate)), "slot, from_position")
        .Rows(Thing.Shelves, shelf => Baton(shelf).Concat(Item("shelf", shelf))
            .Concat(shelf.Reasons.Distinct().Take(4).Select((reason, i) => Row("part", $"{shelf.Id}/{reason}", i, shelf))))
        .Rows(Thing.Shelves, shelf => shelf.Reasons.GroupBy(r => r).Where(g => g.Count() % 3 != 0).Select(g => new TagRow(g.Key, shelf.Id, g.Count())))
        .Sum((ItemRow row) => new ItemTotal(row.Kind, row.Slot, 1, row.Weight ?? 0))
        .Sum((ItemRow row) => row.Amount is { } amount ? new Balance(row.Kind, amount) : null)
        .Sum((TagRow row) => row.Times == 1 ? null : new TagBalance(row.Tag, row.Times % 2 == 0 ? 1 : -1));

    private static IEnumerable<ItemRow> Item(string kind, Thing thing) => thing.Value % 4 == 3 ? [] : [Row(kind, thing.Id, Math.Abs(thing.Value) % 3, thing)];

    private static IEnumerable<ItemRow> Baton(Thing thing) => thing.HasBaton ? [Row("baton", "", 0, thing)] : [];

    private static ItemRow Row(string kind, string name, int slot, Thing thing) => new(
        kind, name, slot, kind == "baton" ? Noon(0) : Noon(slot),
        Amount: thing.Value < 0 ? null : thing.Value % 5 - 2, Note: thing.Reasons.LastOrDefault(), Tags: thing.Reasons, Odd: thing.Reasons.Length % 2 == 0 ? null : thing.Reasons[..1],
        Day: thing.Value == 0 ? null : new DateOnly(2024, 1, 1).AddDays(Math.Abs(thing.Value)), IsFull: thing.Value > 5 ? true : thing.Value < 0 ? null : false,
        Weight: thing.Value % 2 == 0 ? null : thing.Value, Seen: thing.HasBaton ? Noon(thing.Value) : null);

    /// <summary>A time at another place, as an announcement may give it.</summary>
    private static DateTimeOffset Noon(int day) => new DateTimeOffset(2024, 6, 1, 12, 0, 0, TimeSpan.FromHours(2)).AddDays(day);
}
