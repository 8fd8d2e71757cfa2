using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.App.Log;
using Ledger.EventStore;

namespace Ledger.App.Views.Events;

/// <summary>An event as it stands in the log.</summary>
/// <param name="Data">As it is stored.</param>
public sealed record EventRecord(
    long Position, Guid Id, string Stream, long Version, string Type, DateTimeOffset RecordedAt, string Author, JsonElement Data)
{
    /// <summary>What it says, in one line for people.</summary>
    [JsonIgnore]
    public string Summary { get; init; } = "";

    internal static EventRecord Of(RecordedEvent e) => new(
        e.Position, e.Id, e.Stream, e.Version, e.Type, e.RecordedAt, e.Author,
        JsonSerializer.SerializeToElement(e.Data, StoredJson.Options.GetTypeInfo(e.Data.GetType())))
    {
        Summary = EventSummary.Of(e.Data),
    };
}

/// <summary>The log as a list.</summary>
public sealed class EventQueries(EventLog log)
{
    /// <summary>Events above a position, in the order of the log.</summary>
    public async Task<Page<EventRecord>> List(long after, int limit, CancellationToken cancel)
    {
        var events = await Read(new LogQuery { After = after, Limit = limit }, cancel);
        var more = events.Count == limit && await log.Head(cancel) > events[^1].Position;
        return new Page<EventRecord>(events, more ? Cursor.Of(events[^1].Position) : null);
    }

    /// <summary>Events below a position, the latest first.</summary>
    public async Task<Page<EventRecord>> Latest(long before, int limit, CancellationToken cancel)
    {
        var upTo = Math.Max(before - 1, 0);
        var events = await Read(new LogQuery { UpTo = before == long.MaxValue ? null : upTo, Backwards = true, Limit = limit }, cancel);
        // Positions are dense, and the first is 1.
        return new Page<EventRecord>(events, events is [.., { Position: > 1 } last] ? Cursor.Of(last.Position) : null);
    }

    /// <exception cref="NotFoundException">No event stands at the position.</exception>
    public async Task<EventRecord> Get(long position, CancellationToken cancel)
    {
        var found = position < 1 ? [] : await Read(new LogQuery { After = position - 1, UpTo = position }, cancel);
        return found.SingleOrDefault() ?? throw new NotFoundException($"No event stands at position {position} of the log.");
    }

    private async Task<List<EventRecord>> Read(LogQuery query, CancellationToken cancel)
    {
        var events = new List<EventRecord>();
        await foreach (var e in log.Read(query, cancel))
            events.Add(EventRecord.Of(e));
        return events;
    }
}
