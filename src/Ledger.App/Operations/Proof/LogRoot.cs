using Ledger.App.CommandLine;
using Ledger.App.Views;
using Ledger.EventStore;

namespace Ledger.App.Operations.Proof;

/// <summary>How many events a log holds, and the root hash of its tree: two logs of which both are the same are the same.</summary>
/// <param name="RootHash">In base64, as checkpoints have it; null where the log is not signed up to there.</param>
internal sealed record LogRoot(long Events, string? RootHash)
{
    /// <summary>Of a log that was just signed, with what a server has recorded meanwhile if that is signed too.</summary>
    public static async Task<LogRoot> Of(Invocation ledger, CancellationToken cancel)
    {
        await ledger.Sign(cancel);
        var head = await ledger.Get<EventLog>().Head(cancel);
        var signed = ledger.HoldsKey && await ledger.Tree.Checkpoint(cancel) is { } note ? note.Split('\n') : [];
        return signed is [_, var size, var root, ..] && size == Cursor.Of(head) ? new LogRoot(head, root) : new LogRoot(head, null);
    }

    public override string ToString() => Shown.Count(Events, "event") + (RootHash is null ? "" : $" with the root hash {RootHash}");
}
