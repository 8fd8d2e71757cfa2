using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Investors;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Parties;

/// <summary>What a merge of two parties would change in the views, before it is made.</summary>
/// <param name="Party">The party that would be merged.</param>
/// <param name="Into">The party that both would be shown as.</param>
/// <param name="Aliases">All further names that this one would go by.</param>
/// <param name="Companies">What they are as companies; as one is null where neither is one.</param>
/// <param name="Investors">What they are as investors.</param>
/// <param name="Holders">Investors in both, which would have one company fewer.</param>
/// <param name="Contested">Deals of which other fields would be contested than are now.</param>
/// <param name="Version">Of the party that would be merged: with <c>ifVersion</c> the merge is refused if it was merged otherwise since.</param>
public sealed record MergePreview(
    PartyName Party, PartyName Into, IReadOnlyList<string> Aliases, Merging<CompanyFigures> Companies, Merging<InvestorFigures> Investors,
    IReadOnlyList<HolderChange> Holders, IReadOnlyList<ContestedChange> Contested, long Version);

/// <param name="Apart">As they are now, those of the two that are any.</param>
/// <param name="AsOne">As they would be.</param>
public sealed record Merging<T>(IReadOnlyList<T> Apart, T? AsOne) where T : class;

/// <param name="Deals">Ids, in the order of the record.</param>
public sealed record CompanyFigures(string Id, string Name, IReadOnlyList<string> Deals, long Counted, long Undisclosed, IReadOnlyList<CompanyTotal> Totals)
{
    internal static CompanyFigures Of(CompanyRecord company) => new(company.Id, company.Name,
        [.. company.Deals.Select(deal => deal.Id).Order(StringComparer.Ordinal)], company.Counted, company.Undisclosed, company.Totals);
}

/// <param name="Companies">How many it is known to have invested in, or to back.</param>
/// <param name="CoInvestors">How many are named in the same deals.</param>
public sealed record InvestorFigures(string Id, string Name, InvestorCounts Counts, long Companies, long CoInvestors)
{
    internal static InvestorFigures Of(InvestorOverview investor) => new(investor.Id, investor.Name, investor.Counts, investor.CompaniesInAll, investor.CoInvestorsInAll);
}

public sealed record HolderChange(string Id, string Name, long CompaniesBefore, long CompaniesAfter);

public sealed record ContestedChange(string Deal, IReadOnlyList<string> Before, IReadOnlyList<string> After);

/// <summary>Reads the views twice at one position, that of the moment which is asked about: as they are, and as if two parties were one.</summary>
public sealed class MergePreviews(IServiceScopeFactory scopes, Snapshot asked)
{
    /// <exception cref="NotFoundException">One of them is not registered.</exception>
    /// <exception cref="InvalidValueException">They cannot be merged.</exception>
    public async Task<MergePreview> Of(PartyId party, PartyId into, CancellationToken cancel)
    {
        await using var present = scopes.CreateAsyncScope();
        await using var supposed = scopes.CreateAsyncScope();
        var now = present.ServiceProvider.GetRequiredService<Snapshot>();
        (now.AsOf, now.EffectiveUntil) = (asked.AsOf, asked.EffectiveUntil);
        var version = await Check(now, party, into, cancel);
        var then = supposed.ServiceProvider.GetRequiredService<Snapshot>();
        (then.AsOf, then.EffectiveUntil, then.Supposed) = (await now.Position(cancel), asked.EffectiveUntil, (party, into));
        var apart = (Companies: await Companies(present, [party, into], cancel), Investors: await Investors(present, [party, into], cancel));
        var asOne = (Companies: await Companies(supposed, [into], cancel), Investors: await Investors(supposed, [into], cancel));
        var merged = await supposed.ServiceProvider.GetRequiredService<PartyQueries>().Get(into.Value, cancel);
        var names = await present.ServiceProvider.GetRequiredService<PartyNames>().Of([party.Value, into.Value], cancel);
        string[] deals =
        [
            .. apart.Companies.SelectMany(company => company.Deals).Concat(apart.Investors.SelectMany(investor => investor.Deals.Select(held => held.Deal))).Select(deal => deal.Id).Distinct().Order(StringComparer.Ordinal),
        ];
        return new MergePreview(names[party.Value], names[into.Value], merged.Aliases,
            new Merging<CompanyFigures>([.. apart.Companies.Select(CompanyFigures.Of)], asOne.Companies.Select(CompanyFigures.Of).SingleOrDefault()),
            new Merging<InvestorFigures>([.. apart.Investors.Select(InvestorFigures.Of)], asOne.Investors.Select(InvestorFigures.Of).SingleOrDefault()),
            await Holders(apart.Companies, present, supposed, cancel), await Contested(deals, present, supposed, cancel), version);
    }

    /// <summary>That they can be merged; answers the version of the one that would be.</summary>
    private static async Task<long> Check(Snapshot snapshot, PartyId party, PartyId into, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var found = (await snapshot.Parties([.. new[] { party, into }.Select(id => merges.Root(id.Value)).Distinct()], cancel)).ToDictionary(known => known.Id.Value, known => known.Version);
        foreach (var id in new[] { party, into }.Where(id => !found.ContainsKey(merges.Root(id.Value))))
            throw new NotFoundException($"No party has the id '{id}'.");
        foreach (var id in new[] { party, into }.Where(id => merges.Root(id) != id))
            throw new InvalidValueException("into", $"cannot be previewed: party {id} was merged into {merges.Root(id)} already");
        if (party == into)
            throw new InvalidValueException("into", $"is the party itself: {party} cannot be merged into itself");
        return found[party.Value];
    }

    private static async Task<IReadOnlyList<CompanyRecord>> Companies(AsyncServiceScope scope, PartyId[] parties, CancellationToken cancel)
    {
        var queries = scope.ServiceProvider.GetRequiredService<CompanyQueries>();
        return await Each(scope, parties, roles => roles.IsCompany, id => queries.Get(id, group: false, cancel), cancel);
    }

    private static async Task<IReadOnlyList<InvestorOverview>> Investors(AsyncServiceScope scope, PartyId[] parties, CancellationToken cancel)
    {
        var queries = scope.ServiceProvider.GetRequiredService<InvestorQueries>();
        return await Each(scope, parties, roles => roles.IsInvestor, id => queries.Get(id, affiliates: false, cancel), cancel);
    }

    private static async Task<IReadOnlyList<T>> Each<T>(AsyncServiceScope scope, PartyId[] parties, Func<PartyRoles, bool> isOne, Func<string, Task<T>> get, CancellationToken cancel)
    {
        var roles = await PartyRoles.Of(scope.ServiceProvider.GetRequiredService<Snapshot>(), [.. parties.Select(party => party.Value)], cancel);
        var records = new List<T>();
        foreach (var party in parties.Where(party => roles.TryGetValue(party.Value, out var known) && isOne(known)))
        {
            try
            {
                records.Add(await get(party.Value));
            }
            catch (NotFoundException)
            {
                // All its deals were retracted.
            }
        }
        return records;
    }

    private static async Task<IReadOnlyList<HolderChange>> Holders(IReadOnlyList<CompanyRecord> companies, AsyncServiceScope present, AsyncServiceScope supposed, CancellationToken cancel)
    {
        if (companies is not [var one, var other])
            return [];
        var changes = new List<HolderChange>();
        foreach (var holder in one.Investors.Where(investor => other.Investors.Any(also => also.Id == investor.Id)))
        {
            var before = await present.ServiceProvider.GetRequiredService<InvestorQueries>().Get(holder.Id, affiliates: false, cancel);
            var after = await supposed.ServiceProvider.GetRequiredService<InvestorQueries>().Get(holder.Id, affiliates: false, cancel);
            changes.Add(new HolderChange(holder.Id, holder.Name, before.CompaniesInAll, after.CompaniesInAll));
        }
        return changes;
    }

    private static async Task<IReadOnlyList<ContestedChange>> Contested(string[] deals, AsyncServiceScope present, AsyncServiceScope supposed, CancellationToken cancel)
    {
        var before = await present.ServiceProvider.GetRequiredService<DealQueries>().Of(deals, cancel);
        var after = await supposed.ServiceProvider.GetRequiredService<DealQueries>().Of(deals, cancel);
        return [.. deals.Where(id => !before[id].Contested.SequenceEqual(after[id].Contested)).Select(id => new ContestedChange(id, before[id].Contested, after[id].Contested))];
    }
}
