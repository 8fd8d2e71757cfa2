using System.Collections.Immutable;

namespace Ledger.Domain.Values;

/// <summary>What a command comes to, given a history: events to record, nothing because it is already so, or a refusal.</summary>
public abstract record Decision<TEvent>
{
    private Decision() { }

    public static readonly Decision<TEvent> Nothing = new Record([]);

    /// <param name="Events">In the order in which they are to be recorded; empty where there is nothing to record.</param>
    public sealed record Record(ImmutableArray<TEvent> Events) : Decision<TEvent>;

    public sealed record Refuse(Refusal Refusal) : Decision<TEvent>;
}

/// <summary>A rule of the record says no.</summary>
/// <param name="Type">Stable, for programs: <c>deal-without-company</c>.</param>
/// <param name="Sentence">For people: what was refused and why.</param>
/// <param name="IsOfInput">What was given lacks something, or has it in the wrong place, whatever the record holds.</param>
public sealed record Refusal(string Type, string Sentence, bool IsOfInput = false);
