using Ledger.App.Views;
using Ledger.Domain.Claims;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.App.Watchlists;

/// <summary>
/// Whom a rule can choose, by what their rows cannot do without. It lets more through than the rule: what is asked in a way that rows do not tell
/// alone, or not exactly, is left to the rule itself.
/// </summary>
/// <param name="snapshot">Where rows are looked for.</param>
/// <param name="since">Rows that held at any time from the end of the log at this position on; null for those that hold.</param>
/// <param name="same">All ids that a party goes by in rows.</param>
/// <param name="merged">Those of parties that were merged into others: what rows say of deals that name them may not hold once two of their parties are one.</param>
/// <param name="days">The first and the last day, UTC, that the rule is asked of.</param>
internal sealed class RuleCandidates(
    Snapshot snapshot, long? since, Func<PartyId, IReadOnlyCollection<string>> same, IReadOnlyCollection<string> merged, (DateOnly First, DateOnly Last) days)
{
    private const string All = "true";

    /// <summary>To read more than a third of all by their ids takes longer than to read all; where these are not many, neither takes long.</summary>
    private const int Many = 1000;

    private readonly List<object?> _parameters = [];
    private readonly List<string> _ofDeals = [];

    /// <summary>The ids of deals.</summary>
    /// <param name="where">The condition; null where all are chosen.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<List<string>> Deals(Condition? where, CancellationToken cancel)
    {
        Begin();
        var condition = where is null ? All : OfDeal(where);
        return await snapshot.Query(now => $"select distinct d.id from deal d where {Listed(now)} and {condition}", row => row.GetString(0), cancel, [.. _parameters]);
    }

    /// <summary>The ids, by which rows name them, of companies or investors; null where nothing is gained by leaving out the others.</summary>
    public async Task<List<string>?> Parties(Rule rule, CancellationToken cancel)
    {
        Begin();
        var condition = rule.Where is null ? All : OfParty(rule.Where);
        if (condition == All)
            return null;
        var (party, holder, deals) = rule.Over == Subject.Companies ? ("company_id", "d", "deal d") : ("investor_id", "i", "investor_deal i join deal d on d.id = i.deal_id");
        // Of one moment there is one row of each deal: what needs no grouping, several workers share.
        var (of, grouped) = since is null ? ("", "") : ("bool_or", $"group by {holder}.{party}, d.id");
        await snapshot.AskOfMany(cancel);
        var found = await snapshot.Query(
            now => $"""
                select party, coalesce({condition}, false)
                from (select {holder}.{party} as party{Numbered(deal => $", {of}({deal})")} from {deals} where {Listed(now)} and {Holds(now, holder)} {grouped}
                    union all select b.{party}{Numbered(_ => ", false")} from backer b where {Holds(now, "b")}) known
                group by party
                """,
            row => (Party: row.GetString(0), CanBe: row.GetBoolean(1)), cancel, [.. _parameters]);
        var chosen = found.Where(one => one.CanBe).Select(one => one.Party).ToList();
        return chosen.Count > Many && 3 * chosen.Count > found.Count ? null : [.. chosen.Concat(merged).SelectMany(id => same(new PartyId(id))).Distinct(StringComparer.Ordinal)];
    }

    private string Listed(Func<string, string> now) => $"{Holds(now, "d")} and not d.retracted and d.merged_into is null";

    private string Holds(Func<string, string> now, string row) => since is { } position ? $"({row}.to_position is null or {row}.to_position > {position})" : now(row);

    private void Begin()
    {
        _parameters.Clear();
        _ofDeals.Clear();
    }

    private string Numbered(Func<string, string> write) => string.Concat(_ofDeals.Select((deal, number) => $"{write(deal)} as deal{number}"));

    /// <summary>Of a group of rows, one for each deal of a party.</summary>
    private string OfParty(Condition condition)
    {
        switch (condition)
        {
            case Condition.All c:
                return AllOf(c.Conditions.Select(OfParty));
            case Condition.Any c:
                return AnyOf(c.Conditions.Select(OfParty));
            case Condition.Not or Condition.Affiliated or Condition.Has { Of: not Related.Deal }:
                return All;
            case Condition.Has c:
                return HasDeals(c.AtLeast, c.Condition);
            case Condition.Is { Field: RuleField.Id } c:
                return $"party = any({Parameter(Ids(c))})";
            case Condition.Is { Field: RuleField.Kind } c:
                return $"party in (select id from party where kinds && {Parameter(c.Values.ToArray())})";
            case Condition.Is { Field: RuleField.Sector } c:
                return AnyOf([HasDeals(1, c), $"party in (select id from party where sectors && {Parameter(c.Values.ToArray())})"]);
            case Condition.Is { Field: RuleField.Investor } c:
                return AnyOf([HasDeals(1, c), $"party in (select company_id from backer where investor_id = any({Parameter(Ids(c))}))"]);
            case Condition.Is { Field: RuleField.Company } c:
                return AnyOf([HasDeals(1, c), $"party in (select investor_id from backer where company_id = any({Parameter(Ids(c))}))"]);
            default:
                return HasDeals(1, condition);
        }
    }

    private string HasDeals(int atLeast, Condition condition)
    {
        var deal = OfDeal(condition);
        if (deal == All)
            return All;
        _ofDeals.Add(deal);
        var number = _ofDeals.Count - 1;
        return atLeast == 1 ? $"bool_or(deal{number})" : $"count(*) filter (where deal{number}) >= {Parameter(atLeast)}";
    }

    private string OfDeal(Condition condition)
    {
        var itself = Of(condition);
        if (itself == All || merged.Count == 0)
            return itself;
        var ids = Parameter(merged.ToArray());
        return $"({itself} or d.company_id = any({ids}) or d.contested && array['company', 'investor'] or d.id in (select deal_id from investor_deal where investor_id = any({ids})))";
    }

    private string Of(Condition condition) => condition switch
    {
        Condition.All c => AllOf(c.Conditions.Select(Of)),
        Condition.Any c => AnyOf(c.Conditions.Select(Of)),
        Condition.Is c => Of(c),
        Condition.Contested { Field: { } field } => $"d.contested @> array[{Parameter(RuleFields.Name(field))}]",
        Condition.Contested => "cardinality(d.contested) > 0",
        Condition.Announced c => Announced(c),
        Condition.AnnouncedWithin c => Within(c.Span),
        Condition.RaisedWithin c => $"(d.counts and {Within(c.Span)})",
        Condition.PledgedFor => "d.status = 'pledged'",
        Condition.Sum c => Sum(c),
        _ => All,
    };

    private string Of(Condition.Is c) => c.Field switch
    {
        RuleField.Id => $"d.id = any({Parameter(c.Values.ToArray())})",
        RuleField.DealKind => $"d.kind = any({Parameter(c.Values.ToArray())})",
        RuleField.Sector => $"d.sectors && {Parameter(c.Values.ToArray())}",
        RuleField.Series => $"d.series = any({Parameter(c.Values.ToArray())})",
        RuleField.Instrument => $"d.instrument = any({Parameter(c.Values.ToArray())})",
        RuleField.Status => $"d.status = any({Parameter(c.Values.ToArray())})",
        RuleField.Company => $"d.company_id = any({Parameter(Ids(c))})",
        RuleField.Investor or RuleField.Lead => $"d.id in (select deal_id from investor_deal where investor_id = any({Parameter(Ids(c))}))",
        _ => All,
    };

    private string Within(Span span) => $"(d.announced_to >= {Parameter(span.Before(days.First))} and d.announced_from <= {Parameter(days.Last)})";

    private string Announced(Condition.Announced c)
    {
        var (first, last) = (c.When.From!.Value, c.When.To!.Value);
        return c.By switch
        {
            Comparison.Less => $"d.announced_from < {Parameter(first)}",
            Comparison.AtMost => $"d.announced_from <= {Parameter(last)}",
            Comparison.More => $"d.announced_to > {Parameter(last)}",
            Comparison.AtLeast => $"d.announced_to >= {Parameter(first)}",
            _ => $"(d.announced_from <= {Parameter(last)} and d.announced_to >= {Parameter(first)})",
        };
    }

    /// <summary>Of another currency dollars may follow from rates, which rows do not hold.</summary>
    private string Sum(Condition.Sum c)
    {
        var (low, high, currency) = c.Field == SumField.Valuation ? ("d.valuation_low", "d.valuation_high", "d.valuation_currency") : ("d.amount_low", "d.amount_high", "d.currency");
        var figure = Parameter(c.Figure);
        var itself = $"({currency} = {Parameter(c.Currency.Code)} and {CanBe()})";
        return c is { Field: SumField.Amount } && c.Currency == Currency.Usd ? $"({itself} or d.currency <> 'USD' or d.usd_low is not null or d.usd_high is not null)" : itself;

        string CanBe() => c.By switch
        {
            Comparison.Less or Comparison.AtMost => $"({low} is null or {low} <= {figure})",
            Comparison.More or Comparison.AtLeast => $"({high} is null or {high} >= {figure})",
            _ => $"(({low} is null or {low} <= {figure}) and ({high} is null or {high} >= {figure}))",
        };
    }

    private static string AllOf(IEnumerable<string> conditions) => conditions.Where(one => one != All).ToList() is { Count: > 0 } all ? $"({string.Join(" and ", all)})" : All;

    /// <summary>What was asked for on the way to a condition that all fulfil is asked for no more.</summary>
    private string AnyOf(IEnumerable<string> conditions)
    {
        var (deals, parameters) = (_ofDeals.Count, _parameters.Count);
        var any = conditions.ToList();
        if (!any.Contains(All))
            return $"({string.Join(" or ", any)})";
        _ofDeals.RemoveRange(deals, _ofDeals.Count - deals);
        _parameters.RemoveRange(parameters, _parameters.Count - parameters);
        return All;
    }

    private string[] Ids(Condition.Is c) => [.. c.Values.SelectMany(value => same(new PartyId(value))).Distinct(StringComparer.Ordinal)];

    private string Parameter(object value)
    {
        _parameters.Add(value);
        return $"${_parameters.Count}";
    }
}
