using System.Collections.Immutable;
using Ledger.App.Log;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Tests.Parties;

/// <summary>Records the same in two ledgers, merges of parties in the first one only.</summary>
internal sealed class MergeHistory(EventLog merged, EventLog apart)
{
    private static readonly Reason Why = new("Because.");
    private static readonly ArticleId Source = new("0123456789abcdef");

    private readonly Dictionary<string, long>[] _versions = [[], []];
    private readonly Dictionary<PartyId, Party> _parties = Parties.ToDictionary(id => id, Party.Unknown);
    private int _claims;

    public static IReadOnlyList<PartyId> Parties { get; } = [.. Enumerable.Range(0, 5).Select(n => new PartyId($"p{n}"))];

    /// <summary>How many parties are merged at the moment.</summary>
    public int Standing => _parties.Values.Count(party => party.MergedInto is not null);

    public async Task Begin(CancellationToken cancel)
    {
        foreach (var party in Parties)
            await Add(StoredEvents.StreamOf(party), new PartyEvent.PartyRegistered($"Party {party}"), cancel);
    }

    public async Task Happen(int number, CancellationToken cancel)
    {
        var (party, other) = (Any(number / 8, Parties), Any(number / 64, Parties));
        switch (number % 8)
        {
            case 0:
                await Add(StoredEvents.StreamOf(party), new PartyEvent.PartyDescribed(Source, [Claim(new ClaimValue.Backer(other)), Claim(new ClaimValue.Sector(Any(number / 512, ["robotics", "chips"])))]), cancel);
                break;
            case 1 when party != other:
                await Add(StoredEvents.StreamOf(party), new PartyEvent.PartyAffiliated(new ClaimValue.Affiliation(Any(number / 512, Enum.GetValues<AffiliationKind>()), other), Why), cancel);
                break;
            case 2:
                await Add(StoredEvents.StreamOf(party), new PartyEvent.PartyRenamed($"Name {number}", Why), cancel);
                break;
            case 3 or 4:
                await Merge(party, other, cancel);
                break;
            default:
                await AddDeal(number, party, other, cancel);
                break;
        }
    }

    /// <summary>Has at least two parties be merged.</summary>
    public async Task MergeAny(CancellationToken cancel)
    {
        if (Standing == 0)
            await Merge(Parties[0], Parties[1], cancel);
    }

    public async Task UndoAll(CancellationToken cancel)
    {
        foreach (var party in _parties.Values.Where(party => party.MergedInto is not null).ToList())
            await Take(PartyDecisions.Unmerge(party, _parties[party.MergedInto!.Party], Why), cancel);
    }

    /// <summary>Merges two parties where they may be, and undoes it where they are.</summary>
    private Task Merge(PartyId party, PartyId into, CancellationToken cancel) => Take(
        _parties[party].MergedInto?.Party == into ? PartyDecisions.Unmerge(_parties[party], _parties[into], Why) : PartyDecisions.Merge(_parties[party], _parties[into], Why), cancel);

    private async Task Take(Decision<PartyFact> decision, CancellationToken cancel)
    {
        if (decision is not Decision<PartyFact>.Record { Events: { IsEmpty: false } facts })
            return;
        await merged.Append(new Append("somebody", [.. facts.Select(fact => Next(0, StoredEvents.StreamOf(fact.Party), fact.Happened))]), cancel);
        foreach (var fact in facts)
            _parties[fact.Party] = _parties[fact.Party].Evolve(fact.Happened, new Cause(1, 1, DateTimeOffset.UnixEpoch, "somebody"));
    }

    private Task AddDeal(int number, PartyId party, PartyId other, CancellationToken cancel)
    {
        var stream = StoredEvents.StreamOf(new DealId($"d{number / 512 % 4}"));
        var (role, amount) = (Any(number / 4096, Enum.GetValues<InvestorRole>()), (number / 2048 % 90) + 1);
        ImmutableArray<Claim> said =
        [
            Claim(new ClaimValue.Company(party)), Claim(new ClaimValue.Investor(other, role)), Claim(new ClaimValue.Investor(Any(number / 8192, Parties), InvestorRole.Participant)),
            Claim(new ClaimValue.Raised(new Amount(AmountQualifier.Exact, Currency.Usd, amount, amount))),
        ];
        return _versions[0].ContainsKey(stream) ? Add(stream, new DealEvent.DealCorroborated(Source, said), cancel)
            : Add(stream, new DealEvent.DealAnnounced(Source, [Claim(new ClaimValue.Kind(DealKind.Round)), Claim(new ClaimValue.Status(Any(number / 4096, [DealStatus.Pledged, DealStatus.Closed]), When.Unknown)), .. said]), cancel);
    }

    private async Task Add(string stream, object happened, CancellationToken cancel)
    {
        await merged.Append(new Append("somebody", [Next(0, stream, happened)]), cancel);
        await apart.Append(new Append("somebody", [Next(1, stream, happened)]), cancel);
        if (happened is PartyEvent e)
            _parties[StoredEvents.PartyOf(stream)] = _parties[StoredEvents.PartyOf(stream)].Evolve(e, new Cause(1, 1, DateTimeOffset.UnixEpoch, "somebody"));
    }

    private StreamAppend Next(int ledger, string stream, object happened)
    {
        var version = _versions[ledger].GetValueOrDefault(stream);
        _versions[ledger][stream] = version + 1;
        return new StreamAppend(stream, version, [new NewEvent(Guid.CreateVersion7(), happened)]);
    }

    private Claim Claim(ClaimValue value) => new(new ClaimId($"claim-{++_claims}"), value, "words", new Quote("the words", 1, 0));

    private static T Any<T>(int number, IReadOnlyList<T> of) => of[number % of.Count];
}
