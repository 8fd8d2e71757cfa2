using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Ledger.App.Access;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Events;

/// <summary>The log as a feed: a page at a time, or a stream that goes on as the log grows.</summary>
internal static class LogFeed
{
    private const string Lines = "application/jsonl";

    public static void MapLog(this IEndpointRouteBuilder api)
    {
        api.MapGet("/log", async (EventQueries events, EventLog log, string? after, string? limit, string? format, CancellationToken cancel) => format switch
        {
            null or "json" => Results.Ok(await events.List(Cursor.Parse(after, first: 0), PageLimit.Parse(limit), cancel)),
            "jsonl" => Results.Text(string.Concat((await log.Lines(Cursor.Parse(after, first: 0), PageLimit.Parse(limit), cancel)).Select(line => line + "\n")), Lines),
            _ => throw new InvalidValueException("format", $"'{format}' is none; json and jsonl (what the tree hashes, a line each) are"),
        });

        // Server-sent events; who was cut off says with Last-Event-ID, as browsers do by themselves, where to go on.
        api.MapGet("/log/stream", (EventLog log, HttpRequest request, IHostApplicationLifetime server, string? after) =>
        {
            var last = request.Headers["Last-Event-ID"].FirstOrDefault();
            return TypedResults.ServerSentEvents(Follow(log, Cursor.Parse(last ?? after, first: 0), server.ApplicationStopping, request.HttpContext.RequestAborted));
        }).WithMetadata(new Lasting());
    }

    private static async IAsyncEnumerable<SseItem<EventRecord>> Follow(
        EventLog log, long after, CancellationToken stopping, CancellationToken aborted, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted, cancel);
        await using var batches = log.Follow(after, cancel: end.Token).GetAsyncEnumerator(end.Token);
        while (await More(batches))
        {
            foreach (var e in batches.Current)
                yield return new SseItem<EventRecord>(EventRecord.Of(e), e.Type) { EventId = Cursor.Of(e.Position) };
        }
    }

    private static async Task<bool> More(IAsyncEnumerator<LogBatch> batches)
    {
        try
        {
            return await batches.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            // Either side has gone: that is how a stream ends.
            return false;
        }
    }
}
