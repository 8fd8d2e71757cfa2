using Ledger.App.Views.Parties;
using Ledger.Domain.Alerts;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts.Matching;

/// <summary>
/// How many deals of companies, or of investors, fulfil what rules count: carried from one part of the log to the next. All deals of a party are
/// read when it is first asked for; from then on only those that change. Counts are forgotten where they would have to be made anew: with other
/// rules or on another day, where parties become one, and where sums come to other dollars.
/// </summary>
internal sealed class PartyCounts(Subject over)
{
    /// <summary>How many counts are kept for parties that are not asked for at present.</summary>
    private const int KeptMax = 16 << 20;

    /// <summary>Parties are read together while they have no more deals.</summary>
    private const int DealsAtOnce = 5_000;

    private readonly Dictionary<PartyId, int[]> _counts = [];
    private readonly Queue<(DealStep Was, DealStep Is)> _coming = [];
    private (CountedDeals By, Merges Merges, long Rates)? _made;
    private RecordSpan _span = null!;
    private PartyTimes _times = null!;

    /// <summary>Up to where it is known which deals change; -1 where that cannot be said.</summary>
    private long _upTo = -1;

    /// <summary>Whether there is anything to carry on.</summary>
    public bool IsEmpty => _counts.Count == 0;

    /// <summary>Goes on to the next part, in which everything that will be asked for is counted alike.</summary>
    /// <param name="span">The record.</param>
    /// <param name="rules">Of which some count.</param>
    /// <param name="parties">Whoever will be asked for.</param>
    /// <param name="deals">All deals that change in the part.</param>
    /// <param name="after">Where the part begins.</param>
    /// <param name="from">The first position that is asked for.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task Advance(RecordSpan span, PartyRules rules, IReadOnlyCollection<PartyId> parties, string[] deals, long after, long from, CancellationToken cancel)
    {
        // What the parties are themselves is asked of the span, and what others are by no rule that counts.
        var needs = rules.Counting! with { Traits = false };
        var made = (rules.Counted, span.Merges(from), needs.Dollars ? span.RatesChanged(from) : 0);
        if (_upTo == after && _span == span && _made == made)
        {
            from = after;
            TakeUpTo(long.MaxValue);
        }
        else
        {
            _counts.Clear();
        }
        _coming.Clear();
        if ((long)_counts.Count * rules.Counted.Length > KeptMax)
            Forget(parties);
        (_span, _made, _upTo) = (span, made, -1);
        if (rules.Counting!.Traits)
            await span.LoadTraits(parties, cancel);
        _times = await PartyTimes.Read(span, over, needs, Ids(parties), deals, from, cancel);
        foreach (var change in _times.Steps(from).SelectMany(steps => Changes(steps, from)).OrderBy(change => change.Is.Position))
            _coming.Enqueue(change);
        foreach (var some in await Together([.. parties.Where(party => !_counts.ContainsKey(party))], cancel))
            await Count(some, needs, from, cancel);
        _upTo = span.Position;
    }

    /// <summary>What a rule that counts asks of a party; null of whom there is nothing at that position.</summary>
    /// <param name="root">The party, by the id that it was known by then.</param>
    /// <param name="position">Not before the one that was asked for last.</param>
    /// <param name="isAskedItself">Whether rules ask what the party is itself.</param>
    public PartyFacts? At(PartyId root, long position, bool isAskedItself)
    {
        TakeUpTo(position);
        var (counts, others) = (_counts[root], _times.Others(root, position));
        return counts[0] == 0 && others.Count == 0 ? null : new PartyFacts(isAskedItself ? _span.Traits(root, position) : PartyTraits.Only(root), [], others) { Counts = [.. counts] };
    }

    private string[] Ids(IEnumerable<PartyId> parties) => [.. parties.SelectMany(_span.EverOneWith).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<(DealStep Was, DealStep Is)> Changes(IEnumerable<DealStep> steps, long after)
    {
        var was = new DealStep(after, null, []);
        foreach (var step in steps)
        {
            if (step.Position > after)
                yield return (was, step);
            was = step;
        }
    }

    private void TakeUpTo(long position)
    {
        while (_coming.TryPeek(out var change) && change.Is.Position <= position)
        {
            Add(change.Was, -1);
            Add(change.Is, +1);
            _coming.Dequeue();
        }
    }

    private void Add(DealStep step, int by)
    {
        foreach (var party in step.Parties)
        {
            if (_counts.TryGetValue(party, out var counts))
                _made!.Value.By.Add(counts, step.Facts!, party, by);
        }
    }

    private void Forget(IEnumerable<PartyId> others)
    {
        var wanted = others.ToHashSet();
        foreach (var party in _counts.Keys.Where(party => !wanted.Contains(party)).ToList())
            _counts.Remove(party);
    }

    private async Task Count(List<PartyId> parties, RuleNeeds needs, long from, CancellationToken cancel)
    {
        var (times, found) = (await PartyTimes.Read(_span, over, needs, Ids(parties), from, cancel), new List<DealFacts>());
        foreach (var party in parties)
        {
            var counts = _counts[party] = new int[_made!.Value.By.Length];
            if (times.At(party, from, found) is null)
                continue;
            foreach (var deal in found)
                _made.Value.By.Add(counts, deal, party, +1);
        }
    }

    /// <summary>Parties in groups that are read at once.</summary>
    private async Task<List<List<PartyId>>> Together(List<PartyId> parties, CancellationToken cancel)
    {
        if (parties.Count == 0)
            return [];
        await using var snapshot = _span.Open();
        var deals = (await snapshot.Query(
            _ => $"select id, deals from {(over == Subject.Companies ? "company" : "investor")} where id = any($1)", row => (Id: row.GetString(0), Deals: row.GetInt64(1)), cancel, (object)Ids(parties))).ToDictionary(row => row.Id, row => row.Deals, StringComparer.Ordinal);
        var (groups, left) = (new List<List<PartyId>>(), 0L);
        foreach (var party in parties)
        {
            var its = _span.EverOneWith(party).Sum(id => deals.GetValueOrDefault(id));
            if (groups.Count == 0 || its > left)
            {
                groups.Add([]);
                left = DealsAtOnce;
            }
            groups[^1].Add(party);
            left -= its;
        }
        return groups;
    }
}
