using System.Diagnostics;
using Ledger.App.Alerts.Atom;

namespace Ledger.App.Operations.Serve;

/// <summary>One line a request: what was asked, the answer's status, and how long it took.</summary>
internal static class RequestLog
{
    public static void UseRequestLog(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Ledger.Requests");
        app.Use(async (context, next) =>
        {
            var began = Stopwatch.GetTimestamp();
            await next(context);
            log.LogInformation("{Method} {Path} {Status} in {Milliseconds:0.0} ms",
                context.Request.Method, PathOf(context), context.Response.StatusCode, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        });
    }

    /// <summary>What was asked for; where the path is a secret, what it is like.</summary>
    public static string? PathOf(HttpContext context) => FeedAddresses.IsSecret(context.Request.Path.Value) ? FeedAddresses.Pattern : context.Request.Path.Value;
}
