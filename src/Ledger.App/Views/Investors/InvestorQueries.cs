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
        var merges = await snapshot.Merges(cancel);
        var rows = await snapshot.Query(
            now => $"""
            select party.id, (select count(distinct {merges.Sql("company_id")}) from (
                    select company_id from investor_deal where {now("investor_deal")} and investor_id = party.id
                    union select company_id from backer where {now("backer")} and investor_id = party.id) held)
            from party
            where {now("party")} and party.id <> all($4) and (
                    exists (select from investor_deal where {now("investor_deal")} and investor_id = party.id)
                    or exists (select from backer where {now("backer")} and investor_id = party.id)
                    or party.id = any($5))
                and ($1::text is null or ({PartyNames.Order}) > ($1, $2))
            order by {PartyNames.Order} limit $3
            """,
            row => (Id: row.GetString(0), Companies: row.GetInt64(1)), cancel, after?.Key, after?.Id, (long)limit + 1, merges.Merged.ToArray(), await ThroughOthers(merges, cancel));
        var items = rows.Take(limit).ToList();
        string[] ids = [.. items.Select(row => row.Id)];
        var parties = await names.Rows(ids, cancel);
        var counts = await Counts(ids, cancel);
        var companies = await Companies([.. ids.Where(merges.HasMerged)], merges, cancel);
        return new Page<InvestorEntry>(
            [
                .. items.Select(row => new InvestorEntry(row.Id, parties[row.Id].Name, parties[row.Id].Aliases,
                    parties[row.Id].Kinds, counts.GetValueOrDefault(row.Id, NoDeals), companies.GetValueOrDefault(row.Id, row.Companies))),
            ],
            rows.Count > items.Count ? items[^1].Id : null);
    }

    /// <summary>The investor with this id, name or alias, in any case. Of long lists it has the beginning.</summary>
    /// <param name="idOrName">Of any of the parties that are the same as it.</param>
    /// <param name="affiliates">Whether it is asked about together with its funds, subsidiaries and corporate ventures.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="NotFoundException">Nobody goes by it, several do, or who does is no investor.</exception>
    public async Task<InvestorOverview> Get(string idOrName, bool affiliates, CancellationToken cancel)
    {
        snapshot.IsAskedByKeys = true;
        var party = await names.Find(idOrName, cancel);
        var merges = await snapshot.Merges(cancel);
        var members = affiliates ? await Groups.Of(party.Id.Value, Groups.Affiliates, snapshot, names, cancel) : null;
        string[] roots = [party.Id.Value, .. members?.Select(member => member.Id) ?? []];
        var ids = merges.Ids(roots);
        // Its deals are folded from their events, on another connection, while the view is asked for the rest.
        var itsDeals = dealQueries.Of(new DealFilter(Limit: ItemsMax), ids, cancel);
        var itsCoInvestors = CoInvestors(ids, ItemsMax, null, cancel);
        var held = await snapshot.Rows<InvestorDealRow>("and r.investor_id = any($1)", cancel, (object)ids);
        var backed = await snapshot.Query(
            now => $"select company_id, article_id from backer where {now("backer")} and investor_id = any($1)", row => (Company: row.GetString(0), Article: row.GetString(1)), cancel, (object)ids);
        await Task.WhenAll(itsDeals, itsCoInvestors);
        var (deals, others) = (await itsDeals, await itsCoInvestors);
        var companies = Companies(held, backed.Select(one => one.Company), merges);
        if (companies.Count == 0)
            throw new NotFoundException($"'{idOrName}' is in no deal{snapshot.ByThen} as an investor, and backs no company.{await PartyRoles.Elsewhere(snapshot, party.Id.Value, cancel)}");
        var (firstCompanies, records) = (companies.Take(ItemsMax).ToList(), await dealQueries.Records(deals.Items, cancel));
        var named = await names.Of([.. PartyRecord.Parties(party), .. firstCompanies.Select(company => company.Id), .. others.Items.Select(other => other.Id)], cancel);
        return new InvestorOverview(party, named)
        {
            Counts = Count(await Roles(ids, held, cancel)),
            Companies = firstCompanies.ConvertAll(company => company with { Name = named[company.Id].Name }),
            CompaniesInAll = companies.Count,
            CoInvestors = others.Items.ConvertAll(other => other with { Name = named[other.Id].Name }),
            CoInvestorsInAll = others.InAll,
            Affiliates = members,
            Deals = [.. deals.Items.Zip(records, (deal, record) => Of(Held(deal, roots), record))],
            DealsNext = deals.Next,
            Sources =
            [
                .. deals.Items.SelectMany(deal => deal.Sources).Concat(party.Claims.Select(claim => claim.Source)).Select(source => source.Value).Concat(backed.Select(one => one.Article)).Distinct(),
            ],
            Position = deals.Items.Select(deal => deal.Last!.Position).Append(party.Last!.Position).Max(),
        };
    }

    /// <summary>How many companies, co-investors and deals an investor is shown with.</summary>
    private const int ItemsMax = 20;

    private static readonly InvestorCounts NoDeals = new(0, 0, 0, 0);

    /// <summary>The investors that are in deals, or back companies, through those which were merged into them.</summary>
    private async Task<string[]> ThroughOthers(Merges merges, CancellationToken cancel) => merges.IsEmpty ? []
        : [.. (await snapshot.Query(
            now => $"""
            select investor_id from investor_deal where {now("investor_deal")} and investor_id = any($1)
            union select investor_id from backer where {now("backer")} and investor_id = any($1)
            """,
            row => merges.Root(row.GetString(0)), cancel, (object)merges.Merged.ToArray())).Distinct()];

    /// <summary>How many companies investors hold into which others were merged.</summary>
    private async Task<IReadOnlyDictionary<string, long>> Companies(string[] roots, Merges merges, CancellationToken cancel) => roots.Length == 0 ? new Dictionary<string, long>()
        : (await snapshot.Query(
            now => $"""
            select investor, count(distinct company) from (
                select {merges.Sql("investor_id")} as investor, {merges.Sql("company_id")} as company from investor_deal where {now("investor_deal")} and investor_id = any($1)
                union select {merges.Sql("investor_id")}, {merges.Sql("company_id")} from backer where {now("backer")} and investor_id = any($1)) held
            group by investor
            """,
            row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)), cancel, (object)merges.Ids(roots))).ToDictionary();

    /// <summary>As they are kept, or of the past, or of those that others were merged into, from the deals that these investors are in.</summary>
    private async Task<IReadOnlyDictionary<string, InvestorCounts>> Counts(string[] roots, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        string[] single = [.. roots.Where(root => !merges.HasMerged(root))];
        var rows = await snapshot.IsPartial(cancel)
            ? ViewSnapshot.SumUp<InvestorDealRow, InvestorRow>(InvestorView.Definition, await snapshot.Rows<InvestorDealRow>("and r.investor_id = any($1)", cancel, (object)single))
            : await snapshot.Sums<InvestorRow>("r.id = any($1)", cancel, (object)single);
        var counts = rows.ToDictionary(row => row.Id, row => new InvestorCounts(row.Deals, row.Led, row.Joined, row.Backed));
        foreach (var root in roots.Where(merges.HasMerged))
        {
            var ids = merges.Ids(root);
            counts[root] = Count(await Roles(ids, await snapshot.Rows<InvestorDealRow>("and r.investor_id = any($1)", cancel, (object)ids), cancel));
        }
        return counts;
    }

    private static InvestorCounts Count(IReadOnlyCollection<InvestorRole> roles) => new(
        roles.Count, roles.Count(role => role == InvestorRole.Lead), roles.Count(role => role == InvestorRole.Participant), roles.Count(role => role == InvestorRole.Backer));

    /// <summary>
    /// The role that several parties which are counted as one have in each of their deals. Where a deal names two of them, its claims
    /// say which if they are the same party, and the one that does most counts if they are not.
    /// </summary>
    private async Task<IReadOnlyCollection<InvestorRole>> Roles(string[] ids, IEnumerable<InvestorDealRow> held, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var rows = held.ToLookup(row => row.DealId);
        var roots = ids.Select(merges.Root).ToHashSet(StringComparer.Ordinal);
        var several = await snapshot.Deals(rows.Where(deal => deal.Count() > 1).Select(deal => deal.Key), cancel);
        return
        [
            .. rows.Where(deal => deal.Count() == 1).Select(deal => Enum.Parse<InvestorRole>(deal.Single().Role, ignoreCase: true)),
            .. several.Select(deal => Held(deal, roots).Role),
        ];
    }

    private static InvestorDeal Of(ClaimValue.Investor held, DealRecord deal) => new(held.Role, held.Existing, deal);

    private static ClaimValue.Investor Held(Deal deal, IReadOnlyCollection<string> investors) =>
        deal.Investors.Where(held => held.Party is { } party && investors.Contains(party.Value)).MinBy(held => held.Role)!;

    /// <summary>Those it has most deals with first, by their ids. Ids are made of names: ordering by them spares looking up names that are not shown.</summary>
    private static List<InvestorCompany> Companies(IEnumerable<InvestorDealRow> held, IEnumerable<string> backed, Merges merges) =>
    [
        .. held.Select(row => (row.CompanyId, row.Role, Deal: (string?)row.DealId))
            .Concat(backed.Select(company => (CompanyId: company, Role: Written.Name(InvestorRole.Backer), Deal: (string?)null)))
            .GroupBy(one => merges.Root(one.CompanyId))
            .Select(company => new InvestorCompany(company.Key, company.Key,
                [.. company.Select(one => one.Role).Distinct().Select(role => Enum.Parse<InvestorRole>(role, ignoreCase: true)).Order()],
                [.. company.Select(one => one.Deal).OfType<string>().Distinct().Order(StringComparer.Ordinal)]))
            .OrderByDescending(company => company.Deals.Count).ThenBy(company => company.Id, StringComparer.Ordinal),
    ];

    /// <summary>Who invests together with an investor, those it meets most often first; each with how many deals name both.</summary>
    /// <param name="idOrName">Of any of the parties that are the same as it.</param>
    /// <param name="affiliates">Whether it is asked about together with its funds, subsidiaries and corporate ventures.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="next">Where the page before ended: a co-investor's id.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="NotFoundException">Nobody goes by it, or several do.</exception>
    public async Task<Page<CoInvestor>> CoInvestors(string idOrName, bool affiliates, int limit, string? next, CancellationToken cancel)
    {
        var party = await names.Find(idOrName, cancel);
        var members = affiliates ? await Groups.Of(party.Id.Value, Groups.Affiliates, snapshot, names, cancel) : [];
        var ids = (await snapshot.Merges(cancel)).Ids([party.Id.Value, .. members.Select(member => member.Id)]);
        var found = (await CoInvestors(ids, limit + 1, next, cancel)).Items;
        if (found.Count == 0 && next is not null && (await CoInvestors(ids, int.MaxValue, null, cancel)).Items.All(other => other.Id != next))
            throw Cursor.Wrong(next);
        var page = found.Take(limit).ToList();
        var named = await names.Of(page.Select(other => other.Id), cancel);
        return new Page<CoInvestor>([.. page.Select(other => other with { Name = named[other.Id].Name })], found.Count > limit ? found[limit - 1].Id : null);
    }

    /// <summary>By their ids. Who only backs the company was in no deal together with anybody.</summary>
    private async Task<(List<CoInvestor> Items, long InAll)> CoInvestors(string[] investors, long limit, string? next, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var distinct = merges.IsEmpty && investors.Length == 1 ? "" : "distinct";
        var rows = await snapshot.Query(
            now => $"""
            with others as (
                select other.investor_id, count(*) as deals, count(*) over () as in_all
                from (select {distinct} deal_id from investor_deal where {now("investor_deal")} and investor_id = any($1) and role <> 'backer') mine
                join lateral (
                    select {distinct} {merges.Sql("investor_id")} as investor_id from investor_deal
                    where {now("investor_deal")} and investor_deal.deal_id = mine.deal_id and role <> 'backer' and investor_id <> all($1)) other on true
                group by other.investor_id)
            select * from others {(next is null ? "" : "where (-deals, investor_id) > (select -last.deals, last.investor_id from others last where last.investor_id = $3)")}
            order by deals desc, investor_id limit $2
            """,
            row => (Other: new CoInvestor(row.GetString(0), row.GetString(0), row.GetInt64(1)), InAll: row.GetInt64(2)), cancel, next is null ? [investors, limit] : [investors, limit, next]);
        return ([.. rows.Select(row => row.Other)], rows.Count == 0 ? 0 : rows[0].InAll);
    }
}
