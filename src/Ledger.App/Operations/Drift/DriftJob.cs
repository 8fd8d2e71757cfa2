using Ledger.App.Jobs;
using Ledger.App.Views;
using Ledger.EventStore;
using Polly;
using Polly.Retry;

namespace Ledger.App.Operations.Drift;

/// <summary>Builds every view again from the first event on, beside the one that is read, and compares the two, which then goes on being read.</summary>
internal sealed class DriftJob : LedgerJob
{
    public override string Name => "drift";

    public override string Does => "Builds all views again from the log, beside the live ones, and reports any row that differs.";

    public override string Cron => "0 30 3 ? * SUN";

    public override Task<string> Run(JobRun run, CancellationToken cancellation) => Check(run, run.Get<ViewRuntime>().Names, cancellation);

    /// <summary>The same of some views.</summary>
    /// <exception cref="JobFailedException">A row differs.</exception>
    internal static async Task<string> Check(JobRun run, IReadOnlyCollection<string> names, CancellationToken cancellation)
    {
        var views = run.Get<ViewRuntime>();
        await views.Prepare(cancel: cancellation);
        var outcomes = await WhenFree(run).ExecuteAsync(
            async stop => await views.Check(names, new Told(progress => run.Progress(progress.Done, progress.Of, $"events, {progress.Phase}")), stop), cancellation);
        foreach (var outcome in outcomes)
            Tell(run, outcome);
        var differing = outcomes.Where(outcome => outcome.Differences is { Count: > 0 }).Select(outcome => outcome.View).Order(StringComparer.Ordinal).ToList();
        return differing.Count == 0
            ? $"{Shown.Count(outcomes.Count, "view")}, each the same, row for row, as {Shown.Count(outcomes.Max(outcome => outcome.Events), "event")} make it."
            : throw new JobFailedException($"Rows differ from what the log makes them: {string.Join(", ", differing)}; 'ledger replay' builds these anew.");
    }

    /// <summary>A view is replayed by one at a time: what somebody else replays, this one waits for.</summary>
    private static ResiliencePipeline WhenFree(JobRun run) => new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
    {
        ShouldHandle = new PredicateBuilder().Handle<ReplayRefusedException>(),
        MaxRetryAttempts = int.MaxValue,
        Delay = TimeSpan.FromSeconds(1),
        OnRetry = refused =>
        {
            if (refused.AttemptNumber == 0)
                run.Log($"{refused.Outcome.Exception!.Message} This waits until that has ended.");
            return default;
        },
    }).Build();

    private static void Tell(JobRun run, ReplayOutcome outcome)
    {
        run.Log($"{outcome.View}: {Shown.Count(outcome.Events, "event")} in {outcome.Elapsed.TotalSeconds:0.0} s, {(outcome.Differences is null ? "nothing to compare with" : outcome.Differences.Count == 0 ? "no difference" : "differs")}");
        foreach (var difference in outcome.Differences ?? [])
        {
            run.Log($"{difference.Table}: {Shown.Count(difference.Rows, "row")} only in {(difference.InReplay ? "what the log makes" : "what is read")}, such as");
            foreach (var sample in difference.Samples)
                run.Log(sample);
        }
    }

    /// <summary>Tells at once, on the thread that works.</summary>
    private sealed class Told(Action<ReplayProgress> tell) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value) => tell(value);
    }
}
