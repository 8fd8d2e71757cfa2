using System.Text;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Audit;

/// <summary>What <c>ledger diff</c>, <c>ledger blame</c> and <c>ledger audit</c> answer, over HTTP.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/deals/{id}/diff", (DealAudits audits, string id, string? from, string? to, CancellationToken cancel) => audits.Diff(id, from, to, cancel));
        routes.MapGet("/api/deals/{id}/blame", (DealAudits audits, string id, CancellationToken cancel) => audits.Blame(id, cancel));
    }

    /// <summary>Where the key is that the log is signed with.</summary>
    public static void MapAuditProofs(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/deals/{id}/audit", async (DealAudits audits, LogTree tree, LogKey key, IServiceProvider services, string id, string? format, CancellationToken cancel) =>
            format switch
            {
                null or "json" => Results.Json(await audits.Audit(id, tree, key, cancel)),
                "html" => Results.File(Encoding.UTF8.GetBytes(await AuditCommands.Page(await audits.Audit(id, tree, key, cancel), services)), "text/html; charset=utf-8", $"audit-{id}.html"),
                _ => throw new InvalidValueException("format", $"'{format}' is neither json nor html"),
            });
    }
}
