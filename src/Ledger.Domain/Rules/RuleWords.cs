using System.Globalization;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Rules;

/// <summary>A rule told in a sentence of plain words, so that whoever wrote it sees what it is taken for.</summary>
public static class RuleWords
{
    /// <param name="rule">To be told.</param>
    /// <param name="name">What a party is called.</param>
    public static string Explain(this Rule rule, Func<PartyId, string>? name = null)
    {
        name ??= id => id.Value;
        var subject = char.ToUpperInvariant(RuleFields.Name(rule.Over)[0]) + RuleFields.Name(rule.Over)[1..];
        return rule.Where is null ? $"All {RuleFields.Name(rule.Over)}." : $"{subject} that {Of(rule.Where, RuleFields.ScopeOf(rule.Over), isSo: true, name)}.";
    }

    private static string Of(Condition condition, Scope scope, bool isSo, Func<PartyId, string> name)
    {
        switch (condition)
        {
            case Condition.Not c:
                return Of(c.Condition, scope, !isSo, name);
            // What is not all of them is one of them not, and the other way round.
            case Condition.All c:
                return List(c.Conditions, isSo ? ", and " : ", or ");
            case Condition.Any c:
                return List(c.Conditions, isSo ? ", or " : ", and ");
            case Condition.Has c:
                var inside = Of(c.Condition, RuleFields.Inside(scope, c.Of)!.Value, isSo: true, name);
                var count = c.AtLeast == 1 ? (isSo ? "at least one" : "no") + $" {RuleFields.Name(c.Of)}"
                    : (isSo ? "at least " : "fewer than ") + string.Create(CultureInfo.InvariantCulture, $"{c.AtLeast} {RuleText.Several(c.Of)}");
                return $"have {count} among those that {(c.Condition is Condition.All or Condition.Any ? $"({inside})" : inside)}";
            default:
                var (does, what) = One(condition, scope, name);
                return $"{Verb(does, isSo)} {what}".TrimEnd();
        }

        string List(IEnumerable<Condition> all, string joint) =>
            string.Join(joint, all.Select(one => Stripped(one) is Condition.All or Condition.Any ? $"({Of(one, scope, isSo, name)})" : Of(one, scope, isSo, name)));
    }

    private static Condition Stripped(Condition condition) => condition is Condition.Not not ? Stripped(not.Condition) : condition;

    private static string Verb(string does, bool isSo) => isSo ? does : does switch
    {
        "are" => "are not",
        "have" => "do not have",
        "raised" => "did not raise",
        _ => "did not invest",
    };

    /// <summary>Its verb, and what follows it.</summary>
    private static (string Does, string What) One(Condition condition, Scope scope, Func<PartyId, string> name)
    {
        var isDeal = !RuleFields.IsParty(scope);
        return condition switch
        {
            Condition.Is c => Field(c, scope, string.Join(" or ", c.Values.Select(value => RuleFields.NamesParties(scope, c.Field) ? name(new PartyId(value)) : value))),
            Condition.Sum { Field: SumField.Amount } c => OfDeal($"of {Figure(c)}"),
            Condition.Sum c => OfDeal($"at a valuation of {Figure(c)}"),
            Condition.Announced c => OfDeal($"announced {Date(c)}"),
            Condition.AnnouncedWithin c => OfDeal($"announced in the last {RuleText.Of(c.Span)}"),
            Condition.RaisedWithin c => (scope is Scope.Investor ? "invested" : "raised", $"money in the last {RuleText.Of(c.Span)}"),
            Condition.PledgedFor c => OfDeal($"pledged {RuleText.Of(c.Span)} ago or earlier and not closed since"),
            Condition.Contested c => OfDeal("contested" + (c.Field is { } field ? $" in {Spaced(field)}" : "")),
            Condition.Affiliated c => ("are", Affiliation(c, name)),
            _ => throw new InvalidOperationException($"Rules have no condition {condition.GetType().Name}."),
        };

        (string, string) OfDeal(string what) => isDeal ? ("are", what) : ("have", $"a deal {what}");
    }

    private static (string Does, string What) Field(Condition.Is c, Scope scope, string values)
    {
        var isDeal = !RuleFields.IsParty(scope);
        return c.Field switch
        {
            RuleField.Id => ("are", values),
            RuleField.Kind or RuleField.DealKind => ("are", $"of the kind {values}"),
            RuleField.Sector => ("are", $"in the sector {values}"),
            RuleField.Place => ("are", $"in {values}"),
            RuleField.Company when isDeal => ("are", $"of {values}"),
            RuleField.Company => ("have", $"a deal of {values}"),
            RuleField.Investor => ("have", $"the investor {values}"),
            RuleField.Lead => ("have", $"the lead investor {values}"),
            RuleField.Role => ("have", $"the role {values}"),
            RuleField.Series => isDeal ? ("are", $"of series {values}") : ("have", $"a deal of series {values}"),
            RuleField.Instrument => isDeal ? ("are", $"by {values}") : ("have", $"a deal by {values}"),
            _ => isDeal ? ("are", values) : ("have", $"a deal that is {values}"),
        };
    }

    private static string Figure(Condition.Sum c)
    {
        var figure = $"{c.Currency} {RuleText.Figure(c.Figure)}";
        return c.By switch
        {
            Comparison.Less => $"less than {figure}",
            Comparison.AtMost => $"{figure} at the most",
            Comparison.More => $"more than {figure}",
            Comparison.AtLeast => $"{figure} at least",
            _ => figure,
        };
    }

    private static string Date(Condition.Announced c) => c.By switch
    {
        Comparison.Less => $"before {c.When}",
        Comparison.AtMost => $"in {c.When} or before",
        Comparison.More => $"after {c.When}",
        Comparison.AtLeast => $"in {c.When} or later",
        _ => $"in {c.When}",
    };

    private static string Affiliation(Condition.Affiliated c, Func<PartyId, string> name)
    {
        var with = c.With is { } party ? name(party) : "anybody";
        return c.As switch
        {
            AffiliationKind.FundOf => $"a fund of {with}",
            AffiliationKind.SubsidiaryOf => $"a subsidiary of {with}",
            AffiliationKind.CorporateVentureOf => $"the corporate venture of {with}",
            AffiliationKind.StateBacked => c.With is null ? "backed by a state" : $"backed by a state, {with}",
            _ => $"affiliated with {with}",
        };
    }

    private static string Spaced(Field field) => string.Concat(field.ToString().Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? " " : "")}{char.ToLowerInvariant(c)}" : $"{c}"));
}
