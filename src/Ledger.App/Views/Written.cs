using System.Text.Json;

namespace Ledger.App.Views;

/// <summary>How values are written in tables and in JSON.</summary>
internal static class Written
{
    /// <summary>An enum's name in camel case.</summary>
    public static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
