using System.Text.Json.Nodes;

namespace Ledger.App.Tests.Parties;

/// <summary>Answers without what tells where in the log they stand: two histories that mean the same have other positions.</summary>
internal static class Recorded
{
    private static readonly HashSet<string> OfTheLog = ["position", "version", "recordedAt"];

    public static JsonNode Without(JsonNode answer)
    {
        switch (answer)
        {
            case JsonObject of:
                foreach (var name in of.Select(field => field.Key).Where(OfTheLog.Contains).ToList())
                    of.Remove(name);
                foreach (var field in of.Select(field => field.Value).OfType<JsonNode>().ToList())
                    Without(field);
                break;
            case JsonArray of:
                foreach (var item in of.OfType<JsonNode>())
                    Without(item);
                break;
        }
        return answer;
    }
}
