using Ledger.App.Deals;
using Ledger.App.Deals.Change;
using Ledger.App.Intake.RecordArticle;
using Ledger.App.Shell;
using Ledger.Domain.Values;

namespace Ledger.App.Intake.Announce;

/// <summary>Articles, and what they announce, over HTTP: as JSON under /api, and as the form on the page of its own.</summary>
internal static class AnnounceEndpoints
{
    public static void MapAnnounce(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("/api/articles").MapPost("", async (HttpContext context, DealLedger ledger, CancellationToken cancel) =>
        {
            var body = await ChangeEndpoints.Read<ArticleBody>(context.Request, cancel);
            if (body.Announcement is { } file)
                CheckNothingIsNull(file);
            return await Record(ledger, context, body.Text, body.FileName, body.Announcement, cancel);
        });
        routes.MapGroup("/record").MapPost("/article", async (HttpContext context, DealLedger ledger, CancellationToken cancel) =>
        {
            var form = await context.Request.ReadFormAsync(cancel);
            // A browser ends lines as of old; the article is the same one as that in a file.
            var (text, yaml) = (form["text"].ToString().ReplaceLineEndings("\n"), form["announcement"].ToString());
            var file = string.IsNullOrWhiteSpace(yaml) ? null : StrictYaml.Parse<AnnouncementFile>("announcement", yaml);
            var summary = await Record(ledger, context, text, null, file, cancel);
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = $"/articles/{summary.Article}{(summary.Position > 0 ? $"?after={summary.Position}" : "")}";
        });
    }

    private static async Task<AnnounceSummary> Record(DealLedger ledger, HttpContext context, string? text, string? fileName, AnnouncementFile? file, CancellationToken cancel)
    {
        var article = ArticleFile.Of(text ?? "", fileName ?? "text");
        var announcement = AnnounceCommand.Read(article with { FileName = fileName }, file is null ? null : ("announcement", file));
        return AnnounceSummary.Of(announcement, await ledger.Record([announcement], Author.Of(context), cancel));
    }

    /// <summary>Of lists the framework's own check does not ask.</summary>
    private static void CheckNothingIsNull(AnnouncementFile file)
    {
        IEnumerable<object?> all = [.. file.Parties, .. file.Deals, .. file.Figures, .. file.Parties.SelectMany(party => party?.Claims ?? []), .. file.Deals.SelectMany(deal => deal?.Claims ?? [])];
        if (all.Contains(null))
            throw new InvalidValueException("announcement", "null stands in a list where fields are expected");
    }

    /// <summary>The body of a request.</summary>
    private sealed class ArticleBody
    {
        public string? Text { get; set; }

        public string? FileName { get; set; }

        public AnnouncementFile? Announcement { get; set; }
    }
}
