using System.Security.Cryptography;
using System.Text;
using Ledger.EventStore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ledger.App.Operations.Migrate;

/// <summary>
/// Brings a database to the layout that this program knows. Several servers may start at once: one migrates, the others wait and
/// find nothing left to do.
/// </summary>
internal static class Migrator
{
    private const int OldestServerVersion = 15;

    // Any number that the program locks nowhere else.
    private const long Lock = 0x6d696772617465;

    private const string Layout =
        """
        create schema if not exists ledger;
        create table if not exists ledger.migration (
          name            text primary key,
          sha256          text not null,
          applied_at      timestamptz not null default clock_timestamp(),
          program_version text not null
        );
        grant select on ledger.migration to public;
        """;

    /// <summary>Runs each migration that the database lacks, in the given order, each in a transaction of its own.</summary>
    /// <param name="connection">Open, as the role that owns the ledger's tables.</param>
    /// <param name="migrations">All that this program knows, in order.</param>
    /// <param name="cancel">Ends the wait for another migrator, or the migration that runs.</param>
    /// <param name="log">Told of each migration.</param>
    /// <returns>The names of those that ran.</returns>
    /// <exception cref="MigrationRefusedException">Program and database do not fit together, or a migration failed.</exception>
    public static async Task<IReadOnlyList<string>> Run(
        NpgsqlConnection connection, IReadOnlyList<Migration> migrations, CancellationToken cancel, ILogger? log = null)
    {
        log ??= NullLogger.Instance;
        if (connection.PostgreSqlVersion.Major < OldestServerVersion)
            throw new MigrationRefusedException($"PostgreSQL {OldestServerVersion} or newer is needed, but the server is {connection.PostgreSqlVersion}.");
        await Execute(connection, $"select pg_advisory_lock({Lock})", cancel);
        try
        {
            await CreateLayout(connection, cancel);
            var missing = await Pending(connection, migrations, cancel);
            foreach (var migration in missing)
            {
                await Apply(connection, migration, cancel);
                log.LogInformation("Migration {Name} applied", migration.Name);
            }

            return [.. missing.Select(migration => migration.Name)];
        }
        finally
        {
            // The pool does not reset sessions, so the lock would stay with the connection. A broken one has lost it already.
            if (connection.State == System.Data.ConnectionState.Open)
                await Execute(connection, $"select pg_advisory_unlock({Lock})", CancellationToken.None);
        }
    }

    /// <summary>What the database lacks; for a server that may not migrate, and wants to know whether it can work.</summary>
    /// <exception cref="MigrationRefusedException">The database knows more than this program, or something else.</exception>
    public static async Task<IReadOnlyList<Migration>> Pending(NpgsqlConnection connection, IReadOnlyList<Migration> migrations, CancellationToken cancel)
    {
        var known = migrations.ToDictionary(migration => migration.Name, StringComparer.Ordinal);
        var applied = await Applied(connection, cancel);
        foreach (var (name, sha256, at, version) in applied)
        {
            if (!known.TryGetValue(name, out var migration))
                throw new MigrationRefusedException($"The database holds the migration '{name}' of a newer program ({version}), which this one ({ProgramVersion.Current}) does not know: use the newer program.");
            if (Sha256(migration) != sha256)
                throw new MigrationRefusedException($"The migration '{name}' differs from the one that ran in this database at {at:yyyy-MM-dd HH:mm:ss} UTC (program {version}): use a program whose migration is the same.");
        }

        var done = applied.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        return [.. migrations.Where(migration => !done.Contains(migration.Name))];
    }

    private static async Task CreateLayout(NpgsqlConnection connection, CancellationToken cancel)
    {
        // Asked first, so that a database that is up to date needs no right to create.
        if (await LayoutExists(connection, cancel)) return;
        try
        {
            await Execute(connection, Layout, cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new MigrationRefusedException($"The role '{new NpgsqlConnectionStringBuilder(connection.ConnectionString).Username}' may not migrate the database ({e.MessageText}): connect as the owner.", e);
        }
    }

    private static async Task Apply(NpgsqlConnection connection, Migration migration, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            await Execute(connection, migration.Sql, cancel);
        }
        catch (PostgresException e)
        {
            throw new MigrationRefusedException($"The migration '{migration.Name}' failed and changed nothing: {e.MessageText}.", e);
        }

        await using var record = new NpgsqlCommand("insert into ledger.migration (name, sha256, program_version) values ($1, $2, $3)", connection, transaction)
        {
            Parameters = { new() { Value = migration.Name }, new() { Value = Sha256(migration) }, new() { Value = ProgramVersion.Current } },
        };
        await record.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private static async Task<List<(string Name, string Sha256, DateTime At, string Version)>> Applied(NpgsqlConnection connection, CancellationToken cancel)
    {
        var applied = new List<(string, string, DateTime, string)>();
        if (!await LayoutExists(connection, cancel)) return applied;
        await using var command = new NpgsqlCommand("select name, sha256, applied_at, program_version from ledger.migration order by applied_at, name", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            applied.Add((reader.GetString(0), reader.GetString(1), reader.GetDateTime(2), reader.GetString(3)));
        return applied;
    }

    private static async Task<bool> LayoutExists(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select to_regclass('ledger.migration') is not null", connection);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    public static string Sha256(Migration migration) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(migration.Sql)));

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
#pragma warning disable CA2100 // The program's own scripts.
        // Another server's migration may take as long as it needs.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancel);
    }
}
