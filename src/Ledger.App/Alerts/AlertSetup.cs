using Ledger.App.Alerts.Atom;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Mail;
using Ledger.App.Alerts.Matching;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Alerts.Webhooks;

namespace Ledger.App.Alerts;

/// <summary>What alerts are made of: subscriptions for every command, and looking through the log and sending for a server.</summary>
internal static class AlertSetup
{
    public static IServiceCollection AddAlerts(this IServiceCollection services, IConfiguration? configuration) => services
        .AddSingleton(new LedgerAddress((configuration?[LedgerAddress.Setting] ?? "").TrimEnd('/')))
        .AddSingleton<AlertSignal>()
        .AddSingleton(provider => new MailRelay(MailSettings.Of(configuration, provider.GetRequiredService<LedgerAddress>())))
        .AddSingleton<MailTable>()
        .AddSingleton<MailQueue>()
        .AddSingleton<EndpointTable>()
        .AddSingleton<SubscriptionTable>()
        .AddSingleton<DeliveryQueries>()
        .AddSingleton<AlertMetrics>()
        .AddSingleton<DeliveryQueue>()
        .AddSingleton<AlertRunner>()
        .AddScoped<Targets>()
        .AddScoped<AlertHistory>()
        .AddScoped<FeedAddresses>()
        .AddScoped<SubscriptionQueries>();

    public static IServiceCollection AddAlertServer(this IServiceCollection services) => services
        .AddSingleton<AlertsFollowing>()
        .AddHostedService(provider => provider.GetRequiredService<AlertsFollowing>())
        .AddHostedService<WebhookSender>()
        .AddSingleton<MailSender>()
        .AddHostedService(provider => provider.GetRequiredService<MailSender>());
}

/// <summary>Where people reach the ledger: what links in alerts begin with. Empty where nothing is configured.</summary>
internal sealed record LedgerAddress(string Value)
{
    public const string Setting = "Ledger:Address";

    /// <summary>Or else where this request has reached it.</summary>
    public string Of(HttpRequest request) => Value.Length > 0 ? Value : $"{request.Scheme}://{request.Host}";
}
