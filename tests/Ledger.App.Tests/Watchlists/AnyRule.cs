using FsCheck;
using FsCheck.Fluent;
using Ledger.Domain.Claims;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.App.Tests.Watchlists;

/// <summary>Rules of every sort.</summary>
internal static class AnyRule
{
    private static readonly string[] Slugs = ["robotics", "chips", "a", "b", "pre-ipo"];

    public static Arbitrary<Rule> Over(IReadOnlyList<string> parties, params Subject[] subjects) => (
        from over in Gen.Elements(subjects)
        from condition in Of(RuleFields.ScopeOf(over), 3, parties)
        from isAll in Gen.Frequency((19, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Rule(over, isAll ? null : condition)).ToArbitrary();

    private static Gen<Condition> Of(Scope scope, int depth, IReadOnlyList<string> parties)
    {
        var one = One(scope, parties);
        if (depth == 0)
            return one;
        var list = Of(scope, depth - 1, parties).ListOf(2).Select(all => all.AsEnumerable());
        Related[] related = [.. Enum.GetValues<Related>().Where(of => RuleFields.Inside(scope, of) is not null)];
        var has = related.Length == 0 ? one :
            from of in Gen.Elements(related)
            from count in Gen.Elements(1, 1, 2)
            from inside in Of(RuleFields.Inside(scope, of)!.Value, depth - 1, parties)
            select (Condition)new Condition.Has(count, of, inside);
        return Gen.Frequency((4, one), (2, list.Select(Condition.AllOf)), (2, list.Select(Condition.AnyOf)), (1, Of(scope, depth - 1, parties).Select(inside => (Condition)new Condition.Not(inside))), (2, has));
    }

    private static Gen<Condition> One(Scope scope, IReadOnlyList<string> parties)
    {
        var span = from count in Gen.Choose(1, 30) from unit in Gen.Elements(Enum.GetValues<TimeUnit>()) select new Span(count, unit);
        var comparisons = Gen.Elements(Enum.GetValues<Comparison>());
        var fields = Gen.Elements(RuleFields.Of(scope).ToArray()).SelectMany(field => Values(scope, field, parties).ListOf(2).Select(values => (Condition)new Condition.Is(field, [.. values])));
        List<(int, Gen<Condition>)> all = [(4, fields)];
        if (RuleFields.IsParty(scope))
        {
            all.Add((1,
                from kind in Gen.Elements<AffiliationKind?>(null, AffiliationKind.FundOf, AffiliationKind.StateBacked)
                from with in Gen.Elements<string?>([null, .. parties])
                select (Condition)new Condition.Affiliated(kind, with is null ? null : new PartyId(with))));
        }
        if (RuleFields.HasDeals(scope))
        {
            all.Add((1, from how in comparisons from figure in Gen.Choose(1, 90) from code in Gen.Elements("USD", "CNY") from field in Gen.Elements(Enum.GetValues<SumField>()) select (Condition)new Condition.Sum(field, how, figure, new Currency(code))));
            all.Add((1, from how in comparisons from when in Gen.Elements("2026", "2026-Q3", "2026-10", "2026-10-15") select (Condition)new Condition.Announced(how, When.Parse("announced", when))));
            all.Add((1, span.Select(time => (Condition)new Condition.AnnouncedWithin(time))));
            all.Add((1, span.Select(time => (Condition)new Condition.PledgedFor(time))));
            all.Add((1, Gen.Elements<Field?>(null, Field.Amount, Field.Investor, Field.Company).Select(field => (Condition)new Condition.Contested(field))));
        }
        if (scope is Scope.Company or Scope.Investor)
            all.Add((1, span.Select(time => (Condition)new Condition.RaisedWithin(time))));
        return Gen.Frequency([.. all]);
    }

    private static Gen<string> Values(Scope scope, RuleField field, IReadOnlyList<string> parties) =>
        RuleFields.NamesParties(scope, field) ? Gen.Elements(parties.ToArray()) : field switch
        {
            RuleField.Status => Gen.Elements("pledged", "closed", "announced"),
            RuleField.Instrument => Gen.Elements("equity", "debt"),
            RuleField.Role => Gen.Elements("lead", "participant", "backer"),
            RuleField.DealKind => Gen.Elements("round", "fund"),
            RuleField.Place => Gen.Elements("Beijing", "New York", "北京", "a \"quoted\\ place\"", "and", "or"),
            RuleField.Id => Gen.Elements("d0", "d1"),
            _ => Gen.Elements(Slugs),
        };
}
