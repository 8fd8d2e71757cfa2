using FsCheck;
using FsCheck.Fluent;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Deals;

/// <summary>Whatever editors do to a few deals, in whatever order. A number stands for a command; what it means depends on the deals as they are.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Ids = ["a", "b", "c", "sum"];
    private static readonly Reason Why = new("because");
    private const int Verbs = 18;
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(60);

    private static readonly Arbitrary<int[]> Commands = Gen.Choose(0, int.MaxValue - 1).ArrayOf().ToArbitrary();

    [Fact]
    public void No_claim_is_lost_and_every_deal_says_whose_it_is_what_sort_and_how_far_it_has_come() => Check.One(Often, Prop.ForAll(Commands, commands =>
    {
        var deals = Begin();
        var claims = Ids.ToDictionary(id => id, id => Claims(deals, id));
        foreach (var command in commands)
        {
            Run(deals, command);
            foreach (var id in Ids)
            {
                var now = Claims(deals, id);
                if (!now.IsSupersetOf(claims[id]) || deals[id] is { Company: null } or { Kind: null } or { Status: null })
                    return false;
                claims[id] = now;
            }
        }
        return true;
    }));

    [Fact]
    public void Whatever_was_recorded_records_nothing_when_it_is_asked_for_again() => Check.One(Often, Prop.ForAll(Commands, commands =>
    {
        var deals = Begin();
        return commands.All(command =>
        {
            var again = Meaning(deals, command);
            var first = again(deals);
            if (first.Length == 0)
                return true;
            var second = again(deals);
            return second.Length == 0 ? true : throw new InvalidOperationException($"{command % Verbs}: {string.Join(", ", first)} and then {string.Join(", ", second)}");
        });
    }));

    [Fact]
    public void Once_all_merges_are_undone_every_deal_is_what_it_would_be_without_them() => Check.One(Often, Prop.ForAll(Commands, commands =>
    {
        var deals = Begin();
        foreach (var command in commands)
            Run(deals, command);
        for (var undone = true; undone;)
            undone = Ids.Any(id => deals[id].MergedInto is { } into && deals.Do(id, into.Deal.Value, new TieCommand.Unmerge(Why)).Length > 0);
        return Ids.All(id => deals.Tell(id) == deals.TellWithoutMerges(id));
    }));

    [Fact]
    public void No_sum_counts_both_in_a_whole_or_an_aggregate_and_in_what_it_is_made_of() => Check.One(Often, Prop.ForAll(Commands, commands =>
    {
        var deals = Begin();
        return commands.All(command =>
        {
            Run(deals, command);
            return Ids.Select(id => deals[id]).All(deal =>
                (deal.MergedInto is null || !deal.Counts)
                && deal.Parts.All(part => deals[part.Deal.Value].Whole?.Deal == deal.Id && !deal.Counts)
                && deal.Covers.All(covered => deals[covered.Deal.Value].CoveredBy?.Deal == deal.Id && !deal.Counts));
        });
    }));

    private static SeveralDeals Begin() => new SeveralDeals().Announce("a", DealStatus.Pledged, 300).Announce("b", DealStatus.Announced, 200).Announce("c", DealStatus.Closed, 100)
        .Announce("sum", DealStatus.Announced, 400, DealKind.Aggregate);

    private static HashSet<ClaimId> Claims(SeveralDeals deals, string id) => [.. deals[id].OwnClaims.Select(claim => claim.Claim.Id)];

    private static void Run(SeveralDeals deals, int number) => Meaning(deals, number)(deals);

    /// <summary>What a number asks for, of these deals as they are now.</summary>
    private static Func<SeveralDeals, string[]> Meaning(SeveralDeals deals, int number)
    {
        var (verb, rest) = (number % Verbs, number / Verbs);
        var (deal, other) = (Ids[rest % 4], Ids[rest / 4 % 4]);
        rest /= 16;
        var root = Root(deals, deal);
        var claims = deals[root].Claims;
        var claim = claims[rest % claims.Length].Claim;
        var said = claims[rest / 64 % claims.Length].Claim;
        Claim news = Sample.Claim(said.Value is ClaimValue.Raised ? Sample.Raised(1 + rest % 5) : said.Value, $"words {rest % 7}", Sample.Other);
        ClaimValue tag = new ClaimValue.Sector($"sector-{rest % 3}");
        return verb switch
        {
            0 => on => on.Do(root, new DealCommand.Announce(Sample.Other, [news]), deal),
            1 => on => on.Do(root, new DealCommand.Announce(Sample.Other, [Sample.Claim(tag, $"words {rest % 2}")]), deal),
            2 => on => on.Do(root, new DealCommand.Correct(claim.Id, Sample.Other, claim.Value.Slot == news.Value.Slot ? news : said, Why)),
            3 => on => on.Do(root, new DealCommand.Correct(claim.Id, Sample.Other, Sample.Claim(claim.Value, $"other words {rest % 3}", Sample.Other), Why)),
            4 => on => on.Do(root, new DealCommand.Withdraw(claim.Id, Why)),
            5 => on => on.Do(root, new DealCommand.Restore(claim.Id, Why)),
            6 => on => on.Do(root, new DealCommand.Prefer(claim.Id, Why)),
            7 => on => on.Do(root, new DealCommand.EndPreference(claim.Id, Why)),
            8 => on => on.Do(root, new DealCommand.Advance(Sample.Other, Sample.Claim(Sample.Status((DealStatus)(rest % 7), rest % 2 == 0 ? "unknown" : $"2020-0{1 + rest % 9}"), $"words {rest % 11}")), deal),
            9 => on => on.Do(root, rest % 2 == 0 ? new DealCommand.TagWith(tag, Why) : new DealCommand.Untag(tag, Why), deal),
            10 => on => on.Do(root, rest % 3 == 0 ? new DealCommand.Retract(Why) : new DealCommand.Reinstate(Why), deal),
            11 => on => on.Do(deal, other, new TieCommand.Join((PartKind)(rest % 2), Why)),
            12 => on => rest % 2 == 0 ? on.Do(deal, other, new TieCommand.Leave(Why)) : on.Do(deal, other, new TieCommand.Uncover(Why)),
            13 => on => on.Cover(deal, other),
            14 => on => on.Merge(deal, other),
            15 => on => on.Do(deal, other, new TieCommand.Distinguish(Why)),
            16 => on => on.Do(deal, other, new TieCommand.EndDistinction(Why)),
            _ => on => on.Do(deal, other, new TieCommand.Unmerge(Why)),
        };
    }

    private static string Root(SeveralDeals deals, string id) => deals[id].MergedInto is { } into ? Root(deals, into.Deal.Value) : id;
}
