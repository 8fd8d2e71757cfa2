using Ledger.App.Shell;
using Ledger.Domain.Values;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ledger.App.Deals.Bulk;

/// <summary>What the forms of the pages of bulk changes post to: first what would change is shown, and then it is done.</summary>
internal static class BulkForms
{
    public static void MapBulkForms(this IEndpointRouteBuilder routes)
    {
        var bulk = routes.MapGroup("/bulk");
        bulk.MapPost("/preview", (HttpContext context, BulkChanges changes, CancellationToken cancel) => Make(context, changes, preview: true, cancel)).ExcludeFromDescription();
        bulk.MapPost("/make", (HttpContext context, BulkChanges changes, CancellationToken cancel) => Make(context, changes, preview: false, cancel)).ExcludeFromDescription();
        bulk.MapPost("/{id}/undo/preview", (HttpContext context, BulkChanges changes, string id, CancellationToken cancel) => Undo(context, changes, id, preview: true, cancel)).ExcludeFromDescription();
        bulk.MapPost("/{id}/undo", (HttpContext context, BulkChanges changes, string id, CancellationToken cancel) => Undo(context, changes, id, preview: false, cancel)).ExcludeFromDescription();
    }

    private static async Task<IResult> Make(HttpContext context, BulkChanges changes, bool preview, CancellationToken cancel)
    {
        var form = await Fields.FormOf(context.Request, cancel);
        var list = form["changes"].ToString().ReplaceLineEndings("\n");
        var (requests, reason) = ChangesFile.Parse("changes", list).Changes("changes", Given(form, "reason"), "the reason below");
        var outcome = await changes.Make(requests, reason, Author.Of(context), preview, cancel);
        return Answer(context, outcome, "/bulk/make", ("changes", list), ("reason", reason.Text));
    }

    private static async Task<IResult> Undo(HttpContext context, BulkChanges changes, string id, bool preview, CancellationToken cancel)
    {
        var form = await Fields.FormOf(context.Request, cancel);
        var reason = new Reason(Given(form, "reason")!);
        var outcome = await changes.Undo(Slug.Check("id", id), reason, Author.Of(context), preview, cancel);
        return Answer(context, outcome, $"/bulk/{id}/undo", ("reason", reason.Text));
    }

    /// <summary>What was made is got from its own page; what would be, or is so already, is shown here.</summary>
    private static IResult Answer(HttpContext context, BulkOutcome outcome, string address, params IReadOnlyList<(string Name, string Value)> fields)
    {
        if (outcome.Change is { } made)
            return context.SeeOther($"/bulk/{made}", outcome.Position);
        RenderFragment page = page =>
        {
            page.OpenComponent<BulkPreview>(0);
            page.AddAttribute(1, nameof(BulkPreview.Outcome), outcome);
            page.AddAttribute(2, nameof(BulkPreview.Address), address);
            page.AddAttribute(3, nameof(BulkPreview.Fields), fields);
            page.CloseComponent();
        };
        return new RazorComponentResult<Document>(new { Answer = page });
    }

    private static string? Given(IFormCollection form, string name) => form[name].ToString() is var text && string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
