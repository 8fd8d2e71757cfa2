using Ledger.EventStore.Reading;
using Ledger.EventStore.Views;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ledger.EventStore;

/// <summary>
/// Keeps views of the log: moves them along it, replays them beside themselves, and opens them for reading.
/// </summary>
/// <remarks>
/// Thread-safe. Every event is folded exactly once: a position moves in the transaction that writes the tables. Any number
/// of processes may run the same views; one folds at a time, and another takes over when it ends or dies. A process which
/// is stopped in the middle of a batch is disconnected by the database after <see cref="StoppedAfter"/>.
/// </remarks>
public sealed class ViewRuntime
{
    private const int BatchMax = 500;
    private const int ChunkMax = 10_000;

    /// <summary>A longer log is replayed into a new view and not followed from its beginning.</summary>
    private const int FollowedFromStartMax = 20_000;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WhileOthersReplay = TimeSpan.FromMilliseconds(200);

    private readonly EventLog _log;
    private readonly NpgsqlDataSource _database;
    private readonly ILogger _logger;
    private readonly Dictionary<string, View> _views;
    private readonly LiveFold _live;
    private readonly int _batchMax;
    private readonly int _chunkMax;

    /// <summary>How long a process that was stopped while folding can keep others from it.</summary>
    public static TimeSpan StoppedAfter { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Makes a runtime. Nothing happens before the first call.</summary>
    /// <param name="log">The log to follow.</param>
    /// <param name="database">Its database, with the rights of <c>ledger_app</c>.</param>
    /// <param name="views">All views of this program.</param>
    /// <param name="logger">Where failures are told.</param>
    public ViewRuntime(EventLog log, NpgsqlDataSource database, IReadOnlyList<View> views, ILogger? logger = null)
        : this(log, database, views, logger, StoppedAfter, BatchMax, ChunkMax)
    {
    }

    internal ViewRuntime(
        EventLog log, NpgsqlDataSource database, IReadOnlyList<View> views, ILogger? logger, TimeSpan stoppedAfter, int batchMax, int chunkMax)
    {
        _log = log;
        _database = database;
        _logger = logger ?? NullLogger.Instance;
        _views = views.ToDictionary(v => v.Name);
        if (views.SelectMany(v => v.Tables, (v, t) => (View: v.Name, Table: t.Name)).GroupBy(t => t.Table).FirstOrDefault(t => t.Count() > 1) is { } twice)
            throw new ArgumentException($"There are two tables '{twice.Key}', of {string.Join(" and ", twice.Select(t => $"view '{t.View}'"))}: stable names are one schema's.", nameof(views));
        _live = new LiveFold(log.Reader, database, _views, stoppedAfter);
        _batchMax = batchMax;
        _chunkMax = chunkMax;
    }

    /// <summary>The names of this program's views.</summary>
    public IReadOnlyCollection<string> Names => _views.Keys;

    /// <summary>
    /// Makes the tables of views that the database has none of, and follows the log with them up to its end; a log that is
    /// long is replayed instead. Views whose definition has changed are replayed too, unless they were rolled back to where they
    /// are. While another program replays one of them it stays frozen, if it is there at all. Who calls this before anything is read finds
    /// every view there; a server need not wait for it and lets <see cref="Run"/> do it.
    /// </summary>
    /// <returns>What replays came to.</returns>
    /// <exception cref="ViewStoppedException">A view that is to be replayed cannot take an event; the others were replayed.</exception>
    /// <exception cref="ArgumentException">A table of a view is called as one of another program's view is.</exception>
    public async Task<IReadOnlyList<ReplayOutcome>> Prepare(IProgress<ReplayProgress>? progress = null, CancellationToken cancel = default)
    {
        while (true)
        {
            if (await TryPrepare(progress, cancel) is { } outcomes)
                return outcomes;
            // Another program is at it: what it replays serves frozen meanwhile, and what was never there is waited for.
            IReadOnlyList<ViewStatus> status = await Status(cancel);
            if (_views.Keys.All(name => status.Any(v => v.View == name && v.State is ViewState.Live or ViewState.Frozen)))
                return [];
            await Task.Delay(WhileOthersReplay, cancel);
        }
    }

    /// <summary>Null where another program replays one of the views.</summary>
    /// <exception cref="ViewStoppedException">A view cannot take an event; the others were replayed.</exception>
    private async Task<IReadOnlyList<ReplayOutcome>?> TryPrepare(IProgress<ReplayProgress>? progress, CancellationToken cancel)
    {
        var stopped = new Dictionary<string, ViewStoppedException>();
        IReadOnlyList<ReplayOutcome> outcomes = [];
        while ((await MakeNew(cancel)).Except(stopped.Keys).ToList() is { Count: > 0 } stale)
        {
            try
            {
                outcomes = await new Replay(_log.Reader, _database, [.. stale.Select(Named)], _live, _chunkMax, progress,
                    versions => !stale.Except(Stale(versions)).Any()).Run(cancel);
                break;
            }
            catch (ReplayRefusedException problem)
            {
                if (!problem.WasDoneMeanwhile)
                    return null;
            }
            catch (ViewStoppedException problem)
            {
                // Those that can take the event go on from there without it.
                foreach (string view in problem.Views)
                    stopped[view] = problem;
            }
        }
        return stopped.Count == 0 ? outcomes : throw stopped.Values.First();
    }

    /// <summary>
    /// Follows the log, until it is cancelled: while the database is out of reach it waits, and an event that a view cannot take is
    /// tried again every few seconds. What <see cref="Prepare"/> would replay is replayed meanwhile.
    /// </summary>
    public async Task Run(CancellationToken cancel)
    {
        Task preparing = KeepPrepared(cancel);
        for (int attempt = 0; !cancel.IsCancellationRequested;)
        {
            try
            {
                LiveStep step = await _live.Next(_batchMax, cancel);
                attempt = 0;
                if (step == LiveStep.SomebodyElse)
                    await Pause(TimeSpan.FromMilliseconds(10), cancel);
                else if (!step.Others)
                    await WaitForMore(step.Position, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                break;
            }
            catch (Exception problem) when (Failures.MayPass(problem))
            {
                _logger.LogWarning(problem, "The views wait for the database, attempt {Attempt}", attempt + 1);
                await Pause(Failures.Pause(attempt++), cancel);
            }
        }
        await preparing;
    }

    /// <summary>Follows the log up to its present head, or waits while another process does.</summary>
    /// <exception cref="ViewStoppedException">A view cannot take an event; the others hold the head.</exception>
    public async Task CatchUp(CancellationToken cancel = default)
    {
        long head = await _log.Head(cancel);
        while (true)
        {
            LiveStep step = await _live.Next(_batchMax, cancel);
            if (step.Position >= head || !step.Moved && !step.Others && step != LiveStep.SomebodyElse)
                break;
            if (!step.Moved)
                await Task.Delay(5, cancel);
        }
        await ThrowIfStopped(head, cancel);
    }

    /// <summary>
    /// Returns when the views hold a position, so that who has appended reads its own write. One that is frozen, or is still to be
    /// built, is not waited for.
    /// </summary>
    /// <exception cref="ViewStoppedException">One stands still before that position; the others hold it.</exception>
    public async Task WaitFor(long position, CancellationToken cancel = default)
    {
        // For an event that is still to come nobody is asked again and again.
        await _log.Tail.WaitForMore(position - 1, cancel);
        while (true)
        {
            Task moved = _live.Moved;
            List<ViewStatus> following = [.. (await Status(cancel)).Where(v => v.State is ViewState.Live or ViewState.Frozen && _views.ContainsKey(v.View))];
            if (following.Count > 0 && following.All(v => v.State == ViewState.Frozen || v.Position >= position || v.Failure is not null))
            {
                Throw(following, position);
                return;
            }
            await Task.WhenAny(moved, Task.Delay(20, cancel));
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>All versions of all views in the database, other programs' too.</summary>
    public async Task<IReadOnlyList<ViewStatus>> Status(CancellationToken cancel = default)
    {
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        long head = await LogReader.Head(connection, cancel);
        List<ViewVersion> versions = await ViewVersion.ReadAll(connection, cancel);
        var waiting = new Dictionary<long, DateTimeOffset>();
        foreach (long position in versions.Select(v => v.Position).Distinct().Where(p => p < head))
        {
            await using var command = new NpgsqlCommand($"select timestamp from ledger.mt_events where seq_id = {position + 1}", connection);
            waiting.Add(position, new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancel))!));
        }
        await snapshot.CommitAsync(cancel);
        HashSet<string> abandoned = versions.Exists(v => v.State == ViewVersion.Building) ? await ReplayLock.Abandoned(connection, cancel) : [];
        return [.. versions.Select(v => new ViewStatus(
            v.View, v.Version, StateOf(v), v.Position, head, v.MovedAt, waiting.TryGetValue(v.Position, out DateTimeOffset since) ? since : null, v.SwitchedAt,
            v.State == ViewVersion.Building ? new ReplayedEvents(v.ReplayDone ?? 0, v.ReplayOf ?? 0) { IsStopped = abandoned.Contains(v.View) } : null,
            v.FailedPosition is { } failed ? new ViewFailure(failed, v.Failure!, v.FailedAt!.Value) : null))];
    }

    /// <summary>The stable names, of this program's views, that do not show the live version, and why; they still show an earlier one.</summary>
    public async Task<IReadOnlyList<StaleName>> StaleNames(CancellationToken cancel = default)
    {
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        return await ViewNames.Stale(connection, _views.Values, cancel);
    }

    /// <summary>Builds views anew beside the live ones, holds them against these, and switches.</summary>
    /// <param name="names">Which; all are built by one reading of the log.</param>
    /// <param name="progress">Told after every chunk.</param>
    /// <param name="cancel">Stops. Called again it goes on from there.</param>
    /// <exception cref="ArgumentException">This program has no view of that name.</exception>
    /// <exception cref="ReplayRefusedException">One of them is being replayed already.</exception>
    /// <exception cref="ViewStoppedException">A view cannot take an event; readers see what they saw before.</exception>
    public Task<IReadOnlyList<ReplayOutcome>> Replay(IReadOnlyCollection<string> names, IProgress<ReplayProgress>? progress = null, CancellationToken cancel = default) =>
        new Replay(_log.Reader, _database, [.. names.Select(Named)], _live, _chunkMax, progress).Run(cancel);

    /// <summary>Builds views anew as <see cref="Replay"/> does, holds them against the live ones, and takes them away again: readers see what they saw before.</summary>
    /// <param name="names">Which; all are built by one reading of the log.</param>
    /// <param name="progress">Told after every chunk.</param>
    /// <param name="cancel">Stops. Called again it goes on from there.</param>
    /// <returns>What differs.</returns>
    /// <exception cref="ArgumentException">This program has no view of that name.</exception>
    /// <exception cref="ReplayRefusedException">One of them is being replayed already.</exception>
    /// <exception cref="ViewStoppedException">A view cannot take an event.</exception>
    public Task<IReadOnlyList<ReplayOutcome>> Check(IReadOnlyCollection<string> names, IProgress<ReplayProgress>? progress = null, CancellationToken cancel = default) =>
        new Replay(_log.Reader, _database, [.. names.Select(Named)], _live, _chunkMax, progress, isOnlyCheck: true).Run(cancel);

    /// <summary>
    /// Removes versions that nobody needs: those that were live before a switch that long ago, so that there is no way back to them any
    /// more, and those that somebody began to build that long ago and nobody builds now.
    /// </summary>
    /// <returns>The names of their schemas.</returns>
    public async Task<IReadOnlyList<string>> Forget(TimeSpan age, CancellationToken cancel = default)
    {
        var forgotten = new List<string>();
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        foreach (View view in _views.Values)
        {
            try
            {
                await using ReplayLock held = await ReplayLock.Take(_database, [view], cancel);
                List<ViewVersion> versions = [.. (await ViewVersion.ReadAll(connection, cancel)).Where(v => v.View == view.Name)];
                DateTimeOffset until = DateTimeOffset.UtcNow - age;
                DateTimeOffset? switched = versions.SingleOrDefault(v => v.State == ViewVersion.Live)?.SwitchedAt;
                foreach (ViewVersion version in versions.Where(v => v.State == ViewVersion.Kept ? switched < until : v.State == ViewVersion.Building && v.MadeAt < until))
                {
                    await ViewTables.Execute(connection, "delete from ledger.view_versions where view = $1 and version = $2 and state = $3", cancel,
                        new NpgsqlParameter<string> { TypedValue = version.View }, new NpgsqlParameter<int> { TypedValue = version.Version }, new NpgsqlParameter<string> { TypedValue = version.State });
                    forgotten.Add(version.Schema);
                }
            }
            catch (ReplayRefusedException)
            {
                // It is being built.
            }
        }
        await ViewNames.Sweep(connection, cancel);
        return forgotten;
    }

    /// <summary>
    /// Lets readers see the version again that was live before the last switch: at the position where the views are, if it was made by
    /// the definition that this program has, and otherwise as it was then.
    /// </summary>
    /// <exception cref="ArgumentException">This program has no view of that name.</exception>
    /// <exception cref="ReplayRefusedException">There is no such version, or the view is being replayed.</exception>
    /// <exception cref="ViewStoppedException">That version cannot take an event; readers see what they saw before.</exception>
    public async Task Rollback(string name, CancellationToken cancel = default)
    {
        View view = Named(name);
        await using ReplayLock held = await ReplayLock.Take(_database, [view], cancel, or: "; it can be rolled back when that is done");
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        await new Rollback(_log.Reader, connection, view, _live).Run(cancel);
        await ViewNames.Publish(connection, [view], cancel);
    }

    /// <summary>Opens the views for reading: everything read is of one moment.</summary>
    /// <param name="asOf">Rows are read as they were when the log ended at this position; null for the present.</param>
    /// <param name="byKeys">Whether few rows are asked for, by their keys: of these there is one good plan, and to make it anew takes longer than to follow it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ArgumentOutOfRangeException">The log is not that long.</exception>
    public async Task<ViewSnapshot> Open(long? asOf = null, bool byKeys = false, CancellationToken cancel = default) => await ViewSnapshot.Open(_database, _views, asOf, byKeys, cancel);

    private View Named(string name) => _views.GetValueOrDefault(name)
        ?? throw new ArgumentException($"There is no view '{name}'; there are {string.Join(", ", _views.Keys.Order(StringComparer.Ordinal))}.");

    private ViewState StateOf(ViewVersion version) => version.State switch
    {
        ViewVersion.Building => ViewState.Building,
        ViewVersion.Kept => ViewState.Kept,
        _ when _views.ContainsKey(version.View) && !_live.Knows(version) => ViewState.Frozen,
        _ => ViewState.Live,
    };

    /// <summary>Views that stand still are to be tried again meanwhile, whether there is more or not.</summary>
    private async Task WaitForMore(long position, CancellationToken cancel)
    {
        bool allStand = position == long.MaxValue;
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        wake.CancelAfter(RetryAfter);
        try
        {
            await _log.Tail.WaitForMore(allStand ? await _log.Head(cancel) : position, wake.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Time to try again.
        }
    }

    private async Task KeepPrepared(CancellationToken cancel)
    {
        // Once only: a program with another definition may come and replay after this one.
        for (bool prepared = false; !cancel.IsCancellationRequested;)
        {
            try
            {
                IReadOnlyList<ReplayOutcome>? outcomes = prepared ? await PublishAgain(cancel) : await TryPrepare(null, cancel);
                prepared = outcomes is not null;
                foreach (ReplayOutcome outcome in outcomes ?? [])
                    _logger.LogInformation("View {View} was replayed: version {Version}, {Events} events, {Elapsed}", outcome.View, outcome.Version, outcome.Events, outcome.Elapsed);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                _logger.LogWarning(problem, "Views could not be prepared and will be tried again");
            }
            // Another program may have been killed between a switch and its publishing, or in the middle of a replay.
            await Pause(RetryAfter, cancel);
        }
    }

    private async Task<IReadOnlyList<ReplayOutcome>> PublishAgain(CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        await ViewNames.Publish(connection, _views.Values, cancel);
        return [];
    }

    /// <summary>Makes views that are missing where that is quick. Returns those which have to be replayed.</summary>
    private async Task<IReadOnlyList<string>> MakeNew(CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        if (Stale(await ViewVersion.ReadAll(connection, cancel)).Count == 0)
        {
            await ViewNames.Publish(connection, _views.Values, cancel);
            return [];
        }
        List<string> stale;
        await using (NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel))
        {
            await ViewTables.EndIfStopped(connection, _live.StoppedAfter, cancel);
            await ViewTables.Execute(connection, "select pg_advisory_xact_lock(hashtextextended('ledger.views made', 0))", cancel);
            List<ViewVersion> versions = await ViewVersion.ReadAll(connection, cancel);
            stale = Stale(versions);
            if (await LogReader.Head(connection, cancel) <= FollowedFromStartMax)
            {
                foreach (string name in stale.Where(name => versions.All(v => v.View != name)).ToList())
                {
                    await ViewVersion.Make(connection, _views[name], _live.Names, ViewVersion.Live, null, null, cancel);
                    stale.Remove(name);
                }
            }
            await transaction.CommitAsync(cancel);
        }
        await ViewNames.Publish(connection, _views.Values, cancel);
        return stale;
    }

    /// <summary>Views whose live version is not of this program's definition, unless a later one was, which was rolled back.</summary>
    private List<string> Stale(List<ViewVersion> versions) => [.. _views.Values.Where(view =>
    {
        ViewVersion? live = versions.SingleOrDefault(v => v.View == view.Name && v.State == ViewVersion.Live);
        return live is null || live.Fingerprint != view.Fingerprint
            && !versions.Any(v => v.View == view.Name && v.State == ViewVersion.Kept && v.Version > live.Version && v.Fingerprint == view.Fingerprint);
    }).Select(view => view.Name)];

    private async Task ThrowIfStopped(long position, CancellationToken cancel) => Throw(await Status(cancel), position);

    private void Throw(IEnumerable<ViewStatus> status, long position)
    {
        if (status.FirstOrDefault(v => v.State == ViewState.Live && _views.ContainsKey(v.View) && v.Position < position && v.Failure is not null) is { Failure: { } failure } stopped)
            throw new ViewStoppedException(stopped.View, failure.Position, failure.Message);
    }

    private static async Task Pause(TimeSpan pause, CancellationToken cancel) =>
        await Task.Delay(pause, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
