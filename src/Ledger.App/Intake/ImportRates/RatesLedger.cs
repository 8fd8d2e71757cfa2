using Ledger.App.Deals;
using Ledger.App.Log;
using Ledger.Domain.Rates;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Intake.ImportRates;

/// <summary>Records reference rates, a stream a day.</summary>
public sealed class RatesLedger(EventLog log)
{
    /// <summary>An append is a transaction, and others wait for as long as that takes.</summary>
    private const int ChunkDays = 50;

    /// <summary>
    /// Records the days that are not recorded yet, a transaction a chunk, after all of them were decided on: a refusal of any changes
    /// nothing. Stopped and begun again it records what is missing. With a key, each chunk has one of its own, made of the writer's.
    /// </summary>
    /// <param name="days">Each day once.</param>
    /// <param name="correct">Why figures that differ from recorded ones are right; null where they are to be refused.</param>
    /// <param name="today">UTC.</param>
    /// <param name="writer">Who records them.</param>
    /// <param name="progress">Told how many days are done.</param>
    /// <param name="cancel">Stops between chunks.</param>
    /// <exception cref="RefusedException">Rates of a day are recorded and differ, or are of the future; nothing was recorded.</exception>
    internal async Task<RecordOutcome> Publish(
        IReadOnlyList<RatesOfDay> days, Reason? correct, DateOnly today, Writer writer, Action<int> progress, CancellationToken cancel)
    {
        var news = new List<RatesOfDay>();
        // What was recorded with the key already is answered as it was then, whatever has become of the rates since.
        if (writer.Key is null || await log.Find(writer.Author, writer.Part(0).Key!, cancel) is null)
        {
            foreach (var chunk in days.Chunk(ChunkDays * 10))
                news.AddRange((await Decide(chunk, correct, today, cancel)).Select(decided => decided.Day));
        }
        // A request that is sent again has to come to the same chunks.
        var wanted = writer.Key is null ? news : days;
        var (outcome, done) = (RecordOutcome.Nothing, days.Count - wanted.Count);
        foreach (var (number, chunk) in wanted.Chunk(ChunkDays).Index())
        {
            var recorded = await writer.Part(number).Once(log, () => Publish(chunk, correct, today, writer.Part(number), cancel), cancel);
            outcome = new RecordOutcome(outcome.Events + recorded.Events, Math.Max(outcome.Position, recorded.Position));
            progress(done += chunk.Length);
        }
        return outcome;
    }

    private async Task<RecordOutcome> Publish(RatesOfDay[] days, Reason? correct, DateOnly today, Writer writer, CancellationToken cancel)
    {
        var outcome = RecordOutcome.Nothing;
        await DealLedger.OnConflict.ExecuteAsync(
            async stop =>
            {
                var decided = await Decide(days, correct, today, stop);
                if (decided.Count == 0)
                    return;
                var append = writer.Append([.. decided.Select(day => new StreamAppend(Stream(day.Day), day.Version, [new NewEvent(Guid.CreateVersion7(), day.Happened)]))]);
                outcome = RecordOutcome.Nothing.Add(await log.Record(append, stop), append);
            },
            cancel);
        return outcome;
    }

    private async Task<List<(RatesOfDay Day, long Version, RatesEvent Happened)>> Decide(IReadOnlyList<RatesOfDay> days, Reason? correct, DateOnly today, CancellationToken cancel)
    {
        var recorded = (await log.Fold(RecordStreams.Rates, [.. days.Select(Stream)], cancel: cancel)).ToDictionary(rates => rates.Day);
        var decided = new List<(RatesOfDay, long, RatesEvent)>();
        foreach (var day in days)
        {
            var known = recorded.GetValueOrDefault(day.Rates.Day, ReferenceRates.Unknown);
            switch (known.Decide(day.Rates, today, correct))
            {
                case Decision<RatesEvent>.Refuse(var refusal):
                    throw new RefusedException(day.Where, refusal);
                case Decision<RatesEvent>.Record { Events: [var happened] }:
                    decided.Add((day, known.Version, happened));
                    break;
            }
        }
        return decided;
    }

    private static string Stream(RatesOfDay day) => StoredEvents.StreamOfRates(day.Rates.Source, day.Rates.Day);
}
