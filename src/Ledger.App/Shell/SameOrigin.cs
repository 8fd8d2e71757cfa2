namespace Ledger.App.Shell;

/// <summary>What changes something may be asked for by our own pages only: a browser says where a form was sent from.</summary>
internal static class SameOrigin
{
    public static RouteGroupBuilder FromOurPages(this RouteGroupBuilder routes) => routes.AddEndpointFilter(Check);

    private static async ValueTask<object?> Check(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        var isOurs = site.Length > 0 ? site is "same-origin" or "none" : origin.Length == 0 || origin == $"{request.Scheme}://{request.Host}";
        return isOurs ? await next(context) : Results.StatusCode(StatusCodes.Status403Forbidden);
    }
}
