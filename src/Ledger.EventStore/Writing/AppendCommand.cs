using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Writing;

/// <summary>The call that records a batch of appends: see <c>ledger.append</c> in 003_append.sql.</summary>
internal static class AppendCommand
{
    private const string Sql =
        "call ledger.append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,null,$19)";

    /// <summary>A stream not at its version, or a key seen before: nothing was recorded.</summary>
    public const string Mismatch = "LG001";

    /// <summary>Times would decrease: nothing was recorded.</summary>
    public const string TimeDecreases = "LG002";

    /// <summary>Records the batch. Returns the position before its first event, and when it was recorded.</summary>
    /// <exception cref="PostgresException">With <see cref="Mismatch"/>: nothing was recorded.</exception>
    public static async Task<(long Base, DateTimeOffset At)> Run(NpgsqlConnection connection, AppendBatch batch)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        NpgsqlParameterCollection p = command.Parameters;
        Add(p, batch.EventIds, NpgsqlDbType.Uuid);
        Add(p, batch.EventStreams, NpgsqlDbType.Text);
        Add(p, batch.EventVersions, NpgsqlDbType.Bigint);
        Add(p, batch.EventTypes, NpgsqlDbType.Text);
        Add(p, batch.EventData, NpgsqlDbType.Jsonb);
        Add(p, batch.EventCorrelations, NpgsqlDbType.Text);
        Add(p, batch.EventCausations, NpgsqlDbType.Text);
        Add(p, batch.EventHeaders, NpgsqlDbType.Jsonb);
        Add(p, batch.Grown, NpgsqlDbType.Text);
        Add(p, batch.GrownFrom, NpgsqlDbType.Bigint);
        Add(p, batch.GrownTo, NpgsqlDbType.Bigint);
        Add(p, batch.Started, NpgsqlDbType.Text);
        Add(p, batch.StartedTo, NpgsqlDbType.Bigint);
        Add(p, batch.KeyAuthors, NpgsqlDbType.Text);
        Add(p, batch.KeyNames, NpgsqlDbType.Text);
        Add(p, batch.KeyContents, NpgsqlDbType.Bytea);
        Add(p, batch.KeyFirsts, NpgsqlDbType.Bigint);
        Add(p, batch.KeyLasts, NpgsqlDbType.Bigint);
        p.Add(new NpgsqlParameter
        {
            Value = batch.RecordedAt is { } at ? at.ToUniversalTime() : DBNull.Value,
            NpgsqlDbType = NpgsqlDbType.TimestampTz,
        });
        // Prepared once a connection: Npgsql knows the statement again by its text.
        await command.PrepareAsync();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1));
    }

    private static void Add<T>(NpgsqlParameterCollection parameters, List<T> values, NpgsqlDbType type) =>
        parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
}
