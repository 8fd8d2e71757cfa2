using System.Collections.Concurrent;
using Ledger.Domain.Parties;

namespace Ledger.App.Views.Parties;

/// <summary>A party as others refer to it.</summary>
public sealed record PartyName(string Id, string Name);

/// <summary>Finds parties by what people call them.</summary>
public sealed class PartyNames(Snapshot snapshot)
{
    /// <summary>The parts of an answer ask for the same parties, of one moment, and some of them at the same time.</summary>
    private readonly ConcurrentDictionary<string, PartyName> _known = new(StringComparer.Ordinal);

    /// <summary>The order of lists by name, which has an index.</summary>
    internal const string Order = "lower(name) collate \"C\", id";

    /// <summary>The party with this id, or else the one that goes by this name or alias, in any case.</summary>
    /// <exception cref="NotFoundException">Nobody goes by the name, or several do.</exception>
    public async Task<Party> Find(string idOrName, CancellationToken cancel)
    {
        var named = await snapshot.Query(
            now => $"""
            select id, id = $2 from party where {now("party")}
                and id in (select $2 union all select party_id from party_name where {now("party_name")} and key = $1)
            order by id
            """,
            row => (Id: row.GetString(0), ById: row.GetBoolean(1)), cancel, NameKey.Of(idOrName), idOrName.ToLowerInvariant());
        if (named.Exists(party => party.ById))
            named = [named.Find(party => party.ById)];
        var merges = await snapshot.Merges(cancel);
        string[] found = [.. named.Select(party => merges.Root(party.Id)).Distinct()];
        return found.Length switch
        {
            1 => (await snapshot.Parties(found, cancel)).Single(),
            0 => throw new NotFoundException($"No company or investor has the id, name or alias '{idOrName}'."),
            _ => throw new NotFoundException($"'{idOrName}' is a name of {found.Length} parties; ask for one by its id: {string.Join(", ", found)}."),
        };
    }

    /// <summary>Where a page of a list by name ended, given the id of its last party; null for a first page.</summary>
    /// <exception cref="Domain.Values.InvalidValueException">No party has the id.</exception>
    internal async Task<(string Key, string Id)?> Place(string? next, CancellationToken cancel)
    {
        if (next is null)
            return null;
        var found = await snapshot.Query(now => $"select lower(name), id from party where {now("party")} and id = $1", row => (row.GetString(0), row.GetString(1)), cancel, next);
        return found.Count == 1 ? found[0] : throw Cursor.Wrong(next);
    }

    /// <summary>By ids, the parties that they are shown as; whoever is not registered has its id for a name.</summary>
    public async Task<IReadOnlyDictionary<string, PartyName>> Of(IEnumerable<string> ids, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var wanted = ids.Distinct().ToDictionary(id => id, merges.Root);
        string[] unknown = [.. wanted.Values.Distinct().Where(id => !_known.ContainsKey(id))];
        if (unknown.Length > 0)
        {
            foreach (var name in await snapshot.Query(now => $"select id, name from party where {now("party")} and id = any($1)",
                row => new PartyName(row.GetString(0), row.GetString(1)), cancel, (object)unknown))
            {
                _known[name.Id] = name;
            }
        }
        return wanted.ToDictionary(id => id.Key, id => _known.GetOrAdd(id.Value, unregistered => new PartyName(unregistered, unregistered)));
    }

    /// <summary>By ids, the parties themselves, whoever they are known to be; whoever is not registered has its id for a name.</summary>
    public async Task<IReadOnlyDictionary<string, PartyName>> Themselves(IEnumerable<string> ids, CancellationToken cancel)
    {
        var wanted = ids.Distinct().ToDictionary(id => id, id => new PartyName(id, id));
        if (wanted.Count > 0)
        {
            foreach (var name in await snapshot.Query(now => $"select id, name from party where {now("party")} and id = any($1)", row => new PartyName(row.GetString(0), row.GetString(1)), cancel, (object)wanted.Keys.ToArray()))
                wanted[name.Id] = name;
        }
        return wanted;
    }

    /// <summary>The rows of parties that stand for themselves, by their ids, with what is recorded of those that were merged into them.</summary>
    internal async Task<IReadOnlyDictionary<string, PartyRow>> Rows(string[] roots, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var rows = (await snapshot.Rows<PartyRow>("and r.id = any($1)", cancel, (object)roots)).ToDictionary(party => party.Id);
        string[] merged = [.. roots.Where(merges.HasMerged)];
        foreach (var party in merged.Length > 0 ? await snapshot.Parties(merged, cancel) : [])
            rows[party.Id.Value] = PartyView.Row(party);
        return rows;
    }

    /// <summary>Sentences that name the other parties which go by one of some names.</summary>
    internal async Task<IReadOnlyList<string>> Namesakes(IEnumerable<string> given, string of, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var keys = given.DistinctBy(NameKey.Of).ToDictionary(NameKey.Of);
        if (keys.Count == 0)
            return [];
        var found = await snapshot.Query(now => $"select key, party_id from party_name where {now("party_name")} and key = any($1) order by key, party_id",
            row => (Key: row.GetString(0), Party: merges.Root(row.GetString(1))), cancel, (object)keys.Keys.ToArray());
        return [.. found.Where(other => other.Party != merges.Root(of)).Distinct().Select(other => $"Party {other.Party} goes by the name '{keys[other.Key]}', too.")];
    }
}
