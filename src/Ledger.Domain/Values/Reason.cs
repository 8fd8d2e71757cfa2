namespace Ledger.Domain.Values;

/// <summary>Why an editor decided something, in the editor's own words.</summary>
public readonly record struct Reason(string Text)
{
    public string Text { get; } = Values.Text.Passage("reason", Text, 1000);

    public override string ToString() => Text;
}

/// <summary>An editor's decision that holds: why, and which event recorded it.</summary>
public sealed record Ruling(Reason Reason, Cause Cause);
