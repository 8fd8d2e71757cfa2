using Ledger.EventStore;

namespace Ledger.App.Operations.Replay;

/// <summary>What the page of the views posts to, and the same as data.</summary>
internal static class ViewsEndpoints
{
    public static void MapViews(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/views", async (ViewRuntime views, CancellationToken cancel) => new Views.Page<ViewStatus>(await views.Status(cancel), null));
        var changing = routes.MapGroup("/views/{name}");
        changing.MapPost("/replay", (Replays replays, string name) =>
        {
            replays.Begin(name);
            return Results.LocalRedirect("~/views");
        });
        changing.MapPost("/rollback", async (Replays replays, string name, CancellationToken cancel) =>
        {
            await replays.Rollback(name, cancel);
            return Results.LocalRedirect("~/views");
        });
    }
}
