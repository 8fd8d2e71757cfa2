using Ledger.App.Access;
using Ledger.EventStore;

namespace Ledger.App.Views.Moments;

/// <summary>
/// Every page and every address of the API that reads views takes <c>?asOf=</c>, <c>?at=</c>, <c>?effective=</c> and <c>?after=</c>. The log itself is
/// read by position: there <c>?after=</c> is where to begin.
/// </summary>
internal static class MomentMiddleware
{
    /// <summary>What programs are told by that some of what they were answered is older than the rest: <c>company=120, investor=118</c>, views and the positions that they hold.</summary>
    public const string Behind = "Ledger-Views-Behind";

    /// <summary>Whether a moment can be asked for.</summary>
    public static bool IsOfAMoment(HttpRequest request) => HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments("/api/log");

    public static void UseMoments(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        // The page to sign in on is read by those, too, who may not know what moments there are.
        if (IsOfAMoment(context.Request) && context.RequestServices.GetRequiredService<Reading>().IsFor(context.User))
        {
            var query = context.Request.Query;
            var moment = new Moment(query["asOf"], query["at"], query["effective"], query["after"]);
            if (!moment.IsPresent)
            {
                var services = context.RequestServices;
                var snapshot = services.GetRequiredService<Snapshot>();
                // Programs are told what they do not get. Who has just sent a form is led to a page, which shows what there is.
                await moment.Choose(snapshot, services.GetRequiredService<EventLog>(), services.GetRequiredService<ViewRuntime>(), context.RequestAborted, allViews: context.Request.Path.StartsWithSegments("/api"));
                services.GetRequiredService<MomentLinks>().Keep(moment);
                context.Items[typeof(Moment)] = new ChosenMoment(moment, snapshot.AsOf, snapshot.EffectiveUntil);
            }
        }
        if (context.Request.Path.StartsWithSegments("/api"))
            context.Response.OnStarting(TellOfWhatIsBehind, context);
        await next(context);
    });

    private static Task TellOfWhatIsBehind(object request)
    {
        var context = (HttpContext)request;
        if (context.RequestServices.GetRequiredService<Snapshot>().Behind is { Count: > 0 } behind)
            context.Response.Headers[Behind] = string.Join(", ", behind.Select(view => $"{view.View}={view.Position}"));
        return Task.CompletedTask;
    }

    /// <summary>Has a page that tells of an error be of the moment that was asked for, if there is such a moment: errors have services of their own.</summary>
    public static void KeepMoment(this HttpContext context)
    {
        if (context.Items[typeof(Moment)] is not ChosenMoment chosen)
            return;
        var snapshot = context.RequestServices.GetRequiredService<Snapshot>();
        if (!snapshot.IsOpen)
            (snapshot.AsOf, snapshot.EffectiveUntil) = (chosen.AsOf, chosen.EffectiveUntil);
        context.RequestServices.GetRequiredService<MomentLinks>().Keep(chosen.Moment);
    }

    private sealed record ChosenMoment(Moment Moment, long? AsOf, DateOnly? EffectiveUntil);
}
