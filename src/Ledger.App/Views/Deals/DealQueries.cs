using Ledger.App.Log;
using Ledger.App.Views.Parties;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Views.Deals;

/// <param name="Company">Id, name or alias; null for all.</param>
/// <param name="Investor">Id, name or alias; null for all.</param>
/// <param name="Limit">How many at the most.</param>
/// <param name="Next">Where the page before ended.</param>
public sealed record DealFilter(string? Company = null, string? Investor = null, int Limit = 50, string? Next = null);

/// <summary>What is asked of deals, by pages, API and command line alike.</summary>
public sealed class DealQueries(NpgsqlDataSource database, PartyNames names, EventLog log)
{
    /// <summary>Deals, those that changed last first.</summary>
    public async Task<Page<DealRecord>> List(DealFilter filter, CancellationToken cancel)
    {
        var company = filter.Company is { } c ? (await names.Find(c, cancel)).Id.Value : null;
        var investor = filter.Investor is { } i ? (await names.Find(i, cancel)).Id.Value : null;
        var before = Cursor.Parse(filter.Next);
        var deals = await database.Query(
            """
            select state from views.deal
            where to_position is null and from_position < $1
                and ($2::text is null or company_id = $2)
                and ($3::text is null or id in (select deal_id from views.investor_deal where investor_id = $3))
            order by from_position desc limit $4
            """,
            row => DealView.Read(row.GetString(0)), cancel, before, company, investor, (long)filter.Limit + 1);
        var items = deals.Take(filter.Limit).ToList();
        return new Page<DealRecord>(await Records(items, cancel), deals.Count > items.Count ? Cursor.Of(items[^1].Last!.Position) : null);
    }

    /// <summary>The deal as it is now, with every claim, its quote and its source.</summary>
    /// <exception cref="NotFoundException">No deal has the id.</exception>
    public async Task<DealRecord> Get(string id, CancellationToken cancel)
    {
        var deal = await Load(id, cancel);
        return DealRecord.Of(deal, await names.Of(DealRecord.Parties(deal), cancel)) with { Claims = ClaimRecord.Of(deal) };
    }

    /// <summary>What each event of the deal changed, oldest first.</summary>
    /// <exception cref="NotFoundException">No deal has the id.</exception>
    public async Task<Page<HistoryEntry>> History(string id, CancellationToken cancel)
    {
        var deal = Deal.Unknown((await Load(id, cancel)).Id);
        var entries = new List<HistoryEntry>();
        await foreach (var e in log.ReadStream(StoredEvents.StreamOf(deal.Id), cancel: cancel))
        {
            var change = DealChange.Fold(deal, (DealEvent)e.Data, StoredEvents.CauseOf(e));
            entries.Add(HistoryEntry.Of(change, e.Type));
            deal = change.After;
        }
        return new Page<HistoryEntry>(entries, null);
    }

    /// <summary>The given deals as they are now, by their ids.</summary>
    public async Task<IReadOnlyDictionary<string, DealRecord>> Of(IEnumerable<string> ids, CancellationToken cancel)
    {
        var deals = await database.Query("select state from views.deal where id = any($1) and to_position is null",
            row => DealView.Read(row.GetString(0)), cancel, (object)ids.Distinct().ToArray());
        return (await Records(deals, cancel)).ToDictionary(deal => deal.Id);
    }

    /// <summary>What changed last in the whole ledger, latest first.</summary>
    public async Task<IReadOnlyList<LatestChange>> Latest(int limit, CancellationToken cancel)
    {
        var rows = await database.Query(
            """
            select now.state, before.state from views.deal now
            left join views.deal before on before.id = now.id and before.to_position = now.from_position
            order by now.from_position desc limit $1
            """,
            row =>
            {
                var after = DealView.Read(row.GetString(0));
                return new DealChange(row.TextOrNull(1) is { } before ? DealView.Read(before) : Deal.Unknown(after.Id), after, after.Last!);
            },
            cancel, (long)limit);
        var records = await Records([.. rows.Select(change => change.After)], cancel);
        var events = await EventNames(rows, limit, cancel);
        return [.. rows.Zip(records, (change, record) => new LatestChange(record, HistoryEntry.Of(change, events.GetValueOrDefault(change.Cause.Position))))];
    }

    private async Task<Dictionary<long, string>> EventNames(List<DealChange> changes, int limit, CancellationToken cancel)
    {
        var names = new Dictionary<long, string>();
        if (changes.Count == 0)
            return names;
        var query = new LogQuery { UpTo = changes[0].Cause.Position, Backwards = true, Types = StoredEvents.OfDeals, Limit = limit };
        await foreach (var e in log.Read(query, cancel))
            names.Add(e.Position, e.Type);
        return names;
    }

    internal async Task<IReadOnlyList<DealRecord>> Records(IReadOnlyCollection<Deal> deals, CancellationToken cancel)
    {
        var parties = await names.Of(deals.SelectMany(DealRecord.Parties), cancel);
        return [.. deals.Select(deal => DealRecord.Of(deal, parties))];
    }

    private async Task<Deal> Load(string id, CancellationToken cancel)
    {
        var found = await database.Query("select state from views.deal where id = $1 and to_position is null",
            row => DealView.Read(row.GetString(0)), cancel, id);
        return found.SingleOrDefault() ?? throw new NotFoundException($"No deal has the id '{id}'.");
    }
}

/// <summary>One deal's latest change.</summary>
public sealed record LatestChange(DealRecord Deal, HistoryEntry Change);
