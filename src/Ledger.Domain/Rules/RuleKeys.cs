using Ledger.Domain.Values;

namespace Ledger.Domain.Rules;

/// <summary>What rules cannot do without, and what deals and parties have of it: values of some fields.</summary>
internal static class RuleKeys
{
    // What few have comes first.
    private static readonly RuleField[] OfDeals =
        [RuleField.Id, RuleField.Company, RuleField.Investor, RuleField.Lead, RuleField.Sector, RuleField.Series, RuleField.Instrument, RuleField.DealKind, RuleField.Status];

    private static readonly RuleField[] OfParties = [RuleField.Id, RuleField.Kind, RuleField.Sector, RuleField.Series];

    private static readonly RuleField[] OfTheirDeals = [RuleField.Sector, RuleField.Series];

    /// <summary>A rule chooses nothing that has none of these; null where that cannot easily be said.</summary>
    public static IReadOnlyCollection<(RuleField, string)>? Of(Rule rule, Func<PartyId, PartyId> root)
    {
        var fields = rule.Over == Subject.Deals ? OfDeals : OfParties;
        return rule.Where is null || Of(rule.Where, fields) is not { } found ? null : [.. found.Select(Key).Distinct()];

        (RuleField, string) Key((RuleField Field, string Value) key) => key.Field switch
        {
            RuleField.Lead => (RuleField.Investor, root(new PartyId(key.Value)).Value),
            RuleField.Company or RuleField.Investor => (key.Field, root(new PartyId(key.Value)).Value),
            RuleField.Id when rule.Over != Subject.Deals => (key.Field, root(new PartyId(key.Value)).Value),
            _ => key,
        };
    }

    public static IEnumerable<(RuleField, string)> Of(DealFacts deal)
    {
        yield return (RuleField.Id, deal.Id.Value);
        yield return (RuleField.Company, deal.Company.Id.Value);
        foreach (var investor in deal.Investors)
            yield return (RuleField.Investor, investor.Party.Id.Value);
        foreach (var sector in deal.Sectors)
            yield return (RuleField.Sector, sector);
        if (deal.Series is { } series)
            yield return (RuleField.Series, series);
        if (deal.Instrument is { } instrument)
            yield return (RuleField.Instrument, instrument);
        yield return (RuleField.DealKind, deal.Kind);
        yield return (RuleField.Status, deal.Status);
    }

    public static IEnumerable<(RuleField, string)> Of(PartyFacts party)
    {
        yield return (RuleField.Id, party.Party.Id.Value);
        foreach (var kind in party.Party.Kinds)
            yield return (RuleField.Kind, kind);
        foreach (var sector in party.Party.Sectors)
            yield return (RuleField.Sector, sector);
        foreach (var deal in party.Deals)
        {
            foreach (var sector in deal.Sectors)
                yield return (RuleField.Sector, sector);
            if (deal.Series is { } series)
                yield return (RuleField.Series, series);
        }
    }

    private static List<(RuleField Field, string Value)>? Of(Condition condition, RuleField[] fields) => condition switch
    {
        Condition.Is c when fields.Contains(c.Field) => [.. c.Values.Select(value => (c.Field, value))],
        Condition.All c => c.Conditions.Select(one => Of(one, fields)).OfType<List<(RuleField Field, string Value)>>()
            .OrderBy(keys => keys.Max(key => Array.IndexOf(fields, key.Field))).ThenBy(keys => keys.Count).FirstOrDefault(),
        // Of a party's deals one has it at least.
        Condition.Has { Of: Related.Deal } c when fields == OfParties => Of(c.Condition, OfTheirDeals),
        Condition.Any c when c.Conditions.Select(one => Of(one, fields)).ToList() is var all && all.TrueForAll(keys => keys is not null) => [.. all.SelectMany(keys => keys!)],
        _ => null,
    };
}
