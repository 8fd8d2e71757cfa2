using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.Shell;
using Ledger.Domain.Values;
using Microsoft.Net.Http.Headers;

namespace Ledger.App.Alerts.Atom;

/// <summary>Feeds of subscriptions, and their addresses.</summary>
internal static class AtomEndpoints
{
    private const int EntriesMax = 100;

    /// <summary>The feeds, which whoever has their addresses reads.</summary>
    public static void MapAtom(this IEndpointRouteBuilder routes) => routes.MapMethods(FeedAddresses.Pattern, [HttpMethods.Get, HttpMethods.Head], ReadFeed).ExcludeFromDescription().AllowAnonymous();

    public static void MapFeedAddresses(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/alerts/{id}/feed", async (HttpContext context, FeedAddresses feeds, LedgerAddress server, string id, CancellationToken cancel) =>
            SecretAnswer.Shown(
                "Keep this address", "Whoever has it reads the feed. It is shown this once; another one, or none, ends it.", [("Atom feed", server.Of(context.Request) + await feeds.Make(id, Author.Of(context), cancel))], $"/alerts/{id}"))
            .ExcludeFromDescription();
        routes.MapPost("/alerts/{id}/unfeed", async (FeedAddresses feeds, string id, CancellationToken cancel) =>
        {
            await feeds.Revoke(id, cancel);
            return SecretAnswer.Back($"/alerts/{id}");
        }).ExcludeFromDescription();
        routes.MapPost("/api/alerts/{id}/feed", async (HttpContext context, FeedAddresses feeds, LedgerAddress server, string id, CancellationToken cancel) =>
        {
            await AddressFields.Check(context.Request, id, cancel);
            return new FeedAddress(id, server.Of(context.Request) + await feeds.Make(id, Preconditions.WriterOf(context, new AddressFields()), cancel));
        }).WithTags("Alerts").WithSummary("Makes a subscription's feed another address").WithDescription("An Atom feed that whoever has the address reads. The address is in the answer, and nowhere else; one before it ends.")
            .Accepts<AddressFields>("application/json").WithBody("""{"id": "tencent"}""").WithExample(("id", "tencent")).WithProblems("not-found");
        routes.MapPost("/api/alerts/{id}/unfeed", async (HttpContext context, FeedAddresses feeds, string id, CancellationToken cancel) =>
        {
            await AddressFields.Check(context.Request, id, cancel);
            await feeds.Revoke(id, cancel);
            return new FeedAddress(id, null);
        }).WithTags("Alerts").WithSummary("Ends the address of a subscription's feed").WithDescription("Nobody reads it any more.").Accepts<AddressFields>("application/json").WithBody("""{"id": "tencent"}""").WithExample(("id", "tencent")).WithProblems("not-found");
    }

    private static async Task<IResult> ReadFeed(HttpContext context, FeedAddresses feeds, SubscriptionQueries subscriptions, LedgerAddress server, string secret, CancellationToken cancel)
    {
        var id = await feeds.Find(secret, cancel);
        var (details, begin) = (await subscriptions.Get(id, cancel), server.Of(context.Request));
        var alerts = (await subscriptions.Alerts(id, EntriesMax, null, cancel)).Items;
        var feed = AtomFeed.Of(details.Subscription, alerts, $"{begin}{context.Request.Path}", begin);
        context.Response.Headers.CacheControl = "private, no-cache";
        var tag = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(feed).AsSpan(0, 16));
        // A time in whole seconds, as HTTP has it, could hide what happened later within its second: only the tag says whether there is anything new.
        return Results.Bytes(feed, "application/atom+xml; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{tag}\""));
    }

    /// <param name="Address">Null where it has none.</param>
    internal sealed record FeedAddress(string Subscription, string? Address);
}
