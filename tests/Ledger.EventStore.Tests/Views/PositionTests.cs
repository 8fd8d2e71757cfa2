using System.Text.Json;
using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Views;

/// <summary>Where views stand is asked before everything that is read, and changes with every batch.</summary>
public sealed class PositionTests : IAsyncLifetime
{
    private readonly LogFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData("select count(*) from ledger.view_heads()")]
    [InlineData("select ledger.lock_live_views(array_agg(view), false) from ledger.view_versions")]
    [InlineData("select ledger.lock_live_views(array_agg(view), true) from ledger.view_versions")]
    public async Task Positions_are_found_without_reading_those_that_they_had_before(string question)
    {
        var views = new ViewRuntime(_fixture.Log, _fixture.Database, [CounterViews.Counters(), CounterViews.Reasons()]);
        await views.Prepare(cancel: Cancel);
        await _fixture.Sql("""
            do $$ begin
                for n in 1..5000 loop
                    update ledger.view_positions set position = n;
                end loop;
            end $$
            """);
        await _fixture.Sql("analyze ledger.view_positions");

        await using NpgsqlConnection connection = await _fixture.Database.OpenConnectionAsync(Cancel);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(Cancel);
        // The first time it is planned, too, for which the catalog is read.
        await Pages();
        long before = (long)(await _fixture.Sql("select pg_relation_size('ledger.view_positions') / 8192"))!;
        Assert.InRange(before, 60, long.MaxValue);
        Assert.InRange(await Pages(), 1, 30);

        async Task<long> Pages()
        {
            await using var explain = new NpgsqlCommand($"explain (analyze, buffers, format json) {question}", connection);
            using var plan = JsonDocument.Parse((string)(await explain.ExecuteScalarAsync(Cancel))!);
            return plan.RootElement[0].GetProperty("Plan").GetProperty("Shared Hit Blocks").GetInt64();
        }
    }
}
