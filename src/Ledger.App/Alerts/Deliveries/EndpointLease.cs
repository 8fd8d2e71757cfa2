using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Alerts.Deliveries;

/// <summary>
/// Who sends to an endpoint holds it, and says so again every few seconds for as long as that takes: what a server held that is gone is free
/// again soon, however long an answer may be waited for.
/// </summary>
internal static class EndpointLease
{
    /// <summary>As PostgreSQL writes it.</summary>
    public const string Time = "10 seconds";

    private static readonly TimeSpan RenewedAfter = TimeSpan.FromSeconds(3);

    /// <summary>Whether it is time to say so again.</summary>
    public static bool IsOld(long renewedAt) => System.Diagnostics.Stopwatch.GetElapsedTime(renewedAt) >= RenewedAfter;

    /// <summary>Goes on holding what is held. A row that is locked is passed over: whoever works with it says so itself.</summary>
    public static async Task Renew(NpgsqlDataSource database, IReadOnlyCollection<(long Endpoint, Guid Lease)> held, CancellationToken cancel)
    {
        if (held.Count == 0)
            return;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.Execute(
            $"""
            update alerts.endpoint set leased_until = clock_timestamp() + interval '{Time}'
            where id in (select e.id from alerts.endpoint e join unnest($1, $2) as held (id, lease) on held.id = e.id and held.lease = e.lease for update of e skip locked)
            """,
            cancel, held.Select(one => one.Endpoint).ToArray(), held.Select(one => one.Lease).ToArray());
    }

    /// <summary>Lets go of an endpoint.</summary>
    public static async Task Release(NpgsqlDataSource database, long endpoint, Guid lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.Execute("update alerts.endpoint set lease = null, leased_until = '-infinity' where id = $1 and lease = $2", cancel, endpoint, lease);
    }
}
