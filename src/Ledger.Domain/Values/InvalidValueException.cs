namespace Ledger.Domain.Values;

/// <summary>A value that the ledger must never take in. The edge turns it into a refusal that changes nothing.</summary>
/// <param name="field">What the value was meant for, as its user names it (<c>amount.low</c>).</param>
/// <param name="problem">One sentence without its field: the value, and what would be right.</param>
public sealed class InvalidValueException(string field, string problem) : Exception($"{field}: {problem}")
{
    public string Field { get; } = field;

    public string Problem { get; } = problem;
}
