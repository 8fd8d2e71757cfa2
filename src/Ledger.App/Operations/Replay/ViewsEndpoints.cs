using Ledger.EventStore;

namespace Ledger.App.Operations.Replay;

/// <summary>What the page of the views posts to, and the same as data.</summary>
internal static class ViewsEndpoints
{
    public static void MapViews(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/views", async (ViewRuntime views, CancellationToken cancel) => new Views.Page<ViewStatus>(await views.Status(cancel), null));
        var changing = routes.MapGroup("/views/{name}").AddEndpointFilter(SameOrigin);
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

    /// <summary>Only our own pages may ask for it: a browser says where a form was sent from.</summary>
    private static async ValueTask<object?> SameOrigin(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        var isOurs = site.Length > 0 ? site is "same-origin" or "none" : origin.Length == 0 || origin == $"{request.Scheme}://{request.Host}";
        return isOurs ? await next(context) : Results.StatusCode(StatusCodes.Status403Forbidden);
    }
}
