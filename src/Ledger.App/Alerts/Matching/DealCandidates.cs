using Ledger.App.Watchlists;
using Ledger.Domain.Claims;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts.Matching;

/// <summary>
/// SQL for what a row of a deal cannot do without for a rule to choose the deal then. It lets more through than the rule: what is asked in a way
/// that rows do not tell alone, or not exactly, is left to the rule itself.
/// </summary>
internal sealed class DealCandidates
{
    private const string All = "true";

    private readonly List<object?> _parameters = [];
    private readonly RecordSpan _span;
    private readonly DateOnly _first;
    private readonly DateOnly _last;

    private DealCandidates(RecordSpan span, DateOnly first, DateOnly last) => (_span, _first, _last) = (span, first, last);

    /// <param name="where">The condition; null where all are chosen.</param>
    /// <param name="span">The part of the log.</param>
    /// <param name="after">Where it begins.</param>
    /// <param name="first">The first day, UTC, on which something in it was recorded.</param>
    /// <param name="last">The last one.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The ids of the deals.</returns>
    public static async Task<List<string>> Find(Condition? where, RecordSpan span, long after, DateOnly first, DateOnly last, CancellationToken cancel)
    {
        var candidates = new DealCandidates(span, first, last);
        var since = candidates.Parameter(after);
        var condition = where is null ? All : candidates.Of(where);
        if (condition != All && span.HasMerges)
        {
            // What rows say of them may not hold once two of their parties are one.
            var merged = candidates.Parameter(span.EverMerged.ToArray());
            condition = $"({condition} or d.company_id = any({merged}) or d.contested && array['company', 'investor'] or d.id in (select deal_id from investor_deal where investor_id = any({merged})))";
        }
        await using var snapshot = span.Open();
        return await snapshot.Query(
            _ => $"select distinct d.id from deal d where (d.to_position is null or d.to_position > {since}) and not d.retracted and d.merged_into is null and {condition}", row => row.GetString(0), cancel, [.. candidates._parameters]);
    }

    private string Of(Condition condition) => condition switch
    {
        Condition.All c => $"({string.Join(" and ", c.Conditions.Select(Of))})",
        Condition.Any c => $"({string.Join(" or ", c.Conditions.Select(Of))})",
        Condition.Is c => Of(c),
        Condition.Contested { Field: { } field } => $"d.contested @> array[{Parameter(RuleFields.Name(field))}]",
        Condition.Contested => "cardinality(d.contested) > 0",
        Condition.Announced c => Announced(c),
        Condition.AnnouncedWithin c => $"(d.announced_to >= {Parameter(c.Span.Before(_first))} and d.announced_from <= {Parameter(_last)})",
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

    private string[] Ids(Condition.Is c) => [.. c.Values.SelectMany(value => _span.EverOneWith(new PartyId(value))).Distinct(StringComparer.Ordinal)];

    private string Parameter(object value)
    {
        _parameters.Add(value);
        return $"${_parameters.Count}";
    }
}
