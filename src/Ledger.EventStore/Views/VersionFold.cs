using Ledger.EventStore.Reading;
using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>Moves versions that nobody reads along the log, all from the same position, in transactions of the caller.</summary>
internal sealed class VersionFold(LogReader log, IReadOnlyList<View> views)
{
    public const int BatchMax = 2_000;

    private readonly ViewFold _fold = new(log);

    /// <summary>Moves versions up to a position, if they are not there yet.</summary>
    /// <exception cref="ViewStoppedException">One cannot take an event.</exception>
    public async Task UpTo(NpgsqlConnection connection, IReadOnlyList<ViewVersion> versions, long to, CancellationToken cancel)
    {
        for (long position = versions[0].Position; position < to;)
        {
            List<RecordedEvent> events = await log.After(position, (int)Math.Min(BatchMax, to - position), cancel);
            await Fold(connection, versions, position, events, cancel);
            position = events[^1].Position;
        }
    }

    /// <summary>Moves versions over a batch of events.</summary>
    /// <exception cref="ViewStoppedException">One cannot take an event.</exception>
    public async Task Fold(
        NpgsqlConnection connection, IReadOnlyList<ViewVersion> versions, long position, IReadOnlyList<RecordedEvent> events, CancellationToken cancel)
    {
        await ViewTables.Execute(connection,
            "set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off; savepoint batch", cancel);
        (List<ViewChanges> changes, Dictionary<View, FoldFailure> failures) = await _fold.Fold(views, position, events, cancel);
        if (failures.Count > 0)
        {
            (View view, FoldFailure failure) = failures.MinBy(f => f.Value.Position);
            throw new ViewStoppedException(view.Name, failure.Position, failure.Cause.Message, failure.Cause);
        }
        try
        {
            var writes = new ViewWrites(position, events);
            foreach (ViewChanges change in changes)
                writes.Add(change, versions.Single(v => v.View == change.View.Name));
            await writes.Send(connection, versions, apart: events.Count == 1, cancel);
        }
        catch (UnwritableException problem) when (problem.IsKnown)
        {
            throw new ViewStoppedException(problem.Versions[0].View, problem.Failure.Position, problem.Message, problem.InnerException);
        }
        catch (UnwritableException)
        {
            // Of several events it is told which when they are tried one by one.
            await ViewTables.Execute(connection, "rollback to savepoint batch", cancel);
            foreach (RecordedEvent e in events)
                await Fold(connection, versions, e.Position - 1, [e], cancel);
        }
    }
}
