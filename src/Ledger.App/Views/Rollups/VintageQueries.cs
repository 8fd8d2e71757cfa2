using System.Globalization;
using Ledger.App.Views.Parties;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Rollups;

/// <summary>A figure as it was known at the end of each month.</summary>
/// <param name="Where">Which deals are counted, the period among them.</param>
/// <param name="Items">The oldest first; the last is as of the moment that is asked for.</param>
/// <param name="Next">Always null: there is no next page.</param>
public sealed record Vintages(IReadOnlyDictionary<string, string> Where, IReadOnlyList<Vintage> Items, string? Next);

/// <param name="KnownAt">The last moment that counts: the end of a month, UTC, or the one that is asked for.</param>
/// <param name="Position">Where the log ended then.</param>
/// <param name="Deals">How many deals were known.</param>
/// <param name="Disclosed">Of these, how many have an amount that is disclosed.</param>
/// <param name="Undisclosed">How many have not.</param>
/// <param name="Money">A row a currency as announced.</param>
/// <param name="Usd">In dollars, by what was known then, rates too; null where no deal has a figure in dollars.</param>
public sealed record Vintage(
    DateTimeOffset KnownAt, long Position, long Deals, long Disclosed, long Undisclosed, IReadOnlyList<RollupMoney> Money, RollupDollars? Usd);

/// <summary>How much a figure still moves: the same rollup as of one month's end after the other, by one query.</summary>
public sealed class VintageQueries(Snapshot snapshot, PartyNames names, RollupQueries rollups, EventLog log)
{
    /// <param name="where">Which deals; a month, quarter or year among the conditions. Who goes by a name, and who is the same as whom, is as of the moment that is asked for.</param>
    /// <param name="dollars">Where dollars come from.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidValueException">There is no period, or a condition makes no sense.</exception>
    /// <exception cref="NotFoundException">Nobody goes by a name, or several do.</exception>
    public async Task<Vintages> Get(RollupWhere where, DollarsBy dollars, CancellationToken cancel)
    {
        if (where.Period is not var (dimension, value))
            throw new InvalidValueException("where", "names no period; quarter=2023-Q4, month=2023-11 or year=2023 would be one");
        var period = RollupPeriod.Parse(dimension, value);
        var moments = await Moments(period, cancel);
        var facts = await FactSql.Of(where, ofAnyStatus: false, snapshot, names, cancel);
        var groups = new RollupGroups(facts, [], dollars);
        var positions = facts.Parameter(moments.Select(moment => moment.Position).ToArray());
        // Facts of other periods are left out once, and not once a month.
        var rows = await snapshot.Query(
            _ => $"""
            with rollup_fact as materialized (select * from rollup_fact where {facts.Periods})
            select moment.n, grouped.* from unnest({positions}) with ordinality moment(position, n) cross join lateral ({groups.Sql(HeldThen)}) grouped
            """,
            row => (Moment: (int)row.GetInt64(0) - 1, Group: groups.Read(row, at: 1)), cancel, facts.Parameters);
        var found = rows.ToLookup(row => row.Moment, row => row.Group);
        return new Vintages(where.Given.ToDictionary(), [.. moments.Select((moment, n) => Of(moment, groups.Cells([.. found[n]]).Single()))], null);
    }

    /// <summary>Quarters that have deals, the latest first; and what is of no known year, if anything is.</summary>
    /// <param name="where">Which deals.</param>
    /// <param name="limit">How many quarters at the most.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<string>> Quarters(RollupWhere where, int limit, CancellationToken cancel)
    {
        var periods = (await rollups.Get([RollupDimension.Quarter], where, DollarsBy.Reported, cancel)).Items.Select(cell => cell.Of[RollupDimension.Quarter.Name()]!).ToList();
        var quarters = periods.Where(period => When.Parse("quarter", period).Precision == Precision.Quarter).OrderDescending(StringComparer.Ordinal).Take(limit);
        return [.. quarters, .. periods.Where(period => period == RollupPeriod.Unknown)];
    }

    private static string HeldThen(string table) => $"({table}.from_position <= moment.position and ({table}.to_position is null or {table}.to_position > moment.position))";

    private static Vintage Of((DateTimeOffset At, long Position) moment, RollupCell cell) =>
        new(moment.At, moment.Position, cell.Deals, cell.Disclosed, cell.Undisclosed, cell.Money, cell.Usd);

    /// <summary>The ends of months, from the period's own on, or from when the record begins if that is later, and the moment that is asked for.</summary>
    private async Task<List<(DateTimeOffset At, long Position)>> Moments(When period, CancellationToken cancel)
    {
        var position = await snapshot.Position(cancel);
        var now = DateTimeOffset.UtcNow;
        var begin = await RecordedAt(1, cancel) ?? now;
        // A position stands for the time at which it was recorded, and the one before the first for when the record begins; no time to come is known.
        var asked = snapshot.AsOf is null || snapshot.AsOfTime > now ? now : snapshot.AsOfTime ?? await RecordedAt(position, cancel) ?? begin;
        var first = period.To is { } to && to.ToDateTime(TimeOnly.MinValue) > begin.UtcDateTime ? to : DateOnly.FromDateTime(begin.UtcDateTime);
        var ends = new List<DateTime>();
        for (var month = new DateOnly(first.Year, first.Month, 1).AddMonths(1); month.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) <= asked.UtcDateTime; month = month.AddMonths(1))
            ends.Add(month.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddTicks(-TimeSpan.TicksPerMicrosecond));
        var positions = await snapshot.Query(_ => "select ledger.position_at(ends.at) from unnest($1::timestamptz[]) with ordinality ends(at, n) order by ends.n",
            row => row.GetInt64(0), cancel, (object)ends.ToArray());
        return [.. ends.Zip(positions, (end, at) => (new DateTimeOffset(end), Math.Min(at, position))), (asked, position)];
    }

    /// <summary>Null where the log is not that long.</summary>
    private async Task<DateTimeOffset?> RecordedAt(long position, CancellationToken cancel) => position == 0 ? null
        : await log.Read(new LogQuery { After = position - 1, UpTo = position }, cancel).Select(e => (DateTimeOffset?)e.RecordedAt).FirstOrDefaultAsync(cancel);
}
