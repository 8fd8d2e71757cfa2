using Ledger.App.Access;
using Ledger.App.Views.Moments;
using Ledger.Domain.Values;
using Microsoft.AspNetCore.Http.Metadata;

namespace Ledger.App.Shell;

/// <summary>
/// Who asks an address under /api by a parameter that it has not is told so: with a condition left out in silence, it would answer another
/// question than the one that was asked.
/// </summary>
internal static class AskedParameters
{
    private static readonly string[] OfMoments = ["asOf", "at", "effective", "after"];

    public static void UseAskedParameters(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments("/api") && AccessSetup.IsRead(request) && request.Query.Count > 0 && context.GetEndpoint() is RouteEndpoint endpoint)
        {
            var known = KnownTo(endpoint, request.Path);
            if (request.Query.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
                throw new InvalidValueException(unknown, $"is no parameter of {request.Path}; its parameters are {string.Join(", ", known)}");
        }
        return next(context);
    });

    /// <summary>What is in its path is no parameter, nor what is not read from the address at all.</summary>
    private static HashSet<string> KnownTo(RouteEndpoint endpoint, PathString path) => endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
        .Where(parameter => parameter.HasTryParse || parameter.ParameterInfo.ParameterType is var type && (type == typeof(string) || type == typeof(string[])))
        .Select(parameter => parameter.Name).Where(name => endpoint.RoutePattern.GetParameter(name) is null)
        .Concat(MomentMiddleware.IsOfAMoment(path) ? OfMoments : []).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
