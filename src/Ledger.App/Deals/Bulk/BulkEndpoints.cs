using Ledger.App.Deals.Change;
using Ledger.App.Shell;
using Ledger.Domain.Values;

namespace Ledger.App.Deals.Bulk;

/// <summary>Changes of many deals over HTTP.</summary>
internal static class BulkEndpoints
{
    public static void MapBulk(this IEndpointRouteBuilder routes)
    {
        var bulk = routes.MapGroup("/api/bulk");
        bulk.MapPost("", async (HttpContext context, BulkChanges changes, bool? preview, CancellationToken cancel) =>
        {
            var list = await ChangeEndpoints.Read<ChangeListFields>(context.Request, cancel);
            var reason = new Reason(list.Reason!);
            return await changes.Make(ChangeReader.Read("changes", list), reason, Author.Of(context), preview ?? false, cancel);
        });
        bulk.MapPost("/{id}/undo", async (HttpContext context, BulkChanges changes, string id, bool? preview, CancellationToken cancel) =>
            await changes.Undo(Slug.Check("id", id), new Reason((await ChangeEndpoints.Read<ChangeListFields>(context.Request, cancel)).Reason!), Author.Of(context), preview ?? false, cancel));
    }
}
