using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Alerts.Matching;

/// <summary>
/// Looks through the log as the views follow it, while the server runs. Of several servers one does; the others look now and then whether it
/// is still there.
/// </summary>
internal sealed class AlertsFollowing(AlertRunner runner, ViewRuntime views, ILogger<AlertsFollowing> log) : BackgroundService
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>Why the alerts do not follow the log; null while they do.</summary>
    public string? Fault { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var step = await runner.Next(isPatient: false, stoppingToken);
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
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException or OperationCanceledException or Domain.Values.InvalidValueException)
            {
                Fault = e.Message;
                log.LogError(e, "The alerts could not follow the log; they try again");
                await Wait(stoppingToken);
            }
        }
    }

    private static async Task Wait(CancellationToken cancel) => await Task.Delay(LookAgainAfter, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
