using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.EventStore;

namespace Ledger.App.Views.Audit;

/// <summary>
/// A report with a signature of all that stands before it, by the key of the log: what a page shows is proven by no event, and is changed by
/// nobody either. What is signed is <c>ledger-audit/1</c>, a line, and the SHA-256 in base64, a line.
/// </summary>
internal static class SignedReport
{
    /// <param name="page">A whole document; the signature becomes the last of its body.</param>
    /// <param name="key">The log's.</param>
    public static string Html(string page, LogKey key)
    {
        var signed = page[..page.LastIndexOf("</body>", StringComparison.Ordinal)];
        return $"{signed}<pre id=\"signature\">{Note(signed, key)}</pre>\n</body>\n</html>\n";
    }

    /// <summary>The signature becomes the last field.</summary>
    public static string Json(DealAudit audit, LogKey key)
    {
        var report = JsonSerializer.Serialize(audit, ApiJson.Options);
        var signed = $"{report[..report.LastIndexOf('}')].TrimEnd()},";
        return $"{signed}\n  \"signature\": {JsonSerializer.Serialize(Note(signed, key), ApiJson.Options)}\n}}\n";
    }

    private static string Note(string signed, LogKey key) =>
        key.SignNote($"{DealAudits.Format}\n{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(signed)))}\n");
}
