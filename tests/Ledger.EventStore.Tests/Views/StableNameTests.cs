using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Views;

public sealed class StableNameTests : IAsyncLifetime
{
    private static readonly string[] Counters = ["counters"];
    private readonly LogFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Stable_names_follow_switches_and_rollbacks_and_what_is_removed_is_swept()
    {
        ViewRuntime views = await Followed();
        Assert.Equal(1, await Shown());
        await views.Replay(Counters, cancel: Cancel);
        Assert.Equal(2, await Shown());
        await views.Rollback("counters", Cancel);
        Assert.Equal(1, await Shown());
        await views.Rollback("counters", Cancel);
        Assert.Equal(2, await Shown());
        await views.Replay(Counters, cancel: Cancel);
        Assert.Equal(3, await Shown());
        Assert.Equal("view_counters_2 view_counters_3 view_reasons_1", await Schemas());
        Assert.Equal("Counters, and where they stand.", await _fixture.Sql("select obj_description('views.counter'::regclass)"));
    }

    [Fact]
    public async Task A_program_that_reads_a_stable_name_delays_the_name_and_nothing_else()
    {
        ViewRuntime views = await Followed();
        await using NpgsqlConnection reader = await _fixture.Owner.OpenConnectionAsync(Cancel);
        NpgsqlTransaction reading = await reader.BeginTransactionAsync(Cancel);
        await using (var read = new NpgsqlCommand("select count(*) from views.counter", reader))
            await read.ExecuteScalarAsync(Cancel);
        Task<IReadOnlyList<ReplayOutcome>> replay = views.Replay(Counters, cancel: Cancel);
        while ((await views.Status(Cancel)).All(v => (v.Version, v.State) != (2, ViewState.Live)))
            await Task.Delay(5, Cancel);
        // The switch has happened: views are read and followed, and the name can be read by others too.
        await _fixture.Log.Append(Samples.To("counter-a", 2, Samples.Moved(3)), Cancel);
        await views.CatchUp(Cancel);
        await using (ViewSnapshot now = await views.Open(cancel: Cancel))
            Assert.Equal([6], (await now.Rows<CounterRow>("", [], Cancel)).Select(r => r.Value));
        Assert.Equal(3, await _fixture.Sql("select value from views.counter"));
        Assert.Equal(1, await Shown());
        Assert.False(replay.IsCompleted);
        await reading.DisposeAsync();
        await replay;
        Assert.Equal(2, await Shown());
        Assert.Equal(6, await _fixture.Sql("select value from views.counter"));
    }

    [Fact]
    public async Task A_schema_that_is_still_read_is_swept_the_next_time()
    {
        ViewRuntime views = await Followed();
        await using NpgsqlConnection reader = await _fixture.Owner.OpenConnectionAsync(Cancel);
        await using (NpgsqlTransaction reading = await reader.BeginTransactionAsync(Cancel))
        {
            await using (var read = new NpgsqlCommand("select count(*) from view_counters_1.counter", reader))
                await read.ExecuteScalarAsync(Cancel);
            await views.Replay(Counters, cancel: Cancel);
            await views.Replay(Counters, cancel: Cancel);
            Assert.Equal("view_counters_1 view_counters_2 view_counters_3 view_reasons_1", await Schemas());
        }
        await views.Replay(Counters, cancel: Cancel);
        Assert.Equal("view_counters_3 view_counters_4 view_reasons_1", await Schemas());
    }

    [Fact]
    public async Task Programs_that_start_at_once_make_the_views_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Runtime().Prepare(cancel: Cancel))));
        Assert.Equal("view_counters_1 view_reasons_1", await Schemas());
        Assert.Equal(1, await Shown());
        // A name may also be lost, and is made again by all.
        await _fixture.Sql("drop view views.counter, views.counter_history");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Runtime().Prepare(cancel: Cancel))));
        Assert.Equal(1, await Shown());
    }

    /// <summary>Which version the names of the counters show.</summary>
    private async Task<int> Shown()
    {
        object? versions = await _fixture.Sql("""
            select array_agg(distinct substring(definition from 'view_counters_(\d+)')::int)
            from pg_views where schemaname = 'views' and viewname in ('counter', 'counter_history', 'parity')
            """);
        return Assert.Single((int[])versions!);
    }

    private async Task<string> Schemas() => (string)(await _fixture.Sql("select string_agg(nspname, ' ' order by nspname) from pg_namespace where nspname like 'view\\_%'"))!;

    private async Task<ViewRuntime> Followed()
    {
        ViewRuntime views = Runtime();
        await views.Prepare(cancel: Cancel);
        await _fixture.Log.Append(Samples.To("counter-a", 0, Samples.Moved(1, "why"), Samples.Moved(2)), Cancel);
        await views.CatchUp(Cancel);
        return views;
    }

    private ViewRuntime Runtime() => new(_fixture.Log, _fixture.Database, [CounterViews.Counters(), CounterViews.Reasons()]);
}
