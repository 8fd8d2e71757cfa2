using Ledger.App.Deals;
using Ledger.App.Deals.Change;
using Ledger.App.Log;
using Ledger.App.Tests.Support;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Tests.Deals;

/// <summary>Whatever editors do through the write path, the views are what the log says, and can be built from it again.</summary>
public sealed class ReplayedChangesTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Views_after_many_random_changes_are_those_of_a_replay_and_no_claim_is_lost(int seed)
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        Assert.Equal(0, (await ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);
        var (writer, log, random) = (ledger.Get<DealLedger>(), ledger.Get<EventLog>(), new Random(seed));
        string[] ids = ["enflame-technology-series-b", "zhipu-ai-2-5-billion-yuan-aggregate", "stepfun-series-b", "intellifusion-pre-ipo", "baichuan-300-million-dollars"];
        var before = await Deals(log, ids);
        var made = 0;
        for (var i = 0; i < 250; i++)
        {
            var deals = i % 10 == 0 ? await Deals(log, ids) : before;
            try
            {
                made += (await writer.Change([Any(random, deals)], "somebody", Cancel)).Events;
            }
            catch (RefusedException)
            {
                // Most of what is asked for at random makes no sense.
            }
        }
        Assert.InRange(made, 50, 10_000);
        await ledger.CatchUp(Cancel);

        var after = await Deals(log, ids);
        Assert.All(before.Zip(after), pair => Assert.Subset(pair.Second.OwnClaims.Select(claim => claim.Claim.Id).ToHashSet(), pair.First.OwnClaims.Select(claim => claim.Claim.Id).ToHashSet()));
        Assert.All(after, deal => Assert.Equal(deal.WithAbsorbed().SelectMany(one => one.OwnClaims).Select(claim => claim.Claim.Id).ToHashSet(), deal.Claims.Select(claim => claim.Claim.Id).ToHashSet()));
        var views = ledger.Get<ViewRuntime>();
        Assert.All(await views.Replay(views.Names, cancel: Cancel), outcome => Assert.Empty(outcome.Differences!));
        foreach (var id in ids)
            await ledger.Ask("deal", id);
    }

    private static async Task<List<Deal>> Deals(EventLog log, string[] ids) => await log.Fold(RecordStreams.Deals, [.. ids.Select(id => $"deal-{id}")], cancel: Cancel);

    private static DealChangeRequest Any(Random random, List<Deal> deals)
    {
        var (deal, other) = (Pick(deals), Pick(deals));
        var claim = Pick(deal.Claims);
        var verb = Pick(Enum.GetValues<DealVerb>().Except([DealVerb.Advance]).ToArray());
        var change = new DealChangeRequest(deal.Id, verb, "at random") { Reason = new Reason($"Reason {random.Next(100)}.") };
        return verb switch
        {
            DealVerb.Correct => change with { Claim = claim.Claim.Id, Known = Pick(Pick(deals).Claims.Where(one => one.Claim.Value.Slot.Field == claim.Claim.Value.Slot.Field).DefaultIfEmpty(claim).ToArray()) },
            DealVerb.Withdraw or DealVerb.Restore or DealVerb.Prefer or DealVerb.Unprefer => change with { Claim = claim.Claim.Id },
            DealVerb.Tag or DealVerb.Untag => change with { Tag = new ClaimValue.Sector(Pick<string>(["robotics", "artificial-intelligence", "semiconductors"])) },
            DealVerb.Retract or DealVerb.Reinstate => change,
            _ => change with { Other = other.Id, As = PartKind.Tranche },
        };

        T Pick<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];
    }
}
