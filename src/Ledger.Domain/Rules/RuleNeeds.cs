using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Rules;

/// <summary>What has to be known to tell what a rule chooses: what it does not ask for need not be read.</summary>
/// <param name="Deals">Anything of deals.</param>
/// <param name="Holders">Who invests in deals and backs companies, of a rule over companies or deals.</param>
/// <param name="Traits">Kinds, sectors, places and affiliations of parties themselves.</param>
/// <param name="Dollars">Sums in dollars of deals in other currencies, which follow from reference rates.</param>
/// <param name="Time">It chooses others from one day to the next.</param>
public sealed record RuleNeeds(bool Deals, bool Holders, bool Traits, bool Dollars, bool Time)
{
    private static readonly RuleNeeds None = new(false, false, false, false, false);

    public static RuleNeeds Of(Rule rule) => rule.Where is null ? None : Of(rule.Where, RuleFields.ScopeOf(rule.Over));

    /// <summary>What several rules need.</summary>
    public RuleNeeds And(RuleNeeds other) => new(Deals || other.Deals, Holders || other.Holders, Traits || other.Traits, Dollars || other.Dollars, Time || other.Time);

    internal static RuleNeeds Of(Condition condition, Scope scope) => condition switch
    {
        Condition.All c => c.Conditions.Select(one => Of(one, scope)).Aggregate(None, (all, one) => all.And(one)),
        Condition.Any c => c.Conditions.Select(one => Of(one, scope)).Aggregate(None, (all, one) => all.And(one)),
        Condition.Not c => Of(c.Condition, scope),
        Condition.Has c => Of(c.Condition, RuleFields.Inside(scope, c.Of)!.Value).And(None with { Deals = true, Holders = c.Of != Related.Deal }),
        Condition.Affiliated => None with { Traits = true },
        Condition.Sum { Field: SumField.Amount } c => None with { Deals = true, Dollars = c.Currency == Currency.Usd },
        Condition.RaisedWithin or Condition.AnnouncedWithin or Condition.PledgedFor => None with { Deals = true, Time = true },
        Condition.Is c => Of(c.Field, scope),
        _ => None with { Deals = true },
    };

    private static RuleNeeds Of(RuleField field, Scope scope) => field switch
    {
        RuleField.Id => None with { Deals = !RuleFields.IsParty(scope) },
        RuleField.Kind => None with { Traits = true },
        RuleField.Sector or RuleField.Place => None with { Traits = RuleFields.IsParty(scope), Deals = RuleFields.HasDeals(scope) },
        RuleField.Investor or RuleField.Lead or RuleField.Role or RuleField.Company => None with { Deals = true, Holders = true },
        _ => None with { Deals = true },
    };
}

/// <summary>The parties that a rule names, and the rule with other ones in their place.</summary>
public static class RuleParties
{
    /// <summary>The rule with each party that it names replaced.</summary>
    public static Rule WithParties(this Rule rule, Func<string, string> replace) =>
        rule.Where is null ? rule : rule with { Where = Of(rule.Where, RuleFields.ScopeOf(rule.Over), replace) };

    public static IReadOnlyList<PartyId> Parties(this Rule rule)
    {
        var found = new List<PartyId>();
        rule.WithParties(id =>
        {
            found.Add(new PartyId(id));
            return id;
        });
        return [.. found.Distinct()];
    }

    private static Condition Of(Condition condition, Scope scope, Func<string, string> replace) => condition switch
    {
        Condition.All c => Condition.AllOf(c.Conditions.Select(one => Of(one, scope, replace))),
        Condition.Any c => Condition.AnyOf(c.Conditions.Select(one => Of(one, scope, replace))),
        Condition.Not c => new Condition.Not(Of(c.Condition, scope, replace)),
        Condition.Has c => new Condition.Has(c.AtLeast, c.Of, Of(c.Condition, RuleFields.Inside(scope, c.Of)!.Value, replace)),
        Condition.Is c when RuleFields.NamesParties(scope, c.Field) => new Condition.Is(c.Field, [.. c.Values.Select(replace)]),
        Condition.Affiliated { With: { } with } c => new Condition.Affiliated(c.As, new PartyId(replace(with.Value))),
        _ => condition,
    };
}
