using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Ledger.App.Access;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Shell;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Alerts.Live;

/// <summary>A subscription's alerts as they are made: for pages and programs that stay.</summary>
internal static class LiveAlerts
{
    private const int BatchMax = 100;
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapGet("/api/alerts/{id}/stream", StreamAlerts)
        .WithTags("Alerts").WithExample(("id", "tencent"), ("from", "0")).WithProblems("not-found").Produces<string>(contentType: "text/event-stream").WithMetadata(new Lasting());

    /// <summary>A subscription's alerts as server-sent events, that goes on as they are made</summary>
    /// <remarks>Each has its position and subject for an id. Who was cut off says with Last-Event-ID, as browsers do by themselves, where to go on.</remarks>
    /// <param name="database">The ledger's.</param>
    /// <param name="subscriptions">The ledger's.</param>
    /// <param name="signal">Told of new ones.</param>
    /// <param name="request">Of the reader.</param>
    /// <param name="server">Ends it when it stops.</param>
    /// <param name="id">The subscription's.</param>
    /// <param name="from">Also those of changes after this position; else those that are made from now on.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<IResult> StreamAlerts(
        NpgsqlDataSource database, SubscriptionQueries subscriptions, AlertSignal signal, HttpRequest request, IHostApplicationLifetime server, string id, string? from, CancellationToken cancel)
    {
        await subscriptions.Get(id, cancel);
        var after = request.Headers["Last-Event-ID"].FirstOrDefault() is { Length: > 0 } last ? Place(last)
            : from is not null ? (Cursor.Parse(from), "~")
            : ((await database.Query("select position from alerts.runner", row => row.GetInt64(0), cancel)).FirstOrDefault(), "~");
        // Who is cut off before the first one goes on from here, too.
        return new EventStream<AlertContent>(Follow(database, signal, id, after, server.ApplicationStopping, request.HttpContext.RequestAborted), PlaceOf(after));
    }

    private static (long Position, string Subject) Place(string last) =>
        last.Split(':', 2) is [var position, var subject] && long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (number, subject)
        : throw new InvalidValueException("Last-Event-ID", $"'{Text.Shorten(last)}' is no id of an event of this stream");

    private static string PlaceOf((long Position, string Subject) after) => $"{Cursor.Of(after.Position)}:{after.Subject}";

    private static async IAsyncEnumerable<SseItem<AlertContent>> Follow(
        NpgsqlDataSource database, AlertSignal signal, string id, (long Position, string Subject) after, CancellationToken stopping, CancellationToken aborted, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted, cancel);
        while (!end.IsCancellationRequested)
        {
            var raised = signal.Raised;
            var batch = await Next(database, id, after, end.Token);
            foreach (var alert in batch)
            {
                after = (alert.Position, alert.Subject);
                yield return new SseItem<AlertContent>(alert, "alert") { EventId = PlaceOf(after) };
            }
            if (batch.Count < BatchMax)
                await Task.WhenAny(raised, Task.Delay(LookAgainAfter, end.Token));
        }
    }

    /// <summary>Alerts in the order of the log; none where either side has gone.</summary>
    private static async Task<List<AlertContent>> Next(NpgsqlDataSource database, string id, (long Position, string Subject) after, CancellationToken cancel)
    {
        try
        {
            return await database.Query(
                """
                select c.content from alerts.alert a join alerts.change c on c.position = a.position and c.subject = a.subject
                where a.subscription = $1 and (a.position, a.subject collate "C") > ($2, $3) order by a.position, a.subject collate "C" limit $4
                """,
                row => JsonSerializer.Deserialize<AlertContent>(row.GetString(0), ApiJson.Compact)!, cancel, id, after.Position, after.Subject, (long)BatchMax);
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }
}
