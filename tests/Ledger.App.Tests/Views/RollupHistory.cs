using System.Collections.Immutable;
using System.Globalization;
using Ledger.App.Deals;
using Ledger.App.Deals.Change;
using Ledger.App.Log;
using Ledger.App.Tests.Support;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Tests.Views;

/// <summary>Records whatever may become of a few deals, parties and rates. A number stands for something that happens; what it means depends on what is there.</summary>
internal sealed class RollupHistory(LedgerOnTestDatabase ledger)
{
    public static readonly string[] Sectors = ["chips", "robotics", "gaming"];
    public static readonly string[] Places = ["Berlin", "BERLIN", "Hong Kong", "São Paulo"];
    public static readonly string[] Kinds = ["venture", "corporate"];
    public static readonly string[] Series = ["seed", "a", "pre-ipo"];
    public static readonly string[] Dates = ["2020-04-03", "2020-04", "2020-05-17", "2020-Q2", "2020-Q3", "2020", "2019-12-31", "XXXX-04-03", "unknown"];

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Reason Why = new("Because.");
    private static readonly ArticleId[] Articles = [new("0123456789abcdef"), new("fedcba9876543210")];

    private readonly EventLog _log = ledger.Get<EventLog>();
    private readonly DealLedger _writer = ledger.Get<DealLedger>();
    private int _claims;

    public static IReadOnlyList<PartyId> Parties { get; } = [.. Enumerable.Range(0, 6).Select(n => new PartyId($"p{n}"))];

    public static IReadOnlyList<DealId> Deals { get; } = [.. Enumerable.Range(0, 14).Select(n => new DealId($"d{n}"))];

    public async Task Begin()
    {
        foreach (var party in Parties)
            await Add(StoredEvents.StreamOf(party), 0, new PartyEvent.PartyRegistered($"Party {party}"));
    }

    public async Task Happen(int number)
    {
        var random = new Random(number);
        switch (random.Next(12))
        {
            case < 6:
                await Tell(random);
                break;
            case 6:
                await Merge(random);
                break;
            case 7:
                await Describe(random);
                break;
            case 8:
                await Publish(random);
                break;
            default:
                await Change(random);
                break;
        }
    }

    /// <summary>Has the log have been recorded long ago, some days between one event and the next.</summary>
    public async Task Age(DateTime from, int daysBetween)
    {
        await using var owner = new NpgsqlConnection(ledger.OwnerConnectionString);
        await owner.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand("alter table ledger.mt_events disable trigger user", owner);
        await command.ExecuteNonQueryAsync(Cancel);
        command.CommandText = "update ledger.mt_events set timestamp = $1 + seq_id * $2 * interval '1 day'";
        command.Parameters.Add(new NpgsqlParameter { Value = DateTime.SpecifyKind(from, DateTimeKind.Utc) });
        command.Parameters.Add(new NpgsqlParameter { Value = daysBetween });
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>An article that announces a deal, or says more of it. What a merged deal is told of would be told of the other one, too, by the write path.</summary>
    private async Task Tell(Random random)
    {
        var id = Pick(random, Deals);
        var deal = await Load(id);
        if (deal?.MergedInto is not null)
            return;
        List<ClaimValue> values = [.. Anything(random)];
        if (deal is not null)
        {
            await Add(StoredEvents.StreamOf(id), deal.Version, new DealEvent.DealCorroborated(Pick(random, Articles), [.. values.Select(Claim)]));
            return;
        }
        values.InsertRange(0, [new ClaimValue.Company(Pick(random, Parties)), new ClaimValue.Kind(random.Next(6) == 0 ? DealKind.Aggregate : DealKind.Round), Status(random)]);
        await Add(StoredEvents.StreamOf(id), 0, new DealEvent.DealAnnounced(Pick(random, Articles), [.. values.Select(Claim)]));
    }

    private IEnumerable<ClaimValue> Anything(Random random)
    {
        var amount = AnyAmount(random, Pick(random, ["USD", "CNY", "EUR"]));
        if (random.Next(3) > 0)
            yield return new ClaimValue.Raised(amount);
        if (amount.Currency is { Code: not "USD" } && random.Next(3) == 0)
            yield return new ClaimValue.UsdAsReported(AnyAmount(random, "USD") is { IsDisclosed: true } usd ? usd : new Amount(AmountQualifier.Exact, Currency.Usd, 7, 7));
        if (random.Next(2) == 0)
            yield return new ClaimValue.Announced(When.Parse("date", Pick(random, Dates)));
        if (random.Next(2) == 0)
            yield return new ClaimValue.Round(random.Next(4) == 0 ? null : Pick(random, Series), null, random.Next(2) == 0 ? null : Pick(random, Enum.GetValues<Instrument>()));
        if (random.Next(2) == 0)
            yield return new ClaimValue.Sector(Pick(random, Sectors));
        if (random.Next(3) == 0)
            yield return new ClaimValue.Place(Pick(random, Places));
        foreach (var party in Parties.Where(_ => random.Next(4) == 0))
            yield return new ClaimValue.Investor(party, Pick(random, Enum.GetValues<InvestorRole>()), random.Next(4) == 0);
        if (random.Next(4) == 0)
            yield return Status(random);
        if (random.Next(8) == 0)
            yield return new ClaimValue.Company(Pick(random, Parties));
    }

    private static ClaimValue.Status Status(Random random) => new(Pick(random, Enum.GetValues<DealStatus>()), random.Next(2) == 0 ? When.Unknown : When.Parse("date", Pick(random, Dates)));

    private static Amount AnyAmount(Random random, string code)
    {
        var (currency, figure) = (new Currency(code), (decimal)random.Next(1, 400) / (random.Next(5) == 0 ? 4 : 1));
        return random.Next(7) switch
        {
            0 => Amount.Undisclosed,
            1 => new Amount(AmountQualifier.Over, currency, figure, null),
            2 => new Amount(AmountQualifier.UpTo, currency, null, figure),
            3 => new Amount(AmountQualifier.OrderOfMagnitude, currency, figure, figure * 10),
            _ => new Amount(AmountQualifier.Exact, currency, figure, figure),
        };
    }

    /// <summary>Merges two parties where they may be, and undoes it where they are.</summary>
    private async Task Merge(Random random)
    {
        var parties = (await _log.Fold(RecordStreams.Parties, [.. Parties.Select(StoredEvents.StreamOf)], cancel: Cancel)).ToDictionary(party => party.Id);
        var (party, into) = (parties[Pick(random, Parties)], parties[Pick(random, Parties)]);
        if (PartyDecisions.Unmerge(party, into, Why) is not Decision<PartyFact>.Record { Events.IsEmpty: false } decision)
            decision = (PartyDecisions.Merge(party, into, Why) as Decision<PartyFact>.Record)!;
        foreach (var fact in decision is null ? [] : decision.Events)
        {
            await Add(StoredEvents.StreamOf(fact.Party), parties[fact.Party].Version, fact.Happened);
            parties[fact.Party] = parties[fact.Party].Evolve(fact.Happened, new Cause(1, parties[fact.Party].Version + 1, DateTimeOffset.UnixEpoch, "somebody"));
        }
    }

    private async Task Describe(Random random)
    {
        var party = (await _log.Fold(RecordStreams.Parties, [StoredEvents.StreamOf(Pick(random, Parties))], cancel: Cancel)).Single();
        await Add(StoredEvents.StreamOf(party.Id), party.Version, new PartyEvent.PartyDescribed(Pick(random, Articles), [Claim(new ClaimValue.InvestorKind(Pick(random, Kinds)))]));
    }

    private async Task Publish(Random random)
    {
        var day = new DateOnly(2020, 4, 1).AddDays(random.Next(60));
        var stream = StoredEvents.StreamOfRates("ECB", day);
        var rates = (await _log.Fold(RecordStreams.Rates, [stream], cancel: Cancel)).SingleOrDefault();
        if (rates is null)
            await Add(stream, 0, new RatesEvent.ReferenceRatesPublished(day, "ECB", ImmutableSortedDictionary<string, decimal>.Empty.Add("USD", 1.1m + (random.Next(100) / 1000m)).Add("CNY", 7.7m + (random.Next(100) / 1000m))));
    }

    private async Task Change(Random random)
    {
        var deals = await Any();
        if (deals.Count == 0)
            return;
        var (deal, other) = (Pick(random, deals), Pick(random, deals));
        var claim = Pick(random, deal.Claims);
        var verb = Pick(random, Enum.GetValues<DealVerb>().Except([DealVerb.Advance]).ToArray());
        var change = new DealChangeRequest(deal.Id, verb, "at random") { Reason = Why };
        change = verb switch
        {
            DealVerb.Correct => change with { Claim = claim.Claim.Id, Known = Pick(random, Pick(random, deals).Claims.Where(one => one.Claim.Value.Slot.Field == claim.Claim.Value.Slot.Field).DefaultIfEmpty(claim).ToArray()) },
            DealVerb.Withdraw or DealVerb.Restore or DealVerb.Prefer or DealVerb.Unprefer => change with { Claim = claim.Claim.Id },
            DealVerb.Tag or DealVerb.Untag => change with { Tag = new ClaimValue.Sector(Pick(random, Sectors)) },
            DealVerb.Retract or DealVerb.Reinstate => change,
            _ => change with { Other = other.Id, As = PartKind.Tranche },
        };
        try
        {
            await _writer.Change([change], "somebody", Cancel);
        }
        catch (RefusedException)
        {
            // Most of what is asked for at random makes no sense.
        }
    }

    private async Task<Deal?> Load(DealId id) => (await _log.Fold(RecordStreams.Deals, [StoredEvents.StreamOf(id)], cancel: Cancel)).SingleOrDefault();

    private async Task<List<Deal>> Any() => await _log.Fold(RecordStreams.Deals, [.. Deals.Select(StoredEvents.StreamOf)], cancel: Cancel);

    private async Task Add(string stream, long version, object happened) => await _log.Append(new Append("somebody", [new StreamAppend(stream, version, [new NewEvent(Guid.CreateVersion7(), happened)])]), Cancel);

    private Claim Claim(ClaimValue value) => new(new ClaimId(string.Create(CultureInfo.InvariantCulture, $"claim-{++_claims}")), value, "words", new Quote("the words", 1, 0));

    private static T Pick<T>(Random random, IReadOnlyList<T> of) => of[random.Next(of.Count)];
}
