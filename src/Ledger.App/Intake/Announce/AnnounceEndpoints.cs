using Ledger.App.Deals;
using Ledger.App.Intake.RecordArticle;
using Ledger.App.Log;
using Ledger.App.Shell;
using Ledger.Domain.Values;

namespace Ledger.App.Intake.Announce;

/// <summary>Articles, and what they announce, over HTTP: as JSON under /api, and as the form on the page of its own.</summary>
internal static class AnnounceEndpoints
{
    public static void MapAnnounce(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("/api/articles").MapPost("", RecordArticle).WithTags("Articles").Accepts<ArticleBody>("application/json").WithBody(Example)
            .WithProblems("party-unknown", "field-not-of-a-deal", "field-not-of-a-party", "field-not-of-an-article", "deal-without-claims", "deal-without-company", "deal-without-kind", "deal-without-status", "deal-unknown", "deal-tied", "deal-merged", "deal-retracted", "companies-differ", "does-not-fit", "not-an-aggregate", "aggregate-has-no-parts", "same-deal");
        routes.MapGroup("/record").MapPost("/article", async (HttpContext context, DealLedger ledger, CancellationToken cancel) =>
        {
            var form = await context.Request.ReadFormAsync(cancel);
            // A browser ends lines as of old; the article is the same one as that in a file.
            var (text, yaml) = (form["text"].ToString().ReplaceLineEndings("\n"), form["announcement"].ToString());
            var file = string.IsNullOrWhiteSpace(yaml) ? null : StrictYaml.Parse<AnnouncementFile>("announcement", yaml);
            var summary = await Record(ledger, Author.Of(context), text, null, file, cancel);
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = $"/articles/{summary.Article}{(summary.Position > 0 ? $"?after={summary.Position}" : "")}";
        }).ExcludeFromDescription();
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
    /// <param name="ledger">Records it.</param>
    /// <param name="cancel">The sender has gone.</param>
    internal static async Task<AnnounceSummary> RecordArticle(HttpContext context, DealLedger ledger, CancellationToken cancel)
    {
        var body = await Fields.OfJson<ArticleBody>(context.Request, cancel);
        if (body.Announcement is { } file)
            CheckNothingIsNull(file);
        return await Record(ledger, Preconditions.WriterOf(context, body), body.Text, body.FileName, body.Announcement, cancel);
    }

    private static async Task<AnnounceSummary> Record(DealLedger ledger, Writer writer, string? text, string? fileName, AnnouncementFile? file, CancellationToken cancel)
    {
        var article = ArticleFile.Of(text ?? "", fileName ?? "text");
        var announcement = AnnounceCommand.Read(article with { FileName = fileName }, file is null ? null : ("announcement", file));
        return AnnounceSummary.Of(announcement, await ledger.Record([announcement], writer, cancel));
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
    }
}
