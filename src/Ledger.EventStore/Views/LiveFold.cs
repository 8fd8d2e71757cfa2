using System.Globalization;
using Ledger.EventStore.Reading;
using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>
/// Moves the live versions of some views along the log, a batch a transaction, all that are at the same position together:
/// what a reader sees of them is of one moment. A view that cannot take an event stays behind; what is behind catches up
/// by itself, in turns with the others, and is one of them again when it has reached them.
/// </summary>
internal sealed class LiveFold(LogReader log, NpgsqlDataSource database, IReadOnlyDictionary<string, View> views, TimeSpan stoppedAfter)
{
    private static readonly TimeSpan RetryFailedAfter = TimeSpan.FromSeconds(5);

    private readonly ViewFold _fold = new(log);
    private readonly string[] _names = [.. views.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Views which could not be written, with the position up to which events are tried one by one, and each view by itself.</summary>
    private readonly Dictionary<string, long> _oneByOne = [];
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is read and folded while something else is waited for: what follows a batch that is being written, or was.</summary>
    private Task<Batch?>? _ahead;

    /// <summary>Where it is most likely to go on.</summary>
    private (List<ViewVersion> Versions, long Position, int Max)? _next;
    private bool _othersTurn;
    private int _busy;

    /// <summary>The views of this program, in the order in which they are locked.</summary>
    public string[] Names => _names;

    /// <summary>How long a process that was stopped in the middle of a transaction keeps what it has locked.</summary>
    public TimeSpan StoppedAfter => stoppedAfter;

    /// <summary>Completes when this process next moves a view.</summary>
    public Task Moved => _moved.Task;

    /// <summary>Whether a version is made by the definition that this program has.</summary>
    public bool Knows(ViewVersion version) => views.TryGetValue(version.View, out View? view) && view.Fingerprint == version.Fingerprint;

    /// <summary>Folds the next batch, or finds out what stops a view.</summary>
    public async Task<LiveStep> Next(int batchMax, CancellationToken cancel)
    {
        // Its states are one caller's at a time, also where the database has given up on the one who holds its lock.
        if (Interlocked.Exchange(ref _busy, 1) == 1)
            return LiveStep.SomebodyElse;
        try
        {
            return await Step(batchMax, cancel);
        }
        catch (UnwritableException problem)
        {
            // Of several events, or views, it is told which when they are tried one by one.
            if (problem.IsKnown)
                await Fail(problem.Versions[0], problem.Failure, cancel);
            else
                problem.Versions.ToList().ForEach(version => _oneByOne[version.View] = problem.Last);
            return new LiveStep(-1, Moved: false, Others: true);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private async Task<LiveStep> Step(int batchMax, CancellationToken cancel)
    {
        if (_next is { } next)
            _ahead ??= Task.Run(() => Ahead(next.Versions, next.Position, next.Max, cancel), CancellationToken.None);
        _next = null;
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancel);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        if (await Begin(connection, cancel) is not { } versions)
            return LiveStep.SomebodyElse;
        (List<ViewVersion> live, string[] locked) = versions;
        List<ViewVersion> known = [.. live.Where(Knows)];
        if (known.Any(v => !locked.Contains(v.View)))
            return LiveStep.SomebodyElse;
        known.RemoveAll(IsResting);
        if (known.Count == 0)
            return new LiveStep(long.MaxValue, Moved: false, Others: false);
        long front = known.Max(v => v.Position);
        (List<ViewVersion> chosen, long upTo) = Choose(known, front);
        (List<ViewVersion> moved, int events) = await Fold(chosen, upTo, batchMax, connection, transaction, cancel);
        return new LiveStep(known.Min(v => moved.Contains(v) ? v.Position + events : v.Position), moved.Count > 0 && events > 0,
            moved.Count < chosen.Count || known.Any(v => v.Position < front));
    }

    private static bool IsResting(ViewVersion version) =>
        version.FailedAt > DateTimeOffset.UtcNow - RetryFailedAfter && version.Position >= version.FailedPosition - 1;

    /// <summary>Those that are to move now, and how far they may: the ones in front, or in turns with them the last.</summary>
    private (List<ViewVersion> Versions, long UpTo) Choose(List<ViewVersion> known, long front)
    {
        long back = known.Min(v => v.Position);
        _othersTurn = back < front && !_othersTurn;
        long position = _othersTurn ? back : front;
        long upTo = _othersTurn ? known.Where(v => v.Position > back).Min(v => v.Position) : long.MaxValue;
        List<ViewVersion> chosen = [.. known.Where(v => v.Position == position)];
        // Up to the event that stopped one of them before, and then on from there.
        foreach (ViewVersion version in chosen.Where(v => v.FailedPosition - 1 > position))
            upTo = Math.Min(upTo, version.FailedPosition!.Value - 1);
        return (chosen, upTo);
    }

    /// <summary>Returns which could take them, and how many events these were.</summary>
    private async Task<(List<ViewVersion> Moved, int Events)> Fold(
        List<ViewVersion> chosen, long upTo, int batchMax, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        long position = chosen[0].Position;
        bool oneByOne = chosen.Any(v => _oneByOne.TryGetValue(v.View, out long until) && position < until);
        if (oneByOne)
            batchMax = 1;
        Batch batch;
        try
        {
            batch = await Read(chosen, position, (int)Math.Min(batchMax, upTo - position), cancel);
        }
        catch (FoldException problem)
        {
            await transaction.RollbackAsync(cancel);
            foreach (ViewVersion version in chosen)
                await Fail(version, new FoldFailure(problem.Position, problem), cancel);
            return ([], 0);
        }
        if (batch.Events.Count == 0)
            return (chosen, 0);
        List<ViewVersion> moving = [.. chosen.Where(v => !batch.Failures.ContainsKey(views[v.View]))];
        try
        {
            await batch.Writes.Send(connection, moving, apart: oneByOne, cancel);
            await transaction.CommitAsync(cancel);
        }
        catch
        {
            await (_ahead ?? Task.FromResult<Batch?>(null));
            _ahead = null;
            _fold.Forget();
            throw;
        }
        foreach (ViewVersion version in chosen.Except(moving))
            await Fail(version, batch.Failures[views[version.View]], cancel);
        foreach (ViewVersion version in moving.Where(v => _oneByOne.TryGetValue(v.View, out long until) && batch.Events[^1].Position >= until))
            _oneByOne.Remove(version.View);
        if (moving.Count == chosen.Count && !oneByOne)
            _next = (chosen, batch.Events[^1].Position, batchMax);
        if (moving.Count > 0)
            Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return (moving, batch.Events.Count);
    }

    /// <summary>Stores why a version stands still, unless it has moved on meanwhile.</summary>
    private async Task Fail(ViewVersion version, FoldFailure failure, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand("""
            update ledger.view_versions v set failed_at = clock_timestamp(), failed_position = $3, failure = $4
            where v.view = $1 and v.version = $2
                and not exists (select from ledger.view_positions p where p.view = v.view and p.version = v.version and p.position >= $3)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = version.View });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = version.Version });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = failure.Position });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = failure.Cause.Message });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>
    /// The next events, folded. After as many as may be, those that follow are read and folded while these are written.
    /// </summary>
    private async Task<Batch> Read(List<ViewVersion> chosen, long position, int max, CancellationToken cancel)
    {
        Batch? ahead = await (_ahead ?? Task.FromResult<Batch?>(null));
        _ahead = null;
        Batch batch = ahead?.Position == position && ahead.Max == max && ahead.Versions.SequenceEqual(chosen.Select(v => v.Schema))
            ? ahead : await Fold(chosen, position, max, await Events(position, max, cancel), cancel);
        if (batch.Events.Count == max && max > 1 && batch.Failures.Count == 0)
            _ahead = Task.Run(() => Ahead(chosen, position + max, max, cancel), CancellationToken.None);
        return batch;
    }

    /// <summary>Null where there is nothing to fold, or something is wrong: what it is is found out when the views have come so far.</summary>
    private async Task<Batch?> Ahead(List<ViewVersion> chosen, long position, int max, CancellationToken cancel)
    {
        try
        {
            List<RecordedEvent> events = await log.After(position, max, cancel);
            return events.Count > 0 ? await Fold(chosen, position, max, events, cancel) : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private async Task<Batch> Fold(List<ViewVersion> chosen, long position, int max, List<RecordedEvent> events, CancellationToken cancel)
    {
        (List<ViewChanges> changes, Dictionary<View, FoldFailure> failures) = await _fold.Fold([.. chosen.Select(v => views[v.View])], position, events, cancel);
        var writes = new ViewWrites(position, events);
        try
        {
            foreach (ViewChanges change in changes)
                writes.Add(change, chosen.Single(v => v.View == change.View.Name));
        }
        catch
        {
            _fold.Forget();
            throw;
        }
        return new Batch([.. chosen.Select(v => v.Schema)], position, max, events, writes, failures);
    }

    /// <summary>Events after a position. What cannot be read comes last, and alone it is an exception.</summary>
    private async Task<List<RecordedEvent>> Events(long position, int max, CancellationToken cancel)
    {
        try
        {
            return await log.After(position, max, cancel);
        }
        catch (UnknownEventTypeException problem) when (problem.Position > position + 1)
        {
            return await log.After(position, (int)(problem.Position - position - 1), cancel);
        }
        catch (InvalidDataException) when (max > 1)
        {
            return await Events(position, 1, cancel);
        }
        catch (Exception problem) when (problem is UnknownEventTypeException or InvalidDataException)
        {
            throw new FoldException(position + 1, problem);
        }
    }

    /// <summary>The live versions and those of them that were locked; null where another process folds.</summary>
    private async Task<(List<ViewVersion> Live, string[] Locked)?> Begin(NpgsqlConnection connection, CancellationToken cancel)
    {
        // A process that is stopped between two statements loses its transaction, and the locks with it. The statements
        // that write are planned for tables that grow, and once: to plan one anew takes longer than to write a few rows.
        // Rows and position are lost together, if the machine fails before they are on the disk, and folded again: the
        // events are there, or nothing of them was folded.
        var begin = new NpgsqlBatchCommand($"""
            select set_config('idle_in_transaction_session_timeout', '{stoppedAfter.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}', true),
                set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
                set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
                set_config('plan_cache_mode', 'force_generic_plan', true), set_config('synchronous_commit', 'off', true), pg_try_advisory_xact_lock(hashtextextended($1, 0))
            """);
        begin.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "ledger.views " + string.Join(' ', _names) });
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { begin } };
        ViewVersion.LockLive(batch, _names, wait: false);
        await batch.PrepareAsync(cancel);
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        if (!reader.GetBoolean(7))
            return null;
        await reader.NextResultAsync(cancel);
        return await ViewVersion.ReadLocked(reader, cancel);
    }
}

/// <summary>Events, and what they change in views.</summary>
/// <param name="Versions">The schemas of the versions that they were folded for.</param>
/// <param name="Position">The position that they follow.</param>
/// <param name="Max">How many were asked for.</param>
/// <param name="Events">In the order of the log.</param>
/// <param name="Writes">Of the views that could take them.</param>
/// <param name="Failures">Of the others.</param>
internal sealed record Batch(
    IReadOnlyList<string> Versions, long Position, int Max, List<RecordedEvent> Events, ViewWrites Writes, Dictionary<View, FoldFailure> Failures);

/// <summary>What a step of folding came to.</summary>
/// <param name="Position">The least position of the views that could move.</param>
/// <param name="Moved">Whether any did.</param>
/// <param name="Others">Whether there is more to do than to wait: some are behind others, or have just been stopped.</param>
internal readonly record struct LiveStep(long Position, bool Moved, bool Others)
{
    /// <summary>Another process is at it.</summary>
    public static LiveStep SomebodyElse { get; } = new(-1, false, false);
}

/// <summary>An event that cannot be read.</summary>
internal sealed class FoldException(long position, Exception cause) : Exception(cause.Message, cause)
{
    public long Position { get; } = position;
}
