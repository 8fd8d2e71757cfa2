using System.Collections.Immutable;
using Ledger.App.Intake.Announce;
using Ledger.App.Views;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Rates;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.App.Deals.Same;

/// <summary>A known deal that an announced one may be.</summary>
/// <param name="Announced">The id that the announcement gives to its deal.</param>
/// <param name="Deal">The known deal.</param>
/// <param name="Score">From 40, where it is worth a look, to 100.</param>
/// <param name="Reasons">For it, the strongest first, and then against it.</param>
public sealed record Candidate(string Announced, DealRecord Deal, int Score, IReadOnlyList<ReasonRecord> Reasons);

/// <summary>Compares the new deals of an announcement with those that are known of the same companies. Nothing is decided here.</summary>
public sealed class Candidates(Snapshot snapshot, PartyNames names, DealQueries deals, RateQueries rates)
{
    private const int PerDealMax = 5;

    /// <summary>The best first, deal by deal; of deals that are recorded already under their ids there are none.</summary>
    public async Task<IReadOnlyList<Candidate>> Of(Announcement announcement, CancellationToken cancel)
    {
        string[] ids = [.. announcement.Deals.Select(deal => deal.Id.Value)];
        var known = (await snapshot.Query(now => $"select id from deal where {now("deal")} and id = any($1)", row => row.GetString(0), cancel, (object)ids)).ToHashSet();
        var news = announcement.Deals.Where(deal => !known.Contains(deal.Id.Value)).Select(Fold).Where(deal => deal.Company is not null).ToList();
        if (news.Count == 0)
            return [];
        var parties = await AnnouncedParties.Of(announcement, snapshot, cancel);
        var companies = news.ToDictionary(deal => deal.Id, deal => parties.Companies(deal.Company!.Value));
        var merges = await snapshot.Merges(cancel);
        var sketches = new Sketches(snapshot);
        var recorded = await sketches.Of(merges.Ids(companies.Values.SelectMany(company => company.Keys).Distinct()), cancel);
        var complete = await sketches.Complete(recorded.Select(deal => deal.Sketch), cancel);
        var sides = await sketches.Sides(recorded.Where(deal => deal.IsContested).Select(deal => deal.Sketch.Id), cancel);
        var pairs = news.Select(deal => DealSketch.Of(deal.Following(parties.Root))).OfType<DealSketch>()
            .SelectMany(deal => recorded.Where(other => companies[deal.Id].ContainsKey(other.Company)), (deal, other) => (deal, other))
            .SelectMany(both => both.other.IsContested ? sides[both.other.Sketch.Id] : [complete[both.other.Sketch.Id]], (both, side) =>
                new Pair(both.deal, side, companies[both.deal.Id][both.other.Company])).ToList();
        var dollars = await rates.Of(pairs.SelectMany(pair => pair.Asked()), cancel);
        var likely = pairs.Select(pair => (Pair: pair, Evidence: pair.Weigh(dollars.At))).Where(one => Sameness.Score(one.Evidence) >= Sameness.Likely)
            .GroupBy(one => (one.Pair.One.Id, one.Pair.Other.Id)).Select(told => told.MaxBy(one => Sameness.Score(one.Evidence)))
            .GroupBy(one => one.Pair.One.Id).SelectMany(deal => deal.OrderByDescending(one => Sameness.Score(one.Evidence)).ThenBy(one => one.Pair.Other.Id.Value, StringComparer.Ordinal).Take(PerDealMax)).ToList();
        var shown = await deals.Of(likely.Select(one => one.Pair.Other.Id.Value), cancel);
        var called = await names.Of(likely.SelectMany(one => one.Pair.Parties()), cancel);
        return
        [
            .. likely.Select(one => new Candidate(one.Pair.One.Id.Value, shown[one.Pair.Other.Id.Value], Sameness.Score(one.Evidence),
                Reasons.Of(one.Evidence, one.Pair.One, one.Pair.Other, id => parties.NameOf(id) ?? called[id.Value].Name, one.Pair.SharedName))),
        ];
    }

    private static Deal Fold(DealAnnouncement announced) => Deal.Unknown(announced.Id).Evolve(
        new DealEvent.DealAnnounced(announced.Command.Source, announced.Command.Claims), new Cause(long.MaxValue, 1, DateTimeOffset.UnixEpoch, ""));
}

/// <summary>Two deals to be compared.</summary>
/// <param name="SharedName">The name that their companies go by; null where they are of one company.</param>
internal sealed record Pair(DealSketch One, DealSketch Other, string? SharedName)
{
    public ImmutableArray<Evidence> Weigh(Func<Currency, When, Ledger.Domain.Rates.DollarRate?> rates) => Sameness.Weigh(One, Other, SharedName is not null, rates);

    /// <summary>The rates that comparing them takes.</summary>
    public IEnumerable<(Currency, When)> Asked() =>
        One.Amount.Currency is not { } currency || Other.Amount.Currency is not { } other || currency == other ? []
            : [(currency, Sameness.TimeOfRate(One, Other)), (other, Sameness.TimeOfRate(Other, One))];

    public IEnumerable<string> Parties() => One.Investors.Concat(Other.Investors).Select(id => id.Value);
}

/// <summary>Which known parties an announcement means: by their ids, or where it brings new ids, by the names that it gives with them.</summary>
internal sealed class AnnouncedParties
{
    private readonly Announcement _announcement;
    private readonly Merges _merges;
    private readonly HashSet<string> _recorded;

    /// <summary>Of each name, the parties that go by it.</summary>
    private readonly ILookup<string, string> _rootsByKey;

    /// <summary>Of each party, its names: those recorded, and those that the announcement gives.</summary>
    private readonly ILookup<string, string> _names;

    private AnnouncedParties(Announcement announcement, Merges merges, HashSet<string> recorded, IEnumerable<(string Name, string Root)> named)
    {
        (_announcement, _merges, _recorded) = (announcement, merges, recorded);
        var all = named.ToList();
        _rootsByKey = all.ToLookup(name => NameKey.Of(name.Name), name => name.Root);
        _names = Given(announcement).Select(given => (given.Name, Root: merges.Root(given.Id))).Concat(all).ToLookup(name => name.Root, name => name.Name);
    }

    public static async Task<AnnouncedParties> Of(Announcement announcement, Snapshot snapshot, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        string[] ids = [.. announcement.References().Concat(announcement.Parties.Select(party => party.Id)).Select(id => id.Value).Distinct()];
        string[] keys = [.. Given(announcement).Select(given => NameKey.Of(given.Name)).Distinct()];
        var recorded = await snapshot.Query(now => $"select id from party where {now("party")} and id = any($1)", row => row.GetString(0), cancel, (object)ids);
        // Who goes by a name that the announcement gives, or that one of its parties goes by already.
        var named = await snapshot.Query(
            now => $"""
            select name, party_id from party_name where {now("party_name")}
                and (key = any($1) or key in (select key from party_name where {now("party_name")} and party_id = any($2)))
            """,
            row => (row.GetString(0), merges.Root(row.GetString(1))), cancel, keys, merges.Ids(ids.Select(merges.Root)));
        return new AnnouncedParties(announcement, merges, [.. recorded], named);
    }

    /// <summary>The party that is known, or the one that goes by its name if it is the only one; or else itself, which is new.</summary>
    public PartyId Root(PartyId id)
    {
        if (_recorded.Contains(id.Value))
            return _merges.Root(id);
        var roots = _names[id.Value].SelectMany(name => _rootsByKey[NameKey.Of(name)]).Distinct().ToList();
        return roots is [var only] ? new PartyId(only) : id;
    }

    /// <summary>The companies that one may be, by their ids: null for itself, and the name that others share with it.</summary>
    public Dictionary<string, string?> Companies(PartyId id)
    {
        var own = _merges.Root(id.Value);
        var companies = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in _names[own])
        {
            foreach (var other in _rootsByKey[NameKey.Of(name)].Where(other => other != own))
                companies.TryAdd(other, name);
        }
        companies[own] = null;
        return companies;
    }

    /// <summary>What the announcement calls a party; null where it does not.</summary>
    public string? NameOf(PartyId id) => _announcement.Parties.FirstOrDefault(party => party.Id == id)?.Register.Name;

    private static IEnumerable<(string Id, string Name)> Given(Announcement announcement) =>
        announcement.Parties.SelectMany(party => party.Register.Aliases.Prepend(party.Register.Name), (party, name) => (party.Id.Value, name));
}
