using System.Diagnostics;

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
                context.Request.Method, context.Request.Path.Value, context.Response.StatusCode, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        });
    }
}
