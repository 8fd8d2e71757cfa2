using Ledger.App.Shell;
using Ledger.Domain.Values;

namespace Ledger.App.Deals.Change;

/// <summary>Changes of a deal over HTTP: as JSON under /api, and as the forms on its page.</summary>
internal static class ChangeEndpoints
{
    public static void MapChanges(this IEndpointRouteBuilder routes)
    {
        foreach (var verb in Enum.GetValues<DealVerb>())
        {
            routes.MapChange<ChangeFields, ChangeSummary>("deals", ChangeReader.Word(verb), (context, id, fields) => Make(context, id, ChangeReader.Word(verb), fields))
                .WithTags("Changes of deals").WithNotes(ChangeNotes.Of(verb)).WithExample(("id", "enflame-technology-series-b"));
        }
    }

    private static async Task<ChangeSummary> Make(HttpContext context, string id, string verb, ChangeFields fields)
    {
        if (fields.Deal is not null && fields.Deal != id || fields.Do is not null && fields.Do != verb)
            throw new InvalidValueException("deal", "and do stand in the address; another one stands in the body");
        (fields.Deal, fields.Do) = (id, verb);
        var change = ChangeReader.Read(verb, fields);
        if (Preconditions.IfMatch(context.Request) is { } seen)
            change = change with { IfVersion = seen, IfUntouched = true };
        var outcome = await context.RequestServices.GetRequiredService<DealLedger>().Change([change], Preconditions.WriterOf(context, fields), context.RequestAborted);
        return new ChangeSummary(outcome.Events, outcome.Position);
    }
}
