using Ledger.App.Views;
using Ledger.App.Views.Parties;
using Ledger.App.Watchlists;
using Ledger.Domain.Claims;
using Ledger.Domain.Rates;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Alerts.Matching;

/// <summary>
/// Some companies or investors as rules ask of them, at any position of a part of the log: read once for all of them. It says the same as
/// <see cref="RuleFacts"/> of each moment. For one caller at a time.
/// </summary>
internal sealed class PartyTimes
{
    private readonly RecordSpan _span;
    private readonly RatesThen? _rates;
    private readonly bool _isOfCompanies;
    private readonly Dictionary<string, List<DealTimes>> _deals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DealTimes> _byId = new(StringComparer.Ordinal);
    private readonly HashSet<string> _claimed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Backing>> _others = new(StringComparer.Ordinal);

    private PartyTimes(RecordSpan span, bool isOfCompanies, RatesThen? rates) => (_span, _isOfCompanies, _rates) = (span, isOfCompanies, rates);

    /// <summary>Whether rules ask what parties are themselves.</summary>
    private bool AsksTraits { get; init; }

    /// <summary>The events of deals after the beginning that a party was in at any time: by their positions, which of them there are.</summary>
    public IEnumerable<(long Position, DateTimeOffset RecordedAt, string Deal)> Events(string party, long after) =>
        _deals.TryGetValue(party, out var deals) ? deals.SelectMany(deal => deal.Versions.Where(version => version.From > after).Select(version => (version.From, version.RecordedAt, deal.Id))) : [];

    /// <summary>Reads them, with all of their deals.</summary>
    /// <param name="span">The record.</param>
    /// <param name="over">Which of the two they are.</param>
    /// <param name="needs">What is asked of them; the rest is left out.</param>
    /// <param name="ids">All that they and those that are one with them were ever called by.</param>
    /// <param name="from">The first position.</param>
    /// <param name="cancel">Gives up.</param>
    public static Task<PartyTimes> Read(RecordSpan span, Subject over, RuleNeeds needs, IReadOnlyCollection<string> ids, long from, CancellationToken cancel) => Read(span, over, needs, ids, null, from, cancel);

    /// <summary>Reads them, with some deals, whosever these are.</summary>
    public static async Task<PartyTimes> Read(RecordSpan span, Subject over, RuleNeeds needs, IReadOnlyCollection<string> ids, string[]? only, long from, CancellationToken cancel)
    {
        await using var snapshot = span.Open();
        var isOfCompanies = over == Subject.Companies;
        var times = new PartyTimes(span, isOfCompanies, needs.Dollars ? await span.Rates(cancel) : null) { AsksTraits = needs.Traits };
        string[] wanted = [.. ids];
        var deals = await Deals(snapshot, isOfCompanies, needs, wanted, only, from, cancel);
        if (!isOfCompanies || needs.Holders)
            await Investors(snapshot, deals, needs.Holders || only is not null ? null : wanted, from, cancel);
        times.Place(deals.Values, isOfCompanies, wanted.ToHashSet(StringComparer.Ordinal));
        await times.Others(snapshot, wanted, from, cancel);
        if (span.HasMerges && deals.Count > 0)
            await times.Follow(deals, cancel);
        if (needs.Traits)
            await span.LoadTraits(wanted.Concat(deals.Values.SelectMany(deal => deal.Parties)).Concat(times._others.Values.SelectMany(others => others.Select(other => other.Other))).Concat(times._claimed).Distinct().Select(id => new PartyId(id)), cancel);
        return times;
    }

    /// <summary>Of each deal, what it is where the part of the log begins, and then at each position from which on that can be something else.</summary>
    public IEnumerable<IEnumerable<DealStep>> Steps(long from) => _byId.Values.Select(deal => Steps(deal, from));

    /// <summary>What a rule asks of a party; null of whom there is nothing at that position.</summary>
    /// <param name="root">The party, by the id that it was known by then.</param>
    /// <param name="position">Not before the first one.</param>
    /// <param name="found">Where its deals are put.</param>
    public PartyFacts? At(PartyId root, long position, List<DealFacts> found)
    {
        var merges = _span.Merges(position);
        var ids = merges.Ids(root.Value);
        found.Clear();
        foreach (var deal in DealsOf(ids))
        {
            if (In(deal, root, ids, position) is { Facts: { } facts })
                found.Add(facts);
        }
        var others = Others(ids, merges, position);
        return found.Count == 0 && others.Count == 0 ? null : new PartyFacts(Traits(root, position), found, others);
    }

    /// <summary>The same along the log, with the deals counted as a rule asks for them.</summary>
    public Counting Count(PartyId root) => new(this, root);

    /// <summary>Who backs a party, or whom it backs, in no deal that is named.</summary>
    public List<PartyTraits> Others(PartyId root, long position) => Others(_span.Merges(position).Ids(root.Value), _span.Merges(position), position);

    /// <summary>Narrows the part of the log in which the same ones do so as at a position.</summary>
    public void NarrowOthers(PartyId root, long position, ref long from, ref long to)
    {
        foreach (var other in _span.EverOneWith(root).SelectMany(id => _others.GetValueOrDefault(id) ?? []))
        {
            foreach (var moment in (ReadOnlySpan<long>)[other.From, other.To])
                (from, to) = moment <= position ? (Math.Max(from, moment), to) : (from, Math.Min(to, moment));
        }
    }

    private IEnumerable<DealStep> Steps(DealTimes deal, long from)
    {
        for (var position = Math.Max(from, deal.Versions[0].From); position <= _span.Position;)
        {
            var version = deal.At(position)!;
            if (!version.IsListed)
            {
                yield return new DealStep(position, null, []);
                position = version.To;
                continue;
            }
            var facts = Facts(version, position);
            yield return new DealStep(position, facts, [.. Named(version, facts, _span.Merges(position)).Distinct()]);
            position = Math.Min(version.To, version.HoldsTo);
        }
    }

    private IEnumerable<PartyId> Named(DealVersion version, DealFacts facts, Merges merges)
    {
        var named = _isOfCompanies ? [facts.Company.Id] : facts.Investors.Select(holder => holder.Party.Id);
        return version.State is null ? named : named.Where(party => IsIn(version.Row, merges.Ids(party.Value)));
    }

    private bool IsIn(FoundDeal row, string[] ids) => Array.Exists(ids, id => _isOfCompanies ? row.Company == id : row.Investors.Exists(holder => holder.Party == id));

    private IEnumerable<DealTimes> DealsOf(string[] ids) =>
        ids.Length == 1 ? _deals.GetValueOrDefault(ids[0]) ?? [] : ids.SelectMany(id => _deals.GetValueOrDefault(id) ?? []).Distinct();

    private List<PartyTraits> Others(string[] ids, Merges merges, long position) => _others.Count == 0 ? []
        : [.. ids.SelectMany(id => _others.GetValueOrDefault(id) ?? []).Where(other => other.From <= position && other.To > position)
            .Select(other => merges.Root(other.Other)).Distinct().Select(other => Traits(new PartyId(other), position))];

    /// <summary>A deal's version, understood as at a position; null where the party is not in the deal then.</summary>
    private DealVersion? In(DealTimes deal, PartyId root, string[] ids, long position)
    {
        if (deal.At(position) is not { IsListed: true } version || !IsIn(version.Row, ids))
            return null;
        var facts = Facts(version, position);
        return version.State is null || IsOf(facts, root) ? version : null;
    }

    private bool IsOf(DealFacts facts, PartyId root) => _isOfCompanies ? facts.Company.Id == root : facts.Investors.Any(holder => holder.Party.Id == root);

    private PartyTraits Traits(PartyId root, long position) => AsksTraits ? _span.Traits(root, position) : PartyTraits.Only(root);

    /// <summary>A version as it was understood at a position, as long as nothing that it is understood by changes.</summary>
    private DealFacts Facts(DealVersion version, long position)
    {
        if (version.Facts is { } known && version.HoldsFrom <= position && position < version.HoldsTo)
            return known;
        var (from, to) = (version.From, version.To);
        // Whom somebody is affiliated with may be known as somebody else, too.
        if (version.NamesMerged || AsksTraits)
            _span.NarrowMerges(position, ref from, ref to);
        var merges = _span.Merges(position);
        DealFacts facts;
        if (version.State is { } state)
        {
            var (since, until) = (from, to);
            facts = DealFacts.Of(state.Following(merges.Root), party => Traits(party, position),
                (currency, when) => _rates is not null && DollarRate.Days(when) is var (first, last) ? _rates.At(currency, first, last, position, ref since, ref until) : null);
            (from, to) = (since, until);
        }
        else
        {
            var row = version.Row;
            var dollars = row.Dollars;
            if (_rates is not null && dollars is null && row.Amount is { } amount && amount.Currency != Currency.Usd && row.Announced is var (first, last))
            {
                dollars = DealFacts.Converted(amount, _rates.At(amount.Currency, first, last, position, ref from, ref to));
            }
            facts = row.Facts(id => Traits(merges.Root(new PartyId(id)), position), dollars);
        }
        if (AsksTraits)
        {
            _span.Narrow(facts.Company.Id, position, ref from, ref to);
            foreach (var holder in facts.Investors)
                _span.Narrow(holder.Party.Id, position, ref from, ref to);
        }
        (version.Facts, version.HoldsFrom, version.HoldsTo) = (facts, from, to);
        return facts;
    }

    /// <summary>Every version of the deals that one of the parties was in at any time, or of some deals.</summary>
    private static async Task<Dictionary<string, DealTimes>> Deals(Snapshot snapshot, bool isOfCompanies, RuleNeeds needs, string[] ids, string[]? only, long from, CancellationToken cancel)
    {
        if (only is [])
            return [];
        var reader = new FoundDeals();
        var columns = needs.Deals ? FoundDeals.Columns("d") : FoundDeals.KindOnly("d");
        var next = FoundDeals.Count(needs.Deals);
        var those = only is not null ? "d.id = any($1)" : isOfCompanies ? "d.id in (select id from deal where company_id = any($1) and (to_position is null or to_position > $2))"
            : "d.id in (select deal_id from investor_deal where investor_id = any($1) and (to_position is null or to_position > $2))";
        var versions = await snapshot.Query(
            _ => $"select {columns}, d.from_position, d.recorded_at, not d.retracted and d.merged_into is null from deal d where {those} and (d.to_position is null or d.to_position > $2)",
            row => new DealVersion(reader.Read(row, needs.Deals), row.GetInt64(next), row.GetFieldValue<DateTimeOffset>(next + 1), row.GetBoolean(next + 2)), cancel, only ?? ids, from);
        return versions.GroupBy(version => version.Row.Id).ToDictionary(deal => deal.Key, deal => new DealTimes(deal.Key, [.. deal.OrderBy(version => version.From)]), StringComparer.Ordinal);
    }

    private static async Task Investors(Snapshot snapshot, Dictionary<string, DealTimes> deals, string[]? only, long from, CancellationToken cancel)
    {
        if (deals.Count == 0)
            return;
        var rows = await snapshot.Query(
            _ => $"select deal_id, investor_id, role, from_position, to_position from investor_deal where deal_id = any($1) and (to_position is null or to_position > $2) {(only is null ? "" : "and investor_id = any($3)")}",
            row => (Deal: row.GetString(0), Investor: row.GetString(1), Role: string.Intern(row.GetString(2)), From: row.GetInt64(3), To: End(row, 4)), cancel, [deals.Keys.ToArray(), from, .. only is null ? Array.Empty<object>() : [only]]);
        foreach (var row in rows)
        {
            foreach (var version in deals[row.Deal].Versions)
            {
                if (version.From < row.To && row.From < version.To)
                    version.Row.Investors.Add((row.Investor, row.Role));
            }
        }
    }

    private async Task Others(Snapshot snapshot, string[] ids, long from, CancellationToken cancel)
    {
        if (ids.Length == 0)
            return;
        var (party, other) = _isOfCompanies ? ("company_id", "investor_id") : ("investor_id", "company_id");
        foreach (var row in await snapshot.Query(
            _ => $"select {party}, {other}, from_position, to_position from backer where {party} = any($1) and (to_position is null or to_position > $2)",
            row => (Party: row.GetString(0), Other: new Backing(row.GetString(1), row.GetInt64(2), End(row, 3))), cancel, ids, from))
        {
            Add(_others, row.Party, row.Other);
        }
    }

    private void Place(IEnumerable<DealTimes> deals, bool isOfCompanies, HashSet<string> wanted)
    {
        foreach (var deal in deals)
        {
            _byId[deal.Id] = deal;
            var named = isOfCompanies ? deal.Versions.Select(version => version.Row.Company) : deal.Versions.SelectMany(version => version.Row.Investors.Select(holder => holder.Party));
            foreach (var party in named.Distinct().Where(wanted.Contains))
                Add(_deals, party, deal);
        }
    }

    /// <summary>What rows say of deals may not hold once two of their parties are one: these are told from their events.</summary>
    private async Task Follow(Dictionary<string, DealTimes> deals, CancellationToken cancel)
    {
        foreach (var version in deals.Values.Where(deal => deal.Parties.Any(party => _span.EverOneWith(new PartyId(party)).Count > 1)).SelectMany(deal => deal.Versions))
            version.NamesMerged = true;
        var merged = _span.EverMerged.ToHashSet(StringComparer.Ordinal);
        var inMerged = deals.Values.Where(deal => deal.IsContested || deal.Parties.Any(merged.Contains)).Select(deal => deal.Id).ToHashSet(StringComparer.Ordinal);
        await using (var snapshot = _span.Open())
        {
            inMerged.UnionWith(await snapshot.Query(
                _ => "select deal_id from investor_deal where deal_id = any($1) and investor_id = any($2)", row => row.GetString(0), cancel, deals.Keys.ToArray(), merged.ToArray()));
        }
        if (inMerged.Count == 0)
            return;
        var states = await _span.DealStates(inMerged, cancel);
        foreach (var value in states.SelectMany(deal => deal).SelectMany(state => state.Claims).Select(claim => claim.Claim.Value))
        {
            if (value is ClaimValue.Company company)
                _claimed.Add(company.Party.Value);
            else if (value is ClaimValue.Investor { Party: { } investor })
                _claimed.Add(investor.Value);
        }
        foreach (var id in inMerged)
        {
            var byPosition = states[id].ToDictionary(state => state.Last!.Position);
            foreach (var version in deals[id].Versions)
                (version.State, version.NamesMerged) = (byPosition[version.From], true);
        }
    }

    private static long End(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? long.MaxValue : row.GetInt64(column);

    private static void Add<T>(Dictionary<string, List<T>> lists, string key, T item)
    {
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        list.Add(item);
    }

    /// <summary>A party along the log. Whoever asks goes from event to event of <see cref="Events"/>, and leaves none out.</summary>
    internal sealed class Counting(PartyTimes times, PartyId root)
    {
        private readonly Dictionary<DealTimes, DealFacts> _facts = [];
        private RuleMatcher? _matcher;
        private int[] _counts = [];

        /// <summary>The first position at which something is to be understood otherwise without an event of its own.</summary>
        private long _until;

        /// <summary>What a rule asks of the party; null of whom there is nothing at that position.</summary>
        /// <param name="matcher">Of the rule.</param>
        /// <param name="position">Not before the one that was asked for last.</param>
        /// <param name="changed">The one deal of which there was an event since then; null where there was none.</param>
        public PartyFacts? At(RuleMatcher matcher, long position, string? changed)
        {
            var merges = times._span.Merges(position);
            var ids = merges.Ids(root.Value);
            if (_matcher != matcher || position >= _until)
                Recount(matcher, ids, position);
            else if (changed is not null && times._byId.TryGetValue(changed, out var deal))
                Recount(deal, ids, position);
            var others = times.Others(ids, merges, position);
            return _facts.Count == 0 && others.Count == 0 ? null : new PartyFacts(times.Traits(root, position), [], others) { Counts = _counts };
        }

        private void Recount(RuleMatcher matcher, string[] ids, long position)
        {
            (_matcher, _counts, _until) = (matcher, new int[matcher.Counted.Length], long.MaxValue);
            _facts.Clear();
            foreach (var deal in times.DealsOf(ids))
                Recount(deal, ids, position);
        }

        private void Recount(DealTimes deal, string[] ids, long position)
        {
            if (_facts.Remove(deal, out var before))
                _matcher!.Counted.Add(_counts, before, root, -1);
            if (times.In(deal, root, ids, position) is not { Facts: { } facts } version)
                return;
            _facts[deal] = facts;
            _matcher!.Counted.Add(_counts, facts, root, +1);
            if (version.HoldsTo < version.To)
                _until = Math.Min(_until, version.HoldsTo);
        }
    }

    /// <summary>Somebody backs somebody in no deal that is named.</summary>
    private readonly record struct Backing(string Other, long From, long To);
}
