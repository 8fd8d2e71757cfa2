using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.App.Views;

/// <summary>
/// SQL that stands in a file beside the code that uses it, and its parameters by position. A single parameter that is an
/// array of references is cast to object, or its items would be taken for the parameters.
/// </summary>
internal static class Sql
{
    private static readonly JsonSerializerOptions RowJson = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <param name="name">The file's name without its ending; files are embedded, and no two share a name.</param>
    public static string File(string name)
    {
        var assembly = typeof(Sql).Assembly;
        var resource = assembly.GetManifestResourceNames().Single(path => path.EndsWith($".{name}.sql", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

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

    /// <summary>Rows for <c>jsonb_to_recordset</c>, their columns in snake case.</summary>
    public static NpgsqlParameter Rows<T>(IEnumerable<T> rows) => new()
    {
        NpgsqlDbType = NpgsqlDbType.Jsonb,
        Value = JsonSerializer.SerializeToUtf8Bytes(rows, RowJson),
    };

    public static string? TextOrNull(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static void Bind(this NpgsqlCommand command, object?[] parameters)
    {
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter as NpgsqlParameter ?? new NpgsqlParameter { Value = parameter ?? DBNull.Value });
    }
}
