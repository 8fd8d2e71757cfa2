using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Ledger.App.Views;
using Microsoft.AspNetCore.Http.Features;

namespace Ledger.App.Shell;

/// <summary>
/// An answer of server-sent events that goes on. It begins at once, and says something every few seconds, though nothing happens: so who listens
/// knows that it does, and what stands between keeps the connection.
/// </summary>
/// <param name="items">They end when either side goes.</param>
/// <param name="begin">The id of where they begin, which whoever is cut off before the first one comes back with; null where nothing is missed without.</param>
internal sealed class EventStream<T>(IAsyncEnumerable<SseItem<T>> items, string? begin = null) : IResult
{
    /// <summary>Proxies wait for a minute, as a rule.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(15);

    /// <summary>A comment, which no listener is told of.</summary>
    private static readonly byte[] SignOfLife = ":\n\n"u8.ToArray();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, gone) = (httpContext.Response, httpContext.RequestAborted);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        // So that nginx passes on each event as it comes.
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        await using var each = items.GetAsyncEnumerator(gone);
        var next = each.MoveNextAsync().AsTask();
        try
        {
            await Say(response, begin is null ? SignOfLife : Encoding.UTF8.GetBytes($"id: {begin}\n\n"), gone);
            while (await Comes(next, response, gone))
            {
                await SseFormatter.WriteAsync(new[] { each.Current }.ToAsyncEnumerable(), response.Body, Write, gone);
                await response.Body.FlushAsync(gone);
                next = each.MoveNextAsync().AsTask();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The reader has gone: the items end, too.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<bool> Comes(Task<bool> next, HttpResponse response, CancellationToken gone)
    {
        while (!next.IsCompleted)
        {
            if (await Task.WhenAny(next, Task.Delay(SilenceMax, gone)) != next)
                await Say(response, SignOfLife, gone);
        }
        return await next;
    }

    private static void Write(SseItem<T> item, IBufferWriter<byte> to)
    {
        using var json = new Utf8JsonWriter(to);
        JsonSerializer.Serialize(json, item.Data, ApiJson.Compact);
    }

    private static async Task Say(HttpResponse response, byte[] what, CancellationToken gone)
    {
        gone.ThrowIfCancellationRequested();
        await response.Body.WriteAsync(what, gone);
        await response.Body.FlushAsync(gone);
    }
}
