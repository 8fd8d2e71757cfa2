using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Jobs;

/// <summary>One run: where its log lines and its progress go, and the fence before its effects.</summary>
/// <remarks>Lines and progress are kept within a second or two, and whatever is left when the run ends.</remarks>
internal sealed class JobRun(ClaimedRun claimed, IServiceProvider services, NpgsqlDataSource database, ILogger log)
{
    private const int LineLengthMax = 2_000;
    private const int LinesMax = 10_000;

    // A process that is stopped between two statements must not keep a newer run from beginning.
    private const string EndIfStopped = "set local idle_in_transaction_session_timeout = '10s'";

    private readonly Lock _lock = new();
    private List<RunLine> _lines = [];
    private int _numbered;
    private RunProgress _progress = new(null, null, null, 0);

    public long Id => claimed.Id;

    /// <summary>Whether an earlier run was stopped in the middle, or failed.</summary>
    public bool IsAgain => claimed.Attempt > 1;

    /// <summary>Of this run alone: what it reads is read as of its first question.</summary>
    public IServiceProvider Services => services;

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>A line for whoever looks at the run.</summary>
    public void Log(string line)
    {
        log.LogInformation("Job {Job}, run {Run}: {Line}", claimed.Job, claimed.Id, line);
        lock (_lock)
        {
            if (_numbered < LinesMax)
                _lines.Add(new RunLine(++_numbered, DateTime.UtcNow, _numbered == LinesMax ? "There is more than is kept here." : Shortened(line)));
        }
    }

    /// <summary>How far it is.</summary>
    /// <param name="total">Null where it is not known.</param>
    public void Progress(long done, long? total, string unit)
    {
        lock (_lock)
            _progress = _progress with { Done = done, Total = total, Unit = unit };
    }

    /// <summary>Adds to how many things the run has changed.</summary>
    public void Changed(long count)
    {
        lock (_lock)
            _progress = _progress with { Changed = _progress.Changed + count };
    }

    /// <summary>
    /// Writes in one transaction, and only if no newer run of this job has begun; none begins before it is committed.
    /// </summary>
    /// <exception cref="FencedOffException">One has.</exception>
    public async Task Write(Func<NpgsqlConnection, NpgsqlTransaction, CancellationToken, Task> effect, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.Execute(EndIfStopped, cancellation);
        await Confirm(connection, "for share", cancellation);
        await effect(connection, transaction, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Before an effect that the database does not fence, such as a file: a moment later a newer run may begin.</summary>
    /// <exception cref="FencedOffException">A newer run has begun.</exception>
    public async Task Confirm(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Confirm(connection, "", cancellation);
    }

    /// <summary>The lines since the last time, and how far it is.</summary>
    internal (IReadOnlyList<RunLine> Lines, RunProgress Progress) Take()
    {
        lock (_lock)
        {
            var lines = _lines;
            _lines = [];
            return (lines, _progress);
        }
    }

    /// <summary>Lines that could not be kept are to be kept the next time.</summary>
    internal void GiveBack(IReadOnlyList<RunLine> lines)
    {
        lock (_lock)
            _lines.InsertRange(0, lines);
    }

    private async Task Confirm(NpgsqlConnection connection, string locking, CancellationToken cancellation)
    {
        if ((await connection.Query($"select from jobs.job where name = $1 and fence = $2 {locking}", _ => true, cancellation, claimed.Job, claimed.Fence)).Count == 0)
            throw new FencedOffException(claimed.Job, claimed.Id);
    }

    private static string Shortened(string line)
    {
        var clean = line.ReplaceLineEndings(" ").Replace('\0', ' ');
        return clean.Length <= LineLengthMax ? clean : clean[..LineLengthMax] + "…";
    }
}

/// <summary>A run that this process has taken on.</summary>
/// <param name="Fence">How many runs of the job have begun, this one included.</param>
internal sealed record ClaimedRun(long Id, string Job, int Attempt, long Fence);

/// <param name="Total">Null where it is not known.</param>
/// <param name="Unit">What is counted: events, rows.</param>
/// <param name="Changed">How many things it has changed.</param>
internal sealed record RunProgress(long? Done, long? Total, string? Unit, long Changed);

/// <summary>A line of a run's log.</summary>
public sealed record RunLine(int Number, DateTime At, string Text);
