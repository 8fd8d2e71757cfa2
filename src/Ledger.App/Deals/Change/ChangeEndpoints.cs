using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.App.Intake.Announce;
using Ledger.App.Shell;
using Ledger.Domain.Values;

namespace Ledger.App.Deals.Change;

/// <summary>Changes of a deal over HTTP: as JSON under /api, and as the forms on its page.</summary>
internal static class ChangeEndpoints
{
    public static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    public static void MapChanges(this IEndpointRouteBuilder routes)
    {
        var verbs = string.Join('|', Enum.GetValues<DealVerb>().Select(ChangeReader.Word));
        routes.MapGroup("/api/deals/{id}").MapPost($"/{{verb:regex(^({verbs})$)}}", async (HttpContext context, DealLedger ledger, string id, string verb, CancellationToken cancel) =>
        {
            var fields = await Read<ChangeFields>(context.Request, cancel);
            var outcome = await Make(ledger, context, fields, id, verb, cancel);
            return new ChangeSummary(outcome.Events, outcome.Position);
        });
        routes.MapGroup("/deals/{id}").MapPost($"/{{verb:regex(^({verbs})$)}}", async (HttpContext context, DealLedger ledger, string id, string verb, CancellationToken cancel) =>
        {
            var outcome = await Make(ledger, context, Read(await context.Request.ReadFormAsync(cancel)), id, verb, cancel);
            // The page is to show what was just recorded.
            var shown = outcome.Position > 0 ? $"?after={outcome.Position}" : "";
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = $"/deals/{id}{shown}";
        });
    }

    /// <summary>The body of a request, in which every field has to be known.</summary>
    public static async Task<T> Read<T>(HttpRequest request, CancellationToken cancel) where T : class, new()
    {
        try
        {
            return request.ContentLength == 0 ? new T() : await JsonSerializer.DeserializeAsync<T>(request.Body, Strict, cancel) ?? new T();
        }
        catch (JsonException e)
        {
            throw new InvalidValueException("body", $"cannot be read{(e.Path is { Length: > 1 } path ? $" at {path[2..]}" : "")}: {Reason(e)}");
        }
    }

    private static Task<RecordOutcome> Make(DealLedger ledger, HttpContext context, ChangeFields fields, string id, string verb, CancellationToken cancel)
    {
        if (fields.Deal is not null && fields.Deal != id || fields.Do is not null && fields.Do != verb)
            throw new InvalidValueException("deal", "and do stand in the address; another one stands in the body");
        (fields.Deal, fields.Do) = (id, verb);
        return ledger.Change([ChangeReader.Read(verb, fields)], Author.Of(context), cancel);
    }

    private static ChangeFields Read(IFormCollection form)
    {
        var fields = new ChangeFields
        {
            Claim = Text("claim"),
            Article = Text("article"),
            Other = Text("other"),
            As = Text("as"),
            Sector = Text("sector"),
            Place = Text("place"),
            Reason = Text("reason"),
            IfVersion = Text("ifVersion") is { } version ? long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new InvalidValueException("ifVersion", $"'{version}' is no number") : null,
        };
        if (Text("value") is { } value)
            fields.By = StrictYaml.Parse<ClaimFields>("value", value);
        else if (Text("status") is { } status)
            fields.By = new ClaimFields { Status = status, Effective = Text("effective") };
        if (fields.By is { } by)
            (by.Words, by.Quote) = (Text("words") ?? by.Words, Text("quote") ?? by.Quote);
        return fields;

        // A browser sends what was left empty, and ends lines as of old.
        string? Text(string name) => form[name].ToString().ReplaceLineEndings("\n") is var text && string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    private static string Reason(JsonException e) =>
        e.InnerException?.Message ?? e.Message.Split(" Path:")[0];
}
