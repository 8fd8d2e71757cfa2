using System.Collections.Immutable;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Rates;
using Ledger.App.Watchlists;
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
    private readonly Dictionary<(Watchlist, Merges), HashSet<PartyId>> _members = [];
    private readonly Dictionary<string, List<RecordedEvent>> _parties = new(StringComparer.Ordinal);
    private List<RateThen>? _rates;

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
                    break;
            }
            if (e.Data is PartyEvent)
                _parties.Remove(e.Stream);
        }
        Position = upTo;
    }

    /// <summary>All that a party was called by at any time of the span, and those that were one with it.</summary>
    public IReadOnlyCollection<string> EverOneWith(PartyId party) => [.. _merges.SelectMany(then => then.Merges.Ids(then.Merges.Root(party.Value))).Distinct(StringComparer.Ordinal)];

    /// <summary>Whoever was on a list at any time of the span, under all ids.</summary>
    public IReadOnlyCollection<string> EverOn(WatchlistId list) =>
        [.. _lists[list].SelectMany(then => then.List.Entries.Keys).Distinct().SelectMany(EverOneWith).Distinct(StringComparer.Ordinal)];

    public Merges Merges(long position) => Then(_merges, position);

    public Func<PartyId, PartyId> Root(long position) => Merges(position).Root;

    /// <summary>A list at a position.</summary>
    public Watchlist List(WatchlistId id, long position) => Then(_lists[id], position);

    public HashSet<PartyId> Members(Watchlist list, Merges merges)
    {
        if (!_members.TryGetValue((list, merges), out var members))
            _members[(list, merges)] = members = list.IsKept ? [.. list.Members(merges.Root).Select(entry => entry.Party)] : [];
        return members;
    }

    /// <summary>The lists that held one of some companies or investors, whichever they are of.</summary>
    public IReadOnlyCollection<WatchlistId> ListsWith(IReadOnlyCollection<PartyId> companies, IReadOnlyCollection<PartyId> investors, IEnumerable<WatchlistId> followed, long position)
    {
        var merges = Merges(position);
        return [.. followed.Where(id => List(id, position) is var list && Members(list, merges).Overlaps(list.Over == Subject.Companies ? companies : investors))];
    }

    /// <summary>What parties were themselves.</summary>
    public async Task<Func<PartyId, PartyTraits>> Traits(IEnumerable<PartyId> roots, long position, CancellationToken cancel)
    {
        var merges = Merges(position);
        var wanted = roots.Distinct().ToDictionary(root => root, root => merges.Ids(root.Value).Select(id => StoredEvents.Parties + id).ToList());
        var missing = wanted.Values.SelectMany(streams => streams).Where(stream => !_parties.ContainsKey(stream)).ToList();
        if (missing.Count > 0)
        {
            foreach (var stream in missing)
                _parties[stream] = [];
            foreach (var e in await log.ReadStreams(missing, Position, cancel))
                _parties[e.Stream].Add(e);
        }
        var traits = wanted.ToDictionary(one => one.Key, one => Traits(one.Key, [.. one.Value.Select(stream => Fold(stream, position))], merges));
        return party => traits.TryGetValue(party, out var known) ? known : PartyTraits.Only(party);
    }

    /// <summary>What a dollar cost, as far as it was known then.</summary>
    public async Task<Func<Currency, When, DollarRate?>> Rates(long position, CancellationToken cancel)
    {
        if (_rates is null)
        {
            await using var snapshot = new Snapshot(views, log);
            _rates = await snapshot.Query(
                _ => "select currency, day, per_dollar, source, from_position, to_position from rate where per_dollar is not null order by day",
                row => new RateThen(row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetDecimal(2), row.GetString(3), row.GetInt64(4), row.IsDBNull(5) ? long.MaxValue : row.GetInt64(5)), cancel);
        }
        var rates = _rates;
        return (currency, when) => Rate(rates, currency, when, position);
    }

    /// <summary>Companies or investors as rules ask of them, before the change at a position and after it.</summary>
    public async Task<IReadOnlyList<PartyFacts>> PartyFacts(Subject over, RuleNeeds needs, IEnumerable<PartyId> roots, long position, CancellationToken cancel)
    {
        var facts = new List<PartyFacts>();
        var asked = roots.ToList();
        foreach (var moment in new[] { position - 1, position })
        {
            var merges = Merges(moment);
            await using var snapshot = new Snapshot(views, log) { AsOf = moment };
            facts.AddRange(await new RuleFacts(snapshot, new RateQueries(snapshot)).Of(over, needs, [.. asked.Select(root => merges.Root(root.Value)).Distinct()], cancel));
        }
        return facts;
    }

    private Party? Fold(string stream, long position)
    {
        Party? party = null;
        foreach (var e in _parties[stream].TakeWhile(e => e.Position <= position))
            party = (party ?? Party.Unknown(StoredEvents.PartyOf(stream))).Evolve((PartyEvent)e.Data, StoredEvents.CauseOf(e));
        return party;
    }

    private static PartyTraits Traits(PartyId root, IReadOnlyList<Party?> same, Merges merges) =>
        same[0] is { } itself ? PartyTraits.Of(itself.With([.. same.Skip(1).OfType<Party>()], merges.Root)) : PartyTraits.Only(root);

    private static DollarRate? Rate(List<RateThen> rates, Currency currency, When when, long position)
    {
        if (currency == Currency.Usd || DollarRate.Days(when) is not var (from, to))
            return null;
        var first = from == to ? from.AddDays(-DollarRate.DaysBackMax) : from;
        var used = rates.Where(rate => rate.Currency == currency.Code && rate.Day >= first && rate.Day <= to && rate.From <= position && rate.To > position).ToList();
        if (from == to && used.Count > 0)
            used = [used[^1]];
        return used.Count == 0 ? null
            : new DollarRate(currency, used.Min(rate => rate.PerDollar), used.Max(rate => rate.PerDollar), used[0].Day, used[^1].Day, used.Max(rate => rate.Source)!);
    }

    private static T Then<T>(List<(long From, T Value)> line, long position)
    {
        var at = line.Count - 1;
        while (at > 0 && line[at].From > position)
            at--;
        return line[at].Value;
    }

    private sealed record RateThen(string Currency, DateOnly Day, decimal PerDollar, string Source, long From, long To);
}
