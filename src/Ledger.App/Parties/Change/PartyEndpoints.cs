using Ledger.App.Log;
using Ledger.App.Shell;
using Ledger.App.Views.Parties;
using Ledger.Domain.Values;

namespace Ledger.App.Parties.Change;

/// <summary>Changes of a party over HTTP: as JSON under /api, and as the forms on its page.</summary>
internal static class PartyEndpoints
{
    public static void MapParties(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/parties/{name}", GetParty).WithTags("Parties").WithExample(("name", "tencent")).WithProblems("not-found").Produces<PartyOverview>();
        routes.MapGet("/api/parties/{id}/merge", PreviewMerge).WithTags("Parties").WithExample(("id", "tencent"), ("into", "alibaba")).WithProblems("not-found", "party-unknown");
        routes.MapGroup("/register").MapPost("/party", Register).ExcludeFromDescription();
        foreach (var verb in Enum.GetValues<PartyVerb>())
        {
            routes.MapChange<PartyChangeFields, PartyChangeSummary>("parties", PartyChange.Word(verb), (context, id, fields) => Make(context, PartyChange.Read(id, verb, fields), Preconditions.WriterOf(context, fields)), hasForm: verb != PartyVerb.Register)
                .WithTags("Changes of parties").WithNotes(PartyChangeNotes.Of(verb)).WithExample(("id", "tencent"));
        }
    }

    /// <summary>The form of the page on which parties are registered.</summary>
    private static async Task<IResult> Register(HttpContext context, CancellationToken cancel)
    {
        var form = await Fields.FormOf(context.Request, cancel);
        var (id, aliases) = (form["id"].ToString().Trim(), form["aliases"].ToString().ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        var fields = new PartyChangeFields { Name = form["name"].ToString().Trim(), Aliases = [.. aliases] };
        var summary = await Make(context, PartyChange.Read(id, PartyVerb.Register, fields), Author.Of(context));
        return context.SeeOther($"/parties/{id}", summary.Position);
    }

    /// <summary>A party, be it company, investor or neither</summary>
    /// <remarks>Its names, what it is to others, and what was merged into it. The answer has an ETag, whose version If-Match of a change goes by.</remarks>
    /// <param name="context">Of the request.</param>
    /// <param name="parties">The record's.</param>
    /// <param name="name">An id, a name or an alias, in any case.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<IResult> GetParty(HttpContext context, PartyQueries parties, string name, CancellationToken cancel)
    {
        var party = await parties.Get(name, cancel);
        return context.Versioned(party, party.Version);
    }

    /// <summary>What a merge of two parties would change</summary>
    /// <remarks>Nothing is changed: it shows the companies and investors apart and as one, and what would be other for third parties.</remarks>
    /// <param name="previews">The record's.</param>
    /// <param name="id">The party that would be merged.</param>
    /// <param name="into">The party that it would be shown as.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<MergePreview> PreviewMerge(MergePreviews previews, string id, string into, CancellationToken cancel) => previews.Of(new PartyId(id), new PartyId(into), cancel);

    private static Task<PartyChangeSummary> Make(HttpContext context, PartyChange change, Writer writer)
    {
        if (Preconditions.IfMatch(context.Request) is { } seen)
            change = change with { IfVersion = seen, IfUntouched = true };
        return PartyChangeSummary.Make(context.RequestServices.GetRequiredService<PartyLedger>(), context.RequestServices.GetRequiredService<PartyNames>(), change, writer, context.RequestAborted);
    }
}

/// <summary>What a change of a party came to.</summary>
/// <param name="Warnings">Sentences: which other parties go by a name that was given.</param>
public sealed record PartyChangeSummary(int RecordedEvents, long Position, IReadOnlyList<string> Warnings) : ChangeSummary(RecordedEvents, Position)
{
    internal static async Task<PartyChangeSummary> Make(PartyLedger ledger, PartyNames names, PartyChange change, Writer writer, CancellationToken cancel)
    {
        var outcome = await ledger.Change(change, writer, cancel);
        var given = change.Verb == PartyVerb.Unalias ? [] : change.Aliases.Prepend(change.Name).OfType<string>();
        return new PartyChangeSummary(outcome.Events, outcome.Position, await names.Namesakes(given, change.Party.Value, cancel));
    }
}
