using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ledger.EventStore;

/// <summary>
/// Folds the log into a group of projections which share one position: what a reader sees of them is of one moment.
/// </summary>
/// <remarks>
/// Every event is folded exactly once: the position moves in the transaction that writes the views. Any number of
/// processes may run the same group; one folds at a time, and another takes over when it ends or dies. A process which
/// is stopped in the middle of a batch is disconnected by the database after <see cref="StoppedAfter"/>.
/// </remarks>
public sealed class ProjectionRunner
{
    private const int BatchMax = 500;
    private static readonly TimeSpan RetryFailedAfter = TimeSpan.FromSeconds(5);

    private readonly EventLog _log;
    private readonly NpgsqlDataSource _database;
    private readonly ILogger _logger;
    private readonly Fold _fold;

    /// <summary>How long a process that was stopped while folding can keep others from it.</summary>
    public static TimeSpan StoppedAfter { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Makes a runner. Nothing happens before the first call.</summary>
    /// <param name="log">The log to fold.</param>
    /// <param name="database">The database of the views, which is the log's own.</param>
    /// <param name="group">The group's name, as <see cref="ProjectionSchema.Migrate"/> was given it.</param>
    /// <param name="projections">All of its projections.</param>
    /// <param name="logger">Where failures are told.</param>
    public ProjectionRunner(
        EventLog log, NpgsqlDataSource database, string group, IReadOnlyList<Projection> projections, ILogger logger)
        : this(log, database, group, projections, logger, StoppedAfter)
    {
    }

    internal ProjectionRunner(
        EventLog log, NpgsqlDataSource database, string group, IReadOnlyList<Projection> projections, ILogger logger, TimeSpan stoppedAfter)
    {
        _log = log;
        _database = database;
        _logger = logger;
        Group = group;
        _fold = new Fold(log.Reader, database, group, projections, stoppedAfter);
    }

    /// <summary>The group's name.</summary>
    public string Group { get; }

    /// <summary>
    /// Folds the log up to its end and then as it grows. It ends only when it is cancelled: while the database is out
    /// of reach it waits, and an event that cannot be folded is tried again every few seconds, its failure standing in
    /// <see cref="Status"/>.
    /// </summary>
    public async Task Run(CancellationToken cancel)
    {
        for (int attempt = 0; !cancel.IsCancellationRequested;)
        {
            try
            {
                long position = await CatchUp(cancel);
                attempt = 0;
                await _log.Tail.WaitForMore(position, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (ProjectionStoppedException problem)
            {
                _logger.LogError(problem, "Projections {Group} stand still", Group);
                await Pause(RetryFailedAfter, cancel);
            }
            catch (Exception problem) when (Failures.MayPass(problem))
            {
                _logger.LogWarning(problem, "Projections {Group} wait for the database, attempt {Attempt}", Group, attempt + 1);
                await Pause(Failures.Pause(attempt++), cancel);
            }
        }
    }

    /// <summary>Folds everything up to the log's present head, or waits while another process does.</summary>
    /// <returns>The position of the views, which is the head or beyond it.</returns>
    /// <exception cref="ProjectionStoppedException">An event cannot be folded.</exception>
    /// <exception cref="InvalidOperationException">The database was not migrated for these versions of the projections.</exception>
    public async Task<long> CatchUp(CancellationToken cancel = default)
    {
        long head = await _log.Head(cancel);
        int batchMax = BatchMax;
        while (true)
        {
            try
            {
                if (await _fold.Next(batchMax, cancel) is not { } position)
                {
                    await Status(cancel);
                    await Task.Delay(10, cancel);
                }
                else if (position >= head)
                    return position;
            }
            catch (FoldException problem) when (problem.Events > 1)
            {
                // One at a time from here on, which tells the event that cannot be folded from those before it.
                batchMax = 1;
            }
            catch (FoldException problem)
            {
                await _fold.Fail(problem, cancel);
                throw new ProjectionStoppedException(Group, problem);
            }
        }
    }

    /// <summary>Returns when the views hold a position, so that who has appended reads its own write.</summary>
    /// <exception cref="ProjectionStoppedException">The group stands still before that position.</exception>
    public async Task WaitFor(long position, CancellationToken cancel = default)
    {
        while (true)
        {
            ProjectionStatus status = await Status(cancel);
            if (status.Position >= position)
                return;
            if (status.Failure is { } failure)
                throw new ProjectionStoppedException(Group, failure);
            await Task.WhenAny(_fold.Moved, Task.Delay(20, cancel));
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>How far the views have come, and what holds them up.</summary>
    /// <exception cref="InvalidOperationException">The database has not been migrated for this group.</exception>
    public async Task<ProjectionStatus> Status(CancellationToken cancel = default)
    {
        await using NpgsqlConnection connection = await _database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand("""
            select g.position, (select h.position from ledger.log_head h order by h.position desc limit 1), g.moved_at,
                   g.failed_position, g.failed_projection, g.failure, g.failed_at
            from ledger.projection_groups g where g.name = $1 order by g.position desc limit 1
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Group });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            throw new InvalidOperationException($"The database has no tables for the projections '{Group}': migrate it.");
        ProjectionFailure? failure = reader.IsDBNull(3) ? null : new ProjectionFailure(
            reader.GetInt64(3), reader.GetString(4), reader.GetString(5), reader.GetFieldValue<DateTimeOffset>(6));
        return new ProjectionStatus(
            Group, reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2), failure);
    }

    private static async Task Pause(TimeSpan pause, CancellationToken cancel) =>
        await Task.Delay(pause, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}

/// <summary>A group of projections stands still at an event that cannot be folded.</summary>
public sealed class ProjectionStoppedException : Exception
{
    internal ProjectionStoppedException(string group, FoldException problem)
        : base($"Projections '{group}' stand still at position {problem.Position}: {problem.Message}", problem.InnerException) =>
        Position = problem.Position;

    internal ProjectionStoppedException(string group, ProjectionFailure failure)
        : base($"Projections '{group}' stand still at position {failure.Position}: {failure.Message}") =>
        Position = failure.Position;

    /// <summary>The position of the event.</summary>
    public long Position { get; }
}
