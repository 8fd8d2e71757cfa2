using Ledger.Domain.Claims;

namespace Ledger.App.Views.Parties;

/// <summary>A party that belongs to another one.</summary>
/// <param name="Of">What it belongs to: the party that was asked about, or one that belongs to that.</param>
/// <param name="From">Since when, as precisely as it is known; null where nothing is said of it.</param>
public sealed record GroupMember(string Id, string Name, AffiliationKind Is, PartyName Of, string? From);

/// <summary>Who belongs to a party, directly or through others.</summary>
internal static class Groups
{
    /// <summary>Of a company: its subsidiaries, and theirs.</summary>
    public static readonly IReadOnlyList<AffiliationKind> Subsidiaries = [AffiliationKind.SubsidiaryOf];

    /// <summary>Of an investor: those that invest its money as well.</summary>
    public static readonly IReadOnlyList<AffiliationKind> Affiliates = [AffiliationKind.FundOf, AffiliationKind.SubsidiaryOf, AffiliationKind.CorporateVentureOf];

    /// <summary>Without the party itself, those nearest to it first; each once, as what was found of it first.</summary>
    public static async Task<IReadOnlyList<GroupMember>> Of(
        string root, IReadOnlyList<AffiliationKind> kinds, Snapshot snapshot, PartyNames names, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var seen = new HashSet<string>(StringComparer.Ordinal) { root };
        var found = new List<(string Id, string Kind, string Of, string? Since)>();
        for (string[] level = [root]; level.Length > 0;)
        {
            var rows = await snapshot.Query(
                now => $"select party_id, kind, with_id, since from affiliation where {now("affiliation")} and with_id = any($1) and kind = any($2) order by party_id, kind, with_id",
                row => (Id: merges.Root(row.GetString(0)), Kind: row.GetString(1), Of: merges.Root(row.GetString(2)), Since: row.TextOrNull(3)),
                cancel, merges.Ids(level), kinds.Select(Written.Name).ToArray());
            var members = rows.Where(row => seen.Add(row.Id)).ToList();
            found.AddRange(members);
            level = [.. members.Select(member => member.Id)];
        }
        var called = await names.Of(found.SelectMany(member => new[] { member.Id, member.Of }), cancel);
        return [.. found.Select(member => new GroupMember(member.Id, called[member.Id].Name, Enum.Parse<AffiliationKind>(member.Kind, ignoreCase: true), called[member.Of], member.Since))];
    }
}
