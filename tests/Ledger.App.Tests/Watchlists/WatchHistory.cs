using System.Collections.Immutable;
using Ledger.App.Log;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Tests.Watchlists;

/// <summary>Random facts of a few parties and deals: a number stands for an event, and what it means depends on what there is.</summary>
internal sealed class WatchHistory(EventLog log)
{
    private static readonly Reason Why = new("Because.");
    private static readonly ArticleId Source = new("0123456789abcdef");

    private readonly Dictionary<string, long> _versions = [];
    private readonly Dictionary<DealId, Deal> _deals = [];
    private readonly Dictionary<PartyId, Party> _parties = [];
    private int _claims;

    public static IReadOnlyList<string> Ids { get; } = [.. Enumerable.Range(0, 6).Select(n => $"p{n}")];

    /// <summary>By days, yuan for one dollar.</summary>
    public SortedDictionary<DateOnly, decimal> Yuan { get; } = [];

    /// <summary>The parties that there are by now.</summary>
    public IReadOnlyCollection<Party> Parties => _parties.Values;

    public IReadOnlyCollection<Deal> Deals => _deals.Values;

    public PartyId Root(PartyId id)
    {
        while (_parties.GetValueOrDefault(id)?.MergedInto is { } into)
            id = into.Party;
        return id;
    }

    public async Task Begin(CancellationToken cancel)
    {
        foreach (var id in Ids)
            await Add(new PartyId(id), new PartyEvent.PartyRegistered($"Party {id}"), cancel);
    }

    /// <summary>Whether what a number stands for may change what is said of everybody.</summary>
    public static bool IsOfEverybody(int number) => number % 16 is 2 or 3;

    public async Task Happen(int number, CancellationToken cancel)
    {
        var (party, other, rest) = (new PartyId(Any(number / 16, Ids)), new PartyId(Any(number / 128, Ids)), number / 1024);
        switch (number % 16)
        {
            case 0:
                await Add(party, new PartyEvent.PartyDescribed(Source, [Claim(Any<ClaimValue>(rest, [new ClaimValue.Backer(other), new ClaimValue.Sector("robotics"), new ClaimValue.InvestorKind("chips"), new ClaimValue.Place("Beijing")]))]), cancel);
                break;
            case 1 when party != other:
                await Add(party, new PartyEvent.PartyAffiliated(new ClaimValue.Affiliation(Any(rest, Enum.GetValues<AffiliationKind>()), other), Why), cancel);
                break;
            case 2 when party != other && Root(party) != Root(other):
                await Take(_parties[party].MergedInto is { } into ? PartyDecisions.Unmerge(_parties[party], _parties[into.Party], Why) : PartyDecisions.Merge(_parties[party], _parties[other], Why), cancel);
                break;
            case 3:
                await Rates(rest, cancel);
                break;
            case 4 or 5 when _deals.Count > 0:
                await Change(Any(rest, [.. _deals.Values]), rest / 8, cancel);
                break;
            default:
                await Tell(party, other, rest, cancel);
                break;
        }
    }

    private Task Change(Deal deal, int number, CancellationToken cancel)
    {
        var claim = Any(number / 4, deal.Claims);
        DealCommand command = (number % 4) switch
        {
            0 => deal.Retracted is null ? new DealCommand.Retract(Why) : new DealCommand.Reinstate(Why),
            1 => new DealCommand.Withdraw(claim.Claim.Id, Why),
            2 => new DealCommand.Prefer(claim.Claim.Id, Why),
            _ => new DealCommand.TagWith(new ClaimValue.Sector("chips"), Why),
        };
        return DealDecisions.Decide(deal, command) is Decision<DealEvent>.Record { Events: [var happened, ..] } ? Add(deal.Id, happened, cancel) : Task.CompletedTask;
    }

    /// <summary>A deal is announced, or one that is known is told of again.</summary>
    private Task Tell(PartyId party, PartyId other, int number, CancellationToken cancel)
    {
        var id = new DealId($"d{number % 5}");
        var day = new DateOnly(2026, 11, 20).AddDays(-(number / 5 % 60));
        var amount = number / 7 % 4 == 0 ? Amount.Undisclosed : new Amount(AmountQualifier.Exact, new Currency(number / 11 % 2 == 0 ? "USD" : "CNY"), number / 13 % 90 + 1, number / 13 % 90 + 1);
        List<ClaimValue> said =
        [
            new ClaimValue.Company(party), new ClaimValue.Investor(other, Any(number / 3, Enum.GetValues<InvestorRole>())), new ClaimValue.Raised(amount),
            new ClaimValue.Announced(When.Parse("announced", Any(number / 17, [$"{day:yyyy-MM-dd}", $"{day:yyyy-MM}", "unknown"]))), new ClaimValue.Sector(Any(number / 19, ["robotics", "chips"])),
        ];
        if (number / 23 % 3 == 0)
            said.Add(new ClaimValue.Round(Any(number / 29, ["a", "b"]), null, Instrument.Equity));
        if (number / 31 % 3 == 0)
            said.Add(new ClaimValue.Place(Any(number / 37, ["Beijing", "New York"])));
        if (!_deals.ContainsKey(id))
        {
            return Add(id, new DealEvent.DealAnnounced(Source,
                [Claim(new ClaimValue.Kind(DealKind.Round)), Claim(new ClaimValue.Status(Any(number / 41, [DealStatus.Pledged, DealStatus.Announced, DealStatus.Closed]), Any(number / 43, [When.Unknown, When.Parse("effective", $"{day:yyyy-MM}")]))), .. said.Select(Claim)]), cancel);
        }
        return Add(id, new DealEvent.DealCorroborated(Source, [.. said.Skip(number / 47 % 3).Take(2).Select(Claim)]), cancel);
    }

    /// <summary>Rates of one more day, on which a yuan is worth less and less.</summary>
    private Task<Cause> Rates(int number, CancellationToken cancel)
    {
        var day = new DateOnly(2026, 9, 1).AddDays(Yuan.Count * 7);
        Yuan[day] = number % 9 + 1;
        return Append(StoredEvents.StreamOfRates("ECB", day), new RatesEvent.ReferenceRatesPublished(day, "ECB", ImmutableSortedDictionary<string, decimal>.Empty.Add("USD", 1m).Add("CNY", Yuan[day])), cancel);
    }

    private async Task Take(Decision<PartyFact> decision, CancellationToken cancel)
    {
        if (decision is not Decision<PartyFact>.Record { Events: { IsEmpty: false } facts })
            return;
        foreach (var fact in facts)
            await Add(fact.Party, fact.Happened, cancel);
    }

    private async Task Add(PartyId id, PartyEvent happened, CancellationToken cancel) =>
        _parties[id] = (_parties.GetValueOrDefault(id) ?? Party.Unknown(id)).Evolve(happened, await Append(StoredEvents.StreamOf(id), happened, cancel));

    private async Task Add(DealId id, DealEvent happened, CancellationToken cancel) =>
        _deals[id] = (_deals.GetValueOrDefault(id) ?? Deal.Unknown(id)).Evolve(happened, await Append(StoredEvents.StreamOf(id), happened, cancel));

    private async Task<Cause> Append(string stream, object happened, CancellationToken cancel)
    {
        var version = _versions.GetValueOrDefault(stream);
        var appended = await log.Append(new Append("somebody", [new StreamAppend(stream, version, [new NewEvent(Guid.CreateVersion7(), happened)])]), cancel);
        _versions[stream] = version + 1;
        return new Cause(appended.LastPosition, version + 1, appended.RecordedAt, "somebody");
    }

    private Claim Claim(ClaimValue value) => new(new ClaimId($"claim-{++_claims}"), value, "words", new Quote("the words", 1, 0));

    private static T Any<T>(int number, IReadOnlyList<T> of) => of[number % of.Count];
}
