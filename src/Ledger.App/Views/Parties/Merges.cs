using System.Text.Json;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Parties;

/// <summary>
/// Which parties are the same at one moment. Rows of views and claims go on naming the ids that were recorded; whoever reads them
/// asks here whom they mean. There are few merges, so all are loaded at once.
/// </summary>
public sealed class Merges
{
    private readonly Dictionary<string, string> _roots = [];
    private readonly ILookup<string, string> _members;

    /// <param name="into">Of each merged party, the one that it was merged into, which may have been merged itself.</param>
    public Merges(IReadOnlyDictionary<string, string> into)
    {
        foreach (var id in into.Keys)
        {
            var root = id;
            // No decision makes a circle; a log that was written by others must not hang its readers all the same.
            for (var steps = 0; into.TryGetValue(root, out var next) && steps <= into.Count; steps++)
                root = next;
            _roots[id] = root;
        }
        _members = _roots.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToLookup(pair => pair.Value, pair => pair.Key);
    }

    public bool IsEmpty => _roots.Count == 0;

    /// <summary>The parties that were merged into another one.</summary>
    public IReadOnlyCollection<string> Merged => _roots.Keys;

    /// <summary>The party that one is shown as: itself where it was not merged.</summary>
    public string Root(string id) => _roots.GetValueOrDefault(id, id);

    public PartyId Root(PartyId id) => _roots.TryGetValue(id.Value, out var root) ? new PartyId(root) : id;

    /// <summary>The parties that were merged into one, at any number of removes.</summary>
    public IEnumerable<string> MergedInto(string root) => _members[root];

    /// <summary>All ids of the parties that are shown as this one.</summary>
    public string[] Ids(string root) => [root, .. _members[root]];

    public string[] Ids(IEnumerable<string> roots) => [.. roots.SelectMany(Ids).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether other parties were merged into this one.</summary>
    public bool HasMerged(string root) => _members.Contains(root);

    /// <summary>SQL for the party that the id in a column is shown as. Ids are of letters, digits and hyphens only.</summary>
    internal string Sql(string column) => IsEmpty ? column : $"coalesce('{JsonSerializer.Serialize(_roots)}'::jsonb ->> {column}, {column})";
}
