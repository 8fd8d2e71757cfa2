using Ledger.App.Log;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Rates;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Deals;

/// <param name="Company">Id, name or alias; null for all.</param>
/// <param name="Investor">Id, name or alias; null for all.</param>
/// <param name="Limit">How many at the most.</param>
/// <param name="Next">Where the page before ended.</param>
public sealed record DealFilter(string? Company = null, string? Investor = null, int Limit = 50, string? Next = null);

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
        var companies = filter.Company is { } c ? (await snapshot.Merges(cancel)).Ids((await names.Find(c, cancel)).Id.Value) : null;
        // Each its own statement: one plan for all of them would read every deal. Of an investor its deals are found first, since the
        // latest of all deals may hold none of them.
        var found = await snapshot.Query(
            now => $"""
            select deal.id, deal.from_position from deal {(investors is not null ? $"join (select distinct deal_id from investor_deal where {now("investor_deal")} and investor_id = any($4) offset 0) held on deal.id = held.deal_id" : "")}
            where {now("deal")} and deal.from_position < $1 and merged_into is null and not retracted {(companies is not null ? "and company_id = any($3)" : "")}
            order by deal.from_position desc limit $2
            """,
            row => (Id: row.GetString(0), Position: row.GetInt64(1)), cancel, Cursor.Parse(filter.Next), (long)filter.Limit + 1, companies ?? [], investors ?? []);
        var items = found.Take(filter.Limit).ToList();
        return new Page<Deal>(await snapshot.Deals(items.Select(deal => deal.Id), cancel), found.Count > items.Count ? Cursor.Of(items[^1].Position) : null);
    }

    /// <summary>The deal as it is now, with every claim, its quote and its source.</summary>
    /// <exception cref="NotFoundException">No deal has the id.</exception>
    public async Task<DealRecord> Get(string id, CancellationToken cancel)
    {
        var deal = await Load(id, cancel);
        return (await Records([deal], cancel))[0] with
        {
            Claims = ClaimRecord.Of(deal),
            PartsSum = SumRecord.Of(deal, await snapshot.Deals(deal.Parts.Select(part => part.Deal.Value), cancel)),
            CoveredSum = SumRecord.Of(deal, await snapshot.Deals(deal.Covers.Select(covered => covered.Deal.Value), cancel)),
        };
    }

    /// <summary>What each event of the deal changed, oldest first.</summary>
    /// <exception cref="NotFoundException">No deal has the id.</exception>
    public async Task<Page<HistoryEntry>> History(string id, CancellationToken cancel)
    {
        var deal = Deal.Unknown((await Load(id, cancel)).Id);
        var entries = new List<HistoryEntry>();
        var events = await log.ReadStreams([StoredEvents.StreamOf(deal.Id)], await snapshot.Position(cancel), cancel);
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            var change = DealChange.Fold(deal, (DealEvent)e.Data, StoredEvents.CauseOf(e));
            // What a merged deal brings along is one change.
            while (i + 1 < events.Count && events[i + 1].Data is DealEvent.DealEchoed { First: not null } brought)
                change = new DealChange(deal, change.After.Evolve(brought, StoredEvents.CauseOf(events[++i])), StoredEvents.CauseOf(events[i]));
            entries.Add(HistoryEntry.Of(change, e));
            deal = change.After;
        }
        return new Page<HistoryEntry>(entries, null);
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

    private async Task<Deal> Load(string id, CancellationToken cancel)
    {
        return (await snapshot.Deals([id], cancel)).SingleOrDefault() ?? throw new NotFoundException($"No deal has the id '{id}'.");
    }
}

/// <summary>One deal's latest change.</summary>
public sealed record LatestChange(DealRecord Deal, HistoryEntry Change);
