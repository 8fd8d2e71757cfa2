using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Companies;

/// <summary>What is asked of companies, by pages, API and command line alike.</summary>
public sealed class CompanyQueries(Snapshot snapshot, PartyNames names, DealQueries dealQueries)
{
    /// <summary>Companies that have deals, by name.</summary>
    public async Task<Page<CompanyEntry>> List(int limit, string? next, CancellationToken cancel)
    {
        var after = await names.Place(next, cancel);
        var rows = await snapshot.Query(
            now => $"""
            select party.id from party
            where {now("party")} and exists (select from company_deal where {now("company_deal")} and company_id = party.id)
                and ($1::text is null or (lower(party.name) collate "C", party.id) > ($1, $2))
            order by lower(party.name) collate "C", party.id limit $3
            """,
            row => row.GetString(0), cancel, after?.Key, after?.Id, (long)limit + 1);
        string[] ids = [.. rows.Take(limit)];
        var parties = (await snapshot.Rows<PartyRow>("and r.id = any($1)", cancel, (object)ids)).ToDictionary(party => party.Id);
        var sums = await Sums(ids, cancel);
        return new Page<CompanyEntry>(
            [
                .. ids.Select(id => (Party: parties[id], Counted: sums.Counters[id])).Select(row => new CompanyEntry(row.Party.Id, row.Party.Name, row.Party.Aliases,
                    row.Party.Sectors, row.Counted.Deals, row.Counted.Counted, row.Counted.Undisclosed, [.. sums.Totals[row.Party.Id]])),
            ],
            rows.Count > ids.Length ? ids[^1] : null);
    }

    /// <summary>The company with this id, name or alias, in any case.</summary>
    /// <exception cref="NotFoundException">Nobody goes by it, several do, or who does is no company.</exception>
    public async Task<CompanyRecord> Get(string idOrName, CancellationToken cancel)
    {
        var party = await names.Find(idOrName, cancel);
        var ids = await snapshot.Query(now => $"select id from deal where {now("deal")} and company_id = $1 and merged_into is null and not retracted order by from_position",
            row => row.GetString(0), cancel, party.Id.Value);
        var deals = InOrder(await snapshot.Deals(ids, cancel));
        var backers = await Backers(party, cancel);
        if (deals.Count == 0 && backers.Count == 0)
            throw new NotFoundException($"'{idOrName}' has no deals and no backers of its own; ask for it as an investor.");
        var sums = await Sums([party.Id.Value], cancel);
        var counters = sums.Counters.GetValueOrDefault(party.Id.Value) ?? new CompanyRow(party.Id.Value, 0, 0, 0);
        var parties = await names.Of(
            [.. PartyRecord.Parties(party), .. deals.SelectMany(DealRecord.Parties), .. backers], cancel);
        return new CompanyRecord(party, parties)
        {
            Totals = [.. sums.Totals[party.Id.Value]],
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

    /// <summary>As they are kept, or of the past from the deals of these companies.</summary>
    private async Task<(IReadOnlyDictionary<string, CompanyRow> Counters, ILookup<string, CompanyTotal> Totals)> Sums(string[] companies, CancellationToken cancel)
    {
        IReadOnlyList<CompanyRow> counters;
        IReadOnlyList<CompanyTotalRow> totals;
        if (await snapshot.IsPartial(cancel))
        {
            var deals = await CompanyView.Deals(snapshot, companies, cancel);
            counters = ViewSnapshot.SumUp<CompanyDealRow, CompanyRow>(CompanyView.Definition, deals);
            totals = ViewSnapshot.SumUp<CompanyDealRow, CompanyTotalRow>(CompanyView.Definition, deals);
        }
        else
        {
            counters = await snapshot.Sums<CompanyRow>("r.id = any($1)", cancel, (object)companies);
            totals = await snapshot.Sums<CompanyTotalRow>("r.company_id = any($1)", cancel, (object)companies);
        }
        return (counters.ToDictionary(row => row.Id),
            totals.GroupBy(row => (row.CompanyId, row.Currency)).OrderBy(row => row.Key.Currency, StringComparer.Ordinal)
                .ToLookup(row => row.Key.CompanyId, row => Total(row.Key.Currency, [.. row])));
    }

    private static CompanyTotal Total(string currency, IReadOnlyCollection<CompanyTotalRow> rows)
    {
        var pledged = rows.SingleOrDefault(row => row.Pledged);
        return new CompanyTotal(currency, rows.Sum(row => row.Low), High(rows), rows.Sum(row => row.Deals),
            pledged is null ? null : new PledgedTotal(pledged.Low, High([pledged]), pledged.Deals));

        static decimal? High(IReadOnlyCollection<CompanyTotalRow> rows) => rows.Any(row => row.Unbounded > 0) ? null : rows.Sum(row => row.High);
    }

    private Task<List<string>> Backers(Party company, CancellationToken cancel) => snapshot.Query(
        now => $"select distinct investor_id from backer where {now("backer")} and company_id = $1 order by investor_id",
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
