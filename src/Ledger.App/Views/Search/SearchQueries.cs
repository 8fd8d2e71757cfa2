using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Search;

/// <summary>What goes by a name or a part of it.</summary>
/// <param name="Parties">Whole names first, then beginnings of names, then what holds the words anywhere.</param>
/// <param name="Deals">Whose company and round together hold the words; those that changed last first.</param>
/// <param name="Exact">The page of the one thing that goes by exactly these words; null where there is none, or several.</param>
/// <param name="More">More matches than are listed.</param>
public sealed record SearchResult(IReadOnlyList<FoundParty> Parties, IReadOnlyList<DealRecord> Deals, string? Exact, bool More)
{
    /// <summary>Articles that hold the words, best first, with their quotes that do.</summary>
    public Page<FoundArticle> Articles { get; init; } = new([], null);
}

/// <param name="As">The name that matched.</param>
public sealed record FoundParty(string Id, string Name, string As, PartyRoles Roles);

/// <summary>Finds parties by names and aliases in any case, and deals by their company's names and the round.</summary>
public sealed class SearchQueries(Snapshot snapshot, DealQueries dealQueries, TextQueries texts)
{
    private const int ListMax = 25;

    /// <param name="words">Of names and of texts.</param>
    /// <param name="limit">How many articles at the most; of parties and deals there are 25.</param>
    /// <param name="next">Where the page of articles before ended.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidValueException">The words are longer than any name.</exception>
    public async Task<SearchResult> Find(string words, int limit, string? next, CancellationToken cancel)
    {
        if (words.Length > Text.NameLengthMax)
            throw new InvalidValueException("q", $"has {words.Length} characters; at most {Text.NameLengthMax} are looked for");
        // PostgreSQL holds no NUL, so no name has one.
        words = words.Replace("\0", "", StringComparison.Ordinal).Trim();
        var key = NameKey.Of(words);
        if (key.Length == 0)
            return new SearchResult([], [], null, false);
        var parties = await Parties(key, cancel);
        var deals = await Deals(key, cancel);
        string[] exact =
        [
            .. parties.Where(party => party.Exact).Select(party => party.Found.Roles.Address(party.Found.Id)),
            .. deals.Where(deal => deal.Id == key).Select(deal => $"/deals/{deal.Id}"),
        ];
        return new SearchResult([.. parties.Take(ListMax).Select(party => party.Found)], [.. deals.Take(ListMax)],
            exact.Length == 1 ? exact[0] : null, parties.Count > ListMax || deals.Count > ListMax)
        {
            Articles = await texts.Find(words, limit, next, cancel),
        };
    }

    private async Task<List<(FoundParty Found, bool Exact)>> Parties(string key, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var hits = await snapshot.Query(
            now => $"""
            with hit as (
                select distinct on (root) root, name, rank from (
                    select {merges.Sql("party_id")} as root, name, case when key = $1 or party_id = $1 then 0 when starts_with(key, $1) then 1 else 2 end as rank
                    from party_name where {now("party_name")} and (strpos(key, $1) > 0 or party_id = $1)) named
                order by root, rank, length(name), name
            )
            select party.id, party.name, hit.name, hit.rank = 0
            from hit join party on party.id = hit.root and {now("party")}
            order by hit.rank, lower(party.name) collate "C", party.id limit $2
            """,
            row => (Id: row.GetString(0), Name: row.GetString(1), As: row.GetString(2), Exact: row.GetBoolean(3)), cancel, key, (long)ListMax + 1);
        var roles = await PartyRoles.Of(snapshot, [.. hits.Select(hit => hit.Id)], cancel);
        return hits.ConvertAll(hit => (new FoundParty(hit.Id, hit.Name, hit.As, roles[hit.Id]), hit.Exact));
    }

    private async Task<IReadOnlyList<DealRecord>> Deals(string key, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        string[] ids =
        [
            .. await snapshot.Query(
                now => $"""
                select id from deal
                where {now("deal")} and (id = $1 or merged_into is null and not retracted) and (id = $1 or exists (
                    select from party_name
                    where {now("party_name")} and party_id = company_id and strpos(key || ' ' || lower(coalesce(round_as_written, kind)), $1) > 0)
                    or company_id = any($3) and exists (
                    select from party_name
                    where {now("party_name")} and party_id = any($3) and {merges.Sql("party_id")} = {merges.Sql("company_id")}
                        and strpos(key || ' ' || lower(coalesce(round_as_written, kind)), $1) > 0))
                order by from_position desc limit $2
                """,
                row => row.GetString(0), cancel, key, (long)ListMax + 1, merges.Ids(merges.Merged.Select(merges.Root))),
        ];
        return await dealQueries.Records(await snapshot.Deals(ids, cancel), cancel);
    }
}
