using Ledger.EventStore;

namespace Ledger.App.Operations.Proof;

/// <summary>Keeps the tree of the log and its signed checkpoints at most a second behind, while the server runs.</summary>
internal sealed class TreeSigner(LogTree tree, ILogger<TreeSigner> log) : BackgroundService
{
    /// <summary>Why nothing is signed any more: the log is not what was signed before. Null while all is well.</summary>
    public string? Fault { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await tree.Run(stoppingToken);
        }
        catch (InvalidDataException e)
        {
            Fault = e.Message;
            log.LogCritical(e, "The log is not what was signed; nothing more is signed");
        }
    }
}
