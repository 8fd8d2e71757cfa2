using Ledger.App.Shell;
using Ledger.App.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ledger.App.Alerts.Mail;

/// <summary>
/// How whoever reads mails ends them, without a key: the link's token says which. It stands in the query, which no log of ours has. Programs follow
/// links to see where they lead, so nothing but a POST ends anything.
/// </summary>
internal static class UnsubscribeEndpoints
{
    /// <summary>The page with the button.</summary>
    public const string Page = "/unsubscribe";

    /// <summary>What mail programs post to (RFC 8058).</summary>
    public const string OneClick = "/unsubscribe/one-click";

    /// <summary>The body of what they post, as the header of the mail says.</summary>
    public const string Click = "List-Unsubscribe=One-Click";

    public static void MapUnsubscribe(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(OneClick, (string? token) => TypedResults.LocalRedirect($"~{Address(token)}")).ExcludeFromDescription().AllowAnonymous();
        routes.MapPost(OneClick, End).ExcludeFromDescription().AllowAnonymous().DisableAntiforgery();
    }

    private static async Task<IResult> End(HttpContext context, MailTable mails, string? token, CancellationToken cancel)
    {
        var form = await Fields.FormOf(context.Request, cancel);
        var click = Click.Split('=');
        if (form[click[0]] != click[1])
            throw new BadHttpRequestException($"The body does not say {Click}, and so nothing is ended.");
        if (!await mails.Unsubscribe(token ?? "", cancel))
            throw new NotFoundException(UnknownLink);
        return form.ContainsKey("page") ? Webhooks.SecretAnswer.Back(Address(token)) : TypedResults.Text("Unsubscribed.");
    }

    public const string UnknownLink = "The link is of no mails that are sent from here: it was cut short, or the address was deleted since.";

    private static string Address(string? token) => $"{Page}?token={Uri.EscapeDataString(token ?? "")}";
}
