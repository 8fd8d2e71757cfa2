using Ledger.App.Log;
using Ledger.EventStore;

namespace Ledger.App.Alerts.Matching;

/// <summary>Looks through the log for alerts while the server runs.</summary>
internal sealed class AlertsFollowing(AlertRunner runner, ViewRuntime views, ILogger<AlertsFollowing> log) : ViewsFollowing(views, "The alerts", log)
{
    protected override async Task<(long Position, bool More, bool IsMine)> Next(CancellationToken cancel)
    {
        var step = await runner.Next(isPatient: false, cancel);
        return (step.Position, step.More, step.IsMine);
    }
}
