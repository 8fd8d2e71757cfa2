using System.Collections.Concurrent;
using Ledger.App.Views.Parties;
using Ledger.Domain.Alerts;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts.Matching;

/// <summary>
/// At which events of a part of the log a rule chose the companies or investors that they are of, before or after. It is found party by party,
/// along all events of its deals: so each is read once, and no more is kept of it than where it was chosen.
/// </summary>
internal sealed class PartyChoices
{
    /// <summary>Parties are looked at together while they have no more deals.</summary>
    private const int DealsAtOnce = 3000;

    private const int MatchersMax = 1000;

    private readonly ConcurrentDictionary<PartyId, List<long>> _chosen = [];
    private readonly ConcurrentDictionary<string, bool> _deals = new(StringComparer.Ordinal);
    private readonly Subject _over;

    private PartyChoices(Subject over) => _over = over;

    /// <summary>The deals of these events.</summary>
    public IReadOnlyCollection<string> Deals => [.. _deals.Keys];

    public static async Task<PartyChoices> Read(RecordSpan span, Rule rule, long after, CancellationToken cancel)
    {
        var choices = new PartyChoices(rule.Over);
        var needs = RuleNeeds.Of(rule);
        if (needs.Dollars)
            await span.Rates(cancel);
        var parties = await Parties(span, rule.Over, after, cancel);
        await Parallel.ForEachAsync(Together(parties), new ParallelOptions { MaxDegreeOfParallelism = AlertHistory.AtOnce, CancellationToken = cancel }, async (some, stop) =>
        {
            var times = await PartyTimes.Read(span, rule.Over, needs, [.. some.SelectMany(id => span.EverOneWith(new PartyId(id))).Distinct(StringComparer.Ordinal)], after, stop);
            var matchers = new Dictionary<(DateOnly, Merges), RuleMatcher>();
            foreach (var party in some)
            {
                stop.ThrowIfCancellationRequested();
                choices.Follow(new PartyId(party), times, span, rule, needs, after, matchers);
            }
        });
        return choices;
    }

    /// <summary>Whether one of a change's parties was chosen, before it or after it.</summary>
    public bool Concern(DealAlert alert) => (_over == Subject.Companies ? alert.Companies() : alert.Investors())
        .Any(party => _chosen.TryGetValue(party, out var positions) && positions.BinarySearch(alert.Change.Cause.Position) >= 0);

    private void Follow(PartyId party, PartyTimes times, RecordSpan span, Rule rule, RuleNeeds needs, long after, Dictionary<(DateOnly, Merges), RuleMatcher> matchers)
    {
        var (found, chosen, counting) = (new List<DealFacts>(), new List<long>(), times.Count(party));
        foreach (var (position, recordedAt, deal) in span.EverOneWith(party).SelectMany(id => times.Events(id, after)).Where(e => e.Position <= span.Position).Distinct().OrderBy(e => e.Position))
        {
            var merges = span.Merges(position);
            if (merges.Root(party) != party)
                continue;
            var matcher = Matcher(needs.Time ? DateOnly.FromDateTime(recordedAt.UtcDateTime) : default, merges);
            // Both are asked, since counting leaves out no event.
            var before = matcher.OnlyCounts ? counting.At(matcher, position - 1, null) is { } was && matcher.Matches(was) : times.At(party, position - 1, found) is { } facts && matcher.Matches(facts);
            var now = matcher.OnlyCounts ? counting.At(matcher, position, deal) is { } other && matcher.Matches(other) : before || times.At(party, position, found) is { } later && matcher.Matches(later);
            if (before || now)
            {
                chosen.Add(position);
                _deals[deal] = true;
            }
        }
        if (chosen.Count > 0)
            _chosen[party] = chosen;

        RuleMatcher Matcher(DateOnly day, Merges merges)
        {
            if (matchers.TryGetValue((day, merges), out var known))
                return known;
            if (matchers.Count >= MatchersMax)
                matchers.Clear();
            return matchers[(day, merges)] = new RuleMatcher(rule, day, merges.Root);
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

    private static IEnumerable<List<string>> Together(List<(string Id, long Deals)> parties)
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
}
