using System.Collections.Concurrent;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.App.Views.Parties;
using Ledger.App.Watchlists;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;

namespace Ledger.App.Alerts.Matching;

/// <summary>
/// The record as it was at each position of a span of the log, as far as alerts ask of it: so that it does not matter when, or in how large
/// pieces, the log is looked through.
/// </summary>
internal sealed class RecordSpan(ViewRuntime views, EventLog log, WatchlistStates states)
{
    /// <summary>The events that parties are merged by, and those of lists.</summary>
    public static readonly string[] Types =
        ["party_merged", "party_unmerged", .. StoredEvents.Types.Names.Where(name => name.StartsWith("watchlist_", StringComparison.Ordinal))];

    private readonly Dictionary<string, string> _into = new(StringComparer.Ordinal);
    private readonly List<(long From, Merges Merges)> _merges = [];
    private readonly Dictionary<WatchlistId, List<(long From, Watchlist List)>> _lists = [];
    private readonly ConcurrentDictionary<object, (Merges Merges, HashSet<PartyId> Members)> _members = new(ReferenceEqualityComparer.Instance);
    private readonly TraitsThen _traits = new(log);
    private readonly List<long> _ratesChanged = [];
    private Dictionary<string, List<string>>? _everOne;
    private RatesThen? _rates;

    /// <summary>The position that the span has come to; -1 before its first.</summary>
    public long Position { get; private set; } = -1;

    /// <summary>Begins after a position.</summary>
    public async Task Begin(long after, CancellationToken cancel)
    {
        await using var snapshot = new Snapshot(views, log) { AsOf = after };
        _into.Clear();
        foreach (var (party, into) in await snapshot.Query(now => $"select id, merged_into from party where {now("party")} and merged_into is not null", row => (row.GetString(0), row.GetString(1)), cancel))
            _into[party] = into;
        _merges.Clear();
        _merges.Add((after, new Merges(_into)));
        _lists.Clear();
        _traits.Clear();
        _ratesChanged.Clear();
        (_rates, _everOne) = (null, null);
        Position = after;
    }

    /// <summary>Goes on: what was before the present position is forgotten.</summary>
    /// <param name="events">Of the next part of the log, in their order; at least those of <see cref="Types"/>.</param>
    /// <param name="upTo">Where that part ends.</param>
    /// <param name="followed">The lists that are asked for.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task Advance(IReadOnlyList<RecordedEvent> events, long upTo, IReadOnlyCollection<WatchlistId> followed, CancellationToken cancel)
    {
        _merges.RemoveRange(0, _merges.Count - 1);
        foreach (var list in _lists.Values)
            list.RemoveRange(0, list.Count - 1);
        if (_members.Count > 4 * followed.Count + 100)
            _members.Clear();
        _traits.Trim();
        _ratesChanged.RemoveRange(0, Math.Max(0, _ratesChanged.Count - 1));
        _everOne = null;
        foreach (var id in followed.Where(id => !_lists.ContainsKey(id)))
            _lists[id] = [(Position, await states.Get(id, Position, cancel))];
        foreach (var e in events)
        {
            switch (e.Data)
            {
                case PartyEvent.PartyMerged merged:
                    _into[StoredEvents.PartyOf(e).Value] = merged.Into.Value;
                    _merges.Add((e.Position, new Merges(_into)));
                    break;
                case PartyEvent.PartyUnmerged:
                    _into.Remove(StoredEvents.PartyOf(e).Value);
                    _merges.Add((e.Position, new Merges(_into)));
                    break;
                case WatchlistEvent happened when _lists.TryGetValue(StoredEvents.WatchlistOf(e.Stream), out var list):
                    list.Add((e.Position, list[^1].List.Evolve(happened, StoredEvents.CauseOf(e))));
                    break;
                case RatesEvent:
                    _rates = null;
                    _ratesChanged.Add(e.Position);
                    break;
            }
            if (e.Data is PartyEvent)
                _traits.Forget(StoredEvents.PartyOf(e));
        }
        Position = upTo;
    }

    /// <summary>Whether parties were one with others at any time of the span.</summary>
    public bool HasMerges => _merges.Count > 1 || !_merges[0].Merges.IsEmpty;

    /// <summary>The parties that were merged into others at any time of the span.</summary>
    public IReadOnlyCollection<string> EverMerged => [.. _merges.SelectMany(then => then.Merges.Merged).Distinct(StringComparer.Ordinal)];

    /// <summary>All that a party was called by at any time of the span, and those that were one with it, or with these.</summary>
    public IReadOnlyCollection<string> EverOneWith(PartyId party) => EverOne().TryGetValue(party.Value, out var same) ? same : [party.Value];

    /// <summary>Whoever was on a list at any time of the span, under all ids.</summary>
    public IReadOnlyCollection<string> EverOn(WatchlistId list) =>
        [.. _lists[list].SelectMany(then => then.List.Entries.Keys).Distinct().SelectMany(EverOneWith).Distinct(StringComparer.Ordinal)];

    public Merges Merges(long position) => Then(_merges, position);

    public Func<PartyId, PartyId> Root(long position) => Merges(position).Root;

    /// <summary>A list at a position.</summary>
    public Watchlist List(WatchlistId id, long position) => Then(_lists[id], position);

    public HashSet<PartyId> Members(Watchlist list, Merges merges)
    {
        if (_members.TryGetValue(list, out var known) && known.Merges == merges)
            return known.Members;
        HashSet<PartyId> members = list.IsKept ? [.. list.Members(merges.Root).Select(entry => entry.Party)] : [];
        _members[list] = (merges, members);
        return members;
    }

    /// <summary>The lists that held one of some companies or investors, whichever they are of.</summary>
    public IReadOnlyCollection<WatchlistId> ListsWith(IReadOnlyCollection<PartyId> companies, IReadOnlyCollection<PartyId> investors, IEnumerable<WatchlistId> followed, long position)
    {
        var merges = Merges(position);
        return [.. followed.Where(id => List(id, position) is var list && Members(list, merges).Overlaps(list.Over == Subject.Companies ? companies : investors))];
    }

    /// <summary>Has parties, with those that were ever one with them, be known as they were themselves.</summary>
    public Task LoadTraits(IEnumerable<PartyId> parties, CancellationToken cancel) => _traits.Load(parties.Distinct().SelectMany(EverOneWith), Position, cancel);

    /// <summary>What a party was at a position: one that was loaded, by the id that it was known by then.</summary>
    public PartyTraits Traits(PartyId root, long position) => _traits.Of(root, Merges(position), position);

    /// <summary>Narrows the part of the log in which a party that was loaded stayed as it was at a position.</summary>
    public void Narrow(PartyId root, long position, ref long from, ref long to) => _traits.Narrow(root, Merges(position), position, ref from, ref to);

    /// <summary>Narrows the part of the log in which the same parties were one as at a position.</summary>
    public void NarrowMerges(long position, ref long from, ref long to)
    {
        var at = Place(_merges, position);
        if (at > 0)
            from = Math.Max(from, _merges[at].From);
        if (at + 1 < _merges.Count)
            to = Math.Min(to, _merges[at + 1].From);
    }

    /// <summary>Where rates were recorded last, up to a position; 0 where none were since the span began.</summary>
    public long RatesChanged(long position) => _ratesChanged.FindLast(changed => changed <= position);

    /// <summary>What a dollar cost, as far as it was known then.</summary>
    public async Task<RatesThen> Rates(CancellationToken cancel)
    {
        if (_rates is { } known)
            return known;
        await using var snapshot = new Snapshot(views, log);
        return _rates = await RatesThen.Read(snapshot, cancel);
    }

    /// <summary>A view of the record at present, in which every row of the past is, too.</summary>
    public Snapshot Open() => new(views, log);

    /// <summary>What rules over the span can choose.</summary>
    /// <param name="snapshot">As it is opened here.</param>
    /// <param name="since">The position that they are asked from.</param>
    /// <param name="days">The first and the last day, UTC, on which something in the span was recorded; none where no time is asked for.</param>
    public RuleCandidates Candidates(Snapshot snapshot, long since, (DateOnly First, DateOnly Last) days) => new(snapshot, since, EverOneWith, EverMerged, days);

    /// <summary>The states of deals at all of their events.</summary>
    public async Task<ILookup<string, Deal>> DealStates(IReadOnlyCollection<string> deals, CancellationToken cancel)
    {
        var states = new List<Deal>();
        foreach (var stream in (await log.ReadStreams([.. deals.Select(id => StoredEvents.Deals + id)], cancel: cancel)).GroupBy(e => e.Stream))
        {
            var deal = Deal.Unknown(StoredEvents.DealOf(stream.Key));
            states.AddRange(stream.Select(e => deal = deal.Evolve((DealEvent)e.Data, StoredEvents.CauseOf(e))));
        }
        return states.ToLookup(deal => deal.Id.Value, StringComparer.Ordinal);
    }

    private Dictionary<string, List<string>> EverOne()
    {
        if (_everOne is { } known)
            return known;
        var groups = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (_, merges) in _merges)
        {
            foreach (var party in merges.Merged)
                Join(party, merges.Root(party));
        }
        return _everOne = groups;

        void Join(string one, string other)
        {
            var (mine, theirs) = (groups.GetValueOrDefault(one) ?? [one], groups.GetValueOrDefault(other) ?? [other]);
            if (mine != theirs)
                mine.AddRange(theirs);
            foreach (var id in mine)
                groups[id] = mine;
        }
    }

    private static T Then<T>(List<(long From, T Value)> line, long position) => line[Place(line, position)].Value;

    private static int Place<T>(List<(long From, T Value)> line, long position)
    {
        var (low, high) = (1, line.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = line[middle].From <= position ? (middle + 1, high) : (low, middle);
        }
        return low - 1;
    }
}
