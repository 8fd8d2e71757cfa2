using System.Text;
using Ledger.App.Shell;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Audit;

/// <summary>What <c>ledger diff</c>, <c>ledger blame</c> and <c>ledger audit</c> answer, over HTTP.</summary>
internal static class AuditEndpoints
{
    private const string Deal = "enflame-technology-series-b";

    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var deal = routes.MapGroup("/api/deals/{id}");
        deal.MapGet("/diff", DiffDeal).WithTags("Deals").WithExample(("id", Deal), ("from", "0"), ("to", "1")).WithProblems("not-found");
        deal.MapGet("/blame", BlameDeal).WithTags("Deals").WithExample(("id", Deal)).WithProblems("not-found");
        deal.MapGet("/audit", AuditDeal).WithTags("Deals").WithExample(("id", Deal), ("format", "json")).WithProblems("not-found").Produces<DealAudit>();
    }

    /// <summary>What became of a deal between two of its states</summary>
    /// <remarks>Each field that says something else, with its quote, and who changed it when and why; and all events in between.</remarks>
    /// <param name="audits">The record's.</param>
    /// <param name="id">The deal's.</param>
    /// <param name="from">A version (3), a position in the log (@120), a date, which means its end, UTC, or a time; the version before the other where nothing is said.</param>
    /// <param name="to">The same; the present where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<DealDiff> DiffDeal(DealAudits audits, string id, string? from, string? to, CancellationToken cancel) => audits.Diff(id, from, to, cancel);

    /// <summary>For each field of a deal, who says what it says</summary>
    /// <remarks>The claim that the field goes by, its quote and source, who recorded it, and the event that made the field say so.</remarks>
    /// <param name="audits">The record's.</param>
    /// <param name="id">The deal's.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<DealBlame> BlameDeal(DealAudits audits, string id, CancellationToken cancel) => audits.Blame(id, cancel);

    /// <summary>Everything that is recorded of a deal, with a proof of each event</summary>
    /// <remarks>The program deploy/verify-log.mjs checks it without the ledger.</remarks>
    /// <param name="audits">The record's.</param>
    /// <param name="services">Have the tree, where the key is that it is signed with.</param>
    /// <param name="id">The deal's.</param>
    /// <param name="format">json, or html for a page that stands by itself; json where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<IResult> AuditDeal(DealAudits audits, IServiceProvider services, string id, string? format, CancellationToken cancel)
    {
        if (format is not (null or "json" or "html"))
            throw new InvalidValueException("format", $"'{format}' is neither json nor html");
        if (services.GetService<LogTree>() is not { } tree)
            throw new NotFoundException("This server does not hold the key that the ledger is signed with; one that does has the proofs.");
        var key = services.GetRequiredService<LogKey>();
        var audit = await audits.Audit(id, tree, key, cancel);
        return format == "html"
            ? Results.File(Encoding.UTF8.GetBytes(SignedReport.Html(await AuditCommands.Page(audit, services), key)), "text/html; charset=utf-8", $"audit-{id}.html")
            : Results.Text(SignedReport.Json(audit, key), "application/json; charset=utf-8");
    }
}
