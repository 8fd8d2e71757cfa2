using Ledger.App.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Log;

/// <summary>Who records something, and under which key: what is sent again with its key is answered as it was the first time.</summary>
public sealed record Writer(string Author)
{
    /// <summary>The author's own name for what is recorded; null where it has none. One append can have it.</summary>
    public string? Key { get; init; }

    /// <summary>A hash of what was asked for, which tells another request with the same key apart. It is kept as the cause of the events.</summary>
    public string? Request { get; init; }

    public static implicit operator Writer(string author) => new(author);

    public Append Append(IReadOnlyList<StreamAppend> streams) => new(Author, streams) { Key = Key, CausationId = Request };

    /// <summary>Writes, unless the same was recorded under this key already. What was refused, or changed nothing, is not remembered.</summary>
    /// <exception cref="RefusedException">The key was used for something else.</exception>
    public async Task<RecordOutcome> Once(EventLog log, Func<Task<RecordOutcome>> write, CancellationToken cancel)
    {
        if (Key is null)
            return await write();
        if (await First(log, cancel) is { } first)
            return first;
        try
        {
            var outcome = await write();
            return outcome.Events > 0 ? outcome : await First(log, cancel) ?? outcome;
        }
        catch (Exception e) when (e is RefusedException or KeyReusedException)
        {
            // The same request may have been on its way twice: what stands in its way then is what it has itself recorded.
            if (await First(log, cancel) is { } raced)
                return raced;
            throw;
        }
    }

    /// <summary>The same writer at one of several appends that a request comes to, each of which needs a key of its own.</summary>
    public Writer Part(int number) => Key is null ? this : this with { Key = $"{Key} {number}" };

    /// <summary>The first answer; null where there was none.</summary>
    private async Task<RecordOutcome?> First(EventLog log, CancellationToken cancel)
    {
        if (await log.Find(Author, Key!, cancel) is not { } answer)
            return null;
        var e = await log.Read(new LogQuery { After = answer.FirstPosition - 1, UpTo = answer.FirstPosition }, cancel).SingleAsync(cancel);
        return e.CausationId == Request ? new RecordOutcome((int)(answer.LastPosition - answer.FirstPosition + 1), answer.LastPosition)
            : throw new RefusedException("Idempotency-Key", new Refusal("key-reused", $"The key '{Key}' stands for another request already, recorded at position {answer.FirstPosition}."));
    }
}

/// <summary>Appends to the record.</summary>
internal static class Recording
{
    /// <exception cref="RefusedException">An event would be too long; nothing was recorded.</exception>
    public static async Task<Appended> Record(this EventLog log, Append append, CancellationToken cancel)
    {
        try
        {
            return await log.Append(append, cancel);
        }
        catch (EventTooLongException e)
        {
            throw new RefusedException(append.Streams[^1].Stream, new Refusal("too-long", $"What would be recorded as {e.Type} comes to {e.Length} bytes, and an event has room for {e.LengthMax}; record it in parts."));
        }
    }
}
