using Ledger.Domain.Claims;
using Ledger.Domain.Parties;
using Npgsql;

namespace Ledger.App.Views.Parties;

/// <summary>What a party is in the record; one may be both company and investor, or neither.</summary>
/// <param name="Raises">It has deals of its own, which are listed: not those that were retracted or merged into others.</param>
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
        exists (select from company_deal where {now("company_deal")} and company_id = party.id),
        exists (select from backer where {now("backer")} and company_id = party.id),
        exists (select from investor_deal where {now("investor_deal")} and investor_id = party.id),
        exists (select from backer where {now("backer")} and investor_id = party.id)
        """;

    internal static PartyRoles Read(NpgsqlDataReader row, int column) =>
        new(row.GetBoolean(column), row.GetBoolean(column + 1), row.GetBoolean(column + 2), row.GetBoolean(column + 3));

    /// <summary>The roles of parties that stand for themselves, by their ids: what those were that were merged into them, they are too.</summary>
    internal static async Task<IReadOnlyDictionary<string, PartyRoles>> Of(Snapshot snapshot, IReadOnlyCollection<string> roots, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var found = await snapshot.Query(now => $"select party.id, {Columns(now)} from party where {now("party")} and id = any($1)",
            row => (Id: row.GetString(0), Roles: Read(row, 1)), cancel, (object)merges.Ids(roots));
        return found.GroupBy(party => merges.Root(party.Id), party => party.Roles).ToDictionary(party => party.Key,
            party => new PartyRoles(party.Any(own => own.Raises), party.Any(own => own.IsBacked), party.Any(own => own.Invests), party.Any(own => own.Backs)));
    }

    /// <summary>What is said of a party that has no record as what it was asked for: where there is one, if there is.</summary>
    internal static async Task<string> Elsewhere(Snapshot snapshot, string root, CancellationToken cancel) =>
        (await Of(snapshot, [root], cancel)).GetValueOrDefault(root) switch
        {
            { IsCompany: true } => " Ask for it as a company.",
            { IsInvestor: true } => " Ask for it as an investor.",
            _ => "",
        };

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

    /// <summary>Who belongs to a party by affiliations of some kinds.</summary>
    public Task<IReadOnlyList<GroupMember>> Members(string root, IReadOnlyList<AffiliationKind> kinds, CancellationToken cancel) => Groups.Of(root, kinds, snapshot, names, cancel);

    /// <summary>Null where no party has the id.</summary>
    public async Task<PartyRoles?> Roles(string id, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        return (await PartyRoles.Of(snapshot, [merges.Root(id)], cancel)).Values.SingleOrDefault();
    }
}
