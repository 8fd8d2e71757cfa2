using Ledger.EventStore;

namespace Ledger.App.Operations.Serve;

/// <summary>Keeps the views at the head of the log while the server runs.</summary>
internal sealed class ViewsFollower(ViewRuntime views) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => views.Run(stoppingToken);
}
