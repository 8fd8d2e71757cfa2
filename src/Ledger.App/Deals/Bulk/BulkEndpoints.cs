using Ledger.App.Deals.Change;
using Ledger.App.Shell;
using Ledger.App.Views;
using Ledger.Domain.Values;

namespace Ledger.App.Deals.Bulk;

/// <summary>Changes of many deals over HTTP.</summary>
internal static class BulkEndpoints
{
    public static void MapBulk(this IEndpointRouteBuilder routes)
    {
        var bulk = routes.MapGroup("/api/bulk");
        bulk.MapPost("", MakeBulk).WithTags("Changes of deals").Accepts<ChangeListFields>("application/json").WithProblems(ChangeNotes.Problems)
            .WithBody("""{"reason": "The importer took robots for drones.", "changes": [{"deal": "enflame-technology-series-b", "do": "tag", "sector": "robotics"}, {"deal": "stepfun-series-b", "do": "tag", "place": "Shanghai"}]}""");
        bulk.MapPost("/{id}/undo", UndoBulk).WithTags("Changes of deals").Accepts<UndoFields>("application/json").WithExample(("id", "0198c1d2e3f4a5b6c7d8e9f0a1b2c3d4")).WithProblems(["not-found", .. ChangeNotes.Problems])
            .WithBody("""{"reason": "They were drones after all."}""");
        bulk.MapGet("/{id}", GetBulk).WithTags("Changes of deals").WithExample(("id", "0198c1d2e3f4a5b6c7d8e9f0a1b2c3d4")).WithProblems("not-found");
        routes.MapBulkForms();
    }

    /// <summary>A bulk change that was made</summary>
    /// <remarks>Who made it and why, which deals have events of it, and whether it was undone.</remarks>
    /// <param name="changes">The record's.</param>
    /// <param name="snapshot">Of the moment.</param>
    /// <param name="id">The bulk change's, as it was answered.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<BulkRecord> GetBulk(BulkChanges changes, Snapshot snapshot, string id, CancellationToken cancel) => await changes.Find(id, await snapshot.Position(cancel), cancel);

    /// <summary>Many changes of deals at once, all or none</summary>
    /// <remarks>At most 5000. They have one id in the log, under which they can be undone; a change that has no reason of its own takes that of the list.</remarks>
    /// <param name="context">Of the request.</param>
    /// <param name="changes">The record's.</param>
    /// <param name="preview">Whether it is only to be shown what would change.</param>
    /// <param name="cancel">The sender has gone.</param>
    internal static async Task<BulkOutcome> MakeBulk(HttpContext context, BulkChanges changes, bool? preview, CancellationToken cancel)
    {
        var list = await Fields.OfJson<ChangeListFields>(context.Request, cancel);
        var writer = Preconditions.WriterOf(context, list);
        var (requests, reason) = list.Changes("changes", null);
        return await changes.Make(requests, reason, writer, preview ?? false, cancel);
    }

    /// <summary>Takes back everything that a bulk change did</summary>
    /// <remarks>What was undone already is left alone; what came later and stands in the way is told.</remarks>
    /// <param name="context">Of the request.</param>
    /// <param name="changes">The record's.</param>
    /// <param name="id">The bulk change's, as it was answered.</param>
    /// <param name="preview">Whether it is only to be shown what would change.</param>
    /// <param name="cancel">The sender has gone.</param>
    internal static async Task<BulkOutcome> UndoBulk(HttpContext context, BulkChanges changes, string id, bool? preview, CancellationToken cancel)
    {
        var fields = await Fields.OfJson<UndoFields>(context.Request, cancel);
        return await changes.Undo(Slug.Check("id", id), new Reason(fields.Reason!), Preconditions.WriterOf(context, fields), preview ?? false, cancel);
    }

    internal sealed class UndoFields
    {
        public string? Reason { get; set; }
    }
}
