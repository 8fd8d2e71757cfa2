using Ledger.App.Deals;
using Ledger.App.Intake.RecordArticle;
using Ledger.App.Log;
using Ledger.App.Shell;
using Ledger.Domain.Values;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ledger.App.Intake.Announce;

/// <summary>Articles, and what they announce, over HTTP: as JSON under /api, and as the form on the page of its own.</summary>
internal static class AnnounceEndpoints
{
    /// <summary>Begins the names of the fields that say of which deal the announced one is.</summary>
    public const string SameField = "same-";

    public static void MapAnnounce(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("/api/articles").MapPost("", RecordArticle).WithTags("Articles").Accepts<ArticleBody>("application/json").WithBody(Example)
            .WithProblems("party-unknown", "field-not-of-a-deal", "field-not-of-a-party", "field-not-of-an-article", "deal-without-claims", "deal-without-company", "deal-without-kind", "deal-without-status", "deal-unknown", "deal-tied", "deal-merged", "deal-retracted", "companies-differ", "does-not-fit", "not-an-aggregate", "aggregate-has-no-parts", "same-deal", "too-long");
        routes.MapGroup("/record").MapPost("/article", async (HttpContext context, Announcing announcing, CancellationToken cancel) =>
            await OfForm(context, announcing, await Fields.FormOf(context.Request, cancel), cancel)).ExcludeFromDescription();
    }

    private const string Example = """
        { "text": "Acme raised $10 million.", "announcement": {
            "article": {"publisher": "The Daily"}, "parties": [{"id": "acme", "name": "Acme"}],
            "deals": [{"id": "acme-10-million", "claims": [
                {"company": "acme", "words": "Acme", "quote": "Acme raised $10 million"},
                {"kind": "round", "words": "raised", "quote": "Acme raised $10 million"},
                {"status": "announced", "words": "raised", "quote": "Acme raised $10 million"},
                {"amount": {"qualifier": "exact", "currency": "USD", "low": 10000000, "high": 10000000}, "words": "$10 million", "quote": "Acme raised $10 million"}]}] } }
        """;

    /// <summary>Records an article and what it announces</summary>
    /// <remarks>Of new deals and of known ones. Every claim carries the quote that says it, which stands in the text to the letter. What is recorded already is left alone; if anything is refused, nothing is recorded.</remarks>
    /// <param name="context">Of the request.</param>
    /// <param name="announcing">Records it.</param>
    /// <param name="preview">Whether it is only to be shown which known deals the new ones may be.</param>
    /// <param name="cancel">The sender has gone.</param>
    internal static async Task<AnnounceSummary> RecordArticle(HttpContext context, Announcing announcing, bool? preview, CancellationToken cancel)
    {
        var body = await Fields.OfJson<ArticleBody>(context.Request, cancel);
        if (body.Announcement is { } file)
            CheckNothingIsNull(file);
        var article = ArticleFile.Of(body.Text ?? "", body.FileName ?? "text") with { FileName = body.FileName is { } name ? Text.Line("fileName", name) : null };
        return await Record(announcing, Preconditions.WriterOf(context, body), article, body.Announcement, body.Same, preview ?? false, cancel);
    }

    /// <summary>Records what the form says; or where its reader has not been shown yet which known deals the new ones may be, shows that.</summary>
    private static async Task<IResult> OfForm(HttpContext context, Announcing announcing, IFormCollection form, CancellationToken cancel)
    {
        // A browser ends lines as of old; the article is the same one as that in a file.
        var (text, yaml) = (form["text"].ToString().ReplaceLineEndings("\n"), form["announcement"].ToString().ReplaceLineEndings("\n"));
        var file = string.IsNullOrWhiteSpace(yaml) ? null : StrictYaml.Parse<AnnouncementFile>("announcement", yaml);
        var article = ArticleFile.Of(text, "text") with { FileName = null };
        var same = form.Where(field => field.Key.StartsWith(SameField, StringComparison.Ordinal) && field.Value.ToString().Length > 0)
            .ToDictionary(field => field.Key[SameField.Length..], field => field.Value.ToString());
        if (form["shown"].ToString().Length == 0)
        {
            var preview = await Record(announcing, Author.Of(context), article, file, [], preview: true, cancel);
            if (preview.Candidates is { Count: > 0 } candidates)
            {
                RenderFragment page = page =>
                {
                    page.OpenComponent<RecordPreview>(0);
                    page.AddAttribute(1, nameof(RecordPreview.Text), text);
                    page.AddAttribute(2, nameof(RecordPreview.Announcement), yaml);
                    page.AddAttribute(3, nameof(RecordPreview.Candidates), candidates);
                    page.CloseComponent();
                };
                return new RazorComponentResult<Document>(new { Answer = page });
            }
        }
        var summary = await Record(announcing, Author.Of(context), article, file, same, preview: false, cancel);
        return context.SeeOther($"/articles/{summary.Article}", summary.Position);
    }

    private static async Task<AnnounceSummary> Record(
        Announcing announcing, Writer writer, ArticleFile article, AnnouncementFile? file, Dictionary<string, string> same, bool preview, CancellationToken cancel)
    {
        if (same.Count > 0)
            await announcing.Take(file ?? new AnnouncementFile(), same, cancel);
        return await announcing.Record(AnnounceCommand.Read(article, file is null ? null : ("announcement", file)), writer, preview, cancel);
    }

    /// <summary>Of lists the framework's own check does not ask.</summary>
    private static void CheckNothingIsNull(AnnouncementFile file)
    {
        IEnumerable<object?> all = [.. file.Parties, .. file.Deals, .. file.Figures, .. file.Parties.SelectMany(party => party?.Claims ?? []), .. file.Deals.SelectMany(deal => deal?.Claims ?? [])];
        if (all.Contains(null))
            throw new InvalidValueException("announcement", "null stands in a list where fields are expected");
    }

    /// <summary>The body of a request.</summary>
    internal sealed class ArticleBody
    {
        /// <summary>The article, to the letter.</summary>
        public string? Text { get; set; }

        /// <summary>What it came in, for readers.</summary>
        public string? FileName { get; set; }

        /// <summary>What it announces; left out where it is only to be recorded.</summary>
        public AnnouncementFile? Announcement { get; set; }

        /// <summary>By the id of a deal in the announcement, the id of the known deal that it is.</summary>
        public Dictionary<string, string> Same { get; set; } = [];
    }
}
