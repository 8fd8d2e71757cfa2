using System.Collections.Concurrent;
using Ledger.App.Views.Parties;
using Ledger.Domain.Alerts;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts.Matching;

/// <summary>
/// From where to where in a part of the log a rule chose companies or investors. Where the rule only counts their deals, each deal that can count
/// is read once, whosever it is; otherwise it is found party by party, along all events of its deals. No more is kept than where parties were chosen.
/// </summary>
internal sealed class PartyChoices
{
    /// <summary>Parties are looked at together while they have no more deals.</summary>
    private const int DealsAtOnce = 3000;

    private const int MatchersMax = 1000;

    /// <summary>The positions at which a change of a party's deals concerns whoever follows the rule: in their order, from the first to the one after the last.</summary>
    private readonly ConcurrentDictionary<PartyId, List<(long From, long To)>> _chosen = [];

    private readonly ConcurrentDictionary<Merges, RuleMatcher> _matchers = new(ReferenceEqualityComparer.Instance);
    private readonly RecordSpan _span;
    private readonly Rule _rule;
    private readonly RuleNeeds _needs;
    private readonly long _after;

    private PartyChoices(RecordSpan span, Rule rule, long after) => (_span, _rule, _needs, _after) = (span, rule, RuleNeeds.Of(rule), after);

    /// <summary>The ids of the deals that a chosen party was in.</summary>
    public IReadOnlyCollection<string> Deals { get; private set; } = [];

    /// <param name="span">The part of the log.</param>
    /// <param name="rule">Over companies or investors.</param>
    /// <param name="after">Where it begins.</param>
    /// <param name="days">The first and the last day, UTC, on which something in it was recorded.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<PartyChoices> Read(RecordSpan span, Rule rule, long after, (DateOnly First, DateOnly Last) days, CancellationToken cancel)
    {
        var choices = new PartyChoices(span, rule, after);
        await using var snapshot = span.Open();
        var only = (await span.Candidates(snapshot, after, days).Parties(rule, cancel))?.ToHashSet(StringComparer.Ordinal);
        if (choices._needs.Dollars)
            await span.Rates(cancel);
        if (choices._needs.Time || !choices.Matcher(after).OnlyCounts)
            await choices.Follow(only, cancel);
        else
            await choices.Count(only, cancel);
        if (!choices._chosen.IsEmpty)
        {
            var since = Math.Max(after, choices._chosen.Values.Min(times => times[0].From) - 1);
            choices.Deals = await span.Candidates(snapshot, since, days).Deals(choices.Of(choices._chosen.Keys.Select(party => party.Value)), cancel);
        }
        return choices;
    }

    /// <summary>Whether one of a change's parties was chosen, before it or after it.</summary>
    public bool Concern(DealAlert alert) => (_rule.Over == Subject.Companies ? alert.Companies() : alert.Investors())
        .Any(party => _chosen.TryGetValue(party, out var times) && IsIn(times, alert.Change.Cause.Position));

    private static bool IsIn(List<(long From, long To)> times, long position)
    {
        var (low, high) = (0, times.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = times[middle].From <= position ? (middle + 1, high) : (low, middle);
        }
        return low > 0 && position < times[low - 1].To;
    }

    /// <summary>The rule, where it does not depend on the day.</summary>
    private RuleMatcher Matcher(long position) => _matchers.GetOrAdd(_span.Merges(position), (_, root) => new RuleMatcher(_rule, default, root), _span.Root(position));

    private static ParallelOptions InParallel(CancellationToken cancel) => new() { MaxDegreeOfParallelism = AlertHistory.AtOnce, CancellationToken = cancel };

    private string[] Ids(IEnumerable<PartyId> parties) => [.. parties.SelectMany(_span.EverOneWith).Distinct(StringComparer.Ordinal)];

    /// <summary>That a deal is one of some companies, or of some investors.</summary>
    private Condition.Is Of(IEnumerable<string> parties) => new(_rule.Over == Subject.Companies ? RuleField.Company : RuleField.Investor, [.. parties]);

    /// <summary>By all deals that can count for anybody.</summary>
    /// <param name="only">The ids of the parties that can be chosen; null where that can be anybody.</param>
    /// <param name="cancel">Gives up.</param>
    private async Task Count(HashSet<string>? only, CancellationToken cancel)
    {
        if (only is { Count: 0 })
            return;
        var first = Matcher(_after);
        // Who needs some deals to be chosen is not chosen by others; who may need none is not there without any.
        Condition[] asked = [.. first.Needed.Count == 0 ? Array.Empty<Condition>() : [Condition.AnyOf(first.Counted.Conditions)], .. only is null ? Array.Empty<Condition>() : [Of(only)]];
        List<string> deals;
        await using (var snapshot = _span.Open())
            deals = await _span.Candidates(snapshot, _after, default).Deals(asked.Length == 0 ? null : Condition.AllOf(asked), cancel);
        var counted = new Dictionary<PartyId, List<Counted>>();
        await Parallel.ForEachAsync(deals.Chunk(DealsAtOnce), InParallel(cancel), async (some, stop) =>
        {
            var found = await Count(some, first.CountsDealsAlone, stop);
            lock (counted)
            {
                foreach (var (party, its) in found.Where(one => only is null || only.Contains(one.Key.Value)))
                {
                    if (!counted.TryGetValue(party, out var all))
                        counted[party] = all = [];
                    all.AddRange(its);
                }
            }
        });
        var parties = counted.Where(party => CanBeChosen(party.Value, first)).Select(party => party.Key).ToList();
        await Parallel.ForEachAsync(parties.Chunk(DealsAtOnce), InParallel(cancel), async (some, stop) =>
        {
            var others = await PartyTimes.Read(_span, _rule.Over, _needs, Ids(some), [], _after, stop);
            foreach (var party in some)
                Choose(party, counted[party], others);
        });
    }

    /// <summary>What deals count for their parties.</summary>
    private async Task<Dictionary<PartyId, List<Counted>>> Count(string[] deals, bool alone, CancellationToken cancel)
    {
        var found = new Dictionary<PartyId, List<Counted>>();
        var times = await PartyTimes.Read(_span, _rule.Over, alone ? _needs with { Traits = false } : _needs, [], deals, _after, cancel);
        foreach (var deal in times.Steps(_after))
        {
            var was = new Dictionary<PartyId, int[]>();
            foreach (var step in deal)
            {
                var counted = Matcher(step.Position).Counted;
                var now = step.Parties.ToDictionary(party => party, party => counted.Of(step.Facts!, party).ToArray());
                Add(was, now, step.Position, -1);
                Add(now, was, step.Position, +1);
                was = now;
            }
        }
        return found;

        void Add(Dictionary<PartyId, int[]> some, Dictionary<PartyId, int[]> others, long position, int by)
        {
            foreach (var (party, numbers) in some)
            {
                foreach (var number in others.TryGetValue(party, out var same) ? numbers.Except(same) : numbers)
                {
                    if (!found.TryGetValue(party, out var list))
                        found[party] = list = [];
                    list.Add(new Counted(position, number, by));
                }
            }
        }
    }

    /// <summary>Whether there were ever as many deals as somebody needs to be chosen.</summary>
    private static bool CanBeChosen(List<Counted> counted, RuleMatcher matcher)
    {
        counted.Sort((one, other) => one.Position.CompareTo(other.Position));
        if (matcher.Needed.Count == 0)
            return true;
        var counts = new int[matcher.Counted.Length];
        for (var i = 0; i < counted.Count; i++)
        {
            counts[counted[i].Number] += counted[i].By;
            if ((i + 1 == counted.Count || counted[i + 1].Position != counted[i].Position) && matcher.Needed.Any(needed => counts[needed.Number] >= needed.AtLeast))
                return true;
        }
        return false;
    }

    private void Choose(PartyId party, List<Counted> counted, PartyTimes others)
    {
        var (counts, times, next) = (new int[Matcher(_after).Counted.Length], new List<(long From, long To)>(), 0);
        for (var position = _after; position <= _span.Position;)
        {
            for (; next < counted.Count && counted[next].Position <= position; next++)
                counts[counted[next].Number] += counted[next].By;
            var (from, to) = (position, next < counted.Count ? counted[next].Position : _span.Position + 1);
            _span.NarrowMerges(position, ref from, ref to);
            if (_span.Merges(position).Root(party) == party)
            {
                others.NarrowOthers(party, position, ref from, ref to);
                if (_needs.Traits)
                    _span.Narrow(party, position, ref from, ref to);
                // The change that ends it concerns whoever follows the rule, too.
                if (IsChosen(party, counts, others.Others(party, position), position))
                    times.Add((position, to + 1));
            }
            position = to;
        }
        if (times.Count > 0)
            _chosen[party] = times;
    }

    private bool IsChosen(PartyId party, int[] counts, List<PartyTraits> others, long position)
    {
        var matcher = Matcher(position);
        return (matcher.Needed.Count > 0 || counts[0] > 0 || others.Count > 0)
            && matcher.Matches(new PartyFacts(_needs.Traits ? _span.Traits(party, position) : PartyTraits.Only(party), [], others) { Counts = counts });
    }

    /// <summary>By all deals of each party.</summary>
    private async Task Follow(HashSet<string>? only, CancellationToken cancel)
    {
        var parties = await Parties(_span, _rule.Over, _after, cancel);
        await Parallel.ForEachAsync(Together(parties.Where(party => only is null || only.Contains(party.Id))), InParallel(cancel), async (some, stop) =>
        {
            var times = await PartyTimes.Read(_span, _rule.Over, _needs, Ids(some.Select(id => new PartyId(id))), _after, stop);
            var matchers = new Dictionary<(DateOnly, Merges), RuleMatcher>();
            foreach (var party in some)
            {
                stop.ThrowIfCancellationRequested();
                Follow(new PartyId(party), times, matchers);
            }
        });
    }

    private void Follow(PartyId party, PartyTimes times, Dictionary<(DateOnly, Merges), RuleMatcher> matchers)
    {
        var (found, chosen, counting) = (new List<DealFacts>(), new List<(long From, long To)>(), times.Count(party));
        foreach (var (position, recordedAt, deal) in _span.EverOneWith(party).SelectMany(id => times.Events(id, _after)).Where(e => e.Position <= _span.Position).Distinct().OrderBy(e => e.Position))
        {
            var merges = _span.Merges(position);
            if (merges.Root(party) != party)
                continue;
            var matcher = Ready(_needs.Time ? DateOnly.FromDateTime(recordedAt.UtcDateTime) : default, merges);
            // Both are asked, since counting leaves out no event.
            var before = matcher.OnlyCounts ? counting.At(matcher, position - 1, null) is { } was && matcher.Matches(was) : times.At(party, position - 1, found) is { } facts && matcher.Matches(facts);
            var now = matcher.OnlyCounts ? counting.At(matcher, position, deal) is { } other && matcher.Matches(other) : before || times.At(party, position, found) is { } later && matcher.Matches(later);
            if (before || now)
                chosen.Add((position, position + 1));
        }
        if (chosen.Count > 0)
            _chosen[party] = chosen;

        RuleMatcher Ready(DateOnly day, Merges merges)
        {
            if (matchers.TryGetValue((day, merges), out var known))
                return known;
            if (matchers.Count >= MatchersMax)
                matchers.Clear();
            return matchers[(day, merges)] = new RuleMatcher(_rule, day, merges.Root);
        }
    }

    /// <summary>Whoever had a deal, with how many; and those that they are known as.</summary>
    private static async Task<List<(string Id, long Deals)>> Parties(RecordSpan span, Subject over, long after, CancellationToken cancel)
    {
        await using var snapshot = span.Open();
        var (table, column, deal) = over == Subject.Companies ? ("deal", "company_id", "id") : ("investor_deal", "investor_id", "deal_id");
        var having = await snapshot.Query(
            _ => $"select {column}, count(distinct {deal}) from {table} where to_position is null or to_position > $1 group by 1 order by 1", row => (Id: row.GetString(0), Deals: row.GetInt64(1)), cancel, after);
        if (!span.HasMerges)
            return having;
        var known = having.Select(party => party.Id).ToHashSet(StringComparer.Ordinal);
        return [.. having, .. having.SelectMany(party => span.EverOneWith(new PartyId(party.Id))).Distinct(StringComparer.Ordinal).Where(id => !known.Contains(id)).Select(id => (id, 1L))];
    }

    private static IEnumerable<List<string>> Together(IEnumerable<(string Id, long Deals)> parties)
    {
        var (some, deals) = (new List<string>(), 0L);
        foreach (var party in parties)
        {
            if (some.Count > 0 && deals + party.Deals > DealsAtOnce)
            {
                yield return some;
                (some, deals) = ([], 0);
            }
            some.Add(party.Id);
            deals += party.Deals;
        }
        if (some.Count > 0)
            yield return some;
    }

    /// <summary>From a position on a party has one more or one less of the deals that fulfil a condition.</summary>
    private readonly record struct Counted(long Position, int Number, int By);
}
