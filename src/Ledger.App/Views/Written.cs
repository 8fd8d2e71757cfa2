using System.Collections.Frozen;
using System.Text.Json;
using Ledger.Domain.Values;

namespace Ledger.App.Views;

/// <summary>How values are written in tables and in JSON.</summary>
internal static class Written
{
    /// <summary>An enum's name in camel case.</summary>
    public static string Name<T>(T value) where T : struct, Enum => Names<T>.Of[value];

    /// <summary>What has this name.</summary>
    /// <exception cref="InvalidValueException">Nothing has it.</exception>
    public static T Parse<T>(string field, string? name) where T : struct, Enum
    {
        foreach (var (value, known) in Names<T>.Of)
        {
            if (known == name)
                return value;
        }
        var all = string.Join(", ", Enum.GetValues<T>().Select(Name));
        throw new InvalidValueException(field, name is null ? $"is missing; it is one of {all}" : $"'{name}' is not one of {all}");
    }

    // Asked for with every row of every view.
    private static class Names<T> where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Of =
            Enum.GetValues<T>().Distinct().ToFrozenDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));
    }
}
