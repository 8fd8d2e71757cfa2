using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ledger.App.Tests.Support;

internal static class JsonAssert
{
    private static readonly JsonSerializerOptions Shown = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>That the fields that are expected have these values; others are not looked at. In lists, every item is.</summary>
    public static void Has(string expected, JsonNode? actual)
    {
        var wanted = JsonNode.Parse(expected);
        Assert.Equal(Show(wanted), Show(Like(wanted, actual)));
    }

    public static string Show(JsonNode? node) => node is null ? "null" : node.ToJsonString(Shown);

    /// <summary>Of the actual what the expected has, in its order.</summary>
    private static JsonNode? Like(JsonNode? expected, JsonNode? actual)
    {
        if (expected is JsonObject fields && actual is JsonObject found)
            return new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, found.ContainsKey(field.Key) ? Like(field.Value, found[field.Key]) : "there is no such field")));
        if (expected is JsonArray items && actual is JsonArray list && items.Count == list.Count)
            return new JsonArray([.. items.Zip(list, Like)]);
        return actual?.DeepClone();
    }
}
