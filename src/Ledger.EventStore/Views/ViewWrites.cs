using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>The statements that write what a batch of events came to in one view: sent together, and kept prepared by their connection.</summary>
internal sealed class ViewWrites(string schema)
{
    private readonly List<(NpgsqlBatchCommand Statement, Action<int>? Check)> _statements = [];

    /// <summary>The schema of the version that is written.</summary>
    public string Schema => schema;

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
        _statements.Add((statement, check));
    }

    /// <exception cref="InvalidDataException">A row that ends is not there, or several are.</exception>
    public async Task Send(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (_statements.Count == 0)
            return;
        await using var batch = new NpgsqlBatch(connection);
        foreach ((NpgsqlBatchCommand statement, _) in _statements)
            batch.BatchCommands.Add(statement);
        await batch.PrepareAsync(cancel);
        await batch.ExecuteNonQueryAsync(cancel);
        foreach ((NpgsqlBatchCommand statement, Action<int>? check) in _statements)
            check?.Invoke(statement.RecordsAffected);
    }
}
