using Ledger.App.Log;
using Ledger.EventStore;

namespace Ledger.App.Watchlists;

/// <summary>Keeps the watchlists at the head of the views while the server runs. What a new day changes is the job's to record.</summary>
internal sealed class WatchlistsFollowing(WatchlistFollower follower, ViewRuntime views, ILogger<WatchlistsFollowing> log) : ViewsFollowing(views, "The watchlists", log)
{
    protected override async Task<(long Position, bool More, bool IsMine)> Next(CancellationToken cancel)
    {
        var step = await follower.Next(null, isPatient: false, cancel);
        return (step.Position, step.More, step.IsMine);
    }
}
