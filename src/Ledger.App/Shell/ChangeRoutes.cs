namespace Ledger.App.Shell;

/// <summary>
/// A change of one thing is made from the same fields at two addresses: as JSON under /api, and as a form on the thing's page, which
/// then shows what was just recorded.
/// </summary>
internal static class ChangeRoutes
{
    /// <param name="routes">Where to map it.</param>
    /// <param name="things">What is changed: <c>deals</c>, <c>parties</c>.</param>
    /// <param name="change">The last part of both addresses, after the thing's id.</param>
    /// <param name="make">Makes the change, given the thing's id and the fields.</param>
    /// <returns>The address under /api.</returns>
    public static RouteHandlerBuilder MapChange<TFields, TSummary>(this IEndpointRouteBuilder routes, string things, string change, Func<HttpContext, string, TFields, Task<TSummary>> make)
        where TFields : class, new()
        where TSummary : ChangeSummary
    {
        routes.MapGroup($"/{things}/{{id}}").MapPost(change, async (HttpContext context, string id, CancellationToken cancel) =>
        {
            var summary = await make(context, id, await Fields.OfForm<TFields>(context.Request, cancel));
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = $"/{things}/{id}{(summary.Position > 0 ? $"?after={summary.Position}" : "")}";
        }).ExcludeFromDescription();
        return routes.MapGroup($"/api/{things}/{{id}}").MapPost(change, async (HttpContext context, string id, CancellationToken cancel) =>
            await make(context, id, await Fields.OfJson<TFields>(context.Request, cancel))).Accepts<TFields>("application/json");
    }
}

/// <summary>What a change came to.</summary>
/// <param name="RecordedEvents">How many events were recorded; 0 where everything was so already.</param>
/// <param name="Position">The highest position recorded; 0 where nothing was.</param>
public record ChangeSummary(int RecordedEvents, long Position);
