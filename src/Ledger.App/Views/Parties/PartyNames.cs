using Ledger.Domain.Parties;

namespace Ledger.App.Views.Parties;

/// <summary>A party as others refer to it.</summary>
public sealed record PartyName(string Id, string Name);

/// <summary>Finds parties by what people call them.</summary>
public sealed class PartyNames(Snapshot snapshot)
{
    /// <summary>The party with this id, or else the one that goes by this name or alias, in any case.</summary>
    /// <exception cref="NotFoundException">Nobody goes by the name, or several do.</exception>
    public async Task<Party> Find(string idOrName, CancellationToken cancel)
    {
        var found = await snapshot.Query(
            now => $"""
            select id, id = $2 from party where {now("party")}
                and (id = $2 or id in (select party_id from party_name where {now("party_name")} and key = $1))
            order by id
            """,
            row => (Id: row.GetString(0), ById: row.GetBoolean(1)), cancel, NameKey.Of(idOrName), idOrName.ToLowerInvariant());
        if (found.Exists(party => party.ById))
            found = [found.Find(party => party.ById)];
        return found.Count switch
        {
            1 => (await snapshot.Parties([found[0].Id], cancel)).Single(),
            0 => throw new NotFoundException($"No company or investor has the id, name or alias '{idOrName}'."),
            _ => throw new NotFoundException($"'{idOrName}' is a name of {found.Count} parties; ask for one by its id: {string.Join(", ", found.Select(party => party.Id))}."),
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

    /// <summary>The names of parties by their ids; whoever is not registered has its id for a name.</summary>
    public async Task<IReadOnlyDictionary<string, PartyName>> Of(IEnumerable<string> ids, CancellationToken cancel)
    {
        var wanted = ids.Distinct().ToArray();
        var names = wanted.ToDictionary(id => id, id => new PartyName(id, id));
        foreach (var name in await snapshot.Query(now => $"select id, name from party where {now("party")} and id = any($1)",
            row => new PartyName(row.GetString(0), row.GetString(1)), cancel, (object)wanted))
        {
            names[name.Id] = name;
        }
        return names;
    }
}
