using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Views.Investors;

/// <summary>What is asked of investors, by pages, API and command line alike.</summary>
public sealed class InvestorQueries(NpgsqlDataSource database, PartyNames names, DealQueries dealQueries)
{
    /// <summary>Whoever is in a deal as an investor or backs a company, by name.</summary>
    public async Task<Page<InvestorEntry>> List(int limit, string? next, CancellationToken cancel)
    {
        var after = await names.Place(next, cancel);
        var rows = await database.Query(
            """
            select party.state, coalesce(counted.deals, 0), coalesce(counted.led, 0), coalesce(counted.joined, 0), coalesce(counted.backed, 0),
                (select count(*) from (
                    select company_id from views.investor_deal where investor_id = party.id
                    union select company_id from views.backer where investor_id = party.id) held)
            from (select id from views.investor union select investor_id from views.backer) named
            join views.party on party.id = named.id
            left join views.investor counted on counted.id = named.id
            where $1::text is null or (lower(party.name) collate "C", party.id) > ($1, $2)
            order by lower(party.name) collate "C", party.id limit $3
            """,
            row => (Party: PartyView.Read(row.GetString(0)), Companies: row.GetInt64(5),
                Counts: new InvestorCounts(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4))),
            cancel, after?.Key, after?.Id, (long)limit + 1);
        var items = rows.Take(limit).ToList();
        return new Page<InvestorEntry>(
            [
                .. items.Select(row => new InvestorEntry(row.Party.Id.Value, row.Party.Name!, row.Party.Aliases,
                    PartyRecord.KindsOf(row.Party), row.Counts, row.Companies)),
            ],
            rows.Count > items.Count ? items[^1].Party.Id.Value : null);
    }

    /// <summary>The investor with this id, name or alias, in any case.</summary>
    /// <exception cref="NotFoundException">Nobody goes by it, several do, or who does is no investor.</exception>
    public async Task<InvestorOverview> Get(string idOrName, CancellationToken cancel)
    {
        var party = await names.Find(idOrName, cancel);
        var deals = await database.Query(
            """
            select deal.state from views.investor_deal held join views.deal on deal.id = held.deal_id and deal.to_position is null
            where held.investor_id = $1 order by held.position desc
            """,
            row => DealView.Read(row.GetString(0)), cancel, party.Id.Value);
        var backed = await database.Query(
            "select company_id, article_id from views.backer where investor_id = $1 order by company_id",
            row => (Company: row.GetString(0), Article: row.GetString(1)), cancel, party.Id.Value);
        if (deals.Count == 0 && backed.Count == 0)
            throw new NotFoundException($"'{idOrName}' is in no deal as an investor; ask for it as a company.");
        var parties = await names.Of(
            [.. PartyRecord.Parties(party), .. deals.SelectMany(DealRecord.Parties), .. backed.Select(row => row.Company)], cancel);
        var records = await dealQueries.Records(deals, cancel);
        return new InvestorOverview(party, parties)
        {
            Counts = await Counts(party.Id, cancel),
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

    private async Task<InvestorCounts> Counts(PartyId investor, CancellationToken cancel)
    {
        var rows = await database.Query("select deals, led, joined, backed from views.investor where id = $1",
            row => new InvestorCounts(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), cancel, investor.Value);
        return rows.SingleOrDefault() ?? new InvestorCounts(0, 0, 0, 0);
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
