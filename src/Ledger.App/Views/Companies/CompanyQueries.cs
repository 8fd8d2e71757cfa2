using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Views.Companies;

/// <summary>What is asked of companies, by pages, API and command line alike.</summary>
public sealed class CompanyQueries(NpgsqlDataSource database, PartyNames names, DealQueries dealQueries)
{
    /// <summary>Companies that have deals, by name.</summary>
    public async Task<Page<CompanyEntry>> List(int limit, string? next, CancellationToken cancel)
    {
        var after = await names.Place(next, cancel);
        var rows = await database.Query(
            """
            select party.state, company.deals, company.counted, company.undisclosed
            from views.company join views.party on party.id = company.id
            where $1::text is null or (lower(party.name) collate "C", party.id) > ($1, $2)
            order by lower(party.name) collate "C", party.id limit $3
            """,
            row => (Party: PartyView.Read(row.GetString(0)), Deals: row.GetInt64(1), Counted: row.GetInt64(2), Undisclosed: row.GetInt64(3)),
            cancel, after?.Key, after?.Id, (long)limit + 1);
        var items = rows.Take(limit).ToList();
        var totals = await Totals([.. items.Select(row => row.Party.Id.Value)], cancel);
        return new Page<CompanyEntry>(
            [
                .. items.Select(row => new CompanyEntry(row.Party.Id.Value, row.Party.Name!, row.Party.Aliases,
                    PartyRecord.SectorsOf(row.Party), row.Deals, row.Counted, row.Undisclosed, [.. totals[row.Party.Id.Value]])),
            ],
            rows.Count > items.Count ? items[^1].Party.Id.Value : null);
    }

    /// <summary>The company with this id, name or alias, in any case.</summary>
    /// <exception cref="NotFoundException">Nobody goes by it, several do, or who does is no company.</exception>
    public async Task<CompanyRecord> Get(string idOrName, CancellationToken cancel)
    {
        var party = await names.Find(idOrName, cancel);
        var deals = InOrder(await database.Query(
            "select state from views.deal where company_id = $1 and to_position is null order by from_position",
            row => DealView.Read(row.GetString(0)), cancel, party.Id.Value));
        var backers = await Backers(party, cancel);
        if (deals.Count == 0 && backers.Count == 0)
            throw new NotFoundException($"'{idOrName}' has no deals and no backers of its own; ask for it as an investor.");
        var counters = await Counters(party.Id, cancel);
        var parties = await names.Of(
            [.. PartyRecord.Parties(party), .. deals.SelectMany(DealRecord.Parties), .. backers], cancel);
        return new CompanyRecord(party, parties)
        {
            Totals = [.. (await Totals([party.Id.Value], cancel))[party.Id.Value]],
            Counted = counters.Counted,
            Undisclosed = counters.Undisclosed,
            LatestValuation = Latest(deals),
            Investors = Investors(deals, backers, parties),
            Deals = await dealQueries.Records(deals, cancel),
            Sources = [.. deals.SelectMany(deal => deal.Sources).Concat(party.Claims.Select(claim => claim.Source)).Select(source => source.Value).Distinct()],
            Position = deals.Select(deal => deal.Last!.Position).Append(party.Last!.Position).Max(),
        };
    }

    /// <summary>By effective date where a year is known; the others after them, in the order of the record.</summary>
    internal static List<Deal> InOrder(IEnumerable<Deal> deals) =>
    [
        .. deals.OrderBy(deal => deal.Value<ClaimValue.Announced>(Field.Announced)?.When.From ?? DateOnly.MaxValue)
            .ThenBy(deal => deal.Claims[0].Cause.Position),
    ];

    private async Task<(long Counted, long Undisclosed)> Counters(PartyId company, CancellationToken cancel)
    {
        var rows = await database.Query("select counted, undisclosed from views.company where id = $1",
            row => (row.GetInt64(0), row.GetInt64(1)), cancel, company.Value);
        return rows.SingleOrDefault();
    }

    private async Task<ILookup<string, CompanyTotal>> Totals(string[] companies, CancellationToken cancel)
    {
        var totals = await database.Query(
            """
            select currency, sum(low), case when sum(unbounded) = 0 then sum(high) end, sum(deals)::bigint,
                sum(low) filter (where pledged),
                case when sum(unbounded) filter (where pledged) = 0 then sum(high) filter (where pledged) end,
                (sum(deals) filter (where pledged))::bigint, company_id
            from views.company_total where company_id = any($1) group by company_id, currency order by currency
            """,
            row => (Company: row.GetString(7), Total: new CompanyTotal(
                row.GetString(0), row.GetDecimal(1), row.IsDBNull(2) ? null : row.GetDecimal(2), row.GetInt64(3),
                row.IsDBNull(6) ? null : new PledgedTotal(row.GetDecimal(4), row.IsDBNull(5) ? null : row.GetDecimal(5), row.GetInt64(6)))),
            cancel, (object)companies);
        return totals.ToLookup(total => total.Company, total => total.Total);
    }

    private Task<List<string>> Backers(Party company, CancellationToken cancel) => database.Query(
        "select distinct investor_id from views.backer where company_id = $1 order by investor_id",
        row => row.GetString(0), cancel, company.Id.Value);

    private static LatestValuation? Latest(List<Deal> deals)
    {
        var deal = deals.FindLast(deal => deal.Claim(Field.Valuation) is not null);
        return deal?.Claim(Field.Valuation)?.Claim is { Value: ClaimValue.Valuation value } claim
            ? new LatestValuation(deal.Id.Value, ValuationRecord.Of(value, claim.AsWritten)) : null;
    }

    private static List<CompanyInvestor> Investors(List<Deal> deals, List<string> backers, IReadOnlyDictionary<string, PartyName> names)
    {
        var named = deals.SelectMany(deal => deal.Investors.Where(investor => investor.Party is not null),
            (deal, investor) => (Party: investor.Party!.Value.Value, investor.Role, Deal: (string?)deal.Id.Value));
        return
        [
            .. named.Concat(backers.Select(backer => (Party: backer, Role: InvestorRole.Backer, Deal: (string?)null)))
                .GroupBy(investor => investor.Party)
                .Select(investor => new CompanyInvestor(investor.Key, names[investor.Key].Name,
                    [.. investor.Select(row => row.Role).Distinct().Order()], [.. investor.Select(row => row.Deal).OfType<string>()]))
                .OrderBy(investor => investor.Roles[0]).ThenBy(investor => investor.Name, StringComparer.OrdinalIgnoreCase),
        ];
    }

}
