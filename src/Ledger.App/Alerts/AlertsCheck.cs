using Ledger.App.Alerts.Mail;
using Ledger.App.Alerts.Matching;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.Views;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ledger.App.Alerts;

/// <summary>Whether alerts follow the log, whether mails can be sent, and endpoints that are sent nothing any more, until somebody enables or forgets them. The server can do its other work meanwhile.</summary>
internal sealed class AlertsCheck(EndpointTable endpoints, AlertsFollowing following, MailSender mails) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (following.Fault is { } fault)
            return HealthCheckResult.Degraded($"The alerts do not follow the log: {fault}");
        if (await mails.Trouble(cancellationToken) is { } unsent)
            return HealthCheckResult.Degraded(unsent);
        var disabled = (await endpoints.List(cancellationToken)).Where(endpoint => endpoint.DisabledAt is not null).ToList();
        return disabled is [var first, ..]
            ? HealthCheckResult.Degraded($"{Shown.Count(disabled.Count, "endpoint")} of alerts {(disabled.Count == 1 ? "is" : "are")} sent nothing, the first of them {first.Id} of {first.MadeBy}. {first.Why} See 'ledger alerts endpoints', and 'ledger alerts enable {first.Id}' when it is seen to.",
                data: disabled.ToDictionary(endpoint => $"{endpoint.Id}", endpoint => (object)endpoint.Pending))
            : HealthCheckResult.Healthy("Every endpoint of alerts is sent to.");
    }
}
