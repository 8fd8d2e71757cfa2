using Ledger.App.Shell;
using Ledger.App.Views;

namespace Ledger.App.Intake.Feeds;

/// <summary>Feeds and the inbox over HTTP: under /api, and what the page of the inbox posts to.</summary>
internal static class FeedsEndpoints
{
    public static void MapFeeds(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/inbox", ListInbox).WithTags("Articles").WithExample(("limit", "20"));
        routes.MapPost("/api/inbox/{id}/done", FinishInbox).WithTags("Articles").Accepts<NoFields>("application/json").WithBody("{}").WithExample(("id", "1")).WithProblems("not-found");
        routes.MapGet("/api/feeds", ListFeeds).WithTags("Articles").WithExample(("after", "92"));
        routes.MapGroup("/api/feeds").MapPost("", AddFeed).WithTags("Articles").Accepts<FeedFields>("application/json").WithBody("""{"address": "https://example.com/funding.rss", "title": "The Daily, funding"}""");
        routes.MapPost("/api/feeds/{id}/remove", RemoveFeed).WithTags("Articles").Accepts<NoFields>("application/json").WithBody("{}").WithExample(("id", "0198c1d2e3f4")).WithProblems("not-found");
        routes.MapPost("/inbox/{id}/done", async (HttpContext context, FeedTable feeds, long id, CancellationToken cancel) =>
        {
            await feeds.Done(id, Author.Of(context), cancel);
            return Results.LocalRedirect("~/inbox");
        });
        routes.MapPost("/inbox/feeds", async (HttpContext context, FeedTable feeds, CancellationToken cancel) =>
        {
            var fields = await Fields.OfForm<FeedFields>(context.Request, cancel);
            await feeds.Add(fields.Address, fields.Title, Author.Of(context), cancel);
            return Results.LocalRedirect("~/inbox");
        });
        routes.MapPost("/inbox/feeds/{id}/remove", async (FeedTable feeds, string id, CancellationToken cancel) =>
        {
            await feeds.Remove(id, cancel);
            return Results.LocalRedirect("~/inbox");
        });
    }

    /// <summary>Articles that feeds have brought and nobody has read yet</summary>
    /// <remarks>Those found last first. None of it is of the record.</remarks>
    /// <param name="feeds">The ledger's.</param>
    /// <param name="all">Whether those that were read are listed, too.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<InboxItem>> ListInbox(FeedTable feeds, bool? all, string? next, string? limit, CancellationToken cancel) =>
        feeds.Inbox(all ?? false, PageLimit.Parse(limit), next, cancel);

    /// <summary>Says that an article of the inbox is read</summary>
    /// <remarks>It leaves the list.</remarks>
    /// <param name="context">Of the request.</param>
    /// <param name="feeds">The ledger's.</param>
    /// <param name="id">The article's number in the inbox.</param>
    /// <param name="cancel">The sender has gone.</param>
    internal static async Task<InboxOutcome> FinishInbox(HttpContext context, FeedTable feeds, long id, CancellationToken cancel)
    {
        await Fields.OfJson<NoFields>(context.Request, cancel);
        await feeds.Done(id, Author.Of(context), cancel);
        return new InboxOutcome(id);
    }

    /// <summary>The feeds that are looked at</summary>
    /// <remarks>A handful; there is no next page. One that could not be read the last time says why, and since when.</remarks>
    /// <param name="feeds">The ledger's.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<Page<FeedRecord>> ListFeeds(FeedTable feeds, CancellationToken cancel) => new(await feeds.List(cancel), null);

    /// <summary>Looks at a feed from now on</summary>
    /// <remarks>RSS 2.0 or Atom, at a public address. One that is there already stays as it is.</remarks>
    /// <param name="context">Of the request.</param>
    /// <param name="feeds">The ledger's.</param>
    /// <param name="cancel">The sender has gone.</param>
    internal static async Task<FeedRecord> AddFeed(HttpContext context, FeedTable feeds, CancellationToken cancel)
    {
        var fields = await Fields.OfJson<FeedFields>(context.Request, cancel);
        return await feeds.Add(fields.Address, fields.Title, Author.Of(context), cancel);
    }

    /// <summary>Looks at a feed no more</summary>
    /// <remarks>What it brought leaves the inbox with it.</remarks>
    /// <param name="context">Of the request.</param>
    /// <param name="feeds">The ledger's.</param>
    /// <param name="id">The feed's id.</param>
    /// <param name="cancel">The sender has gone.</param>
    internal static async Task<FeedRecord> RemoveFeed(HttpContext context, FeedTable feeds, string id, CancellationToken cancel)
    {
        await Fields.OfJson<NoFields>(context.Request, cancel);
        return await feeds.Remove(id, cancel);
    }

    /// <param name="Done">The article's number in the inbox.</param>
    internal sealed record InboxOutcome(long Done);

    internal sealed class FeedFields
    {
        public string? Address { get; set; }

        public string? Title { get; set; }
    }
}
