using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.App.Alerts.Webhooks;

/// <summary>Signs requests as the Standard Webhooks specification says: <c>v1</c>, HMAC-SHA256 of id, time and body, once for each secret.</summary>
internal static class WebhookSignature
{
    public static IReadOnlyDictionary<string, string> Headers(string id, DateTimeOffset at, string body, IEnumerable<byte[]> secrets)
    {
        var time = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = Encoding.UTF8.GetBytes($"{id}.{time}.{body}");
        return new Dictionary<string, string>
        {
            ["webhook-id"] = id,
            ["webhook-timestamp"] = time,
            ["webhook-signature"] = string.Join(' ', secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}")),
        };
    }
}
