using Ledger.App.Shell;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ledger.App.Access;

/// <summary>How a browser's reader becomes somebody, and nobody again.</summary>
internal static class SignIn
{
    public const string LinkPath = "/sign-in/link";

    /// <summary>The page that signs in and leads back.</summary>
    public static string Address(string from) => from == "/" ? "/sign-in" : $"/sign-in?return={Uri.EscapeDataString(from)}";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sign-in/key", async (HttpContext context, KeyCheck keys, CancellationToken cancel) =>
        {
            var form = await Fields.FormOf(context.Request, cancel);
            var from = form["return"].ToString();
            try
            {
                var key = await keys.Recognise(form["key"].ToString().Trim(), context.Connection.RemoteIpAddress, cancel);
                await Begin(context, Visitors.Of(key, AccessSetup.Session));
            }
            catch (AccessRefusedException e) when (e.RetryAfter is null)
            {
                SeeOther(context, $"/sign-in?failed=true&return={Uri.EscapeDataString(from)}");
                return;
            }
            SeeOther(context, RedirectHttpResult.IsLocalUrl(from) ? from : "/");
        }).AllowAnonymous();

        // In the query, which no log of ours has.
        routes.MapGet(LinkPath, async (HttpContext context, SignInLink link, string? token) =>
        {
            if (link.Use(token ?? "", AccessSetup.Session) is not { } visitor)
                throw new AccessRefusedException(ProblemType.LinkUsed, "A link to sign in works once, and for a quarter of an hour: start the ledger again for another one, or make a key with 'ledger keys add'.");
            await Begin(context, visitor);
            SeeOther(context, "/");
        }).AllowAnonymous();

        routes.MapPost("/sign-out", async (HttpContext context) =>
        {
            await context.SignOutAsync(AccessSetup.Session);
            SeeOther(context, "/");
        }).AllowAnonymous();
    }

    private static Task Begin(HttpContext context, System.Security.Claims.ClaimsPrincipal visitor) =>
        context.SignInAsync(AccessSetup.Session, visitor, new AuthenticationProperties { IsPersistent = true });

    /// <summary>Whatever was asked for, the answer is to be got from there.</summary>
    private static void SeeOther(HttpContext context, string address) =>
        (context.Response.StatusCode, context.Response.Headers.Location) = (StatusCodes.Status303SeeOther, address);
}
