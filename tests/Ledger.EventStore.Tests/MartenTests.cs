using Ledger.EventStore.Tests.Support;
using Ledger.EventStore.Tests.Views;
using Npgsql;

namespace Ledger.EventStore.Tests;

/// <summary>What a Marten 9 application relies on when it opens the database.</summary>
public sealed class MartenTests(LogFixture fixture) : IClassFixture<LogFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mt_streams", """
        id character varying not null
        type character varying null
        version bigint null
        timestamp timestamp with time zone not null now()
        created timestamp with time zone not null now()
        tenant_id character varying null '*DEFAULT*'::character varying
        is_archived boolean null false
        pkey_mt_streams_id primary key (id)
        index pkey_mt_streams_id unique (id)
        """)]
    [InlineData("mt_events", """
        seq_id bigint not null
        id uuid not null
        stream_id character varying null
        version bigint not null
        data jsonb not null
        bdata bytea null
        type character varying(500) not null
        timestamp timestamp with time zone not null now()
        tenant_id character varying null '*DEFAULT*'::character varying
        mt_dotnet_type character varying null
        correlation_id character varying null
        causation_id character varying null
        headers jsonb null
        is_archived boolean null false
        fkey_mt_events_stream_id foreign key (stream_id) references ledger.mt_streams(id) on delete cascade
        pkey_mt_events_seq_id primary key (seq_id)
        index pk_mt_events_stream_and_version unique (stream_id, version)
        index pkey_mt_events_seq_id unique (seq_id)
        """)]
    [InlineData("mt_event_progression", """
        name character varying not null
        last_seq_id bigint null
        last_updated timestamp with time zone null transaction_timestamp()
        pk_mt_event_progression primary key (name)
        index pk_mt_event_progression unique (name)
        """)]
    public async Task The_tables_are_Martens_to_the_last_default(string table, string layout)
    {
        string found = (string)(await fixture.Sql($"""
            select string_agg(line, e'\n' order by kind, place, line) from (
                select 1 as kind, a.attnum as place, a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                    || case when a.attnotnull then ' not null' else ' null' end || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), '') as line
                from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                where a.attrelid = 'ledger.{table}'::regclass and a.attnum > 0 and not a.attisdropped
                union all
                select 2, 0, conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where conrelid = 'ledger.{table}'::regclass
                union all
                select 3, 0, 'index ' || i.relname || case when x.indisunique then ' unique ' else ' ' end || substring(pg_get_indexdef(x.indexrelid) from '\(.*$')
                from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = 'ledger.{table}'::regclass) as lines
            """))!;
        // PostgreSQL leaves out a schema that is on the owner's path.
        Assert.Equal(layout.ToLowerInvariant(), found.ToLowerInvariant().Replace("references mt_streams", "references ledger.mt_streams", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_sequence_starts_at_one_and_belongs_to_the_position()
    {
        Assert.Equal("1 bigint", await fixture.Sql("select start_value || ' ' || data_type from pg_sequences where schemaname = 'ledger' and sequencename = 'mt_events_sequence'"));
        Assert.Equal("ledger.mt_events_sequence", await fixture.Sql("select pg_get_serial_sequence('ledger.mt_events', 'seq_id')"));
    }

    [Fact]
    public async Task The_sequence_is_never_below_the_last_position_and_equal_to_it_at_rest_also_after_failures()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task watching = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                Assert.True((bool)(await fixture.Sql("select coalesce(max(seq_id), 0) <= (select last_value from ledger.mt_events_sequence) from ledger.mt_events"))!);
        }, Cancel);
        string contested = Samples.Name();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            try
            {
                await fixture.Log.Append(Samples.To(i % 3 == 0 ? contested : Samples.Name(), 0, Samples.Moved(1, i % 7 == 0 ? "a\0b" : "fine")), Cancel);
            }
            catch (Exception e) when (e is VersionConflictException or ArgumentException)
            {
                // Meant to fail.
            }
        }));
        await stop.CancelAsync();
        await watching;
        Assert.Equal(await fixture.Log.Head(Cancel), await fixture.Sql("select last_value from ledger.mt_events_sequence"));
    }

    [Fact]
    public async Task A_sequence_left_ahead_by_a_process_that_died_is_set_back_when_the_next_one_starts()
    {
        await fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
        await fixture.Sql("select setval('ledger.mt_events_sequence', 1000000)");
        await using var log = new EventLog(fixture.Database, Samples.Types());
        await Assert.ThrowsAsync<VersionConflictException>(() => log.Append(Samples.To(Samples.Name(), 5, Samples.Moved()), Cancel));
        Assert.Equal(await log.Head(Cancel), await fixture.Sql("select last_value from ledger.mt_events_sequence"));
    }

    [Fact]
    public async Task Events_are_stored_by_Martens_conventions()
    {
        string stream = Samples.Name();
        Appended answer = await fixture.Log.Append(Samples.To(stream, 0, Samples.Moved(), Samples.Moved()) with { CorrelationId = "c", CausationId = "d" }, Cancel);
        Assert.Equal("2 *DEFAULT* false t", await fixture.Sql($"select version || ' ' || tenant_id || ' ' || is_archived || ' ' || (type is null)::char(1) from ledger.mt_streams where id = '{stream}'"));
        Assert.Equal(2L, await fixture.Sql($$"""
            select count(*) from ledger.mt_events where stream_id = '{{stream}}' and seq_id in ({{answer.FirstPosition}}, {{answer.LastPosition}})
                and version = seq_id - {{answer.FirstPosition}} + 1 and type = 'counter_moved' and data = '{"by": 1, "why": null}' and bdata is null
                and tenant_id = '*DEFAULT*' and not is_archived and correlation_id = 'c' and causation_id = 'd' and headers = '{"author": "tester"}'
            """));
    }

    /// <summary>Marten 9.29 in its default mode accepted 222 events here, of which its inline view counted 131.</summary>
    [Fact]
    public async Task Eight_writers_on_one_stream_lose_no_update_of_its_view()
    {
        var runner = new ViewRuntime(fixture.Log, fixture.Database, [CounterViews.Counters()]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task running = runner.Run(stop.Token);
        string stream = Samples.Name();
        int[] accepted = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await using var log = new EventLog(fixture.Database, Samples.Types());
            int count = 0;
            for (int i = 0; i < 50; i++)
            {
                long version = await log.ReadStream(stream, backwards: true, cancel: Cancel).Select(e => e.Version).FirstOrDefaultAsync(Cancel);
                try
                {
                    await log.Append(Samples.To(stream, version, Samples.Moved()), Cancel);
                    count++;
                }
                catch (VersionConflictException)
                {
                    // Another writer was first.
                }
            }
            return count;
        }, Cancel)));
        await runner.WaitFor(await fixture.Log.Head(Cancel), Cancel);
        await stop.CancelAsync();
        await running;
        Assert.Equal(accepted.Sum(), await fixture.Sql($"select value from views.counter where id = '{stream["counter-".Length..]}'"));
        Assert.Equal((long)accepted.Sum(), await fixture.Sql($"select version from ledger.mt_streams where id = '{stream}'"));
    }

    /// <summary>Marten 9.29 in its Quick mode stored a shifted time here.</summary>
    [Theory]
    [InlineData("UTC")]
    [InlineData("Asia/Shanghai")]
    [InlineData("America/St_Johns")]
    public async Task A_recorded_time_does_not_depend_on_the_sessions_zone(string zone)
    {
        await using var database = NpgsqlDataSource.Create(fixture.ConnectionString + $";Timezone={zone}");
        await using var log = new EventLog(database, Samples.Types());
        Appended answer = await log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
        Assert.InRange(answer.RecordedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        RecordedEvent read = Assert.Single(await log.Read(new LogQuery { After = answer.FirstPosition - 1, UpTo = answer.LastPosition }, Cancel).ToListAsync(Cancel));
        Assert.Equal((answer.RecordedAt, TimeSpan.Zero), (read.RecordedAt, read.RecordedAt.Offset));
        Assert.Equal(answer.RecordedAt.UtcDateTime, await fixture.Sql($"select timestamp from ledger.mt_events where seq_id = {answer.FirstPosition}"));
    }
}
