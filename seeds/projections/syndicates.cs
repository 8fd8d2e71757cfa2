#:project ../../src/Ledger.App/Ledger.App.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// Who invests with whom: one row for each deal that two investors are in together, and how often they are. What was retracted, or merged
// into another deal, is not listed and gives nothing.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.App.Log;
using Ledger.App.Views.Own;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.EventStore;

return await OwnView.Run(args, new View("syndicates", OwnView.Source())
    .Rows(RecordStreams.Deals, Pairs, "other_id")
    .Sum((PairInDeal pair) => new Pair(pair.InvestorId, pair.OtherId, 1)));

static IEnumerable<PairInDeal> Pairs(Deal deal)
{
    string[] investors = [.. deal.Investors
        .Where(investor => deal.IsListed && investor is { Party: not null, Role: not InvestorRole.Backer })
        .Select(investor => investor.Party!.Value.Value).Distinct().Order(StringComparer.Ordinal)];
    return from one in investors from other in investors where string.CompareOrdinal(one, other) < 0 select new PairInDeal(one, other, deal.Id.Value);
}

[Table("syndicate_deal"), Description("Two investors that are in a deal together.")]
internal sealed record PairInDeal([property: Key] string InvestorId, [property: Key] string OtherId, [property: Key] string DealId);

[Table("syndicate"), Description("How often two investors are in a deal together.")]
internal sealed record Pair([property: Key] string InvestorId, [property: Key] string OtherId, [Description("Deals together.")] long Deals);
