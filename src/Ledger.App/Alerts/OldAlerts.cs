using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Alerts;

/// <summary>Forgets alerts of changes that were recorded long ago, with their deliveries. What still waits to be sent stays, and subscriptions with their history do.</summary>
internal static class OldAlerts
{
    /// <returns>How many alerts.</returns>
    public static async Task<int> Forget(NpgsqlConnection connection, TimeSpan age, CancellationToken cancel)
    {
        await connection.Execute(
            "delete from alerts.delivery d using alerts.change c where c.position = d.position and c.subject = d.subject and c.recorded_at < clock_timestamp() - $1 and d.ended_at < clock_timestamp() - $1", cancel, age);
        await connection.Execute("delete from alerts.mail m where m.made_at < clock_timestamp() - $1 and not exists (select from alerts.delivery d where d.mail = m.id)", cancel, age);
        var alerts = await connection.Query(
            """
            delete from alerts.alert a using alerts.change c where c.position = a.position and c.subject = a.subject and c.recorded_at < clock_timestamp() - $1
                and not exists (select from alerts.delivery d where d.subscription = a.subscription and d.position = a.position and d.subject = a.subject)
            returning 1
            """,
            _ => true, cancel, age);
        await connection.Execute(
            "delete from alerts.change c where c.recorded_at < clock_timestamp() - $1 and not exists (select from alerts.alert a where a.position = c.position and a.subject = c.subject)", cancel, age);
        return alerts.Count;
    }
}
