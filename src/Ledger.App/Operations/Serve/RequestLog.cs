using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

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
    public static string? PathOf(HttpContext context) =>
        (context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint) is RouteEndpoint endpoint && IsSecret(endpoint) ? endpoint.RoutePattern.RawText
            : Near(context) ?? context.Request.Path.Value;

    /// <summary>What is asked for in a way that nothing answers may hold the secret all the same.</summary>
    private static string? Near(HttpContext context) => context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(IsSecret).Select(endpoint => endpoint.RoutePattern.RawText!)
        .FirstOrDefault(path => context.Request.Path.Value!.StartsWith(path[..path.IndexOf('{', StringComparison.Ordinal)], StringComparison.OrdinalIgnoreCase));

    private static bool IsSecret(Endpoint endpoint) => endpoint.Metadata.GetMetadata<SecretPath>() is not null;
}

/// <summary>The path of what has this is a secret of whoever asks, and stands in no log.</summary>
internal sealed class SecretPath;
