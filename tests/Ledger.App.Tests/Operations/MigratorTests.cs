using Ledger.App.Operations.Migrate;
using Ledger.EventStore;
using Ledger.Testing;
using Npgsql;
using Xunit;

namespace Ledger.App.Tests.Operations;

public sealed class MigratorTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Migration First = new("001_first", "create table ledger.one (n int)");
    private static readonly Migration Second = new("002_second", "insert into ledger.one values (1)");

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateEmpty(Cancel);

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Missing_migrations_run_in_order_and_are_recorded_with_hash_time_and_program()
    {
        Assert.Equal(["001_first"], await Migrate(First));
        Assert.Equal(["002_second"], await Migrate(First, Second));
        Assert.Equal([], await Migrate(First, Second));

        Assert.Equal(1L, await Ask("select count(*) from ledger.one"));
        Assert.Equal(2L, await Ask("select count(*) from ledger.migration where length(sha256) = 64 and applied_at > now() - interval '1 minute' and program_version <> ''"));
    }

    [Fact]
    public async Task Servers_that_start_at_once_migrate_once()
    {
        Migration slow = new("003_slow", "select pg_sleep(0.2); create table ledger.slow (n int)");

        var ran = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Migrate(First, Second, slow)));

        Assert.Equal(["001_first", "002_second", "003_slow"], ran.SelectMany(names => names).ToArray());
        Assert.Equal(1L, await Ask("select count(*) from ledger.one"));
    }

    [Fact]
    public async Task An_older_program_refuses_a_newer_database()
    {
        await Migrate(First, Second);

        var refused = await Assert.ThrowsAsync<MigrationRefusedException>(() => Migrate(First));

        Assert.StartsWith("The database holds the migration '002_second' of a newer program", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_changed_after_it_ran_is_refused_and_nothing_else_runs()
    {
        await Migrate(First);

        var refused = await Assert.ThrowsAsync<MigrationRefusedException>(() => Migrate(First with { Sql = "create table ledger.two ()" }, Second));

        Assert.StartsWith("The migration '001_first' differs", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await Ask("select count(*) from ledger.one"));
    }

    [Fact]
    public async Task A_migration_that_fails_changes_nothing_and_leaves_the_earlier_ones()
    {
        Migration broken = new("002_broken", "insert into ledger.one values (1); select nonsense");

        var refused = await Assert.ThrowsAsync<MigrationRefusedException>(() => Migrate(First, broken));

        Assert.Equal("The migration '002_broken' failed and changed nothing: column \"nonsense\" does not exist.", refused.Message);
        Assert.Equal(0L, await Ask("select count(*) from ledger.one"));
        Assert.Equal(["002_second"], await Migrate(First, Second));
    }

    [Fact]
    public async Task The_lock_is_given_back_though_the_pool_does_not_reset_sessions()
    {
        await Migrate(First);

        Assert.Equal(0L, await Ask("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"));
    }

    [Fact]
    public async Task A_role_that_does_not_own_the_database_is_told_to_connect_as_the_owner()
    {
        var role = "stranger_" + Guid.NewGuid().ToString("N")[..8];
        await Ask($"create role {role} login");
        try
        {
            var refused = await Assert.ThrowsAsync<MigrationRefusedException>(() => MigrateAs(role, First));
            Assert.StartsWith($"The role '{role}' may not migrate the database", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            await Ask($"drop role {role}");
        }
    }

    private Task<IReadOnlyList<string>> Migrate(params Migration[] migrations) => MigrateAs("ledger", migrations);

    private async Task<IReadOnlyList<string>> MigrateAs(string role, params Migration[] migrations)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_database.OwnerConnectionString) { Username = role, Pooling = role == "ledger" }.ConnectionString);
        await connection.OpenAsync(Cancel);
        return await Migrator.Run(connection, migrations, Cancel);
    }

    private async Task<object?> Ask(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.OwnerConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
