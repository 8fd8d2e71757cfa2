using System.Collections.Concurrent;
using Ledger.App.Log;
using Ledger.App.Views.Parties;
using Ledger.Domain.Parties;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Alerts.Matching;

/// <summary>What parties were themselves at each position of the log: from their events, which are read when a party is first asked for. Thread-safe.</summary>
internal sealed class TraitsThen(EventLog log)
{
    private const int KeptMax = 200_000;

    private readonly ConcurrentDictionary<string, Line[]> _lines = new(StringComparer.Ordinal);

    /// <summary>Has parties be known.</summary>
    /// <param name="ids">Theirs; those of whom nothing is recorded, too.</param>
    /// <param name="upTo">The last position that is asked for before they are forgotten.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task Load(IEnumerable<string> ids, long upTo, CancellationToken cancel)
    {
        var missing = ids.Where(id => !_lines.ContainsKey(id)).Distinct(StringComparer.Ordinal).ToList();
        if (missing.Count == 0)
            return;
        var events = (await log.ReadStreams([.. missing.Select(id => StoredEvents.Parties + id)], upTo, cancel)).ToLookup(e => StoredEvents.PartyOf(e).Value, StringComparer.Ordinal);
        foreach (var id in missing)
            _lines[id] = Fold(id, events[id]);
    }

    /// <summary>Has a party be read again when it is asked for.</summary>
    public void Forget(PartyId party) => _lines.TryRemove(party.Value, out _);

    /// <summary>Keeps memory bounded; before others are loaded.</summary>
    public void Trim()
    {
        if (_lines.Count > KeptMax)
            _lines.Clear();
    }

    public void Clear() => _lines.Clear();

    /// <summary>What a party was at a position, with what was recorded of those merged into it. It and they are loaded.</summary>
    public PartyTraits Of(PartyId root, Merges merges, long position)
    {
        if (At(root.Value, position) is not { } line)
            return PartyTraits.Only(root);
        if (!merges.HasMerged(root.Value))
            return line.Alone(merges);
        return PartyTraits.Of(line.Party.With([.. merges.MergedInto(root.Value).Select(id => At(id, position)?.Party).OfType<Party>()], merges.Root));
    }

    /// <summary>Narrows the part of the log in which nothing is recorded of a party and of those merged into it, around a position.</summary>
    public void Narrow(PartyId root, Merges merges, long position, ref long from, ref long to)
    {
        Narrow(root.Value, position, ref from, ref to);
        foreach (var id in merges.MergedInto(root.Value))
            Narrow(id, position, ref from, ref to);
    }

    private void Narrow(string id, long position, ref long from, ref long to)
    {
        foreach (var line in _lines[id])
        {
            if (line.From <= position)
                from = Math.Max(from, line.From);
            else
                to = Math.Min(to, line.From);
        }
    }

    private Line? At(string id, long position)
    {
        var lines = _lines[id];
        var at = lines.Length - 1;
        while (at >= 0 && lines[at].From > position)
            at--;
        return at < 0 ? null : lines[at];
    }

    private static Line[] Fold(string id, IEnumerable<RecordedEvent> events)
    {
        var party = Party.Unknown(new PartyId(id));
        return [.. events.Select(e => new Line(e.Position, party = party.Evolve((PartyEvent)e.Data, StoredEvents.CauseOf(e))))];
    }

    /// <summary>A party from one of its events to the next.</summary>
    private sealed class Line(long from, Party party)
    {
        private (Merges Merges, PartyTraits Traits)? _alone;

        public long From => from;

        public Party Party => party;

        /// <summary>Of itself alone. Whom it is affiliated with may be known as somebody else by then.</summary>
        public PartyTraits Alone(Merges merges)
        {
            if (_alone is { } known && known.Merges == merges)
                return known.Traits;
            var traits = PartyTraits.Of(party.With([], merges.Root));
            _alone = (merges, traits);
            return traits;
        }
    }
}
