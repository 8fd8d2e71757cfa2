using Microsoft.AspNetCore.WebUtilities;

namespace Ledger.App.Views.Rollups;

/// <summary>The addresses of rollups.</summary>
internal static class RollupLinks
{
    /// <summary>A page with the conditions in its own fields.</summary>
    public static string Page(string path, RollupWhere where, params IEnumerable<KeyValuePair<string, string?>> more) =>
        QueryHelpers.AddQueryString(path, where.Given.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value)).Concat(more.Where(one => one.Value is not null)));

    /// <summary>The same under /api, where conditions are given as on the command line.</summary>
    public static string Api(string path, RollupWhere where, params IEnumerable<KeyValuePair<string, string?>> more) =>
        QueryHelpers.AddQueryString(path, where.Given.Select(one => KeyValuePair.Create("where", (string?)$"{one.Key}={one.Value}")).Concat(more.Where(one => one.Value is not null)));

    /// <summary>The deals behind a cell.</summary>
    public static string Deals(RollupWhere where, RollupCell cell)
    {
        foreach (var (dimension, value) in cell.Of)
            where = where.With(dimension, value ?? RollupWhere.None);
        return Page("/rollups/deals", where);
    }

    public static KeyValuePair<string, string?> With(string name, string? value) => KeyValuePair.Create(name, value);
}
