using Ledger.App.Jobs;
using Ledger.App.Views;
using Ledger.EventStore;

namespace Ledger.App.Watchlists;

/// <summary>Has the watchlists be of the day that has begun, and asks all rules of everybody again.</summary>
internal sealed class WatchlistsJob : LedgerJob
{
    public override string Name => "watchlists";

    public override string Does => "Records whom the new day puts on watchlists and takes off them, and holds every list against its rule, asked from zero.";

    /// <summary>Rules over time move in whole days, UTC.</summary>
    public override string Cron => "1 0 0 * * ?";

    public override async Task<string> Run(JobRun run, CancellationToken cancellation)
    {
        var (views, follower) = (run.Get<ViewRuntime>(), run.Get<WatchlistFollower>());
        await views.Prepare(cancel: cancellation);
        await views.CatchUp(cancellation);
        // What is recorded by an earlier run is found to be recorded: appends to a list are fenced by its version.
        await run.Confirm(cancellation);
        var moved = await follower.CatchUp(WatchDay.Today, cancellation);
        run.Changed(moved);
        run.Log($"{Shown.Count(moved, "membership")} changed.");
        await run.Confirm(cancellation);
        var drifts = await follower.Recompute(cancellation);
        foreach (var (list, members) in drifts)
            run.Log($"Watchlist {list} differed from its rule in {Shown.Count(members, "member")}, and was mended.");
        return drifts.Count == 0 ? $"{Shown.Count(moved, "membership")} changed; no list differs from its rule."
            : throw new JobFailedException($"{Shown.Count(drifts.Count, "list")} held others than the rules choose, {Shown.Count(drifts.Sum(drift => drift.Members), "member")} in all; that was mended.");
    }
}
