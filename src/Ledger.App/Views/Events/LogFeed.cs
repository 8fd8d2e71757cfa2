using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Ledger.App.Access;
using Ledger.App.Shell;
using Ledger.App.Views.Moments;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Events;

/// <summary>The log as a feed: a page at a time, or a stream that goes on as the log grows.</summary>
internal static class LogFeed
{
    private const string Lines = "application/jsonl";

    public static void MapLog(this IEndpointRouteBuilder api)
    {
        api.MapGet("/log", ReadLog).WithTags("Log").WithExample(("after", "0"), ("limit", "20")).Produces<Page<EventRecord>>();
        api.MapGet("/log/stream", StreamLog).WithTags("Log").WithExample(("after", "0")).Produces<string>(contentType: "text/event-stream").WithMetadata(new Lasting());
    }

    /// <summary>The log, as it was recorded</summary>
    /// <remarks>Events above a position, in the order of the log.</remarks>
    /// <param name="events">The record's.</param>
    /// <param name="log">The log.</param>
    /// <param name="after">The position that was read up to; next of the page before.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="format">json, or jsonl: the lines that the tree hashes.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<IResult> ReadLog(EventQueries events, EventLog log, string? after, string? limit, string? format, CancellationToken cancel) => format switch
    {
        null or "json" => Results.Ok(await events.List(await After(after, log, cancel), PageLimit.Parse(limit), cancel)),
        "jsonl" => Results.Text(string.Concat((await log.Lines(await After(after, log, cancel), PageLimit.Parse(limit), cancel)).Select(line => line + "\n")), Lines),
        _ => throw new InvalidValueException("format", $"'{format}' is none; json and jsonl (what the tree hashes, a line each) are"),
    };

    /// <summary>The log as server-sent events, that goes on as it grows</summary>
    /// <remarks>Each has its position for an id. Who was cut off says with Last-Event-ID, as browsers do by themselves, where to go on.</remarks>
    /// <param name="log">The log.</param>
    /// <param name="request">Of the reader.</param>
    /// <param name="server">Ends it when it stops.</param>
    /// <param name="after">The position that was read up to.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<IResult> StreamLog(EventLog log, HttpRequest request, IHostApplicationLifetime server, string? after, CancellationToken cancel)
    {
        var last = request.Headers["Last-Event-ID"].FirstOrDefault();
        return new EventStream<EventRecord>(Follow(log, await After(last ?? after, log, cancel), server.ApplicationStopping, request.HttpContext.RequestAborted));
    }

    /// <summary>A position of the log, which need not stand at the end of a page. Beyond the log's end a reader would wait in silence.</summary>
    private static async Task<long> After(string? after, EventLog log, CancellationToken cancel) => after is null ? 0 : await Moment.Position("after", after, log, cancel);

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
