using System.Collections.Immutable;
using Ledger.App.Log;
using Ledger.App.Tests.Support;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Tests.Views;

/// <summary>The views are a function of the log: however it is folded, they come to the same rows.</summary>
public sealed class ReplayTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_seeds_replayed_come_to_the_same_rows()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        Assert.Equal(0, (await ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);
        var live = await ledger.Contents(Cancel, "views");
        Assert.True(live.Count > 300, $"{live.Count} rows");

        await AssertReplays(ledger);

        Assert.Equal(live, await ledger.Contents(Cancel, "views"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_history_of_corrections_replayed_comes_to_the_same_rows(int seed)
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        await Record(ledger, History(new Random(seed), 400));
        await ledger.CatchUp(Cancel);
        var live = await ledger.Contents(Cancel, "views");

        await AssertReplays(ledger);

        Assert.Equal(live, await ledger.Contents(Cancel, "views"));
    }

    [Fact]
    public async Task Counters_are_what_the_deals_give_now()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        await Record(ledger, History(new Random(4), 400));
        await ledger.CatchUp(Cancel);

        Assert.Empty(await Difference(ledger, "select company_id, currency, pledged, deals, low, high, unbounded from views.company_total",
            """
            select company_id, currency, status = 'pledged', count(*), sum(coalesce(amount_low, 0)), sum(coalesce(amount_high, 0)), count(*) filter (where amount_high is null)
            from views.deal where counts and currency is not null group by 1, 2, 3
            """));
        Assert.Empty(await Difference(ledger, "select id, deals, counted, undisclosed from views.company",
            """
            select company_id, count(*), count(*) filter (where counts), count(*) filter (where counts and currency is null)
            from views.deal group by 1
            """));
        Assert.Empty(await Difference(ledger, "select id, deals, led, joined, backed from views.investor",
            """
            select investor_id, count(*), count(*) filter (where role = 'lead'), count(*) filter (where role = 'participant'), count(*) filter (where role = 'backer')
            from views.investor_deal group by 1
            """));
        Assert.Empty(await Difference(ledger, "select deal_id, company_id from views.investor_deal",
            "select d.id, d.company_id from views.deal d join views.investor_deal i on i.deal_id = d.id"));
    }

    private static async Task AssertReplays(LedgerOnTestDatabase ledger)
    {
        var views = ledger.Get<ViewRuntime>();
        foreach (var outcome in await views.Replay(views.Names, cancel: Cancel))
        {
            Assert.Empty(outcome.Differences!);
            Assert.Equal(2, outcome.Version);
        }
    }

    private static async Task Record(LedgerOnTestDatabase ledger, List<RecordedEvent> events)
    {
        var log = ledger.Get<EventLog>();
        foreach (var e in events)
            await log.Append(new Append("somebody", [new StreamAppend(e.Stream, e.Version - 1, [new NewEvent(e.Id, e.Data)])]), Cancel);
    }

    /// <summary>Rows that only one of two queries gives.</summary>
    private static async Task<List<string>> Difference(LedgerOnTestDatabase ledger, string held, string expected)
    {
        await using var command = ledger.Database.CreateCommand($"select t::text from (({held} except all {expected}) union all ({expected} except all {held})) t");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<string>();
        while (await reader.ReadAsync(Cancel))
            rows.Add(reader.GetString(0));
        return rows;
    }

    /// <summary>Few parties and deals, with much said of each: amounts, statuses, companies and roles that change from event to event.</summary>
    private static List<RecordedEvent> History(Random random, int count)
    {
        var versions = new Dictionary<string, long>();
        var events = new List<RecordedEvent>();
        foreach (var party in Parties)
            Add($"party-{party.Value}", new PartyEvent.PartyRegistered($"Party {party.Value}"));
        while (events.Count < count)
        {
            var source = new ArticleId($"article-{random.Next(5)}");
            if (random.Next(5) == 0)
                Add($"party-{Any(Parties)}", new PartyEvent.PartyDescribed(source, [Claim(new ClaimValue.Backer(Any(Parties))), Claim(new ClaimValue.Sector("robotics"))]));
            else if (random.Next(20) == 0)
                Add($"party-{Any(Parties)}", new PartyEvent.PartyAliasAdded($"Alias {events.Count}"));
            else
                AddDeal($"deal-number-{random.Next(10)}", source);
        }
        return events;

        void AddDeal(string stream, ArticleId source)
        {
            ImmutableArray<Claim> said = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Claim(Anything()))];
            if (versions.ContainsKey(stream))
                Add(stream, new DealEvent.DealCorroborated(source, said));
            else
                Add(stream, new DealEvent.DealAnnounced(source, [Claim(new ClaimValue.Company(Any(Parties))), Claim(new ClaimValue.Kind(Any(Enum.GetValues<DealKind>()))), Claim(new ClaimValue.Status(DealStatus.Announced, When.Unknown)), .. said]));
        }

        ClaimValue Anything() => random.Next(8) switch
        {
            0 => new ClaimValue.Company(Any(Parties)),
            1 => new ClaimValue.Kind(Any(Enum.GetValues<DealKind>())),
            2 => new ClaimValue.Status(Any(Enum.GetValues<DealStatus>()), When.Parse("effective", Any(["unknown", "2020-03", "2020-05"]))),
            3 or 4 => new ClaimValue.Raised(AnyAmount()),
            5 => new ClaimValue.Investor(null, Any(Enum.GetValues<InvestorRole>()), Unnamed: "several funds"),
            _ => new ClaimValue.Investor(Any(Parties), Any(Enum.GetValues<InvestorRole>()), random.Next(2) == 0),
        };

        Amount AnyAmount()
        {
            var (figure, currency) = (random.Next(1, 100), new Currency(Any(["CNY", "USD"])));
            return random.Next(5) switch
            {
                0 => Amount.Undisclosed,
                1 => new Amount(AmountQualifier.Over, currency, figure, null),
                2 => new Amount(AmountQualifier.UpTo, currency, null, figure),
                3 => new Amount(AmountQualifier.OrderOfMagnitude, currency, figure, figure * 10),
                _ => new Amount(AmountQualifier.Exact, currency, figure, figure),
            };
        }

        T Any<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

        Claim Claim(ClaimValue value) => new(new ClaimId($"claim-{events.Count}-{random.Next()}"), value, "words", new Quote("the words", 1, random.Next(100)));

        void Add(string stream, object data)
        {
            var version = versions[stream] = versions.GetValueOrDefault(stream) + 1;
            events.Add(new RecordedEvent(events.Count + 1, Guid.CreateVersion7(), stream, version, StoredEvents.Types.NameOf(data.GetType()),
                new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(events.Count), data, new Dictionary<string, string> { ["author"] = "somebody" }));
        }
    }

    private static readonly PartyId[] Parties = [.. Enumerable.Range(0, 6).Select(n => new PartyId($"p{n}"))];
}
