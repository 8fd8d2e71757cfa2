using Ledger.EventStore.Reading;

namespace Ledger.EventStore.Views;

/// <summary>Reads the log stream by stream, a chunk of whole streams at a time, the next one while the caller works.</summary>
internal sealed class StreamChunks(LogReader log, string[] prefixes, long upTo, int size, string after)
{
    public async IAsyncEnumerable<List<RecordedEvent>> Read([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        Task<List<RecordedEvent>> next = Fetch(after, cancel);
        while (true)
        {
            List<RecordedEvent> chunk = await next;
            if (chunk.Count == 0)
                yield break;
            next = Fetch(chunk[^1].Stream, cancel);
            yield return chunk;
        }
    }

    private Task<List<RecordedEvent>> Fetch(string from, CancellationToken cancel) => Task.Run(async () =>
    {
        for (int max = size; ; max *= 2)
        {
            List<RecordedEvent> chunk = await log.NextStreams(prefixes, from, upTo, max, cancel);
            if (chunk.Count < max)
                return chunk;
            // The last stream may go on.
            int whole = chunk.FindLastIndex(e => e.Stream != chunk[^1].Stream) + 1;
            if (whole > 0)
                return chunk[..whole];
        }
    }, cancel);
}
