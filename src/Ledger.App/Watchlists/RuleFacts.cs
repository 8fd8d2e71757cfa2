using Ledger.App.Views;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Rates;
using Ledger.Domain.Claims;
using Ledger.Domain.Parties;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Watchlists;

/// <summary>
/// What rules ask of companies, investors and deals, read from the views by a few queries for all of them. Deals that name parties which were
/// merged are told from their events: what rows say of them may not hold once two of their parties are one.
/// </summary>
internal sealed class RuleFacts(Snapshot snapshot, RateQueries rates)
{
    private readonly Dictionary<string, PartyTraits> _traits = new(StringComparer.Ordinal);
    private readonly FoundDeals _found = new();

    /// <summary>Companies or investors that rules can choose: who has a deal that is listed, or backs somebody or is backed in none that is named.</summary>
    /// <param name="rules">All over companies, or all over investors.</param>
    /// <param name="day">UTC.</param>
    /// <param name="roots">Only these; null for all.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>With what the rules ask of them; the rest is left out.</returns>
    public async Task<List<PartyFacts>> Of(IReadOnlyCollection<Rule> rules, DateOnly day, IReadOnlyCollection<string>? roots, CancellationToken cancel)
    {
        var (over, needs) = (rules.First().Over, rules.Select(RuleNeeds.Of).Aggregate((all, one) => all.And(one)));
        var merges = await snapshot.Merges(cancel);
        roots ??= await Candidates(rules, merges, day, cancel);
        var ids = roots is null ? null : merges.Ids(roots);
        var isOfCompanies = over == Subject.Companies;
        var deals = await Deals(isOfCompanies, needs, ids, cancel);
        var others = await Others(isOfCompanies, ids, merges, cancel);
        if (needs.Traits)
            await LoadTraits(roots is null ? null : [.. deals.SelectMany(deal => deal.Investors.Select(holder => holder.Party).Append(deal.Company)).Concat(others.SelectMany(pair => new[] { pair.Party, pair.Other })).Distinct()], merges, cancel);
        var byParty = new Dictionary<string, (List<DealFacts> Deals, List<PartyTraits> Others)>(StringComparer.Ordinal);
        foreach (var deal in deals)
        {
            var facts = deal.Facts(Traits, deal.Dollars);
            foreach (var party in isOfCompanies ? [deal.Company] : deal.Investors.Select(holder => holder.Party).Distinct())
                At(party).Deals.Add(facts);
        }
        foreach (var (party, other) in others)
            At(party).Others.Add(Traits(other));
        var wanted = roots?.ToHashSet(StringComparer.Ordinal);
        return [.. byParty.Where(party => wanted is null || wanted.Contains(party.Key)).Select(party => new PartyFacts(Traits(party.Key), party.Value.Deals, party.Value.Others))];

        (List<DealFacts> Deals, List<PartyTraits> Others) At(string party)
        {
            if (!byParty.TryGetValue(party, out var found))
                byParty[party] = found = ([], []);
            return found;
        }
    }

    /// <summary>Whom one of the rules can choose; null where that can be anybody.</summary>
    private async Task<HashSet<string>?> Candidates(IReadOnlyCollection<Rule> rules, Merges merges, DateOnly day, CancellationToken cancel)
    {
        // Which status held on a day does not stand in rows.
        if (snapshot.EffectiveUntil is not null)
            return null;
        var candidates = new RuleCandidates(snapshot, since: null, party => merges.Ids(merges.Root(party.Value)), merges.Merged, (day, day));
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            if (await candidates.Parties(rule, cancel) is not { } its)
                return null;
            found.UnionWith(its.Select(merges.Root));
        }
        return found;
    }

    private PartyTraits Traits(string id)
    {
        if (!_traits.TryGetValue(id, out var traits))
            _traits[id] = traits = PartyTraits.Only(new PartyId(id));
        return traits;
    }

    private async Task<List<FoundDeal>> Deals(bool isOfCompanies, RuleNeeds needs, string[]? ids, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var columns = needs.Deals ? FoundDeals.Columns("deal") : FoundDeals.KindOnly("deal");
        var only = ids is null ? "" : isOfCompanies ? "and company_id = any($1)" : $"and id in (select deal_id from investor_deal where {{0}} and investor_id = any($1))";
        var found = await snapshot.Query(
            now => $"select {columns} from deal where {now("deal")} and not retracted and merged_into is null {only.Replace("{0}", now("investor_deal"), StringComparison.Ordinal)}",
            row => Followed(_found.Read(row, needs.Deals), merges), cancel, Only(ids));
        if (!isOfCompanies || needs.Holders)
            await LoadInvestors(found, ids is null, merges, cancel);
        if (!merges.IsEmpty || needs.Deals && snapshot.EffectiveUntil is not null)
            found = await Followed(found, merges, cancel);
        if (needs.Dollars)
            await LoadDollars(found, cancel);
        return found;
    }

    private static FoundDeal Followed(FoundDeal deal, Merges merges)
    {
        var root = merges.Root(deal.Company);
        (deal.NamesMerged, deal.Company) = (root != deal.Company, root);
        return deal;
    }

    private async Task LoadInvestors(List<FoundDeal> deals, bool all, Merges merges, CancellationToken cancel)
    {
        var byId = deals.ToDictionary(deal => deal.Id, StringComparer.Ordinal);
        // Nothing is kept of a row but what goes into its deal: there are more of them than of anything else.
        await snapshot.Query(
            now => $"select deal_id, investor_id, role from investor_deal where {now("investor_deal")} {(all ? "" : "and deal_id = any($1)")}",
            row =>
            {
                if (byId.TryGetValue(row.GetString(0), out var deal))
                    deal.Investors.Add((merges.Root(_found.Same(row.GetString(1))), _found.Same(row.GetString(2))));
                return true;
            }, cancel, Only(all ? null : [.. byId.Keys]));
    }

    /// <summary>With the deals in which parties turn out to be one as these are then, and those whose status began after the day that is asked for as they were on it.</summary>
    private async Task<List<FoundDeal>> Followed(List<FoundDeal> deals, Merges merges, CancellationToken cancel)
    {
        var merged = (await snapshot.Query(
            now => $"select deal_id from investor_deal where {now("investor_deal")} and investor_id = any($1)", row => row.GetString(0), cancel, (object)merges.Merged.ToArray())).ToHashSet(StringComparer.Ordinal);
        string[] again = [.. deals.Where(deal => deal.NamesMerged || deal.StatusSince > snapshot.EffectiveUntil || merged.Contains(deal.Id) || deal.Contested.Any(field => field is "company" or "investor")).Select(deal => deal.Id)];
        if (again.Length == 0)
            return deals;
        var states = (await snapshot.Deals(again, cancel)).Where(deal => deal.IsListed).ToDictionary(deal => deal.Id.Value, StringComparer.Ordinal);
        return [.. deals.Select(deal => states.TryGetValue(deal.Id, out var state) ? FoundDeal.Of(state) : deal)];
    }

    private async Task LoadDollars(List<FoundDeal> deals, CancellationToken cancel)
    {
        var asked = deals.Where(deal => deal.Amount is { } amount && amount.Currency != Currency.Usd && deal.Dollars is null && deal.Announced is not null).ToList();
        var found = await rates.Between(asked.Select(deal => (deal.Amount!.Currency, deal.Announced!.Value.From, deal.Announced.Value.To)), cancel);
        foreach (var deal in asked)
            deal.Dollars = DealFacts.Converted(deal.Amount, found.At(deal.Amount!.Currency, deal.Announced!.Value.From, deal.Announced.Value.To));
    }

    /// <summary>Who backs whom in no deal that is named: of companies their investors, of investors their companies.</summary>
    private async Task<List<(string Party, string Other)>> Others(bool isOfCompanies, string[]? ids, Merges merges, CancellationToken cancel)
    {
        var (party, other) = isOfCompanies ? ("company_id", "investor_id") : ("investor_id", "company_id");
        var rows = await snapshot.Query(
            now => $"select {party}, {other} from backer where {now("backer")} {(ids is null ? "" : $"and {party} = any($1)")}",
            row => (merges.Root(row.GetString(0)), merges.Root(row.GetString(1))), cancel, Only(ids));
        return [.. rows.Distinct()];
    }

    private async Task LoadTraits(string[]? only, Merges merges, CancellationToken cancel)
    {
        var parameters = Only(only is null ? null : merges.Ids(only));
        var affiliations = (await snapshot.Query(
            now => $"select party_id, kind, with_id from affiliation where {now("affiliation")} {(only is null ? "" : "and party_id = any($1)")}",
            row => (Party: row.GetString(0), Fact: new AffiliationFact(Written.Parse<AffiliationKind>("kind", row.GetString(1)), row.GetString(2) is { Length: > 0 } with ? merges.Root(new PartyId(with)) : null)), cancel, parameters))
            .ToLookup(row => row.Party, row => row.Fact);
        var rows = await snapshot.Query(
            now => $"select id, kinds, sectors, places from party where {now("party")} and merged_into is null {(only is null ? "" : "and id = any($1)")}",
            row => (Id: row.GetString(0), Kinds: row.GetFieldValue<string[]>(1), Sectors: row.GetFieldValue<string[]>(2), Places: row.GetFieldValue<string[]>(3)), cancel, parameters);
        foreach (var row in rows)
            _traits[row.Id] = new PartyTraits(new PartyId(row.Id), row.Kinds, row.Sectors, Array.ConvertAll(row.Places, _found.PlaceKey), [.. affiliations[row.Id]]);
        // What is recorded of those that were merged into a party is recorded of it.
        foreach (var party in await snapshot.Parties(rows.Select(row => row.Id).Where(merges.HasMerged), cancel))
            _traits[party.Id.Value] = PartyTraits.Of(party);
    }

    /// <summary>The one parameter of a query that is asked of some.</summary>
    private static object?[] Only(string[]? ids) => ids is null ? [] : [ids];
}
