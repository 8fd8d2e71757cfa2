using Ledger.App.Views.Moments;
using Ledger.Domain.Values;
using Microsoft.AspNetCore.Http.Metadata;

namespace Ledger.App.Shell;

/// <summary>
/// Who asks an address under /api by a parameter that it has not is told so: left out in silence, a condition would have it answer
/// another question than the one that was asked, and a preview would be recorded.
/// </summary>
internal static class AskedParameters
{
    public static void UseAskedParameters(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments("/api") && request.Query.Count > 0 && context.GetEndpoint() is RouteEndpoint endpoint)
        {
            var known = KnownTo(endpoint, request);
            if (request.Query.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
                throw new InvalidValueException(unknown, $"is no parameter of {request.Path}; {(known.Count == 0 ? "it has none" : "its parameters are " + string.Join(", ", known))}");
        }
        return next(context);
    });

    /// <summary>What is in its path is no parameter, nor what is not read from the address at all.</summary>
    private static HashSet<string> KnownTo(RouteEndpoint endpoint, HttpRequest request) => endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
        .Where(parameter => parameter.HasTryParse || parameter.ParameterInfo.ParameterType is var type && (type == typeof(string) || type == typeof(string[])))
        .Select(parameter => parameter.Name).Where(name => endpoint.RoutePattern.GetParameter(name) is null)
        .Concat(MomentMiddleware.IsOfAMoment(request) ? Moment.Names : []).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
