using Ledger.App.Deals.Change;
using Ledger.App.Intake.Announce;
using Ledger.App.Log;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Polly;
using Polly.Retry;

namespace Ledger.App.Deals;

/// <summary>
/// The one write path: load what a command touches, decide, append at the versions loaded, and try again from the
/// start when somebody else was faster.
/// </summary>
public sealed class DealLedger(EventLog log, ArticleTexts texts)
{
    internal static readonly ResiliencePipeline OnConflict = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<VersionConflictException>(),
            MaxRetryAttempts = 20,
            Delay = TimeSpan.FromMilliseconds(5),
            BackoffType = DelayBackoffType.Exponential,
            MaxDelay = TimeSpan.FromMilliseconds(500),
            UseJitter = true,
        })
        .Build();

    /// <summary>
    /// Records announcements in their order, each as one append. All are decided before the first is recorded, so that
    /// a refusal of any changes nothing. What is already recorded is left alone.
    /// </summary>
    /// <exception cref="RefusedException">A rule of the record refuses one of them; nothing was recorded.</exception>
    public Task<RecordOutcome> Record(IReadOnlyList<Announcement> announcements, Writer writer, CancellationToken cancel) => writer.Once(log, async () =>
    {
        var outcome = RecordOutcome.Nothing;
        await OnConflict.ExecuteAsync(
            async stop =>
            {
                // Loaded anew at every attempt: what an earlier attempt recorded is then found to be recorded.
                var workspace = new Workspace(log, texts);
                var appends = new List<Append>();
                foreach (var announcement in announcements)
                {
                    await workspace.Decide(announcement, stop);
                    if (workspace.TakeAppend(writer) is { } append)
                        appends.Add(append);
                }
                await workspace.KeepTexts(stop);
                foreach (var append in appends)
                    outcome = outcome.Add(await log.Record(append, stop), append);
            },
            cancel);
        return outcome;
    }, cancel);

    /// <summary>Decides on an announcement and records nothing.</summary>
    /// <exception cref="RefusedException">A rule of the record refuses it.</exception>
    public Task Check(Announcement announcement, CancellationToken cancel) => new Workspace(log, texts).Decide(announcement, cancel);

    /// <summary>Makes changes, all of them in one append or none. What is so already is left alone.</summary>
    /// <exception cref="RefusedException">A rule of the record refuses one of them; nothing was recorded.</exception>
    public Task<RecordOutcome> Change(IReadOnlyList<DealChangeRequest> changes, Writer writer, CancellationToken cancel) => writer.Once(log, async () =>
    {
        var outcome = RecordOutcome.Nothing;
        await OnConflict.ExecuteAsync(
            async stop =>
            {
                var workspace = await Workspace.Of(changes, log, texts, stop);
                if (workspace.TakeAppend(writer) is not { } append)
                    return;
                await workspace.KeepTexts(stop);
                outcome = outcome.Add(await log.Record(append, stop), append);
            },
            cancel);
        return outcome;
    }, cancel);
}

/// <summary>What recording came to.</summary>
/// <param name="Events">How many events were recorded; 0 where everything was known already.</param>
/// <param name="Position">The highest position recorded; 0 where nothing was.</param>
public sealed record RecordOutcome(int Events, long Position)
{
    public static readonly RecordOutcome Nothing = new(0, 0);

    internal RecordOutcome Add(Appended appended, Append append) =>
        new(Events + append.Streams.Sum(stream => stream.Events.Count), appended.LastPosition);
}

/// <summary>A rule of the record says no; nothing was changed.</summary>
public sealed class RefusedException(string where, Refusal refusal) : Exception($"{where}: {refusal.Sentence}")
{
    public Refusal Refusal { get; } = refusal;
}
