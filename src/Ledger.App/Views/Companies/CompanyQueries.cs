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
        var merges = await snapshot.Merges(cancel);
        var rows = await snapshot.Query(
            now => $"""
            select party.id from party
            where {now("party")} and party.id <> all($4)
                and (exists (select from company_deal where {now("company_deal")} and company_id = party.id) {(merges.IsEmpty ? "" : "or party.id = any($5)")})
                and ($1::text is null or ({PartyNames.Order}) > ($1, $2))
            order by {PartyNames.Order} limit $3
            """,
            row => row.GetString(0), cancel, after?.Key, after?.Id, (long)limit + 1, merges.Merged.ToArray(), await ThroughOthers(merges, cancel));
        string[] ids = [.. rows.Take(limit)];
        var parties = await names.Rows(ids, cancel);
        var sums = await Sums(merges.Ids(ids), merges.Root, cancel);
        return new Page<CompanyEntry>(
            [
                .. ids.Select(id => (Party: parties[id], Counted: sums.Counters[id])).Select(row => new CompanyEntry(row.Party.Id, row.Party.Name, row.Party.Aliases,
                    row.Party.Sectors, row.Counted.Deals, row.Counted.Counted, row.Counted.Undisclosed, [.. sums.Totals[row.Party.Id]])),
            ],
            rows.Count > ids.Length ? ids[^1] : null);
    }

    /// <summary>The company with this id, name or alias, in any case.</summary>
    /// <param name="idOrName">Of any of the parties that are the same as it.</param>
    /// <param name="group">Whether its deals and totals are those of its subsidiaries, too.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="NotFoundException">Nobody goes by it, several do, or who does is no company.</exception>
    public async Task<CompanyRecord> Get(string idOrName, bool group, CancellationToken cancel)
    {
        snapshot.IsAskedByKeys = true;
        var party = await names.Find(idOrName, cancel);
        var id = party.Id.Value;
        var members = group ? await Groups.Of(id, Groups.Subsidiaries, snapshot, names, cancel) : null;
        var ids = (await snapshot.Merges(cancel)).Ids([id, .. members?.Select(member => member.Id) ?? []]);
        var dealIds = await snapshot.Query(now => $"select id from deal where {now("deal")} and company_id = any($1) and merged_into is null and not retracted order by from_position",
            row => row.GetString(0), cancel, (object)ids);
        // Deals are folded from their events, on another connection, while the views are asked for the rest.
        var itsDeals = snapshot.Deals(dealIds, cancel);
        var backers = await Backers(ids, cancel);
        var sums = await Sums(ids, _ => id, cancel);
        var deals = InOrder(await itsDeals);
        if (deals.Count == 0 && backers.Count == 0)
            throw new NotFoundException($"'{idOrName}' has no deals{snapshot.ByThen} and no backers of its own.{await PartyRoles.Elsewhere(snapshot, id, cancel)}");
        var counters = sums.Counters.GetValueOrDefault(id) ?? new CompanyRow(id, 0, 0, 0);
        var parties = await names.Of(
            [.. PartyRecord.Parties(party), .. deals.SelectMany(DealRecord.Parties), .. backers], cancel);
        return new CompanyRecord(party, parties)
        {
            Totals = [.. sums.Totals[id]],
            Counted = counters.Counted,
            Undisclosed = counters.Undisclosed,
            LatestValuation = Latest(deals),
            Investors = Investors(deals, backers, parties),
            Deals = await dealQueries.Records(deals, cancel),
            Group = members,
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

    /// <summary>The companies that have deals through those which were merged into them.</summary>
    private async Task<string[]> ThroughOthers(Merges merges, CancellationToken cancel) => merges.IsEmpty ? []
        : [.. (await snapshot.Query(now => $"select distinct company_id from company_deal where {now("company_deal")} and company_id = any($1)",
            row => merges.Root(row.GetString(0)), cancel, (object)merges.Merged.ToArray())).Distinct()];

    /// <summary>As they are kept, or of the past from the deals of these companies.</summary>
    /// <param name="ids">As deals name them.</param>
    /// <param name="key">Whose sums those of one are.</param>
    /// <param name="cancel">Gives up.</param>
    private async Task<(IReadOnlyDictionary<string, CompanyRow> Counters, ILookup<string, CompanyTotal> Totals)> Sums(string[] ids, Func<string, string> key, CancellationToken cancel)
    {
        IReadOnlyList<CompanyRow> counters;
        IReadOnlyList<CompanyTotalRow> totals;
        if (await snapshot.IsPartial(cancel))
        {
            var deals = await CompanyView.Deals(snapshot, ids, cancel);
            counters = ViewSnapshot.SumUp<CompanyDealRow, CompanyRow>(CompanyView.Definition, deals);
            totals = ViewSnapshot.SumUp<CompanyDealRow, CompanyTotalRow>(CompanyView.Definition, deals);
        }
        else
        {
            counters = await snapshot.Sums<CompanyRow>("r.id = any($1)", cancel, (object)ids);
            totals = await snapshot.Sums<CompanyTotalRow>("r.company_id = any($1)", cancel, (object)ids);
        }
        return (counters.GroupBy(row => key(row.Id)).ToDictionary(of => of.Key,
                of => new CompanyRow(of.Key, of.Sum(row => row.Deals), of.Sum(row => row.Counted), of.Sum(row => row.Undisclosed))),
            totals.GroupBy(row => (Company: key(row.CompanyId), row.Currency)).OrderBy(row => row.Key.Currency, StringComparer.Ordinal)
                .ToLookup(row => row.Key.Company, row => Total(row.Key.Currency, [.. row])));
    }

    private static CompanyTotal Total(string currency, IReadOnlyCollection<CompanyTotalRow> rows)
    {
        var pledged = rows.Where(row => row.Pledged).ToList();
        return new CompanyTotal(currency, rows.Sum(row => row.Low), High(rows), rows.Sum(row => row.Deals),
            pledged.Count == 0 ? null : new PledgedTotal(pledged.Sum(row => row.Low), High(pledged), pledged.Sum(row => row.Deals)));

        static decimal? High(IReadOnlyCollection<CompanyTotalRow> rows) => rows.Any(row => row.Unbounded > 0) ? null : rows.Sum(row => row.High);
    }

    private async Task<List<string>> Backers(string[] companies, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var backers = await snapshot.Query(
            now => $"select distinct investor_id from backer where {now("backer")} and company_id = any($1) order by investor_id",
            row => merges.Root(row.GetString(0)), cancel, (object)companies);
        return [.. backers.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Of deals in order.</summary>
    internal static LatestValuation? Latest(List<Deal> deals)
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
