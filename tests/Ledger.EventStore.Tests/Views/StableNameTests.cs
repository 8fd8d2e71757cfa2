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

    [Fact]
    public async Task What_others_may_do_with_a_name_and_have_made_of_it_outlives_a_switch()
    {
        ViewRuntime views = await Followed();
        await _fixture.Sql("create role reader_of_names; create view public.report as select sum(value) as total from views.counter; grant select on views.counter to reader_of_names");
        try
        {
            await views.Replay(Counters, cancel: Cancel);
            Assert.Equal(2, await Shown());
            Assert.Equal(3L, await _fixture.Sql("select total from public.report"));
            Assert.Equal(true, await _fixture.Sql("select has_table_privilege('reader_of_names', 'views.counter', 'select')"));
            Assert.Empty(await views.StaleNames(Cancel));

            // Names with other columns are other names, for the same readers.
            await _fixture.Sql("drop view public.report; grant select on views.counter_history to reader_of_names with grant option");
            await new ViewRuntime(_fixture.Log, _fixture.Database, [CounterViews.Wide(), CounterViews.Reasons()]).Prepare(cancel: Cancel);
            Assert.Equal(3, await Shown());
            Assert.Equal((true, true), (await _fixture.Sql("select has_table_privilege('reader_of_names', 'views.counter', 'select')"),
                await _fixture.Sql("select has_table_privilege('reader_of_names', 'views.counter_history', 'select with grant option')")));
        }
        finally
        {
            await _fixture.Sql("drop owned by reader_of_names; drop role reader_of_names");
        }
    }

    [Fact]
    public async Task A_name_that_others_depend_on_and_whose_columns_change_stays_as_it_is_and_says_so_until_it_can_follow()
    {
        await Followed();
        await _fixture.Sql("create view public.report as select sum(value) as total from views.counter");
        ViewRuntime wide = new(_fixture.Log, _fixture.Database, [CounterViews.Wide(), CounterViews.Reasons()]);
        Assert.Equal(2, Assert.Single(await wide.Prepare(cancel: Cancel)).Version);
        Assert.Equal(1, await Shown());
        Assert.Equal(3L, await _fixture.Sql("select total from public.report"));
        StaleName stale = Assert.Single(await wide.StaleNames(Cancel));
        Assert.Equal(("counters", "views.counter", "public.report"), (stale.View, stale.Name, Assert.Single(stale.Users)));
        Assert.Contains("since public.report depends on it: drop that, and it follows", stale.Message, StringComparison.Ordinal);

        // What it shows is kept through replays that would remove it.
        await wide.Replay(Counters, cancel: Cancel);
        await wide.Replay(Counters, cancel: Cancel);
        Assert.Equal(3L, await _fixture.Sql("select total from public.report"));
        await _fixture.Sql("drop view public.report");
        Assert.Empty((await wide.StaleNames(Cancel)).SelectMany(s => s.Users));
        await wide.Prepare(cancel: Cancel);
        Assert.Equal(4, await Shown());
        Assert.Equal("id moves value moved last_reason reasons from_position", await _fixture.Sql("select string_agg(attname, ' ' order by attnum) from pg_attribute where attrelid = 'views.counter'::regclass"));
        Assert.Empty(await wide.StaleNames(Cancel));
    }

    [Fact]
    public async Task A_name_of_a_version_that_was_rolled_back_says_so_where_the_one_before_has_other_columns()
    {
        await Followed();
        ViewRuntime wide = new(_fixture.Log, _fixture.Database, [CounterViews.Wide(), CounterViews.Reasons()]);
        await wide.Prepare(cancel: Cancel);
        Assert.Empty(await wide.StaleNames(Cancel));

        await wide.Rollback("counters", Cancel);
        Assert.Equal(2, await Shown());
        IReadOnlyList<StaleName> stale = await wide.StaleNames(Cancel);
        Assert.Contains("views.counter", stale.Select(name => name.Name));
        Assert.All(stale, name => Assert.Contains("rolled back, which no longer follows the log", name.Message, StringComparison.Ordinal));

        await wide.Replay(Counters, cancel: Cancel);
        Assert.Empty(await wide.StaleNames(Cancel));
    }

    /// <summary>As if the program had been killed between its switch and the publishing.</summary>
    [Fact]
    public async Task A_name_that_was_left_behind_is_published_by_whoever_runs()
    {
        ViewRuntime views = await Followed();
        await views.Replay(Counters, cancel: Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task running = Runtime().Run(stop.Token);
        await _fixture.Sql("create or replace view views.counter as select id, value, moved, last_reason, reasons, from_position from view_counters_1.counter where to_position is null");
        Assert.Single(await views.StaleNames(Cancel));
        while ((await views.StaleNames(Cancel)).Count > 0)
            await Task.Delay(20, Cancel);
        Assert.Equal(2, await Shown());
        await stop.CancelAsync();
        await running;
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
