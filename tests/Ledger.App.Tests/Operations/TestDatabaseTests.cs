using Ledger.Testing;
using Npgsql;
using Xunit;

namespace Ledger.App.Tests.Operations;

public sealed class TestDatabaseTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_template_is_migrated_once_however_many_want_it_at_the_same_time()
    {
        var migrations = 0;
        var template = "once-" + Guid.NewGuid();

        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestDatabase.Create(template, async (connection, cancel) =>
        {
            Interlocked.Increment(ref migrations);
            await using var command = new NpgsqlCommand("create table t as select 1 as n", connection);
            await command.ExecuteNonQueryAsync(cancel);
        }, Cancel)));

        Assert.Equal(1, migrations);
        foreach (var database in databases)
        {
            Assert.Equal(1, await Count(database, "select n from t"));
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Databases_of_one_template_know_nothing_of_each_other_and_go_when_disposed()
    {
        string[] scripts = ["create table t (n int)", "insert into t values (7)"];
        var one = await TestDatabase.Create("apart", scripts, Cancel);
        await using var other = await TestDatabase.Create("apart", scripts, Cancel);
        await Count(one, "insert into t values (8) returning n");

        Assert.Equal(7, await Count(other, "select sum(n)::int from t"));
        await one.DisposeAsync();
        Assert.Equal(0, await Count(other, $"select count(*)::int from pg_database where datname = '{one.Name}'"));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_no_template_behind()
    {
        var template = "fails-" + Guid.NewGuid();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            TestDatabase.Create(template, (_, _) => throw new InvalidOperationException("no"), Cancel));

        await using var database = await TestDatabase.Create(template, (_, _) => Task.CompletedTask, Cancel);

        Assert.Equal(1, await Count(database, "select 1"));
    }

    [Fact]
    public async Task What_a_killed_run_left_is_dropped_after_a_day()
    {
        await using var database = await TestDatabase.CreateEmpty(Cancel);
        var hoursAgo25 = DateTimeOffset.UtcNow.AddHours(-25).ToUnixTimeSeconds();
        var hoursAgo23 = DateTimeOffset.UtcNow.AddHours(-23).ToUnixTimeSeconds();
        var run = Guid.NewGuid().ToString("N")[..12];
        await using (var maintenance = await TestDatabase.Maintenance(Cancel))
            foreach (var name in new[] { $"test_{hoursAgo25}_{run}", $"building_{hoursAgo25}_{run}", $"test_{hoursAgo23}_{run}" })
            {
                await using var create = new NpgsqlCommand($"create database {name}", maintenance);
                await create.ExecuteNonQueryAsync(Cancel);
            }

        await TestDatabase.DropLeftovers();

        Assert.Equal(1, await Count(database, $"select count(*)::int from pg_database where datname like '%{run}'"));
        await using var last = await TestDatabase.Maintenance(Cancel);
        await using var drop = new NpgsqlCommand($"drop database test_{hoursAgo23}_{run}", last);
        await drop.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<int> Count(TestDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.OwnerConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return (int)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
