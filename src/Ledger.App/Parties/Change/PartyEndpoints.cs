using System.Globalization;
using Ledger.App.Deals.Change;
using Ledger.App.Shell;
using Ledger.App.Views.Parties;
using Ledger.Domain.Values;

namespace Ledger.App.Parties.Change;

/// <summary>Changes of a party over HTTP: as JSON under /api, and as the forms on its page.</summary>
internal static class PartyEndpoints
{
    public static void MapParties(this IEndpointRouteBuilder routes)
    {
        var verbs = string.Join('|', Enum.GetValues<PartyVerb>().Select(PartyChange.Word));
        routes.MapGet("/api/parties/{id}/merge", (MergePreviews previews, string id, string into, CancellationToken cancel) => previews.Of(new PartyId(id), new PartyId(into), cancel));
        routes.MapGet("/api/parties/{name}", (PartyQueries parties, string name, CancellationToken cancel) => parties.Get(name, cancel));
        routes.MapGroup("/api/parties/{id}").MapPost($"/{{verb:regex(^({verbs})$)}}", async (HttpContext context, PartyLedger ledger, PartyNames names, string id, string verb, CancellationToken cancel) =>
            await PartyChangeSummary.Make(ledger, names, Read(id, verb, await ChangeEndpoints.Read<PartyChangeFields>(context.Request, cancel)), Author.Of(context), cancel));
        routes.MapGroup("/parties/{id}").MapPost($"/{{verb:regex(^({verbs})$)}}", async (HttpContext context, PartyLedger ledger, string id, string verb, CancellationToken cancel) =>
        {
            var outcome = await ledger.Change(Read(id, verb, Read(await context.Request.ReadFormAsync(cancel))), Author.Of(context), cancel);
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            // The page is to show what was just recorded.
            context.Response.Headers.Location = $"/parties/{id}{(outcome.Position > 0 ? $"?after={outcome.Position}" : "")}";
        });
    }

    private static PartyChange Read(string id, string verb, PartyChangeFields fields) => PartyChange.Read(id, Enum.Parse<PartyVerb>(verb, ignoreCase: true), fields);

    private static PartyChangeFields Read(IFormCollection form)
    {
        return new PartyChangeFields
        {
            Name = Text("name"),
            Other = Text("other"),
            Is = Text("is"),
            With = Text("with"),
            From = Text("from"),
            Article = Text("article"),
            Words = Text("words"),
            Quote = Text("quote"),
            Reason = Text("reason"),
            IfVersion = Text("ifVersion") is { } version ? long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new InvalidValueException("ifVersion", $"'{version}' is no number") : null,
        };

        // A browser sends what was left empty, and ends lines as of old.
        string? Text(string name) => form[name].ToString().ReplaceLineEndings("\n") is var text && string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}

/// <summary>What a change of a party came to.</summary>
/// <param name="Position">The highest position recorded; 0 where everything was so already.</param>
/// <param name="Warnings">Sentences: which other parties go by a name that was given.</param>
public sealed record PartyChangeSummary(int RecordedEvents, long Position, IReadOnlyList<string> Warnings)
{
    internal static async Task<PartyChangeSummary> Make(PartyLedger ledger, PartyNames names, PartyChange change, string author, CancellationToken cancel)
    {
        var outcome = await ledger.Change(change, author, cancel);
        var given = change.Verb == PartyVerb.Unalias ? [] : change.Aliases.Prepend(change.Name).OfType<string>();
        return new PartyChangeSummary(outcome.Events, outcome.Position, await names.Namesakes(given, change.Party.Value, cancel));
    }
}
