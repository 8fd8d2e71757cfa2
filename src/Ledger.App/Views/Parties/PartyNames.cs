using Ledger.Domain.Parties;
using Npgsql;

namespace Ledger.App.Views.Parties;

/// <summary>A party as others refer to it.</summary>
public sealed record PartyName(string Id, string Name);

/// <summary>Finds parties by what people call them.</summary>
public sealed class PartyNames(NpgsqlDataSource database)
{
    /// <summary>The party with this id, or else the one that goes by this name or alias, in any case.</summary>
    /// <exception cref="NotFoundException">Nobody goes by the name, or several do.</exception>
    public async Task<Party> Find(string idOrName, CancellationToken cancel)
    {
        var found = await database.Query(
            """
            select state, id = $2 from views.party
            where id = $2 or id in (select party_id from views.party_name where key = $1)
            order by id
            """,
            row => (Party: PartyView.Read(row.GetString(0)), ById: row.GetBoolean(1)), cancel, NameKey.Of(idOrName), idOrName.ToLowerInvariant());
        if (found.Find(party => party.ById) is { Party: { } named })
            return named;
        return found.Count switch
        {
            1 => found[0].Party,
            0 => throw new NotFoundException($"No company or investor has the id, name or alias '{idOrName}'."),
            _ => throw new NotFoundException($"'{idOrName}' is a name of {found.Count} parties; ask for one by its id: {string.Join(", ", found.Select(party => party.Party.Id))}."),
        };
    }

    /// <summary>Where a page of a list by name ended, given the id of its last party; null for a first page.</summary>
    /// <exception cref="Domain.Values.InvalidValueException">No party has the id.</exception>
    internal async Task<(string Key, string Id)?> Place(string? next, CancellationToken cancel)
    {
        if (next is null)
            return null;
        var found = await database.Query("select lower(name), id from views.party where id = $1", row => (row.GetString(0), row.GetString(1)), cancel, next);
        return found.Count == 1 ? found[0] : throw Cursor.Wrong(next);
    }

    /// <summary>The names of parties by their ids; whoever is not registered has its id for a name.</summary>
    public async Task<IReadOnlyDictionary<string, PartyName>> Of(IEnumerable<string> ids, CancellationToken cancel)
    {
        var wanted = ids.Distinct().ToArray();
        var names = wanted.ToDictionary(id => id, id => new PartyName(id, id));
        foreach (var name in await database.Query("select id, name from views.party where id = any($1)",
            row => new PartyName(row.GetString(0), row.GetString(1)), cancel, (object)wanted))
        {
            names[name.Id] = name;
        }
        return names;
    }
}
