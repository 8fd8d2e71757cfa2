using System.Collections.Concurrent;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Watchlists;

/// <summary>
/// Watchlists as their streams tell them, which is all that they are kept by. The last state of each is remembered, and only what has happened
/// since is read again.
/// </summary>
internal sealed class WatchlistStates(EventLog log, NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<WatchlistId, Watchlist> _known = new();

    /// <summary>A list as it is, or was when the log ended at a position.</summary>
    public async Task<Watchlist> Get(WatchlistId id, long? upTo, CancellationToken cancel)
    {
        var list = _known.GetValueOrDefault(id) ?? Watchlist.Unknown(id);
        if (list.Last?.Position > upTo)
            list = Watchlist.Unknown(id);
        await foreach (var e in log.ReadStream(StoredEvents.StreamOf(id), list.Version + 1, cancel: cancel))
        {
            if (e.Position > upTo)
                return list;
            list = list.Evolve((WatchlistEvent)e.Data, StoredEvents.CauseOf(e));
        }
        if (list.Last is not null)
            _known.AddOrUpdate(id, list, (_, other) => other.Version > list.Version ? other : list);
        return list;
    }

    /// <summary>All lists that are kept, or were then, by their ids.</summary>
    public async Task<List<Watchlist>> Kept(long? upTo, CancellationToken cancel)
    {
        var lists = new List<Watchlist>();
        foreach (var (id, version) in await database.Query(
            "select w.id, coalesce(s.version, 0) from ledger.watchlists w left join ledger.mt_streams s on s.id = $1 || w.id order by w.id collate \"C\"",
            row => (new WatchlistId(row.GetString(0)), row.GetInt64(1)), cancel, StoredEvents.Watchlists))
        {
            // Of most there is nothing new to be read.
            var list = upTo is null && _known.TryGetValue(id, out var known) && known.Version >= version ? known : await Get(id, upTo, cancel);
            if (list.IsKept)
                lists.Add(list);
        }
        return lists;
    }

    /// <summary>Has a list be among those that there are.</summary>
    public async Task Add(IEnumerable<WatchlistId> ids, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.Execute("insert into ledger.watchlists (id) select unnest($1) on conflict do nothing", cancel, (object)ids.Select(id => id.Value).ToArray());
    }
}
