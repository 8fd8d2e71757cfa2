using System.Globalization;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Rates;
using Ledger.Domain.Claims;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Rollups;

/// <summary>
/// Which facts are counted, and what they come to, in SQL that can be asked as of any position: of each table that it names it is told
/// what says that a row holds.
/// </summary>
internal sealed class FactSql
{
    /// <summary>Of all deals whose money counts as raised, unless a status is asked for: then of those that have it.</summary>
    private static readonly string Raised = string.Join(", ", Enum.GetValues<DealStatus>().Where(status => status.IsRaised()).Select(status => $"'{Written.Name(status)}'"));

    private readonly DealConditions _conditions;
    private readonly List<Func<Func<string, string>, string>> _held = [];
    private readonly RollupWhere _where;
    private readonly Merges _merges;
    private readonly DateOnly? _effective;
    private readonly string _periods;
    private readonly string? _kind;
    private string? _spellings;
    private bool _needsKinds;

    private FactSql(RollupWhere where, Merges merges, DateOnly? effective, bool ofAnyStatus)
    {
        (_where, _merges, _effective) = (where, merges, effective);
        _conditions = DealConditions.OfListed(where.Filter);
        if (!ofAnyStatus && where[RollupDimension.Status] is null)
            _conditions.Ask($"status in ({Raised})");
        _periods = string.Join(" and ", where.Periods.Select(period => RollupPeriod.Condition(period.Dimension, period.Value, _conditions.Parameter)));
        AskValue(RollupDimension.Instrument, "instrument", name => Written.Name(Written.Parse<Instrument>("instrument", name)));
        foreach (var (dimension, column) in new[] { (RollupDimension.Series, "series"), (RollupDimension.Currency, "currency") })
        {
            if (where[dimension] == RollupWhere.None)
                _conditions.Ask($"{column} is null");
        }
        if (where[RollupDimension.Sector] == RollupWhere.None)
            _conditions.Ask("sectors = '{}'");
        if (where[RollupDimension.Place] == RollupWhere.None)
            _conditions.Ask("places = '{}'");
        if (where[RollupDimension.InvestorKind] is { } kind)
        {
            _kind = kind == RollupWhere.None ? null : Slug.Check(RollupDimension.InvestorKind.Name(), NameKey.Of(kind).Replace(' ', '-'));
            AskKind();
        }
    }

    /// <summary>The values that the SQL refers to.</summary>
    public object?[] Parameters => _conditions.Parameters;

    /// <summary>SQL for the rows of the periods that are asked for; empty for all.</summary>
    public string Periods => _periods;

    /// <param name="where">Which deals.</param>
    /// <param name="ofAnyStatus">Whether deals count of which no money was raised, too.</param>
    /// <param name="snapshot">Of what moment.</param>
    /// <param name="names">Finds who is asked for.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidValueException">A condition makes no sense.</exception>
    /// <exception cref="NotFoundException">Nobody goes by a name, or several do.</exception>
    public static async Task<FactSql> Of(RollupWhere where, bool ofAnyStatus, Snapshot snapshot, PartyNames names, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        await snapshot.AskOfMany(cancel);
        var facts = new FactSql(where, merges, snapshot.EffectiveUntil, ofAnyStatus);
        if (where[RollupDimension.Place] is { } place && place != RollupWhere.None)
            await facts.AskPlace(NameKey.Of(place), snapshot, cancel);
        if (where["company"] is { } company)
            facts._conditions.Ask($"company_id = any({facts.Parameter(merges.Ids((await names.Find(company, cancel)).Id.Value))})");
        if (where["investor"] is { } investor)
        {
            var ids = facts.Parameter(merges.Ids((await names.Find(investor, cancel)).Id.Value));
            facts._held.Add(now => $"deal_id in (select investor_deal.deal_id from investor_deal where {now("investor_deal")} and investor_deal.investor_id = any({ids}))");
        }
        return facts;
    }

    public string Parameter(object value) => _conditions.Parameter(value);

    /// <summary>What a dimension adds to the tables that are read, and its column. It is asked before the facts are.</summary>
    public (string Join, string Column) Dimension(RollupDimension dimension)
    {
        return dimension switch
        {
            RollupDimension.Sector => (Each("sectors", "sector_of", _where[dimension] is { } sector && sector != RollupWhere.None ? $" = {Parameter(sector)}" : null), "sector_of.value"),
            RollupDimension.Place => (Each("places", "place_of", _spellings is null ? null : $" = any({_spellings})"), "place_of.value"),
            RollupDimension.InvestorKind => (Kinds(), "investor_kind.kind"),
            _ when dimension.IsPeriod() => ("", RollupPeriod.Sql(dimension)),
            _ => ("", "valued." + dimension.Name()),
        };

        static string Each(string column, string alias, string? fits) => $"left join lateral unnest(valued.{column}) as {alias}(value) on true" + (fits is null ? "" : $" and {alias}.value{fits}");

        string Kinds()
        {
            _needsKinds = true;
            return "left join investor_kind on investor_kind.deal_id = valued.deal_id" + (_kind is null ? "" : $" and investor_kind.kind = {Parameter(_kind)}");
        }
    }

    /// <summary>
    /// Table expressions, up to <c>fact</c>, the rows that are counted, and <c>valued</c>, the same with what they are in dollars beside another
    /// currency. Each names only the columns that are of use.
    /// </summary>
    public string Tables(DollarsBy dollars, Func<string, string> now) => $"""
        {(_needsKinds ? KindTable(now) + "," : "")} fact as (
            select * from (
                select deal_id, company_id, {Status} as status, series, instrument, qualifier, currency, amount_low, amount_high, usd_low, usd_high, announced_from, announced_to, sectors, places
                from rollup_fact where {now("rollup_fact")}{Dated}) fact
            where {string.Join(" and ", Conditions(now))}),
        {(dollars == DollarsBy.Rates ? Reckoned(now) : Reported)}
        """;

    /// <summary>SQL for all facts among which an investor's first deals are found, whatever the conditions leave of them.</summary>
    public string Every(Func<string, string> now) => now("rollup_fact") + Dated
        + $" and {Status} in ({Raised}{(_where[RollupDimension.Status] is { } asked ? $", '{Written.Name(Written.Parse<DealStatus>("status", asked))}'" : "")})";

    private const string InDollars = "coalesce(currency = 'USD' or usd_low is not null or usd_high is not null, false)";

    private const string Reported = $"""
        valued as (
            select fact.*, {InDollars} as in_dollars, usd_low as beside_low, usd_high as beside_high, null::date as first_day, null::date as last_day, null::text as source
            from fact)
        """;

    /// <summary>In whole dollars, as sums are reckoned elsewhere; a factor keeps sixteen digits after the point until they are rounded.</summary>
    private static string Reckoned(Func<string, string> now) => $"""
        used_rate as (
            select asked.*, found.low, found.high, found.first as first_day, found.last as last_day, found.source
            from (select distinct currency as code, announced_from as first, announced_to as last from fact where currency is not null and announced_from is not null and not {InDollars}) asked
            cross join lateral ({RateQueries.Used(now)}) found
            where found.low is not null),
        valued as (
            select fact.*, {InDollars} as in_dollars,
                case when {InDollars} then usd_low else round(amount_low * 1.0000000000000000 / used_rate.high) end as beside_low,
                case when {InDollars} then usd_high else round(amount_high * 1.0000000000000000 / used_rate.low) end as beside_high,
                used_rate.first_day, used_rate.last_day, used_rate.source
            from fact left join used_rate on not {InDollars} and used_rate.code = fact.currency and used_rate.first = fact.announced_from and used_rate.last = fact.announced_to)
        """;

    private string Dated => _effective is { } until ? $" and announced_to <= '{Day(until)}'" : "";

    /// <summary>The status of a row on the day that is asked for.</summary>
    private string Status => _effective is not { } until ? "status"
        : $"case when status_steps = '{{}}' then status else (select nullif(substr(step, 12), '') from unnest(status_steps) step where left(step, 10) <= '{Day(until)}' collate \"C\" order by step collate \"C\" desc limit 1) end";

    private IEnumerable<string> Conditions(Func<string, string> now)
    {
        yield return _conditions.Sql(now) is { Length: > 0 } asked ? asked : "true";
        if (_effective is not null)
            yield return "status is not null";
        if (_periods.Length > 0)
            yield return _periods;
        foreach (var held in _held)
            yield return held(now);
    }

    /// <summary>The kinds of investor that deals have, through the parties that those which they name are known to be.</summary>
    private string KindTable(Func<string, string> now) => $$"""
        investor_kind as (
            select distinct investor_deal.deal_id, known.kind
            from investor_deal join (select {{_merges.Sql("party.id")}} as id, unnest(party.kinds) as kind from party where {{now("party")}} and party.kinds <> '{}') known
                on known.id = {{_merges.Sql("investor_deal.investor_id")}}
            where {{now("investor_deal")}})
        """;

    private void AskValue(RollupDimension dimension, string column, Func<string, string> read)
    {
        if (_where[dimension] is { } value)
            _conditions.Ask(value == RollupWhere.None ? $"{column} is null" : $"{column} = {Parameter(read(value))}");
    }

    /// <summary>A place is found however a source spells it, as rules find it.</summary>
    private async Task AskPlace(string key, Snapshot snapshot, CancellationToken cancel)
    {
        var known = await snapshot.Query(_ => "select distinct place from rollup_fact cross join unnest(places) place", row => row.GetString(0), cancel);
        _spellings = Parameter(known.Where(place => NameKey.Of(place) == key).ToArray());
        _conditions.Ask($"places && {_spellings}");
    }

    private void AskKind()
    {
        _needsKinds = true;
        _conditions.Ask(_kind is null ? "not exists (select from investor_kind where investor_kind.deal_id = fact.deal_id)"
            : $"deal_id in (select investor_kind.deal_id from investor_kind where investor_kind.kind = {Parameter(_kind)})");
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
