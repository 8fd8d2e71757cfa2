using System.Diagnostics;
using System.Runtime.InteropServices;
using Ledger.EventStore.Reading;
using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>
/// Builds versions of views beside the live ones, from the first event on: reads the log stream by stream, so that one
/// stream's state is in memory at a time, and loads the rows by COPY, a chunk a transaction. Then it catches up, holds
/// the new versions against the live ones, and switches, or only says what differs. It can be stopped anywhere and goes on where it was.
/// </summary>
internal sealed class Replay(
    LogReader log, NpgsqlDataSource database, IReadOnlyList<View> views, LiveFold live, int chunkSize, IProgress<ReplayProgress>? progress,
    Func<List<ViewVersion>, bool>? isNeeded = null, bool isOnlyCheck = false)
{
    private readonly VersionFold _fold = new(log, views);
    private readonly long _started = Stopwatch.GetTimestamp();

    public async Task<IReadOnlyList<ReplayOutcome>> Run(CancellationToken cancel)
    {
        try
        {
            return await Known(cancel);
        }
        catch (ViewStoppedException problem)
        {
            await Fail(problem, cancel);
            throw;
        }
    }

    /// <summary>Says why nothing comes of the versions that are being built.</summary>
    private async Task Fail(ViewStoppedException problem, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancel);
        await ViewTables.Execute(connection, """
            update ledger.view_versions set failed_at = clock_timestamp(), failed_position = $2, failure = $3 where view = any($1) and state = 'building'
            """, cancel, new NpgsqlParameter { Value = problem.Views },
            new NpgsqlParameter<long> { TypedValue = problem.Position }, new NpgsqlParameter<string> { TypedValue = problem.Reason });
    }

    /// <summary>Builds, and names events that cannot even be read.</summary>
    private async Task<IReadOnlyList<ReplayOutcome>> Known(CancellationToken cancel)
    {
        try
        {
            return await Build(cancel);
        }
        catch (UnknownEventTypeException problem)
        {
            throw new ViewStoppedException(string.Join(", ", views.Select(v => v.Name)), problem.Position, problem.Message, problem);
        }
        catch (InvalidDataException problem) when (problem.Data[EventTypes.PositionOf] is long position)
        {
            throw new ViewStoppedException(string.Join(", ", views.Select(v => v.Name)), position, problem.Message, problem);
        }
    }

    private async Task<IReadOnlyList<ReplayOutcome>> Build(CancellationToken cancel)
    {
        await using ReplayLock held = await ReplayLock.Take(database, views, cancel);
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancel);
        if (isNeeded?.Invoke(await ViewVersion.ReadAll(connection, cancel)) == false)
            throw new ReplayRefusedException("Another program has replayed them meanwhile.", wasDoneMeanwhile: true);
        List<ViewVersion> building = await Prepare(connection, cancel);
        if (building[0].Position == 0 && building[0].ReplayTo > 0)
            building = await Load(connection, building, cancel);
        building = await CatchUp(connection, building, cancel);
        List<IReadOnlyList<ViewDifference>?> differences = await Compare(connection, building, cancel);
        if (isOnlyCheck)
            await Remove(connection, building, cancel);
        else
            await Switch(connection, building, cancel);
        return [.. building.Zip(differences, (version, found) => new ReplayOutcome(
            version.View, version.Version, version.ReplayOf ?? 0, Stopwatch.GetElapsedTime(_started), found))];
    }

    /// <summary>The versions to build: those that were left unfinished, if they are of these definitions and at the same place, or new ones.</summary>
    private async Task<List<ViewVersion>> Prepare(NpgsqlConnection connection, CancellationToken cancel)
    {
        List<ViewVersion> left = await Building(connection, cancel);
        if (left.Count == views.Count && left.Zip(views).All(p => p.First.Fingerprint == p.Second.Fingerprint)
            && left.Select(v => (v.ReplayTo, v.ReplayCursor, v.Position)).Distinct().Count() == 1)
            return left;
        await using (NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel))
        {
            foreach (ViewVersion version in left)
                await ViewVersion.Remove(connection, version, cancel);
            long head = await LogReader.Head(connection, cancel);
            long events = await Count(connection, head, cancel);
            foreach (View view in views)
                await ViewVersion.Make(connection, view, live.Names, ViewVersion.Building, head, events, cancel);
            await transaction.CommitAsync(cancel);
        }
        return await Building(connection, cancel);
    }

    private async Task<List<ViewVersion>> Building(NpgsqlConnection connection, CancellationToken cancel)
    {
        List<ViewVersion> all = await ViewVersion.ReadAll(connection, cancel);
        return [.. views.SelectMany(view => all.Where(v => v.View == view.Name && v.State == ViewVersion.Building))];
    }

    private string[] Prefixes() => [.. views.SelectMany(v => v.Folds).Select(f => f.Prefix).Distinct()];

    private async Task<long> Count(NpgsqlConnection connection, long head, CancellationToken cancel)
    {
        await using var count = new NpgsqlCommand(
            "select count(*) from ledger.mt_events where seq_id <= $1 and exists (select from unnest($2) p (prefix) where starts_with(stream_id, p.prefix))", connection);
        count.Parameters.Add(new NpgsqlParameter<long> { TypedValue = head });
        count.Parameters.Add(new NpgsqlParameter { Value = Prefixes() });
        count.CommandTimeout = 0;
        return (long)(await count.ExecuteScalarAsync(cancel))!;
    }

    private async Task<List<ViewVersion>> Load(NpgsqlConnection connection, List<ViewVersion> building, CancellationToken cancel)
    {
        ViewVersion first = building[0];
        bool resumed = first.ReplayCursor is not null;
        long done = first.ReplayDone ?? 0;
        List<ViewChanges> changes = [.. views.Select(v => new ViewChanges(v))];
        Dictionary<StreamFold, List<(ViewChanges View, List<RowChanges> Tables)>> users = Users(changes);
        var chunks = new StreamChunks(log, Prefixes(), first.ReplayTo!.Value, chunkSize, first.ReplayCursor ?? "");
        await foreach (List<RecordedEvent> chunk in chunks.Read(cancel))
        {
            FoldStreams(chunk, users);
            done += chunk.Count;
            try
            {
                await WriteChunk(connection, building, changes, chunk[^1].Stream, done, cancel);
            }
            catch (Exception problem) when (!cancel.IsCancellationRequested && !Failures.MayPass(problem))
            {
                throw await new Unwritable(connection, [.. views.Zip(building, (view, version) => (view, version.Schema))]).Find(chunk, problem, cancel);
            }
            progress?.Report(new ReplayProgress("load", done, first.ReplayOf!.Value, Stopwatch.GetElapsedTime(_started)));
        }
        progress?.Report(new ReplayProgress("index", done, first.ReplayOf!.Value, Stopwatch.GetElapsedTime(_started)));
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        await ViewTables.Execute(connection, "set local maintenance_work_mem = '128MB'", cancel);
        foreach ((ViewChanges change, ViewVersion version) in changes.Zip(building))
        {
            await ViewTables.Execute(connection, ViewTables.Index(change.View, version.Schema), cancel);
            await Unwritable.RefuseSameKeys(connection, change.View, version.Schema, cancel);
            SumChanges sums = change.Sums;
            if (resumed)
            {
                // What was summed up before was in the memory of a process that is gone.
                sums = new SumChanges();
                foreach (RowTable table in change.View.RowTables)
                    await table.SumUp(connection, version.Schema, sums, cancel);
            }
            await sums.Fill(connection, version.Schema, cancel);
        }
        await using (var move = new NpgsqlBatch(connection) { BatchCommands = { ViewVersion.Move(building, from: 0, first.ReplayTo.Value) } })
            await move.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return await Building(connection, cancel);
    }

    /// <summary>Which tables are made of which streams.</summary>
    internal static Dictionary<StreamFold, List<(ViewChanges View, List<RowChanges> Tables)>> Users(List<ViewChanges> changes) =>
        changes.SelectMany(c => c.View.Folds).Distinct()
            .ToDictionary(f => f, f => changes.Where(c => c.View.Folds.Contains(f)).Select(c => (c, c.Of(f))).ToList());

    internal static void FoldStreams(List<RecordedEvent> chunk, Dictionary<StreamFold, List<(ViewChanges View, List<RowChanges> Tables)>> users)
    {
        for (int from = 0, to; from < chunk.Count; from = to)
        {
            string stream = chunk[from].Stream;
            for (to = from + 1; to < chunk.Count && chunk[to].Stream == stream;)
                to++;
            foreach ((StreamFold fold, List<(ViewChanges View, List<RowChanges> Tables)> its) in users)
            {
                if (fold.IsOf(stream))
                    FoldStream(fold, CollectionsMarshal.AsSpan(chunk)[from..to], its);
            }
        }
    }

    private static void FoldStream(StreamFold fold, ReadOnlySpan<RecordedEvent> events, List<(ViewChanges View, List<RowChanges> Tables)> users)
    {
        object state = fold.Initial(events[0].Stream);
        string all = string.Join(", ", users.Select(u => u.View.View.Name)), at = all;
        long position = 0;
        try
        {
            foreach (RecordedEvent e in events)
            {
                position = e.Position;
                at = all;
                state = fold.Evolve(state, e);
                foreach ((ViewChanges view, List<RowChanges> tables) in users)
                {
                    at = view.View.Name;
                    foreach (RowChanges table in tables)
                        table.Move(fold, state, position);
                }
            }
            foreach ((ViewChanges view, List<RowChanges> tables) in users)
            {
                at = view.View.Name;
                foreach (RowChanges table in tables)
                    table.End(view.Sums);
            }
        }
        catch (Exception problem)
        {
            throw new ViewStoppedException(at, position, problem.Message, problem);
        }
    }

    private static async Task WriteChunk(
        NpgsqlConnection connection, List<ViewVersion> building, List<ViewChanges> changes, string cursor, long done, CancellationToken cancel)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        // Lost together with the place it was noted at, if it is lost.
        await ViewTables.Execute(connection, "set local synchronous_commit = off", cancel);
        foreach ((ViewChanges change, ViewVersion version) in changes.Zip(building))
            await change.CopyRows(connection, version.Schema, cancel);
        await ViewTables.Execute(connection, "update ledger.view_versions set replay_cursor = $2, replay_done = $3 where view = any($1) and state = 'building'", cancel,
            new NpgsqlParameter { Value = building.Select(v => v.View).ToArray() },
            new NpgsqlParameter<string> { TypedValue = cursor }, new NpgsqlParameter<long> { TypedValue = done });
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Folds what was recorded since, until next to nothing is left.</summary>
    private async Task<List<ViewVersion>> CatchUp(NpgsqlConnection connection, List<ViewVersion> building, CancellationToken cancel)
    {
        long position = building[0].Position;
        while (true)
        {
            List<RecordedEvent> events = await log.After(position, VersionFold.BatchMax, cancel);
            if (events.Count == 0)
                break;
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
            await _fold.Fold(connection, building, position, events, cancel);
            await transaction.CommitAsync(cancel);
            position = events[^1].Position;
            long head = await LogReader.Head(connection, cancel);
            progress?.Report(new ReplayProgress("catch up", building[0].ReplayOf!.Value, building[0].ReplayOf!.Value + head - position, Stopwatch.GetElapsedTime(_started)));
            if (events.Count < VersionFold.BatchMax)
                break;
        }
        return await Building(connection, cancel);
    }

    /// <summary>
    /// Holds the new versions against the live ones, in one snapshot of a moment in which both are at the same position;
    /// the live ones go on meanwhile. Null where there is nothing to compare with.
    /// </summary>
    private async Task<List<IReadOnlyList<ViewDifference>?>> Compare(NpgsqlConnection connection, List<ViewVersion> building, CancellationToken cancel)
    {
        progress?.Report(new ReplayProgress("compare", building[0].ReplayOf!.Value, building[0].ReplayOf!.Value, Stopwatch.GetElapsedTime(_started)));
        await BringLive(building[0].Position, cancel);
        await using NpgsqlConnection reading = await database.OpenConnectionAsync(cancel);
        NpgsqlTransaction snapshot;
        await using (NpgsqlTransaction standing = await connection.BeginTransactionAsync(cancel))
        {
            List<ViewVersion> versions = await Align(connection, [.. building.Select(v => v.View).Order(StringComparer.Ordinal)], cancel);
            await using NpgsqlConnection moving = await database.OpenConnectionAsync(cancel);
            await using (NpgsqlTransaction move = await moving.BeginTransactionAsync(cancel))
            {
                await _fold.UpTo(moving, building, versions.Select(v => v.Position).DefaultIfEmpty().Max(), cancel);
                await move.CommitAsync(cancel);
            }
            snapshot = await reading.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
            await LogReader.Head(reading, cancel);
        }
        await using (snapshot)
        {
            List<ViewVersion> all = await ViewVersion.ReadAll(reading, cancel);
            var found = new List<IReadOnlyList<ViewDifference>?>();
            foreach (View view in views)
                found.Add(await ViewComparison.Run(reading, view, all, cancel));
            return found;
        }
    }

    /// <summary>Has the live versions come up to a position, if they move at all.</summary>
    private async Task BringLive(long position, CancellationToken cancel)
    {
        const int TriesMax = 200;
        for (int tries = 0; tries < TriesMax;)
        {
            LiveStep step = await live.Next(VersionFold.BatchMax, cancel);
            if (step.Position >= position)
                return;
            if (step.Moved)
                continue;
            tries++;
            await Task.Delay(10, cancel);
        }
    }

    /// <summary>Keeps the live versions of some views from moving until the transaction ends, and this process with it.</summary>
    private async Task<List<ViewVersion>> Align(NpgsqlConnection connection, string[] names, CancellationToken cancel)
    {
        await ViewTables.EndIfStopped(connection, live.StoppedAfter, cancel);
        (List<ViewVersion> versions, _) = await ViewVersion.LockLive(connection, names, wait: true, cancel);
        return versions;
    }

    /// <summary>Readers never saw the versions: they read what they read before.</summary>
    private static async Task Remove(NpgsqlConnection connection, List<ViewVersion> building, CancellationToken cancel)
    {
        foreach (ViewVersion version in building)
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
            await ViewVersion.Remove(connection, version, cancel);
            await transaction.CommitAsync(cancel);
        }
    }

    private async Task Switch(NpgsqlConnection connection, List<ViewVersion> building, CancellationToken cancel)
    {
        progress?.Report(new ReplayProgress("switch", building[0].ReplayOf!.Value, building[0].ReplayOf!.Value, Stopwatch.GetElapsedTime(_started)));
        await using (NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel))
        {
            // All views of the program, so that afterwards readers see one position, and none before what they have seen.
            List<ViewVersion> versions = await Align(connection, live.Names, cancel);
            building = await Building(connection, cancel);
            await _fold.UpTo(connection, building, versions.Select(v => v.Position).DefaultIfEmpty().Max(), cancel);
            await ViewTables.Execute(connection, """
                delete from ledger.view_versions where view = any($1) and state = 'kept';
                """, cancel, new NpgsqlParameter { Value = building.Select(v => v.View).ToArray() });
            await ViewTables.Execute(connection, "update ledger.view_versions set state = 'kept' where view = any($1) and state = 'live'", cancel,
                new NpgsqlParameter { Value = building.Select(v => v.View).ToArray() });
            await ViewTables.Execute(connection, """
                update ledger.view_versions set state = 'live', switched_at = clock_timestamp(), replay_cursor = null where view = any($1) and state = 'building'
                """, cancel, new NpgsqlParameter { Value = building.Select(v => v.View).ToArray() });
            await transaction.CommitAsync(cancel);
        }
        await ViewNames.Publish(connection, views, cancel);
        await ViewNames.Sweep(connection, cancel);
    }
}
