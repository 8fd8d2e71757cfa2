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

    /// <summary>The investor with this id, name or alias, in any case. Of long lists it has the beginning.</summary>
    /// <exception cref="NotFoundException">Nobody goes by it, several do, or who does is no investor.</exception>
    public async Task<InvestorOverview> Get(string idOrName, CancellationToken cancel)
    {
        var party = await names.Find(idOrName, cancel);
        var companies = await Companies(party.Id, cancel);
        if (companies.Items.Count == 0)
            throw new NotFoundException($"'{idOrName}' is in no deal as an investor; ask for it as a company.");
        var others = await CoInvestors(party.Id, cancel);
        var deals = await dealQueries.Of(new DealFilter(Limit: ItemsMax), party.Id, cancel);
        var records = await dealQueries.Records(deals.Items, cancel);
        var backed = await snapshot.Query(
            now => $"select distinct article_id from backer where {now("backer")} and investor_id = $1", row => row.GetString(0), cancel, party.Id.Value);
        return new InvestorOverview(party, await names.Of(PartyRecord.Parties(party), cancel))
        {
            Counts = (await Counts([party.Id.Value], cancel)).GetValueOrDefault(party.Id.Value, NoDeals),
            Companies = companies.Items,
            CompaniesInAll = companies.InAll,
            CoInvestors = others.Items,
            CoInvestorsInAll = others.InAll,
            Deals = [.. deals.Items.Zip(records, (deal, record) => Of(Held(deal, party.Id), record))],
            DealsNext = deals.Next,
            Sources =
            [
                .. deals.Items.SelectMany(deal => deal.Sources).Concat(party.Claims.Select(claim => claim.Source)).Select(source => source.Value).Concat(backed).Distinct(),
            ],
            Position = deals.Items.Select(deal => deal.Last!.Position).Append(party.Last!.Position).Max(),
        };
    }

    /// <summary>How many companies, co-investors and deals an investor is shown with.</summary>
    private const int ItemsMax = 20;

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

    /// <summary>Those it has most deals with first.</summary>
    private async Task<(IReadOnlyList<InvestorCompany> Items, long InAll)> Companies(PartyId investor, CancellationToken cancel)
    {
        var rows = await snapshot.Query(
            now => $"""
            select held.*, coalesce(party.name, held.company_id) as name
            from (
                select company_id, array_agg(distinct role) as roles, array_agg(deal_id order by deal_id) filter (where deal_id is not null) as deals,
                    count(deal_id) as deal_count, count(*) over () as in_all
                from (
                    select company_id, role, deal_id from investor_deal where {now("investor_deal")} and investor_id = $1
                    union all select company_id, 'backer', null from backer where {now("backer")} and investor_id = $1) held
                group by company_id) held
            left join party on party.id = held.company_id and {now("party")}
            order by deal_count desc, lower(coalesce(party.name, held.company_id)) collate "C", company_id limit $2
            """,
            row => (Company: new InvestorCompany(row.GetString(0), row.GetString(5),
                [.. row.GetFieldValue<string[]>(1).Select(role => Enum.Parse<InvestorRole>(role, ignoreCase: true)).Order()],
                row.IsDBNull(2) ? [] : row.GetFieldValue<string[]>(2)), InAll: row.GetInt64(4)), cancel, investor.Value, (long)ItemsMax);
        return ([.. rows.Select(row => row.Company)], rows.Count == 0 ? 0 : rows[0].InAll);
    }

    /// <summary>Who only backs the company was in no deal together with anybody.</summary>
    private async Task<(IReadOnlyList<CoInvestor> Items, long InAll)> CoInvestors(PartyId investor, CancellationToken cancel)
    {
        var rows = await snapshot.Query(
            now => $"""
            select others.*, coalesce(party.name, others.investor_id) as name
            from (
                select other.investor_id, count(*) as deals, count(*) over () as in_all
                from (select deal_id from investor_deal where {now("investor_deal")} and investor_id = $1 and role <> 'backer') mine
                join lateral (
                    select investor_id from investor_deal
                    where {now("investor_deal")} and investor_deal.deal_id = mine.deal_id and role <> 'backer' and investor_id <> $1) other on true
                group by other.investor_id) others
            left join party on party.id = others.investor_id and {now("party")}
            order by deals desc, lower(coalesce(party.name, others.investor_id)) collate "C", investor_id limit $2
            """,
            row => (Other: new CoInvestor(row.GetString(0), row.GetString(3), row.GetInt64(1)), InAll: row.GetInt64(2)), cancel, investor.Value, (long)ItemsMax);
        return ([.. rows.Select(row => row.Other)], rows.Count == 0 ? 0 : rows[0].InAll);
    }
}
