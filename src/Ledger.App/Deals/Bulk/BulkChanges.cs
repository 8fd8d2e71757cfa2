using System.Collections.Immutable;
using Ledger.App.Deals.Change;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.App.Views.Deals;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Deals.Bulk;

/// <summary>Changes of many deals at once: shown before they are made, made all or none, with one cause, and undone as one.</summary>
public sealed class BulkChanges(EventLog log, ArticleTexts texts)
{
    private const int ChangesMax = 5000;
    private const int DealsPerEvent = 400;

    /// <exception cref="RefusedException">A rule of the record refuses one of them; nothing was recorded.</exception>
    public Task<BulkOutcome> Make(IReadOnlyList<DealChangeRequest> changes, Reason reason, Writer writer, bool preview, CancellationToken cancel) =>
        Run(_ => Task.FromResult(changes), new BulkEvent.BulkMade(reason, changes.Count, null), writer, preview, cancel);

    /// <summary>What a bulk change did.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="upTo">As of which position.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="NotFoundException">No bulk change has the id.</exception>
    public async Task<BulkRecord> Find(string id, long upTo, CancellationToken cancel)
    {
        var told = await log.ReadStreams([StoredEvents.Bulks + id], upTo, cancel);
        if (told is not [{ Data: BulkEvent.BulkMade made } first, ..])
            throw new NotFoundException($"No bulk change has the id '{id}'.");
        return new BulkRecord(id, made.Reason.Text, first.Author, first.RecordedAt, first.Position, made.Changes,
            [.. told.Select(e => e.Data).OfType<BulkEvent.BulkTouched>().SelectMany(touched => touched.Deals).Select(deal => deal.Value)],
            made.Undoes, told.Select(e => e.Data).OfType<BulkEvent.BulkUndone>().LastOrDefault()?.By);
    }

    /// <summary>Those of some ids that bulk changes have.</summary>
    public async Task<IReadOnlySet<string>> Known(IEnumerable<string> ids, long upTo, CancellationToken cancel) =>
        (await log.ReadStreams([.. ids.Distinct().Select(id => StoredEvents.Bulks + id)], upTo, cancel)).Select(e => StoredEvents.SubjectOf(e.Stream).Id).ToHashSet();

    /// <summary>Takes back everything that a bulk change did. What was undone already is left alone.</summary>
    /// <exception cref="NotFoundException">No bulk change has the id.</exception>
    /// <exception cref="RefusedException">Something that came later stands in the way; nothing was recorded.</exception>
    public Task<BulkOutcome> Undo(string id, Reason reason, Writer writer, bool preview, CancellationToken cancel) =>
        Run(async stop =>
        {
            var told = await log.ReadStreams([StoredEvents.Bulks + id], cancel: stop);
            if (told.Count == 0)
                throw new NotFoundException($"No bulk change has the id '{id}'.");
            if (told.Any(e => e.Data is BulkEvent.BulkUndone))
                return [];
            var deals = told.Select(e => e.Data).OfType<BulkEvent.BulkTouched>().SelectMany(touched => touched.Deals).Select(StoredEvents.StreamOf);
            return Inverse.Of(id, await log.ReadStreams([.. deals], cancel: stop), reason);
        }, new BulkEvent.BulkMade(reason, 0, id), writer, preview, cancel);

    private async Task<BulkOutcome> Run(
        Func<CancellationToken, Task<IReadOnlyList<DealChangeRequest>>> read, BulkEvent.BulkMade made, Writer writer, bool preview, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7().ToString("N");
        BulkOutcome? outcome = null;
        var recorded = await writer.Once(log, async () =>
        {
            await Attempt();
            return new RecordOutcome(outcome!.RecordedEvents, outcome.Position);
        }, cancel);
        return outcome?.Position == recorded.Position ? outcome : await Again(recorded, cancel);

        ValueTask Attempt() => DealLedger.OnConflict.ExecuteAsync(
            async stop =>
            {
                var changes = await read(stop);
                if (changes.Count > ChangesMax)
                    throw new InvalidValueException("changes", $"are {changes.Count}; at most {ChangesMax} are made at once");
                var workspace = await Workspace.Of(changes, log, texts, stop);
                var deals = workspace.Preview().Select(Told).ToList();
                outcome = new BulkOutcome(preview || deals.Count == 0 ? null : id, 0, 0, deals);
                if (outcome.Change is null)
                    return;
                workspace.Begin(StoredEvents.Bulks + id, made with { Changes = changes.Count });
                foreach (var chunk in deals.Chunk(DealsPerEvent))
                    workspace.Begin(StoredEvents.Bulks + id, new BulkEvent.BulkTouched([.. chunk.Select(deal => new DealId(deal.Deal))]));
                if (made.Undoes is { } undone)
                    workspace.Begin(StoredEvents.Bulks + undone, new BulkEvent.BulkUndone(id), (await log.ReadStreams([StoredEvents.Bulks + undone], cancel: stop)).Count);
                await workspace.KeepTexts(stop);
                var append = workspace.TakeAppend(writer)! with { CorrelationId = id };
                outcome = outcome with { RecordedEvents = append.Streams.Sum(stream => stream.Events.Count), Position = (await log.Record(append, stop)).LastPosition };
            },
            cancel);
    }

    /// <summary>What a bulk change that was recorded before came to.</summary>
    private async Task<BulkOutcome> Again(RecordOutcome recorded, CancellationToken cancel)
    {
        var before = recorded.Position - recorded.Events;
        var made = await log.Read(new LogQuery { After = before, UpTo = recorded.Position }, cancel).ToListAsync(cancel);
        var touched = made.Select(e => e.Data).OfType<BulkEvent.BulkTouched>().SelectMany(touch => touch.Deals).ToList();
        var events = (await log.ReadStreams([.. touched.Select(StoredEvents.StreamOf)], recorded.Position, cancel)).ToLookup(e => e.Stream);
        return new BulkOutcome(made[0].CorrelationId, recorded.Events, recorded.Position, [.. touched.Select(id =>
        {
            var history = events[StoredEvents.StreamOf(id)].ToList();
            var known = history.Where(e => e.Position <= before).Aggregate(Deal.Unknown(id), Fold);
            var news = history.Where(e => e.Position > before).ToList();
            return Told((known, news.Aggregate(known, Fold), [.. news.Select(e => (DealEvent)e.Data)]));
        })]);

        static Deal Fold(Deal deal, RecordedEvent e) => deal.Evolve((DealEvent)e.Data, StoredEvents.CauseOf(e));
    }

    private static DealPreview Told((Deal Before, Deal After, ImmutableArray<DealEvent> Events) deal) => new(
        deal.Before.Id.Value, [.. deal.Events.Select(e => Views.Deals.Told.Of(e, deal.Before))],
        [.. new DealChange(deal.Before, deal.After, deal.After.Last!).Fields().Select(FieldChangeRecord.Of)]);
}

/// <summary>A bulk change that was made.</summary>
/// <param name="Changes">How many were asked for; some may have been so already.</param>
/// <param name="Deals">The ids of those that have events of it.</param>
/// <param name="Undoes">The id of the bulk change that it took back; null where it is new.</param>
/// <param name="UndoneBy">The id of the bulk change that took it back; null where it stands.</param>
public sealed record BulkRecord(
    string Id, string Reason, string Author, DateTimeOffset RecordedAt, long Position, int Changes, IReadOnlyList<string> Deals, string? Undoes, string? UndoneBy);

/// <summary>What a bulk change came to, or would come to.</summary>
/// <param name="Change">Its id, under which it can be undone; null where nothing was recorded.</param>
/// <param name="Deals">The deals that it changes, and how.</param>
public sealed record BulkOutcome(string? Change, int RecordedEvents, long Position, IReadOnlyList<DealPreview> Deals);

/// <param name="Says">Its events in words.</param>
/// <param name="Changes">The fields that become other ones.</param>
public sealed record DealPreview(string Deal, IReadOnlyList<string> Says, IReadOnlyList<FieldChangeRecord> Changes);
