using Ledger.App.Alerts.Webhooks;
using Ledger.App.Operations.Metrics;
using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Alerts.Deliveries;

/// <summary>Alerts as figures over time: how many deliveries are how far, how late they are, and where it sticks.</summary>
internal sealed class AlertMetrics(NpgsqlDataSource database, DeliveryQueries deliveries, EndpointTable endpoints)
{
    public async Task<IReadOnlyList<Metric>> Read(CancellationToken cancel)
    {
        var (summary, all) = (await deliveries.Summary(null, cancel), await endpoints.List(cancel));
        var (taken, refused) = (await database.Query(
            "select count(*) filter (where status between 200 and 299), count(*) filter (where status is null or status not between 200 and 299) from alerts.attempt", row => (row.GetInt64(0), row.GetInt64(1)), cancel)).Single();
        return
        [
            new("ledger_alert_deliveries", "Deliveries by state.", false, [("state=\"pending\"", summary.Pending), ("state=\"sent\"", summary.Sent), ("state=\"failed\"", summary.Failed), ("state=\"disabled\"", summary.Disabled)]),
            new("ledger_alert_attempts", "Requests to endpoints that are remembered, by whether they were taken; those of endpoints that are forgotten, and old ones, are not.", false, [("taken=\"true\"", taken), ("taken=\"false\"", refused)]),
            new("ledger_alert_sent_last_hour", "Deliveries that were taken within the last hour.", false, [("", summary.SentLastHour)]),
            new("ledger_alert_lag_seconds", "From when a change was recorded to when its alert was taken, of the last hour.", false, [.. Known("quantile=\"0.5\"", summary.MedianLag), .. Known("quantile=\"0.99\"", summary.LongLag)]),
            new("ledger_alert_oldest_due_seconds", "How long the delivery that has waited longest has been due.", false, [("", summary.OldestPending?.TotalSeconds ?? 0)]),
            new("ledger_alert_events_behind", "Events of the log that were not looked through yet.", false, [("", summary.Behind)]),
            new("ledger_alert_endpoint_pending", "Deliveries that wait for an endpoint.", false, [.. all.Select(one => (Of(one), (double)one.Pending))]),
            new("ledger_alert_endpoint_disabled", "1 where nothing is sent to an endpoint any more.", false, [.. all.Select(one => (Of(one), one.DisabledAt is null ? 0d : 1d))]),
        ];
    }

    private static IEnumerable<(string, double)> Known(string labels, TimeSpan? time) => time is { } known ? [(labels, known.TotalSeconds)] : [];

    private static string Of(EndpointRecord endpoint) => $"endpoint=\"{endpoint.Id}\"";
}
