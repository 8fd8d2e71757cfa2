using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Investors;

/// <summary>What is asked of investors, by pages, API and command line alike.</summary>
public sealed class InvestorQueries(Snapshot snapshot, PartyNames names, DealQueries dealQueries)
{
    /// <summary>Whoever is in a deal as an investor or backs a company, by name.</summary>
    public async Task<Page<InvestorEntry>> List(int limit, string? next, CancellationToken cancel)
    {
        var after = await names.Place(next, cancel);
        var rows = await snapshot.Query(
            now => $"""
            select party.id, (select count(*) from (
                    select company_id from investor_deal where {now("investor_deal")} and investor_id = party.id
                    union select company_id from backer where {now("backer")} and investor_id = party.id) held)
            from party
            where {now("party")} and (
                    exists (select from investor_deal where {now("investor_deal")} and investor_id = party.id)
                    or exists (select from backer where {now("backer")} and investor_id = party.id))
                and ($1::text is null or (lower(party.name) collate "C", party.id) > ($1, $2))
            order by lower(party.name) collate "C", party.id limit $3
            """,
            row => (Id: row.GetString(0), Companies: row.GetInt64(1)), cancel, after?.Key, after?.Id, (long)limit + 1);
        var items = rows.Take(limit).ToList();
        string[] ids = [.. items.Select(row => row.Id)];
        var parties = (await snapshot.Rows<PartyRow>("and r.id = any($1)", cancel, (object)ids)).ToDictionary(party => party.Id);
        var counts = await Counts(ids, cancel);
        return new Page<InvestorEntry>(
            [
                .. items.Select(row => new InvestorEntry(row.Id, parties[row.Id].Name, parties[row.Id].Aliases,
                    parties[row.Id].Kinds, counts.GetValueOrDefault(row.Id, NoDeals), row.Companies)),
            ],
            rows.Count > items.Count ? items[^1].Id : null);
    }

    /// <summary>The investor with this id, name or alias, in any case.</summary>
    /// <exception cref="NotFoundException">Nobody goes by it, several do, or who does is no investor.</exception>
    public async Task<InvestorOverview> Get(string idOrName, CancellationToken cancel)
    {
        var party = await names.Find(idOrName, cancel);
        var ids = await snapshot.Query(
            now => $"""
            select deal.id from investor_deal join deal on deal.id = deal_id and {now("deal")}
            where {now("investor_deal")} and investor_id = $1 order by deal.from_position desc
            """,
            row => row.GetString(0), cancel, party.Id.Value);
        var deals = await snapshot.Deals(ids, cancel);
        var backed = await snapshot.Query(
            now => $"select company_id, article_id from backer where {now("backer")} and investor_id = $1 order by company_id",
            row => (Company: row.GetString(0), Article: row.GetString(1)), cancel, party.Id.Value);
        if (deals.Count == 0 && backed.Count == 0)
            throw new NotFoundException($"'{idOrName}' is in no deal as an investor; ask for it as a company.");
        var parties = await names.Of(
            [.. PartyRecord.Parties(party), .. deals.SelectMany(DealRecord.Parties), .. backed.Select(row => row.Company)], cancel);
        var records = await dealQueries.Records(deals, cancel);
        return new InvestorOverview(party, parties)
        {
            Counts = (await Counts([party.Id.Value], cancel)).GetValueOrDefault(party.Id.Value, NoDeals),
            Companies = Companies(party.Id, deals, backed.Select(row => row.Company), parties),
            CoInvestors = CoInvestors(party.Id, deals, parties),
            Deals = [.. deals.Zip(records, (deal, record) => Of(Held(deal, party.Id), record))],
            Sources =
            [
                .. deals.SelectMany(deal => deal.Sources).Concat(party.Claims.Select(claim => claim.Source)).Select(source => source.Value)
                    .Concat(backed.Select(row => row.Article)).Distinct(),
            ],
            Position = deals.Select(deal => deal.Last!.Position).Append(party.Last!.Position).Max(),
        };
    }

    private static readonly InvestorCounts NoDeals = new(0, 0, 0, 0);

    /// <summary>As they are kept, or of the past from the deals that these investors are in.</summary>
    private async Task<IReadOnlyDictionary<string, InvestorCounts>> Counts(string[] investors, CancellationToken cancel)
    {
        var rows = await snapshot.IsPartial(cancel)
            ? ViewSnapshot.SumUp<InvestorDealRow, InvestorRow>(InvestorView.Definition, await snapshot.Rows<InvestorDealRow>("and r.investor_id = any($1)", cancel, (object)investors))
            : await snapshot.Sums<InvestorRow>("r.id = any($1)", cancel, (object)investors);
        return rows.ToDictionary(row => row.Id, row => new InvestorCounts(row.Deals, row.Led, row.Joined, row.Backed));
    }

    private static InvestorDeal Of(ClaimValue.Investor held, DealRecord deal) => new(held.Role, held.Existing, deal);

    private static ClaimValue.Investor Held(Deal deal, PartyId investor) => deal.Investors.First(held => held.Party == investor);

    private static List<InvestorCompany> Companies(
        PartyId investor, List<Deal> deals, IEnumerable<string> backed, IReadOnlyDictionary<string, PartyName> names)
    {
        var invested = deals.Select(deal => (Company: deal.Company!.Value.Value, Held(deal, investor).Role, Deal: (string?)deal.Id.Value));
        return
        [
            .. invested.Concat(backed.Select(company => (Company: company, Role: InvestorRole.Backer, Deal: (string?)null)))
                .GroupBy(row => row.Company)
                .Select(company => new InvestorCompany(company.Key, names[company.Key].Name,
                    [.. company.Select(row => row.Role).Distinct().Order()], [.. company.Select(row => row.Deal).OfType<string>()]))
                .OrderBy(company => company.Name, StringComparer.OrdinalIgnoreCase),
        ];
    }

    private static List<CoInvestor> CoInvestors(PartyId investor, List<Deal> deals, IReadOnlyDictionary<string, PartyName> names) =>
    [
        // Who only backs the company was in no deal together with anybody.
        .. deals.Where(deal => Held(deal, investor).Role != InvestorRole.Backer)
            .SelectMany(deal => deal.Investors.Where(other => other.Role != InvestorRole.Backer).Select(other => other.Party).OfType<PartyId>().Distinct())
            .Where(other => other != investor)
            .GroupBy(other => other.Value)
            .Select(other => new CoInvestor(other.Key, names[other.Key].Name, other.LongCount()))
            .OrderByDescending(other => other.Deals).ThenBy(other => other.Name, StringComparer.OrdinalIgnoreCase),
    ];
}
