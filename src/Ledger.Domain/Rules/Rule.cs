using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Rules;

/// <summary>What a rule chooses from.</summary>
public enum Subject
{
    Companies,
    Investors,
    Deals,
}

/// <summary>
/// A rule chooses companies, investors or deals. It is pure: whether one is chosen follows from what is recorded of it and of those it has
/// to do with, from which parties are one, and from the day.
/// </summary>
/// <param name="Where">Null where all are chosen.</param>
public sealed record Rule(Subject Over, Condition? Where)
{
    public const int LengthMax = 4000;

    /// <summary>How many conditions there may be, those in brackets too.</summary>
    public const int ConditionsMax = 100;

    /// <summary>How deep brackets may stand in brackets.</summary>
    public const int DepthMax = 10;

    /// <summary>As people write it. What is written so is read as the same rule.</summary>
    public override string ToString() => RuleText.Of(this);
}

/// <summary>What a condition looks at. It depends on where the condition stands which fields there are: see <see cref="RuleFields"/>.</summary>
public enum RuleField
{
    Id,

    /// <summary>The sort of investor that a party is.</summary>
    Kind,

    /// <summary>The sort of deal.</summary>
    DealKind,
    Sector,
    Place,
    Company,
    Investor,
    Lead,
    Series,
    Instrument,
    Status,

    /// <summary>Of an investor in a deal.</summary>
    Role,
}

public enum SumField
{
    Amount,
    Valuation,
}

public enum Comparison
{
    Equal,
    Less,
    AtMost,
    More,
    AtLeast,
}

public enum TimeUnit
{
    Days,
    Weeks,
    Months,
    Years,
}

/// <summary>What is counted.</summary>
public enum Related
{
    Deal,
    Investor,
    Company,
}

/// <summary>A condition of a rule. The set is closed: its cases live in this file.</summary>
public abstract record Condition
{
    private Condition() { }

    /// <summary>All of them hold; those that are such a list themselves are taken apart.</summary>
    public static Condition AllOf(IEnumerable<Condition> conditions)
    {
        ImmutableArray<Condition> list = [.. conditions.SelectMany(one => one is All all ? all.Conditions : [one])];
        return list.Length == 1 ? list[0] : new All(list);
    }

    /// <summary>One of them holds at least.</summary>
    public static Condition AnyOf(IEnumerable<Condition> conditions)
    {
        ImmutableArray<Condition> list = [.. conditions.SelectMany(one => one is Any any ? any.Conditions : [one])];
        return list.Length == 1 ? list[0] : new Any(list);
    }

    private static int HashOf(ImmutableArray<Condition> conditions)
    {
        var hash = default(HashCode);
        foreach (var condition in conditions)
            hash.Add(condition);
        return hash.ToHashCode();
    }

    /// <summary>Two or more, of which none is such a list.</summary>
    public sealed record All(ImmutableArray<Condition> Conditions) : Condition
    {
        public bool Equals(All? other) => other is not null && Conditions.SequenceEqual(other.Conditions);

        public override int GetHashCode() => HashOf(Conditions);
    }

    /// <summary>Two or more, of which none is such a list.</summary>
    public sealed record Any(ImmutableArray<Condition> Conditions) : Condition
    {
        public bool Equals(Any? other) => other is not null && Conditions.SequenceEqual(other.Conditions);

        public override int GetHashCode() => HashOf(Conditions);
    }

    public sealed record Not(Condition Condition) : Condition;

    /// <summary>So many of its deals, investors or companies fulfil the condition.</summary>
    public sealed record Has(int AtLeast, Related Of, Condition Condition) : Condition
    {
        public int AtLeast { get; } = AtLeast is >= 1 and <= 1000 ? AtLeast : throw new InvalidValueException("at least", $"{AtLeast} is out of range; a number from 1 to 1000 is expected");
    }

    /// <summary>The field has one of these values.</summary>
    public sealed record Is(RuleField Field, ImmutableArray<string> Values) : Condition
    {
        /// <summary>As they are recorded, each once.</summary>
        public ImmutableArray<string> Values { get; } = Values.IsDefaultOrEmpty ? throw new InvalidValueException(RuleFields.Name(Field), "has no value to be compared with")
            : [.. Values.Select(value => RuleFields.Check(Field, value)).Distinct(StringComparer.Ordinal)];

        public bool Equals(Is? other) => other is not null && Field == other.Field && Values.SequenceEqual(other.Values);

        public override int GetHashCode() => HashCode.Combine(Field, Values[0]);
    }

    /// <summary>A sum in a currency can be so much: sums are intervals. One that is undisclosed, or of which only another currency is known, never is.</summary>
    public sealed record Sum(SumField Field, Comparison By, decimal Figure, Currency Currency) : Condition
    {
        public decimal Figure { get; } = Figure is > 0 and <= Amount.Max && decimal.Truncate(Figure) == Figure ? Figure
            : throw new InvalidValueException(RuleFields.Name(Field), $"{Figure} is out of range; whole units of the currency are expected, above 0 and at most {Amount.Max}");
    }

    /// <summary>The deal can have been announced then: a date is as precise as its source. What has no date never was.</summary>
    public sealed record Announced(Comparison By, When When) : Condition
    {
        public When When { get; } = When.Year is null ? throw new InvalidValueException("announced", $"'{When}' names no year; 2020-04-03, 2020-04, 2020-Q2 or 2020 is expected") : When;
    }

    /// <summary>The deal can have been announced in the time before the day.</summary>
    public sealed record AnnouncedWithin(Span Span) : Condition;

    /// <summary>Of a company or an investor: a deal whose sum counts as money raised can have been announced in the time before the day.</summary>
    public sealed record RaisedWithin(Span Span) : Condition;

    /// <summary>The deal is pledged, and has been for so long.</summary>
    public sealed record PledgedFor(Span Span) : Condition;

    /// <summary>Claims about the deal contradict each other, and no editor has decided between them.</summary>
    /// <param name="Field">Null for any.</param>
    public sealed record Contested(Field? Field) : Condition;

    /// <summary>The party is something to another one.</summary>
    /// <param name="As">Null for anything.</param>
    /// <param name="With">Null for anybody.</param>
    public sealed record Affiliated(AffiliationKind? As, PartyId? With) : Condition;
}

/// <summary>A length of time, in whole days of the calendar, UTC.</summary>
public sealed record Span(int Count, TimeUnit Unit)
{
    private const int YearsMax = 100;

    public int Count { get; } = Count >= 1 && Count <= Max(Unit) ? Count : throw new InvalidValueException("time", $"{Count} is out of range; a number from 1 to {Max(Unit)} is expected");

    /// <summary>The day that lies so far before another one; of a month that is too short, its last one.</summary>
    public DateOnly Before(DateOnly day) => Unit switch
    {
        TimeUnit.Days => day.AddDays(-Count),
        TimeUnit.Weeks => day.AddDays(-7 * Count),
        TimeUnit.Months => day.AddMonths(-Count),
        _ => day.AddYears(-Count),
    };

    private static int Max(TimeUnit unit) => unit switch
    {
        TimeUnit.Days => YearsMax * 366,
        TimeUnit.Weeks => YearsMax * 52,
        TimeUnit.Months => YearsMax * 12,
        _ => YearsMax,
    };
}
