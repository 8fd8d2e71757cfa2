using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.App.Alerts.Mail;
using Ledger.App.Alerts.Matching;
using Ledger.App.Views;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.App.Alerts.Deliveries;

/// <summary>Records alerts and their deliveries, in the transaction that moves the runner's position.</summary>
internal static class DeliveryWriter
{
    /// <summary>What follows from the same subscription, change and channel is the same.</summary>
    public static string IdOf(string subscription, long position, string subject, long endpoint, string channel = "webhook") =>
        "alert_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{subscription}\n{position}\n{subject}\n{channel} {endpoint}")).AsSpan(0, 16));

    /// <returns>How many alerts there are.</returns>
    public static async Task<int> Write(NpgsqlConnection connection, IReadOnlyList<(FoundChange Change, AlertContent Content)> found, CancellationToken cancel)
    {
        if (found.Count == 0)
            return 0;
        await connection.Execute(
            """
            insert into alerts.change (position, subject, recorded_at, kinds, content)
            select position, subject, recorded_at, string_to_array(kinds, ','), content from unnest($1, $2, $3, $4, $5) as c (position, subject, recorded_at, kinds, content)
            on conflict do nothing
            """,
            cancel, found.Select(one => one.Content.Position).ToArray(), found.Select(one => one.Content.Subject).ToArray(), found.Select(one => one.Content.RecordedAt.UtcDateTime).ToArray(),
            found.Select(one => string.Join(',', one.Content.Kinds.Select(Written.Name))).ToArray(), found.Select(one => JsonSerializer.Serialize(one.Content, ApiJson.Compact)).ToArray());
        var alerts = found.SelectMany(one => one.Change.Told, (one, told) => (Subscription: told.Id, one.Content.Position, one.Content.Subject)).ToList();
        await connection.Execute(
            "insert into alerts.alert (subscription, position, subject) select * from unnest($1, $2, $3) on conflict do nothing", cancel,
            alerts.Select(alert => alert.Subscription).ToArray(), alerts.Select(alert => alert.Position).ToArray(), alerts.Select(alert => alert.Subject).ToArray());
        var now = DateTimeOffset.UtcNow;
        var channels = (await MailTable.Channels(connection, [.. alerts.Select(alert => alert.Subscription).Distinct()], cancel))
            .ToLookup(channel => channel.Subscription, channel => (channel.Endpoint, Channel: channel.Mail is null ? "webhook" : "mail", At: channel.Mail?.Next(now).UtcDateTime));
        var deliveries = alerts.SelectMany(alert => channels[alert.Subscription], (alert, to) => (alert, to)).ToList();
        if (deliveries.Count > 0)
        {
            await connection.Execute(
                """
                insert into alerts.delivery (id, subscription, position, subject, endpoint, next_at)
                select id, subscription, position, subject, endpoint, coalesce(at, clock_timestamp()) from unnest($1, $2, $3, $4, $5, $6) as d (id, subscription, position, subject, endpoint, at) on conflict do nothing
                """, cancel,
                deliveries.Select(one => IdOf(one.alert.Subscription, one.alert.Position, one.alert.Subject, one.to.Endpoint, one.to.Channel)).ToArray(), deliveries.Select(one => one.alert.Subscription).ToArray(),
                deliveries.Select(one => one.alert.Position).ToArray(), deliveries.Select(one => one.alert.Subject).ToArray(), deliveries.Select(one => one.to.Endpoint).ToArray(),
                new NpgsqlParameter { Value = deliveries.Select(one => one.to.At).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        }
        return alerts.Count;
    }
}
