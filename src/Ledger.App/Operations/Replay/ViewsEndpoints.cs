using Ledger.App.Shell;
using Ledger.EventStore;

namespace Ledger.App.Operations.Replay;

/// <summary>What the page of the views posts to, and the same as data.</summary>
internal static class ViewsEndpoints
{
    /// <summary>Every version of every view, and how far it is behind</summary>
    /// <remarks>A handful; there is no next page.</remarks>
    /// <param name="views">The record's.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<Views.Page<ViewStatus>> ListViews(ViewRuntime views, CancellationToken cancel) => new(await views.Status(cancel), null);

    public static void MapViews(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/views", ListViews).WithTags("Log").WithExample(("after", "92"));
        var changing = routes.MapGroup("/views/{name}");
        changing.MapPost("/replay", (Replays replays, string name, HttpRequest request) =>
        {
            replays.Begin(name);
            return Results.LocalRedirect("~/views" + request.QueryString);
        });
        changing.MapPost("/cancel", async (Replays replays, string name, HttpRequest request) =>
        {
            await replays.Cancel(name);
            return Results.LocalRedirect("~/views" + request.QueryString);
        });
        changing.MapPost("/rollback", async (Replays replays, string name, HttpRequest request, CancellationToken cancel) =>
        {
            await replays.Rollback(name, cancel);
            return Results.LocalRedirect("~/views" + request.QueryString);
        });
    }
}
