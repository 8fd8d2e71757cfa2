namespace Ledger.App.Shell;

/// <summary>What browsers are told not to do with our answers: run what we did not write, frame them, guess their type.</summary>
internal static class SecurityHeaders
{
    // Inline styles are allowed for the charts; images come as data inside the style sheet.
    private const string Policy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        // At the last moment: whoever answers with an error clears all headers first.
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            return Task.CompletedTask;
        });
        return next(context);
    });
}
