using Ledger.EventStore;

namespace Ledger.App.Views.Moments;

/// <summary>
/// Every page and every address of the API that reads views takes <c>?asOf=</c>, <c>?at=</c>, <c>?effective=</c> and <c>?after=</c>. The log itself is
/// read by position: there <c>?after=</c> is where to begin.
/// </summary>
internal static class MomentMiddleware
{
    public static void UseMoments(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api/log"))
        {
            var query = context.Request.Query;
            var moment = new Moment(query["asOf"], query["at"], query["effective"], query["after"]);
            if (!moment.IsPresent)
            {
                var services = context.RequestServices;
                await moment.Choose(services.GetRequiredService<Snapshot>(), services.GetRequiredService<EventLog>(),
                    services.GetRequiredService<ViewRuntime>(), context.RequestAborted);
            }
        }
        await next(context);
    });
}
