using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Ledger.App.Access;

/// <summary>What is answered to those who may not do what they ask for: to a browser that asks for a page the way to sign in, else why.</summary>
internal sealed class AccessAnswers : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
            return;
        }
        if (context.User.IsKnown())
            throw AccessRefusedException.NotAllowed(context.User.Identity!.Name!, context.User.Role(), AccessSetup.AreaOf(context));
        var request = context.Request;
        if (AccessSetup.IsRead(request) && !KeyHandler.IsSent(request) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Redirect(SignIn.Address(request.Path + request.QueryString));
            return;
        }
        var refused = (await context.AuthenticateAsync()).Failure as AccessRefusedException ?? AccessRefusedException.NotSignedIn(AccessSetup.IsRead(request));
        // At the last moment: an answer that tells of an error begins with no headers.
        context.Response.OnStarting(() =>
        {
            if (refused.RetryAfter is null)
                context.Response.Headers.WWWAuthenticate = "Bearer";
            return Task.CompletedTask;
        });
        throw refused;
    }
}
