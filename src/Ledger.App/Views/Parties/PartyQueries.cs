using Ledger.Domain.Parties;
using Npgsql;

namespace Ledger.App.Views.Parties;

/// <summary>What a party is in the record; one may be both company and investor, or neither.</summary>
/// <param name="Raises">It has deals of its own.</param>
/// <param name="IsBacked">Articles name investors in it, in no round that they name.</param>
/// <param name="Invests">It is in a deal as an investor.</param>
/// <param name="Backs">Articles name it as backing a company, in no round that they name.</param>
public sealed record PartyRoles(bool Raises, bool IsBacked, bool Invests, bool Backs)
{
    /// <summary>Whether there is a record of it as a company.</summary>
    public bool IsCompany => Raises || IsBacked;

    /// <summary>Whether there is a record of it as an investor.</summary>
    public bool IsInvestor => Invests || Backs;

    /// <summary>SQL for the four, in their order, of a party that the query calls <c>party</c>.</summary>
    internal static string Columns(Func<string, string> now) => $"""
        exists (select from deal where {now("deal")} and company_id = party.id),
        exists (select from backer where {now("backer")} and company_id = party.id),
        exists (select from investor_deal where {now("investor_deal")} and investor_id = party.id),
        exists (select from backer where {now("backer")} and investor_id = party.id)
        """;

    internal static PartyRoles Read(NpgsqlDataReader row, int column) =>
        new(row.GetBoolean(column), row.GetBoolean(column + 1), row.GetBoolean(column + 2), row.GetBoolean(column + 3));

    /// <summary>The page that tells most of the party.</summary>
    public string Address(string id) => this switch
    {
        { Raises: true } => $"/companies/{id}",
        { Invests: true } => $"/investors/{id}",
        { IsBacked: true } => $"/companies/{id}",
        { Backs: true } => $"/investors/{id}",
        _ => $"/parties/{id}",
    };
}

/// <summary>A party of which no record as a company or investor exists: its names, and what articles say of it.</summary>
public sealed record PartyOverview : PartyRecord
{
    internal PartyOverview(Party party, IReadOnlyDictionary<string, PartyName> names) : base(party, names) { }
}

/// <summary>What is asked of parties whatever they are.</summary>
public sealed class PartyQueries(Snapshot snapshot, PartyNames names)
{
    /// <summary>The party with this id, name or alias, in any case.</summary>
    /// <exception cref="NotFoundException">Nobody goes by it, or several do.</exception>
    public async Task<PartyOverview> Get(string idOrName, CancellationToken cancel)
    {
        var party = await names.Find(idOrName, cancel);
        return new PartyOverview(party, await names.Of(PartyRecord.Parties(party), cancel))
        {
            Sources = [.. party.Claims.Select(claim => claim.Source.Value).Distinct()],
            Position = party.Last!.Position,
        };
    }

    /// <summary>Null where no party has the id.</summary>
    public async Task<PartyRoles?> Roles(string id, CancellationToken cancel)
    {
        var found = await snapshot.Query(now => $"select {PartyRoles.Columns(now)} from party where {now("party")} and id = $1", row => PartyRoles.Read(row, 0), cancel, id);
        return found.SingleOrDefault();
    }
}
