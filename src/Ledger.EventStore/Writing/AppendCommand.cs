using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Writing;

/// <summary>The call that records a batch of appends, prepared on a connection: see <c>ledger.append</c> in 003_append.sql.</summary>
internal sealed class AppendCommand : IAsyncDisposable
{
    private const string Sql =
        "call ledger.append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,null,$21)";

    private readonly NpgsqlCommand _command;
    private readonly List<Action<AppendBatch>> _bindings = [];
    private readonly NpgsqlParameter<bool> _givesWay = new();

    private AppendCommand(NpgsqlConnection connection)
    {
        _command = new NpgsqlCommand(Sql, connection);
        Bind(NpgsqlDbType.Uuid, b => b.EventIds);
        Bind(NpgsqlDbType.Text, b => b.EventStreams);
        Bind(NpgsqlDbType.Bigint, b => b.EventVersions);
        Bind(NpgsqlDbType.Text, b => b.EventTypes);
        Bind(NpgsqlDbType.Jsonb, b => b.EventData);
        Bind(NpgsqlDbType.Integer, b => b.EventAppends);
        Bind(NpgsqlDbType.Text, b => b.Correlations);
        Bind(NpgsqlDbType.Text, b => b.Causations);
        Bind(NpgsqlDbType.Jsonb, b => b.Headers);
        Bind(NpgsqlDbType.Text, b => b.Grown);
        Bind(NpgsqlDbType.Bigint, b => b.GrownFrom);
        Bind(NpgsqlDbType.Bigint, b => b.GrownTo);
        Bind(NpgsqlDbType.Text, b => b.Started);
        Bind(NpgsqlDbType.Bigint, b => b.StartedTo);
        Bind(NpgsqlDbType.Text, b => b.KeyAuthors);
        Bind(NpgsqlDbType.Text, b => b.KeyNames);
        Bind(NpgsqlDbType.Bytea, b => b.KeyContents);
        Bind(NpgsqlDbType.Bigint, b => b.KeyFirsts);
        Bind(NpgsqlDbType.Bigint, b => b.KeyLasts);
        _command.Parameters.Add(_givesWay);
        var at = new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = DBNull.Value };
        _command.Parameters.Add(at);
        _bindings.Add(b => at.Value = b.RecordedAt is { } time ? time.ToUniversalTime() : DBNull.Value);
    }

    /// <summary>True if a batch failed because a stream is not at its version or a key was seen before: nothing was recorded.</summary>
    public static bool IsMismatch(PostgresException problem) =>
        problem.SqlState is "LG001" or PostgresErrorCodes.UniqueViolation;

    /// <summary>True if an append alone is to blame for what failed: it holds what cannot be stored.</summary>
    public static bool IsUnstorable(Exception problem) =>
        problem is PostgresException { SqlState: ['2', '2', ..] or ['5', '4', ..] or "LG002" };

    /// <summary>True if somebody who is no append keeps a stream's row locked: nothing was recorded.</summary>
    public static bool IsLockedOut(Exception problem) => problem is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    public static async Task<AppendCommand> Prepare(NpgsqlConnection connection)
    {
        var command = new AppendCommand(connection);
        await command._command.PrepareAsync();
        return command;
    }

    /// <summary>Records the batch, behind others that give way if it gives way itself. Returns the position before its first event, and when it was recorded.</summary>
    /// <exception cref="PostgresException">Nothing was recorded.</exception>
    public async Task<(long Base, DateTimeOffset At)> Run(AppendBatch batch, bool givesWay)
    {
        _givesWay.TypedValue = givesWay;
        foreach (Action<AppendBatch> bind in _bindings)
            bind(batch);
        await using NpgsqlDataReader reader = await _command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1));
    }

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private void Bind<T>(NpgsqlDbType type, Func<AppendBatch, List<T>> values)
    {
        var parameter = new NpgsqlParameter<List<T>> { NpgsqlDbType = NpgsqlDbType.Array | type };
        _command.Parameters.Add(parameter);
        _bindings.Add(batch => parameter.TypedValue = values(batch));
    }
}
