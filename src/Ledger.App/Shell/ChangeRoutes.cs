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
    /// <param name="hasForm">Whether there is a form on the thing's page; there is none for what is not there yet.</param>
    /// <returns>The address under /api.</returns>
    public static RouteHandlerBuilder MapChange<TFields, TSummary>(this IEndpointRouteBuilder routes, string things, string change, Func<HttpContext, string, TFields, Task<TSummary>> make, bool hasForm = true)
        where TFields : class, new()
        where TSummary : ChangeSummary
    {
        if (hasForm)
        {
            routes.MapGroup($"/{things}/{{id}}").MapPost(change, async (HttpContext context, string id, CancellationToken cancel) =>
            {
                var summary = await make(context, id, await Fields.OfForm<TFields>(context.Request, cancel));
                return context.SeeOther($"/{things}/{id}", summary.Position);
            }).ExcludeFromDescription();
        }
        return routes.MapGroup($"/api/{things}/{{id}}").MapPost(change, async (HttpContext context, string id, CancellationToken cancel) =>
            await make(context, id, await Fields.OfJson<TFields>(context.Request, cancel))).Accepts<TFields>("application/json");
    }

    /// <summary>Whatever a form was sent to, the answer is to be got from this page of ours.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="address">The page's; it may have a query.</param>
    /// <param name="position">The position that the page must hold to show what was recorded; 0 where nothing was.</param>
    public static IResult SeeOther(this HttpContext context, string address, long position)
    {
        context.Response.Headers.Location = position == 0 ? address : $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}after={position}";
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}

/// <summary>What a change came to.</summary>
/// <param name="RecordedEvents">How many events were recorded; 0 where everything was so already.</param>
/// <param name="Position">The highest position recorded; 0 where nothing was.</param>
public record ChangeSummary(int RecordedEvents, long Position);
