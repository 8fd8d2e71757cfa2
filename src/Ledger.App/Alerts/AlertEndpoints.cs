using System.Text.RegularExpressions;
using Ledger.App.Alerts.Atom;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Live;
using Ledger.App.Alerts.Mail;
using Ledger.App.Alerts.Matching;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.Log;
using Ledger.App.Shell;
using Ledger.App.Views;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts;

/// <summary>Alerts over HTTP: under /api as JSON, and as the forms on their pages.</summary>
internal static partial class AlertEndpoints
{
    private const string Alerts = "Alerts";

    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/alerts", ListSubscriptions).WithTags(Alerts).WithExample(("limit", "20"));
        routes.MapGet("/api/alerts/{id}", GetSubscription).WithTags(Alerts).WithExample(("id", "tencent")).WithProblems("not-found");
        routes.MapGet("/api/alerts/{id}/told", ListAlerts).WithTags(Alerts).WithExample(("id", "tencent"), ("limit", "20")).WithProblems("not-found");
        routes.MapGet("/api/alerts-tried", TrySubscription).WithTags(Alerts).WithExample(("what", "investor"), ("which", "tencent"), ("years", "10")).WithProblems("not-found");
        routes.MapGet("/api/deliveries", ListDeliveries).WithTags(Alerts).WithExample(("limit", "20"));
        routes.MapGet("/api/deliveries/{id}", GetDelivery).WithTags(Alerts).WithExample(("id", "alert_0123456789abcdef0123456789abcdef")).WithProblems("not-found");
        routes.MapGet("/api/endpoints", ListEndpoints).WithTags(Alerts).WithExample(("limit", "20"));
        routes.MapGroup("/api/alerts").MapPost("", MakeSubscription).WithTags(Alerts).Accepts<MakeFields>("application/json").WithProblems("not-found", "subscription-exists")
            .WithBody("""{"name": "Tencent", "investor": "tencent", "kinds": "newDeal, correction", "webhook": "https://receiver.example/hook"}""");
        routes.MapGroup("/alerts").MapPost("make", MakeByForm).ExcludeFromDescription();
        Change<ChangeFields>(routes, "change", "Has a subscription follow something else, be called otherwise, or send elsewhere", """{"kinds": "all"}""", async (services, id, fields, by, cancel) =>
            await services.GetRequiredService<SubscriptionTable>().Change(
                id, fields.Name, Targets.IsIn(fields) ? await services.GetRequiredService<Targets>().Read(fields, cancel) : null, fields.Kinds is null ? null : Targets.Kinds(fields.Kinds), Addresses(fields.Webhook), MailOrder.Of(fields), by, cancel));
        Order(routes, "pause", "Has a subscription be told of nothing until it is resumed", (table, id, by, cancel) => table.Pause(id, by, cancel));
        Order(routes, "resume", "Has a subscription be told again, of what is recorded from now on", (table, id, by, cancel) => table.Resume(id, by, cancel));
        Order(routes, "delete", "Ends a subscription, and what still waits to be sent for it; its history stays", (table, id, by, cancel) => table.Delete(id, by, cancel));
        routes.MapLive();
        routes.MapAtom();
        routes.MapUnsubscribe();
        routes.MapFeedAddresses();
        routes.MapDeliveryOrders();
    }

    /// <summary>Subscriptions</summary>
    /// <remarks>By their ids: what each follows, and whether it is told of anything now.</remarks>
    /// <param name="subscriptions">The ledger's.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<SubscriptionRecord>> ListSubscriptions(SubscriptionQueries subscriptions, string? next, string? limit, CancellationToken cancel) =>
        subscriptions.List(PageLimit.Parse(limit), next, cancel);

    /// <summary>A subscription, what was decided about it, and where it sends to</summary>
    /// <remarks>With its latest alerts.</remarks>
    /// <param name="subscriptions">The ledger's.</param>
    /// <param name="id">The subscription's.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<SubscriptionDetails> GetSubscription(SubscriptionQueries subscriptions, string id, CancellationToken cancel) => subscriptions.Get(id, cancel);

    /// <summary>What a subscription was told, the last first</summary>
    /// <remarks>Each alert is of one change of one deal or list.</remarks>
    /// <param name="subscriptions">The ledger's.</param>
    /// <param name="id">The subscription's.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<Page<AlertContent>> ListAlerts(SubscriptionQueries subscriptions, string id, string? next, string? limit, CancellationToken cancel)
    {
        await subscriptions.Get(id, cancel);
        return await subscriptions.Alerts(id, PageLimit.Parse(limit), next, cancel);
    }

    /// <summary>What a subscription would have been told</summary>
    /// <remarks>How many alerts there would have been, and the last 50.</remarks>
    /// <param name="targets">Reads what is followed.</param>
    /// <param name="history">What has happened.</param>
    /// <param name="what">investor, company, sector, watchlist or rule.</param>
    /// <param name="which">An id, a name or an alias; or a rule, in the language that /watchlists/language tells.</param>
    /// <param name="kinds">Of changes, separated by commas; all where nothing is said.</param>
    /// <param name="years">How far back; 1 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<TriedAlerts> TrySubscription(Targets targets, AlertHistory history, string what, string which, string? kinds, string? years, CancellationToken cancel) =>
        AlertTries.Try(targets, history, new FollowFields { What = what, Which = which, Kinds = kinds }, years, cancel);

    /// <summary>Deliveries to endpoints, those made last first</summary>
    /// <remarks>How far each is, and how its last attempt went.</remarks>
    /// <param name="deliveries">The ledger's.</param>
    /// <param name="subscription">Only this one's.</param>
    /// <param name="state">Only those that are pending, sent, failed or disabled.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<DeliveryRecord>> ListDeliveries(DeliveryQueries deliveries, string? subscription, string? state, string? next, string? limit, CancellationToken cancel) =>
        deliveries.List(subscription, state is null ? null : Written.Parse<DeliveryState>("state", state), PageLimit.Parse(limit), next, cancel);

    /// <summary>A delivery with every attempt</summary>
    /// <remarks>What was sent, what was answered, and how long that took.</remarks>
    /// <param name="deliveries">The ledger's.</param>
    /// <param name="id">Its webhook-id.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<DeliveryDetails> GetDelivery(DeliveryQueries deliveries, string id, CancellationToken cancel) => deliveries.Get(id, cancel);

    /// <summary>Endpoints that webhooks and mails are sent to</summary>
    /// <remarks>Of their addresses only the hosts are shown.</remarks>
    /// <param name="endpoints">The ledger's.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<EndpointRecord>> ListEndpoints(EndpointTable endpoints, string? next, string? limit, CancellationToken cancel) => endpoints.List(PageLimit.Parse(limit), next, cancel);

    /// <summary>Follows something</summary>
    /// <remarks>Its id is made from its name. It is told of what is recorded from now on. The secrets of addresses that were not known before are in the answer, and nowhere else.</remarks>
    /// <param name="context">Of the request.</param>
    /// <param name="cancel">The sender has gone.</param>
    internal static async Task<MadeSubscription> MakeSubscription(HttpContext context, CancellationToken cancel)
    {
        var fields = await Fields.OfJson<MakeFields>(context.Request, cancel);
        return await Make(context, fields, Preconditions.WriterOf(context, fields), cancel);
    }

    private static async Task<IResult> MakeByForm(HttpContext context, CancellationToken cancel)
    {
        var made = await Make(context, await Fields.OfForm<MakeFields>(context.Request, cancel), Author.Of(context), cancel);
        return SecretAnswer.Of(made.Secrets, $"/alerts/{made.Id}");
    }

    private static async Task<MadeSubscription> Make(HttpContext context, MakeFields fields, Writer by, CancellationToken cancel)
    {
        var name = Text.Line("name", fields.Name, 100);
        var target = await context.RequestServices.GetRequiredService<Targets>().Read(fields, cancel);
        return await context.RequestServices.GetRequiredService<SubscriptionTable>().Make(name, target, Targets.Kinds(fields.Kinds), Addresses(fields.Webhook) ?? [], MailOrder.Of(fields), by, cancel);
    }

    /// <summary>Between addresses stand spaces or commas; within one there may be commas, too.</summary>
    private static string[]? Addresses(string? webhook) => webhook is null ? null
        : Between().Split(webhook).Where(address => address.Length > 0).ToArray() is { Length: > 0 } addresses ? addresses : throw new InvalidValueException("webhook", "is empty; none ends what there is");

    [GeneratedRegex(@"\s+|,(?=\s|https?://)")]
    private static partial Regex Between();

    /// <summary>What is said by its address.</summary>
    private static void Order(IEndpointRouteBuilder routes, string verb, string summary, Func<SubscriptionTable, string, Writer, CancellationToken, Task<MadeSubscription>> give) => Change<AddressFields>(
        routes, verb, summary, """{"id": "tencent"}""", (services, id, fields, by, cancel) =>
        {
            fields.Check(id);
            return give(services.GetRequiredService<SubscriptionTable>(), id, by, cancel);
        });

    private static void Change<TFields>(
        IEndpointRouteBuilder routes, string verb, string summary, string body, Func<IServiceProvider, string, TFields, Writer, CancellationToken, Task<MadeSubscription>> change) where TFields : class, new()
    {
        routes.MapGroup("/alerts/{id}").MapPost(verb, async (HttpContext context, string id, CancellationToken cancel) =>
        {
            var made = await change(context.RequestServices, id, await Fields.OfForm<TFields>(context.Request, cancel), Author.Of(context), cancel);
            return SecretAnswer.Of(made.Secrets, $"/alerts/{id}");
        }).ExcludeFromDescription();
        routes.MapGroup("/api/alerts/{id}").MapPost(verb, async (HttpContext context, string id, CancellationToken cancel) =>
            {
                var fields = await Fields.OfJson<TFields>(context.Request, cancel);
                return await change(context.RequestServices, id, fields, Preconditions.WriterOf(context, fields), cancel);
            })
            .WithTags(Alerts).WithSummary(summary).WithDescription("It holds for what is recorded from now on.").Accepts<TFields>("application/json").WithBody(body).WithExample(("id", "tencent"))
            .WithProblems("not-found", "subscription-deleted");
    }

    internal sealed class MakeFields : MailFields
    {
        public string? Name { get; set; }

        /// <summary>Addresses of https or http, separated by spaces.</summary>
        public string? Webhook { get; set; }
    }

    internal sealed class ChangeFields : MailFields
    {
        public string? Name { get; set; }

        /// <summary>Addresses of https or http, separated by spaces, in place of those that there are; <c>none</c> ends them.</summary>
        public string? Webhook { get; set; }
    }
}
