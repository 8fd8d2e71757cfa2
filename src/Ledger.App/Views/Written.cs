using System.Collections.Frozen;
using System.Text.Json;

namespace Ledger.App.Views;

/// <summary>How values are written in tables and in JSON.</summary>
internal static class Written
{
    /// <summary>An enum's name in camel case.</summary>
    public static string Name<T>(T value) where T : struct, Enum => Names<T>.Of[value];

    // Asked for with every row of every view.
    private static class Names<T> where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Of =
            Enum.GetValues<T>().Distinct().ToFrozenDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));
    }
}
