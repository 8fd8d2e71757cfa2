using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>
/// The statements that write what a batch of events came to in some views, and move their positions: sent together, and kept
/// prepared by their connection.
/// </summary>
/// <param name="position">The position that the batch follows.</param>
/// <param name="events">The batch.</param>
internal sealed class ViewWrites(long position, IReadOnlyList<RecordedEvent> events)
{
    private readonly List<Write> _writes = [];
    private ViewVersion? _version;

    /// <summary>The schema of the version that is written.</summary>
    public string Schema => _version!.Schema;

    /// <summary>Adds what writes all that the batch changes in a view.</summary>
    /// <exception cref="UnwritableException">No database would take it.</exception>
    public void Add(ViewChanges changes, ViewVersion version)
    {
        _version = version;
        try
        {
            changes.Write(this);
        }
        catch (InvalidDataException problem)
        {
            throw Unwritable([version], problem);
        }
    }

    /// <summary>A list of so many parameters.</summary>
    public static string Parameters(int count) => string.Join(", ", Enumerable.Range(1, count).Select(n => $"${n}"));

    /// <param name="sql">The statement, the same for the same table at each call.</param>
    /// <param name="parameters">By their numbers.</param>
    /// <param name="check">Given how many rows were affected.</param>
    public void Add(string sql, IEnumerable<NpgsqlParameter> parameters, Action<int>? check = null)
    {
        var statement = new NpgsqlBatchCommand(sql);
        foreach (NpgsqlParameter parameter in parameters)
            statement.Parameters.Add(parameter);
        _writes.Add(new Write(statement, _version, check));
    }

    /// <summary>Writes everything, and moves the views to the end of the batch.</summary>
    /// <param name="connection">In a transaction.</param>
    /// <param name="versions">They are locked, or nobody reads them.</param>
    /// <param name="apart">Whether each view is sent by itself: then it is always known which one cannot be written.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="UnwritableException">What a view comes to is not taken; or a row that ends is not there, or several are.</exception>
    public async Task Send(NpgsqlConnection connection, IReadOnlyList<ViewVersion> versions, bool apart, CancellationToken cancel)
    {
        var move = new Write(ViewVersion.Move(versions, position, events[^1].Position), null, null);
        if (!apart)
        {
            await Send(connection, [.. _writes, move], cancel);
            return;
        }
        foreach (IGrouping<ViewVersion?, Write> view in _writes.GroupBy(s => s.Version))
            await Send(connection, [.. view], cancel);
        await Send(connection, [move], cancel);
    }

    private async Task Send(NpgsqlConnection connection, IReadOnlyList<Write> writes, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach ((NpgsqlBatchCommand statement, _, _) in writes)
            batch.BatchCommands.Add(statement);
        try
        {
            await batch.PrepareAsync(cancel);
            await batch.ExecuteNonQueryAsync(cancel);
        }
        catch (Exception problem) when (!cancel.IsCancellationRequested && !Failures.MayPass(problem) && Refused(writes, problem) is { Count: > 0 } versions)
        {
            throw Unwritable(versions, problem);
        }
        foreach ((NpgsqlBatchCommand statement, ViewVersion? version, Action<int>? check) in writes)
        {
            try
            {
                check?.Invoke(statement.RecordsAffected);
            }
            catch (InvalidDataException problem)
            {
                throw Unwritable([version!], problem);
            }
        }
    }

    /// <summary>The version whose statement failed, or all, since of what cannot even be sent is not said whose it is.</summary>
    private static List<ViewVersion> Refused(IReadOnlyList<Write> writes, Exception problem)
    {
        NpgsqlBatchCommand? refused = (problem as PostgresException)?.BatchCommand;
        return [.. writes.Where(s => refused is null || s.Statement == refused).Select(s => s.Version).OfType<ViewVersion>().Distinct()];
    }

    /// <param name="Statement">A part of the batch.</param>
    /// <param name="Version">What it writes; null of the statement that moves all.</param>
    /// <param name="Check">Given how many rows were affected.</param>
    private sealed record Write(NpgsqlBatchCommand Statement, ViewVersion? Version, Action<int>? Check);

    private UnwritableException Unwritable(IReadOnlyList<ViewVersion> versions, Exception problem) => new(versions, new FoldFailure(events[0].Position, problem), events[^1].Position);
}

/// <summary>Rows that the database does not take.</summary>
/// <param name="versions">The version that they are of, or those one of which they are of.</param>
/// <param name="failure">Why, at the first of the events.</param>
/// <param name="last">The position of the last of the events.</param>
internal sealed class UnwritableException(IReadOnlyList<ViewVersion> versions, FoldFailure failure, long last) : Exception(failure.Cause.Message, failure.Cause)
{
    public IReadOnlyList<ViewVersion> Versions { get; } = versions;

    public FoldFailure Failure { get; } = failure;

    public long Last { get; } = last;

    /// <summary>Whether it is known of which version and which event they are.</summary>
    public bool IsKnown => Versions.Count == 1 && Failure.Position == Last;
}
