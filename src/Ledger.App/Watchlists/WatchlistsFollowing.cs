using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Watchlists;

/// <summary>
/// Keeps the watchlists at the head of the views while the server runs. Of several servers one does; the others look now and then whether it is
/// still there. What a new day changes is the job's to record.
/// </summary>
internal sealed class WatchlistsFollowing(WatchlistFollower follower, ViewRuntime views, ILogger<WatchlistsFollowing> log) : BackgroundService
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>Why the lists do not follow the log; null while they do.</summary>
    public string? Fault { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var step = await follower.Next(null, isPatient: false, stoppingToken);
                Fault = null;
                if (!step.IsMine)
                    await Task.Delay(LookAgainAfter, stoppingToken);
                else if (!step.More)
                    await views.WaitFor(step.Position + 1, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is ViewsMissingException or ViewStoppedException)
            {
                // The views say why themselves.
                await Wait(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException or OperationCanceledException or VersionConflictException or Domain.Values.InvalidValueException)
            {
                log.LogError(e, "The watchlists could not follow the log; they try again");
                Fault = e.Message;
                await Wait(stoppingToken);
            }
        }
    }

    private static async Task Wait(CancellationToken cancel) => await Task.Delay(LookAgainAfter, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
