using Ledger.EventStore.Reading;
using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>
/// The states of streams at the position that was folded last, those that were asked for lately: when as many are kept as may be,
/// they are the old ones, and are dropped when as many new ones have come.
/// </summary>
internal sealed class StateCache
{
    private const int StatesMax = 16_000;

    private Dictionary<string, (long Version, object State)> _states = new(StringComparer.Ordinal);
    private Dictionary<string, (long Version, object State)> _old = new(StringComparer.Ordinal);

    /// <summary>The state of a stream at a version, if that is the one it was left at.</summary>
    public object? At(string stream, long version) =>
        (_states.TryGetValue(stream, out var held) || _old.TryGetValue(stream, out held)) && held.Version == version ? held.State : null;

    public void Keep(string stream, long version, object state)
    {
        if (_states.Count >= StatesMax)
        {
            (_states, _old) = (_old, _states);
            _states.Clear();
        }
        _states[stream] = (version, state);
    }

    public void Forget()
    {
        _states.Clear();
        _old.Clear();
    }
}

/// <summary>What a batch of events has come to in one view and is not written yet.</summary>
internal sealed class ViewChanges(View view)
{
    private readonly List<(RowTable Table, RowChanges Changes)> _tables = [.. view.RowTables.Select(t => (t, t.NewChanges()))];

    public View View => view;

    public SumChanges Sums { get; } = new();

    /// <summary>How many rows there are to write.</summary>
    public int Count => _tables.Sum(t => t.Changes.Count);

    public List<RowChanges> Of(StreamFold fold) => [.. _tables.Where(t => t.Table.Folds.Contains(fold)).Select(t => t.Changes)];

    /// <summary>Adds the statements that write everything, rows and sums, and forgets it.</summary>
    public void Write(ViewWrites writes)
    {
        foreach ((_, RowChanges changes) in _tables)
            changes.Write(writes);
        Sums.Write(writes);
    }

    /// <summary>Loads rows, but not sums, into a version that nobody reads.</summary>
    public async Task CopyRows(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        foreach ((_, RowChanges changes) in _tables)
            await changes.Copy(connection, schema, cancel);
    }
}

/// <summary>Why a view cannot take an event.</summary>
internal sealed record FoldFailure(long Position, Exception Cause);

/// <summary>Folds batches of events, which follow each other in the log, into what changes in the rows of views.</summary>
internal sealed class ViewFold(LogReader log)
{
    private readonly StateCache _states = new();

    /// <summary>Call it when what was folded last was not written: then it is not where the states have come to.</summary>
    public void Forget() => _states.Forget();

    /// <summary>Folds a batch. A view that cannot take an event has no changes but a failure, at the first such event.</summary>
    /// <param name="views">Views which are written up to a position.</param>
    /// <param name="position">That position.</param>
    /// <param name="events">The events that follow it.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<(List<ViewChanges> Changes, Dictionary<View, FoldFailure> Failures)> Fold(
        IReadOnlyList<View> views, long position, IReadOnlyList<RecordedEvent> events, CancellationToken cancel)
    {
        List<ViewChanges> changes = [.. views.Select(v => new ViewChanges(v))];
        var failures = new Dictionary<View, FoldFailure>();
        foreach (StreamFold fold in views.SelectMany(v => v.Folds).Distinct())
        {
            List<IGrouping<string, RecordedEvent>> streams = [.. events.Where(e => fold.IsOf(e.Stream)).GroupBy(e => e.Stream)];
            if (streams.Count == 0)
                continue;
            List<(ViewChanges View, List<RowChanges> Tables)> users = [.. changes.Where(c => c.View.Folds.Contains(fold)).Select(c => (c, c.Of(fold)))];
            Dictionary<string, object> states = await Load(fold, streams, position, users, failures, cancel);
            foreach (IGrouping<string, RecordedEvent> stream in streams)
            {
                if (states.TryGetValue(stream.Key, out object? state))
                    Fold(fold, [.. stream], state, users, failures);
            }
        }
        return ([.. changes.Where(c => !failures.ContainsKey(c.View))], failures);
    }

    private void Fold(StreamFold fold, List<RecordedEvent> events, object state, List<(ViewChanges View, List<RowChanges> Tables)> users, Dictionary<View, FoldFailure> failures)
    {
        long version = events[0].Version - 1;
        if (version > 0)
            Each(users, failures, events[0].Position, table => table.Begin(fold, state));
        foreach (RecordedEvent e in events)
        {
            try
            {
                state = fold.Evolve(state, e);
            }
            catch (Exception problem)
            {
                foreach ((ViewChanges view, _) in users)
                    Fail(failures, view.View, e.Position, problem);
                return;
            }
            Each(users, failures, e.Position, table => table.Move(fold, state, e.Position));
        }
        foreach ((ViewChanges view, List<RowChanges> tables) in users)
        {
            if (failures.ContainsKey(view.View))
                continue;
            try
            {
                foreach (RowChanges table in tables)
                    table.End(view.Sums);
            }
            catch (Exception problem)
            {
                Fail(failures, view.View, events[^1].Position, problem);
            }
        }
        _states.Keep(events[0].Stream, events[^1].Version, state);
    }

    private static void Each(
        List<(ViewChanges View, List<RowChanges> Tables)> users, Dictionary<View, FoldFailure> failures, long position, Action<RowChanges> act)
    {
        foreach ((ViewChanges view, List<RowChanges> tables) in users)
        {
            // What comes after its first failure does not matter; of another stream a failure may still come before it.
            if (failures.TryGetValue(view.View, out FoldFailure? failure) && failure.Position <= position)
                continue;
            try
            {
                foreach (RowChanges table in tables)
                    act(table);
            }
            catch (Exception problem)
            {
                Fail(failures, view.View, position, problem);
            }
        }
    }

    private static void Fail(Dictionary<View, FoldFailure> failures, View view, long position, Exception problem)
    {
        if (!failures.TryGetValue(view, out FoldFailure? before) || position < before.Position)
            failures[view] = new FoldFailure(position, problem);
    }

    /// <summary>The states of streams before the events that are to be folded, from memory or else from the log.</summary>
    private async Task<Dictionary<string, object>> Load(
        StreamFold fold, List<IGrouping<string, RecordedEvent>> streams, long position,
        List<(ViewChanges View, List<RowChanges> Tables)> users, Dictionary<View, FoldFailure> failures, CancellationToken cancel)
    {
        var states = new Dictionary<string, object>(streams.Count, StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (IGrouping<string, RecordedEvent> stream in streams)
        {
            long version = stream.First().Version - 1;
            if ((version == 0 ? fold.Initial(stream.Key) : _states.At(stream.Key, version)) is { } state)
                states.Add(stream.Key, state);
            else
                missing.Add(stream.Key);
        }
        if (missing.Count == 0)
            return states;
        foreach (IGrouping<string, RecordedEvent> stream in (await Read(missing, position, Fail, cancel)).GroupBy(e => e.Stream))
        {
            try
            {
                states.Add(stream.Key, stream.Aggregate(fold.Initial(stream.Key), fold.Evolve));
            }
            catch (Exception problem)
            {
                Fail(stream.Key, problem);
            }
        }
        return states;

        // Folded before, and cannot be folded now: its next event is where it shows.
        void Fail(string stream, Exception problem)
        {
            foreach ((ViewChanges view, _) in users)
                ViewFold.Fail(failures, view.View, streams.First(s => s.Key == stream).First().Position, problem);
        }
    }

    /// <summary>The events of streams up to a position, but for streams that cannot be read: another program may know events that this one does not.</summary>
    private async Task<List<RecordedEvent>> Read(List<string> streams, long position, Action<string, Exception> fail, CancellationToken cancel)
    {
        try
        {
            return await log.Streams(streams, position, cancel);
        }
        catch (Exception problem) when (problem is UnknownEventTypeException or InvalidDataException)
        {
            if (streams.Count == 1)
            {
                fail(streams[0], problem);
                return [];
            }
        }
        var events = new List<RecordedEvent>();
        foreach (string stream in streams)
            events.AddRange(await Read([stream], position, fail, cancel));
        return events;
    }
}
