using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests.Views;

/// <summary>A counter as its events tell it.</summary>
public sealed record Counter(string Id, int Value, int Moves, string[] Reasons)
{
    public static StreamFold<Counter> Fold { get; } = new("counter-", stream => new Counter(stream["counter-".Length..], 0, 0, []),
        (counter, e) => e.Data switch
        {
            CounterOpened opened => counter with { Value = opened.Start },
            CounterMoved { By: Impossible } => throw new InvalidOperationException("It cannot be moved that far."),
            CounterMoved moved => counter with { Value = counter.Value + moved.By, Moves = counter.Moves + 1, Reasons = moved.Why is { } why ? [.. counter.Reasons, why] : counter.Reasons },
            _ => counter,
        });

    public const int Impossible = int.MinValue;
}

[Table("counter")]
[Description("Counters, and where they stand.")]
public sealed record CounterRow([property: Key] string Id, [Description("What it stands at.")] int Value, bool Moved, string? LastReason, string[] Reasons);

[Table("counter_reason")]
[Description("Each reason that a counter was moved for.")]
public sealed record ReasonRow([property: Key] string CounterId, [property: Key] string Reason, long FromPosition = 0);

[Table("parity")]
[Description("How many counters stand at even numbers, and at odd ones.")]
public sealed record Parity([property: Key] bool Odd, long Counters, decimal Sum);

/// <summary>The same table with another column.</summary>
[Table("counter")]
public sealed record WideCounterRow([property: Key] string Id, int Moves, [Description("What it stands at.")] int Value, bool Moved, string? LastReason, string[] Reasons);

internal static class CounterViews
{
    /// <summary>The counters with a column more, in the middle.</summary>
    public static View Wide() => new View("counters", "wide")
        .Row(Counter.Fold, counter => new WideCounterRow(counter.Id, counter.Moves, counter.Value, counter.Moves > 0, counter.Reasons.LastOrDefault(), counter.Reasons), "value")
        .Sum((WideCounterRow row) => new Parity(row.Value % 2 != 0, 1, row.Value));

    /// <param name="plus">Changes the definition, in its source too.</param>
    /// <param name="refuses">A value that no row can be made of.</param>
    public static View Counters(int plus = 0, Func<int, bool>? refuses = null) => new View("counters", $"counters {plus}")
        .Row(Counter.Fold, counter => refuses?.Invoke(counter.Value) is true
            ? throw new InvalidOperationException($"{counter.Value} is not for me.")
            : new CounterRow(counter.Id, counter.Value + plus, counter.Moves > 0, counter.Reasons.LastOrDefault(), counter.Reasons), "value")
        .Sum((CounterRow row) => new Parity(row.Value % 2 != 0, 1, row.Value));

    public static View Reasons() => new View("reasons", "reasons")
        .Rows(Counter.Fold, counter => counter.Reasons.Distinct().Select(reason => new ReasonRow(counter.Id, reason)));
}
