using Ledger.App.Log;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Rates;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Deals;

/// <summary>What is asked of deals, by pages, API and command line alike.</summary>
public sealed class DealQueries(Snapshot snapshot, PartyNames names, RateQueries rates, EventLog log)
{
    /// <summary>Deals, those that changed last first; what was retracted or merged into another deal is left out.</summary>
    public async Task<Page<DealRecord>> List(DealFilter filter, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var investors = filter.Investor is { } i ? merges.Ids((await names.Find(i, cancel)).Id.Value) : null;
        var page = await Of(filter, investors, cancel);
        return new Page<DealRecord>(await Records(page.Items, cancel), page.Next);
    }

    /// <summary>The same, with their claims.</summary>
    /// <param name="filter">Its investor is left alone.</param>
    /// <param name="investors">Only deals that name one of these; null for all.</param>
    /// <param name="cancel">Gives up.</param>
    internal async Task<Page<Deal>> Of(DealFilter filter, string[]? investors, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var conditions = new DealConditions(filter, merges, snapshot.EffectiveUntil);
        if (filter.Company is { } company)
            conditions.Ask($"company_id = any({conditions.Parameter(merges.Ids((await names.Find(company, cancel)).Id.Value))})");
        // Of an investor its deals are found first, since the latest of all deals may hold none of them.
        Func<Func<string, string>, string> of = investors is null ? _ => "deal"
            : Held(conditions.Parameter(investors), conditions.Parameter(await snapshot.Position(cancel)));
        // By its number, for it changes from one page to the next: written out, each would be a statement of its own to the database.
        var (from, limit) = (conditions.Parameter(0L), conditions.Parameter((long)filter.Limit + 1));
        var (found, before, rows) = (new List<(Deal Deal, long Position)>(), Cursor.Parse(filter.Next), new List<(string Id, long Position)>());
        do
        {
            rows = await snapshot.Query(
                now => $"""
                select deal.id, deal.from_position from {of(now)}
                where {now("deal")} and deal.from_position < {from} and {conditions.Sql(now)}
                order by deal.from_position desc limit {limit}
                """,
                row => (row.GetString(0), row.GetInt64(1)), cancel, conditions.With(from, before));
            var deals = (await snapshot.Deals(rows.Select(row => row.Id), cancel)).Where(conditions.Fit).ToDictionary(deal => deal.Id.Value);
            found.AddRange(rows.Where(row => deals.ContainsKey(row.Id)).Select(row => (deals[row.Id], row.Position)));
            before = rows.Count > 0 ? rows[^1].Position : 0;
        }
        while (found.Count <= filter.Limit && rows.Count > filter.Limit);
        return new Page<Deal>([.. found.Take(filter.Limit).Select(deal => deal.Deal)], found.Count > filter.Limit ? Cursor.Of(found[filter.Limit - 1].Position) : null);
    }

    /// <summary>Of each deal the last row alone: those before it, which a deal has for every event, need not be looked at.</summary>
    private static Func<Func<string, string>, string> Held(string investors, string position) => now => $"""
        (select distinct deal_id from investor_deal where {now("investor_deal")} and investor_id = any({investors})) held
        cross join lateral (select * from deal where deal.id = held.deal_id and deal.from_position <= {position} order by deal.from_position desc limit 1) deal
        """;

    /// <summary>The deal as it is now, with every claim, its quote and its source.</summary>
    /// <exception cref="NotFoundException">No deal has the id, or it is not there on the day that is asked for.</exception>
    public async Task<DealRecord> Get(string id, CancellationToken cancel)
    {
        var deal = await snapshot.Deal(id, cancel);
        return (await Records([deal], cancel))[0] with
        {
            Claims = ClaimRecord.Of(deal),
            PartsSum = SumRecord.Of(deal, await snapshot.Deals(deal.Parts.Select(part => part.Deal.Value), cancel)),
            CoveredSum = SumRecord.Of(deal, await snapshot.Deals(deal.Covers.Select(covered => covered.Deal.Value), cancel)),
        };
    }

    /// <summary>What each event of the deal changed, oldest first.</summary>
    /// <param name="id">The deal's.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="limit">How many events at the most.</param>
    /// <param name="next">Where the page before ended: a version.</param>
    /// <exception cref="NotFoundException">No deal has the id, or it is not there on the day that is asked for.</exception>
    public async Task<Page<HistoryEntry>> History(string id, CancellationToken cancel, int limit = int.MaxValue, string? next = null)
    {
        var seen = Cursor.Parse(next, first: 0);
        var steps = (await Steps(id, cancel)).FindAll(step => step.Change.Cause.Version > seen);
        return new Page<HistoryEntry>([.. steps.Take(limit).Select(step => HistoryEntry.Of(step.Change, step.Event))], steps.Count > limit ? Cursor.Of(steps[limit - 1].Change.Cause.Version) : null);
    }

    /// <summary>Each event of the deal and what it changed, oldest first; what a merged deal brings along is one change.</summary>
    /// <exception cref="NotFoundException">No deal has the id, or it is not there on the day that is asked for.</exception>
    internal async Task<List<DealStep>> Steps(string id, CancellationToken cancel)
    {
        var deal = Deal.Unknown((await snapshot.Deal(id, cancel)).Id);
        var steps = new List<DealStep>();
        var events = await log.ReadStreams([StoredEvents.StreamOf(deal.Id)], await snapshot.Position(cancel), cancel);
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            var change = DealChange.Fold(deal, (DealEvent)e.Data, StoredEvents.CauseOf(e));
            while (i + 1 < events.Count && events[i + 1].Data is DealEvent.DealEchoed { First: not null } brought)
                change = new DealChange(deal, change.After.Evolve(brought, StoredEvents.CauseOf(events[++i])), StoredEvents.CauseOf(events[i]));
            steps.Add(new DealStep(change, e));
            deal = change.After;
        }
        return steps;
    }

    /// <summary>The given deals as they are now, by their ids.</summary>
    public async Task<IReadOnlyDictionary<string, DealRecord>> Of(IEnumerable<string> ids, CancellationToken cancel)
    {
        return (await Records(await snapshot.Deals(ids.Distinct(), cancel), cancel)).ToDictionary(deal => deal.Id);
    }

    /// <summary>What changed last in the whole ledger, latest first.</summary>
    public async Task<IReadOnlyList<LatestChange>> Latest(int limit, CancellationToken cancel)
    {
        var position = await snapshot.Position(cancel);
        // Every version there ever was, each a change.
        var latest = await snapshot.Query(_ => "select id, version from deal where from_position <= $1 order by from_position desc limit $2",
            row => (Id: row.GetString(0), Version: row.GetInt64(1)), cancel, position, (long)limit + EchoesMax);
        var events = (await log.ReadStreams([.. latest.Select(change => StoredEvents.Deals + change.Id).Distinct()], position, cancel)).ToLookup(e => e.Stream);
        var changes = latest.ConvertAll(change => Change(new DealId(change.Id), [.. events[StoredEvents.Deals + change.Id].Where(e => e.Version <= change.Version)]));
        changes = [.. changes.Where(change => change.Event.Data is not DealEvent.DealEchoed { First: not null }).Take(limit)];
        var merges = await snapshot.Merges(cancel);
        var records = await Records([.. changes.Select(change => change.Change.After.Following(merges.Root))], cancel);
        return [.. changes.Zip(records, (change, record) => new LatestChange(record, HistoryEntry.Of(change.Change, change.Event)))];
    }

    /// <summary>How many versions that a merge only brought along may stand before those that are shown.</summary>
    private const int EchoesMax = 50;

    /// <summary>What the last of a deal's events changed.</summary>
    private static (DealChange Change, RecordedEvent Event) Change(DealId id, List<RecordedEvent> events)
    {
        var before = events.SkipLast(1).Aggregate(Deal.Unknown(id), (deal, e) => deal.Evolve((DealEvent)e.Data, StoredEvents.CauseOf(e)));
        return (DealChange.Fold(before, (DealEvent)events[^1].Data, StoredEvents.CauseOf(events[^1])), events[^1]);
    }

    internal async Task<IReadOnlyList<DealRecord>> Records(IReadOnlyCollection<Deal> deals, CancellationToken cancel)
    {
        var parties = await names.Of(deals.SelectMany(DealRecord.Parties), cancel);
        var dollars = await rates.Of(deals.SelectMany(ComputedUsdRecord.Asked), cancel);
        return [.. deals.Select(deal => DealRecord.Of(deal, parties, dollars))];
    }
}

/// <summary>One deal's latest change.</summary>
public sealed record LatestChange(DealRecord Deal, HistoryEntry Change);

/// <param name="Event">The event that made the change, or of several the first.</param>
internal sealed record DealStep(DealChange Change, RecordedEvent Event);
