using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Log;

/// <summary>
/// Goes on along the log as the views follow it, while the server runs. Of several servers one does; the others look now and then whether it is
/// still there.
/// </summary>
/// <param name="views">What is followed.</param>
/// <param name="what">What follows, for the server's log.</param>
/// <param name="log">The server's.</param>
internal abstract class ViewsFollowing(ViewRuntime views, string what, ILogger log) : BackgroundService
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>Why the log is not followed; null while it is.</summary>
    public string? Fault { get; private set; }

    /// <summary>Goes a step further, unless another server is at it.</summary>
    /// <returns>Up to where the log has been followed, whether there is more, and whether this server is at it.</returns>
    protected abstract Task<(long Position, bool More, bool IsMine)> Next(CancellationToken cancel);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (long last = -1; !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                var (position, more, isMine) = await Next(stoppingToken);
                Fault = null;
                // Nobody waits for a view that is frozen: where one holds this up, it would be asked again and again.
                if (!isMine || !more && position == last)
                    await Task.Delay(LookAgainAfter, stoppingToken);
                else if (!more)
                    await views.WaitFor(position + 1, stoppingToken);
                last = position;
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
                Fault = e.Message;
                log.LogError(e, "{What} could not follow the log; they try again", what);
                await Wait(stoppingToken);
            }
        }
    }

    private static async Task Wait(CancellationToken cancel) => await Task.Delay(LookAgainAfter, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
