using Ledger.EventStore.Reading;
using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>
/// Changes a view's live version for the one that is kept. If it can be folded it is first brought to where the views are, so
/// that readers never go back in the log.
/// </summary>
internal sealed class Rollback(LogReader log, NpgsqlConnection connection, View view, LiveFold live)
{
    private readonly VersionFold _fold = new(log, [view]);

    public async Task Run(CancellationToken cancel)
    {
        while (await Approach(cancel))
        {
            // The views go on meanwhile.
        }
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        await ViewTables.EndIfStopped(connection, live.StoppedAfter, cancel);
        (List<ViewVersion> versions, _) = await ViewVersion.LockLive(connection, live.Names, wait: true, cancel);
        ViewVersion kept = await LockKept(cancel);
        if (live.Knows(kept))
            await _fold.UpTo(connection, [kept], versions.Max(v => v.Position), cancel);
        await ViewVersion.SwapLiveAndKept(connection, view.Name, cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Folds a batch. Returns false when the rest is short enough for others to wait for it.</summary>
    private async Task<bool> Approach(CancellationToken cancel)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        await ViewTables.EndIfStopped(connection, live.StoppedAfter, cancel);
        ViewVersion kept = await LockKept(cancel);
        List<RecordedEvent> events = live.Knows(kept) ? await log.After(kept.Position, VersionFold.BatchMax, cancel) : [];
        if (events.Count < VersionFold.BatchMax)
            return false;
        await _fold.Fold(connection, [kept], kept.Position, events, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task<ViewVersion> LockKept(CancellationToken cancel)
    {
        await ViewTables.Execute(connection, """
            select from ledger.view_positions p where p.view = $1
                and p.version = (select v.version from ledger.view_versions v where v.view = $1 and v.state = 'kept') for update
            """, cancel, new NpgsqlParameter<string> { TypedValue = view.Name });
        return (await ViewVersion.ReadAll(connection, cancel)).SingleOrDefault(v => v.View == view.Name && v.State == ViewVersion.Kept)
            ?? throw new ReplayRefusedException($"View '{view.Name}' has no earlier version to go back to.");
    }
}
