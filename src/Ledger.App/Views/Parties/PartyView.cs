using System.Text.Json;
using Ledger.App.Log;
using Ledger.Domain.Claims;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Views.Parties;

/// <summary>Parties under all their names, and what articles say of them outside deals.</summary>
internal static class PartyView
{
    public static async Task Apply(IReadOnlyList<RecordedEvent> events, NpgsqlConnection connection, CancellationToken cancel)
    {
        var touched = events.Where(e => e.Data is PartyEvent).ToLookup(StoredEvents.PartyOf);
        if (touched.Count == 0)
            return;
        var before = await Load([.. touched.Select(party => party.Key)], connection, cancel);
        var after = touched
            .Select(party => party.Aggregate(before[party.Key], (state, e) => state.Evolve((PartyEvent)e.Data, StoredEvents.CauseOf(e))))
            .ToList();
        await WriteParties(after, connection, cancel);
        await WriteNames(after, connection, cancel);
        await WriteBackers(after.SelectMany(party => party.Claims[before[party.Id].Claims.Length..], (party, claim) => (party.Id, claim)), connection, cancel);
    }

    public static Party Read(string state) => JsonSerializer.Deserialize(state, StoredJson.TypeInfo<Party>())!;

    private static async Task<Dictionary<PartyId, Party>> Load(IReadOnlyCollection<PartyId> ids, NpgsqlConnection connection, CancellationToken cancel)
    {
        var parties = ids.ToDictionary(id => id, Party.Unknown);
        var states = await connection.Query("select state from views.party where id = any($1)", row => Read(row.GetString(0)), cancel,
            (object)ids.Select(id => id.Value).ToArray());
        foreach (var party in states)
            parties[party.Id] = party;
        return parties;
    }

    private static Task WriteParties(List<Party> parties, NpgsqlConnection connection, CancellationToken cancel) => connection.Execute(
        """
        insert into views.party (id, name, aliases, position, state)
        select id, name, coalesce(aliases, '{}'), position, state
        from jsonb_to_recordset($1) as row (id text, name text, aliases text[], position bigint, state jsonb)
        on conflict (id) do update set name = excluded.name, aliases = excluded.aliases, position = excluded.position, state = excluded.state
        """,
        cancel, Sql.Rows(parties.Select(party => new
        {
            Id = party.Id.Value,
            party.Name,
            party.Aliases,
            party.Last!.Position,
            State = JsonSerializer.SerializeToElement(party, StoredJson.TypeInfo<Party>()),
        })));

    private static async Task WriteNames(List<Party> parties, NpgsqlConnection connection, CancellationToken cancel)
    {
        var names = parties.SelectMany(party => party.Aliases.Prepend(party.Name!), (party, name) => (party.Id, Name: name)).ToList();
        await connection.Execute(
            "insert into views.party_name (key, party_id, name) select * from unnest($1, $2, $3) on conflict do nothing",
            cancel, names.Select(name => NameKey.Of(name.Name)).ToArray(), names.Select(name => name.Id.Value).ToArray(),
            names.Select(name => name.Name).ToArray());
    }

    private static async Task WriteBackers(IEnumerable<(PartyId Company, RecordedClaim Claim)> claims, NpgsqlConnection connection, CancellationToken cancel)
    {
        var backers = claims.Where(claim => claim.Claim.Claim.Value is ClaimValue.Backer).ToList();
        await connection.Execute(
            "insert into views.backer (company_id, investor_id, claim_id, article_id) select * from unnest($1, $2, $3, $4)",
            cancel, backers.Select(row => row.Company.Value).ToArray(),
            backers.Select(row => ((ClaimValue.Backer)row.Claim.Claim.Value).Party.Value).ToArray(),
            backers.Select(row => row.Claim.Claim.Id.Value).ToArray(), backers.Select(row => row.Claim.Source.Value).ToArray());
    }
}
