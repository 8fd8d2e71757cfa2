using Ledger.App.Alerts.Webhooks;
using Ledger.App.Log;
using Ledger.App.Shell;
using Ledger.App.Views;

namespace Ledger.App.Alerts.Deliveries;

/// <summary>What may be done with deliveries and endpoints over HTTP.</summary>
internal static class DeliveryEndpoints
{
    private const string Alerts = "Alerts";
    private const string Delivery = "alert_0123456789abcdef0123456789abcdef";

    public static void MapDeliveryOrders(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/deliveries/{id}/resend", async (HttpContext context, DeliveryQueries deliveries, string id, CancellationToken cancel) =>
        {
            await AddressFields.Check(context.Request, id, cancel);
            return await deliveries.Resend(id, Preconditions.WriterOf(context, new AddressFields()), cancel);
        }).WithTags(Alerts).WithSummary("Sends a delivery again").WithDescription("Under the same webhook-id; its schedule begins anew.").Accepts<AddressFields>("application/json").WithBody($$"""{"id": "{{Delivery}}"}""")
            .WithExample(("id", Delivery)).WithProblems("not-found");
        routes.MapPost("/api/deliveries/resend", async (HttpContext context, DeliveryQueries deliveries, CancellationToken cancel) =>
        {
            var fields = await Fields.OfJson<ResendFields>(context.Request, cancel);
            return new Resent(await deliveries.Resend(DeliveryQueries.Since("since", fields.Since), fields.Subscription, fields.StateAsked(), Preconditions.WriterOf(context, fields), cancel));
        }).WithTags(Alerts).WithSummary("Sends again what was made since a time").WithDescription("Under the same webhook-ids; of one subscription, or in one state, where that is named.").Accepts<ResendFields>("application/json")
            .WithBody("""{"since": "2026-03-01T12:00Z", "state": "failed"}""");
        routes.MapPost("/deliveries/{id}/resend", async (HttpContext context, DeliveryQueries deliveries, string id, CancellationToken cancel) =>
        {
            await deliveries.Resend(id, Author.Of(context), cancel);
            return Results.LocalRedirect($"~/deliveries/{id}");
        }).ExcludeFromDescription();
        routes.MapPost("/deliveries/resend", async (HttpContext context, DeliveryQueries deliveries, CancellationToken cancel) =>
        {
            var fields = await Fields.OfForm<ResendFields>(context.Request, cancel);
            await deliveries.Resend(DeliveryQueries.Since("since", fields.Since), fields.Subscription, fields.StateAsked(), Author.Of(context), cancel);
            return Results.LocalRedirect("~/deliveries");
        }).ExcludeFromDescription();
        routes.MapEndpoint("rotate", "Makes an endpoint one more secret", "Those before it sign beside it for a day. The secret is in the answer, and nowhere else.",
            async (endpoints, id, by, cancel) =>
            {
                var made = await endpoints.Rotate(id, by, cancel);
                return new MadeSecrets(await endpoints.Get(id, cancel), [made]);
            });
        routes.MapEndpoint("enable", "Sends to an endpoint again", "What has waited for it is sent first.", async (endpoints, id, by, cancel) => new MadeSecrets(await endpoints.Enable(id, by, cancel), []));
        routes.MapEndpoint("forget", "Forgets an endpoint", "With whatever was sent there, or was to be.", async (endpoints, id, by, cancel) => new MadeSecrets(await endpoints.Forget(id, by, cancel), []));
    }

    private static void MapEndpoint(this IEndpointRouteBuilder routes, string order, string summary, string description, Func<EndpointTable, long, Writer, CancellationToken, Task<MadeSecrets>> give)
    {
        routes.MapPost($"/endpoints/{{id}}/{order}", async (HttpContext context, EndpointTable endpoints, long id, CancellationToken cancel) =>
            SecretAnswer.Of((await give(endpoints, id, Author.Of(context), cancel)).Secrets, "/deliveries")).ExcludeFromDescription();
        routes.MapPost($"/api/endpoints/{{id}}/{order}", async (HttpContext context, EndpointTable endpoints, long id, CancellationToken cancel) =>
        {
            await AddressFields.Check(context.Request, $"{id}", cancel);
            return await give(endpoints, id, Preconditions.WriterOf(context, new AddressFields()), cancel);
        }).WithTags(Alerts).WithSummary(summary).WithDescription(description).Accepts<AddressFields>("application/json").WithBody("""{"id": "1"}""").WithExample(("id", "1")).WithProblems("not-found");
    }

    internal sealed class ResendFields
    {
        /// <summary>A day, which begins at midnight UTC, or a time.</summary>
        public string? Since { get; set; }

        public string? Subscription { get; set; }

        /// <summary>pending, sent, failed or disabled.</summary>
        public string? State { get; set; }

        internal DeliveryState? StateAsked() => State is null ? null : Written.Parse<DeliveryState>("state", State);
    }

    /// <param name="Deliveries">How many are sent again.</param>
    internal sealed record Resent(int Deliveries);

    /// <param name="Endpoint">As it is now; where it was forgotten, as it was, without its host.</param>
    /// <param name="Secrets">That were made just now. They are shown this once.</param>
    internal sealed record MadeSecrets(EndpointRecord Endpoint, IReadOnlyList<NewSecret> Secrets);
}
