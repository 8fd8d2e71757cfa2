using System.Buffers;
using System.Globalization;
using Ledger.Domain.Values;

namespace Ledger.Domain.Rules;

/// <summary>A rule in the one way in which it is written.</summary>
internal static class RuleText
{
    private static readonly SearchValues<char> OfWords = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    public static string Of(Rule rule) => rule.Where is null ? RuleFields.Name(rule.Over) : $"{RuleFields.Name(rule.Over)} where {Of(rule.Where, rule.Over is Subject.Investors ? "invested" : "raised")}";

    public static string Symbol(Comparison by) => by switch
    {
        Comparison.Equal => "=",
        Comparison.Less => "<",
        Comparison.AtMost => "<=",
        Comparison.More => ">",
        _ => ">=",
    };

    /// <summary>In the largest unit of which it is a whole number.</summary>
    public static string Figure(decimal figure)
    {
        foreach (var (unit, size) in new[] { ("bn", 1_000_000_000m), ("m", 1_000_000m), ("k", 1000m) })
        {
            if (figure % size == 0)
                return (figure / size).ToString("0", CultureInfo.InvariantCulture) + unit;
        }
        return figure.ToString("0", CultureInfo.InvariantCulture);
    }

    public static string Of(Span span)
    {
        var unit = RuleFields.Name(span.Unit);
        return string.Create(CultureInfo.InvariantCulture, $"{span.Count} {(span.Count == 1 ? unit[..^1] : unit)}");
    }

    /// <param name="condition">To be written.</param>
    /// <param name="raised">What whoever the rule is over does with money.</param>
    private static string Of(Condition condition, string raised) => condition switch
    {
        Condition.All c => string.Join(" and ", c.Conditions.Select(one => one is Condition.Any ? $"({Of(one, raised)})" : Of(one, raised))),
        Condition.Any c => string.Join(" or ", c.Conditions.Select(one => Of(one, raised))),
        Condition.Not { Condition: Condition.Is { Values: [var value] } c } => $"{RuleFields.Name(c.Field)} != {Value(value)}",
        Condition.Not { Condition: Condition.Has { AtLeast: 1 } c } => $"no {RuleFields.Name(c.Of)} ({Of(c.Condition, raised)})",
        Condition.Not { Condition: Condition.All or Condition.Any } c => $"not ({Of(c.Condition, raised)})",
        Condition.Not c => $"not {Of(c.Condition, raised)}",
        Condition.Has { AtLeast: 1 } c => $"any {RuleFields.Name(c.Of)} ({Of(c.Condition, raised)})",
        Condition.Has c => string.Create(CultureInfo.InvariantCulture, $"at least {c.AtLeast} {Several(c.Of)} ({Of(c.Condition, raised)})"),
        Condition.Is { Values: [var value] } c => $"{RuleFields.Name(c.Field)} = {Value(value)}",
        Condition.Is c => $"{RuleFields.Name(c.Field)} in ({string.Join(", ", c.Values.Select(Value))})",
        Condition.Sum c => $"{RuleFields.Name(c.Field)} {Symbol(c.By)} {Figure(c.Figure)} {c.Currency}",
        Condition.Announced c => $"announced {Symbol(c.By)} {c.When}",
        Condition.AnnouncedWithin c => $"announced within {Of(c.Span)}",
        Condition.RaisedWithin c => $"{raised} within {Of(c.Span)}",
        Condition.PledgedFor c => $"pledged and not closed for {Of(c.Span)}",
        Condition.Contested c => c.Field is { } field ? $"contested = {RuleFields.Name(field)}" : "contested",
        Condition.Affiliated c => $"affiliated{(c.As is { } kind ? $" as {RuleFields.Name(kind)}" : "")}{(c.With is { } with ? $" with {Value(with.Value)}" : "")}",
        _ => throw new InvalidOperationException($"Rules have no condition {condition.GetType().Name}."),
    };

    internal static string Several(Related of) => of is Related.Company ? "companies" : RuleFields.Name(of) + "s";

    private static string Value(string value) => value.AsSpan().ContainsAnyExcept(OfWords) || value[0] == '-' || value.Length == 0 || value is "and" or "or"
        ? $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : value;
}
