using Npgsql;

namespace Ledger.App.Views;

/// <summary>
/// SQL with its parameters by position. A single parameter that is an array of references is cast to object, or its items
/// would be taken for the parameters.
/// </summary>
internal static class Sql
{
    public static async Task Execute(this NpgsqlConnection connection, string sql, CancellationToken cancel, params object?[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Bind(parameters);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>All rows, each made by <paramref name="read"/>.</summary>
    public static async Task<List<T>> Query<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
            rows.Add(read(reader));
        return rows;
    }

    public static async Task<List<T>> Query<T>(
        this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object?[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Bind(parameters);
        return await command.Query(read, cancel);
    }

    public static async Task<List<T>> Query<T>(
        this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object?[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.Query(sql, read, cancel, parameters);
    }

    public static string? TextOrNull(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static IReadOnlyList<NpgsqlParameter> Parameters(object?[] values) =>
        [.. values.Select(value => value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value })];

    private static void Bind(this NpgsqlCommand command, object?[] parameters)
    {
        foreach (var parameter in Parameters(parameters))
            command.Parameters.Add(parameter);
    }
}
