using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests.Views;

/// <summary>What no table can hold is told with its event, or where it is defined.</summary>
public sealed class RefusedRowTests : IAsyncLifetime
{
    private readonly LogFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_value_that_the_database_refuses_stops_a_replay_at_its_event()
    {
        bool broken = false;
        View counters = new View("counters", "counters").Row(Counter.Fold, c => new CounterRow(c.Id, c.Value, true, broken && c is { Id: "17", Moves: 3 } ? "\0" : null, []));
        ViewRuntime views = Runtime(counters, CounterViews.Reasons());
        await views.Prepare(cancel: Cancel);
        for (int move = 0; move < 5; move++)
        {
            for (int i = 0; i < 30; i++)
                await _fixture.Log.Append(Samples.To($"counter-{i}", move, Samples.Moved(1, "why")), Cancel);
        }
        await views.CatchUp(Cancel);
        string before = await Contents.Of(_fixture, "counters", Cancel);
        broken = true;

        ViewStoppedException stopped = await Assert.ThrowsAsync<ViewStoppedException>(() => views.Replay(["reasons", "counters"], cancel: Cancel));

        Assert.Equal(("counters", (2 * 30) + 18), (stopped.View, (int)stopped.Position));
        Assert.Contains("22021", stopped.Message, StringComparison.Ordinal);
        Assert.Equal(before, await Contents.Of(_fixture, "counters", Cancel));
        broken = false;
        Assert.All(await views.Replay(["reasons", "counters"], cancel: Cancel), o => Assert.Empty(o.Differences!));
    }

    [Theory]
    [InlineData('\0')]
    // Half a character cannot even be sent.
    [InlineData('\ud800')]
    public async Task A_value_that_cannot_be_written_stops_its_view_at_its_event_and_no_other(char refused)
    {
        string value = refused.ToString();
        View counters = new View("counters", "counters").Row(Counter.Fold, c => new CounterRow(c.Id, c.Value, true, c is { Id: "1", Moves: 2 } ? value : null, []));
        ViewRuntime views = Runtime(CounterViews.Reasons(), counters);
        await views.Prepare(cancel: Cancel);
        for (int move = 0; move < 3; move++)
        {
            for (int i = 0; i < 4; i++)
                await _fixture.Log.Append(Samples.To($"counter-{i}", move, Samples.Moved(1, "why")), Cancel);
        }

        ViewStoppedException stopped = await Assert.ThrowsAsync<ViewStoppedException>(() => views.CatchUp(Cancel));

        Assert.Equal(("counters", 6L), (stopped.View, stopped.Position));
        Assert.Equal([("counters", 5L), ("reasons", 12L)], (await views.Status(Cancel)).Select(v => (v.View, v.Position)).Order());
    }

    [Fact]
    public async Task An_event_whose_data_does_not_fit_stops_a_replay_at_its_position()
    {
        ViewRuntime views = Runtime(CounterViews.Counters());
        await views.Prepare(cancel: Cancel);
        await _fixture.Log.Append(Samples.To("counter-a", 0, Samples.Moved(1), Samples.Moved(2)), Cancel);
        await views.CatchUp(Cancel);
        await _fixture.Sql("alter table ledger.mt_events disable trigger all; update ledger.mt_events set data = '{\"by\": \"far\"}' where seq_id = 2");
        ViewStoppedException stopped = await Assert.ThrowsAsync<ViewStoppedException>(() => views.Replay(["counters"], cancel: Cancel));
        Assert.Equal(("counters", 2L), (stopped.View, stopped.Position));
    }

    [Fact]
    public async Task Two_streams_that_give_the_same_key_stop_the_view_live_and_in_a_replay()
    {
        bool broken = true;
        View same = new View("same", "same").Row(Counter.Fold, c => new CounterRow(broken ? "one" : c.Id, c.Value, true, null, []));
        ViewRuntime views = Runtime(same);
        await views.Prepare(cancel: Cancel);
        await _fixture.Log.Append(Samples.To("counter-a", 0, Samples.Moved(1), Samples.Moved(1)), Cancel);
        await views.CatchUp(Cancel);
        await _fixture.Log.Append(Samples.To("counter-a", 2, Samples.Moved(1)), Cancel);
        await _fixture.Log.Append(Samples.To("counter-b", 0, Samples.Moved(1)), Cancel);

        ViewStoppedException live = await Assert.ThrowsAsync<ViewStoppedException>(() => views.CatchUp(Cancel));
        Assert.Equal(4, live.Position);
        Assert.EndsWith("Table counter: another stream gives a row with the same key, (one).", live.Message, StringComparison.Ordinal);
        ViewStoppedException replayed = await Assert.ThrowsAsync<ViewStoppedException>(() => views.Replay(["same"], cancel: Cancel));
        Assert.Equal((live.Position, live.Message), (replayed.Position, replayed.Message));
    }

    [Fact]
    public void A_name_that_SQL_reserves_is_refused_where_it_is_defined()
    {
        Assert.Contains("ReservedRow.Order: 'order' cannot be a column's name", Refused(() => new View("v", "").Row(Counter.Fold, c => new ReservedRow(c.Id, 1))), StringComparison.Ordinal);
        Assert.Contains("'user' cannot be a table's name", Refused(() => new View("v", "").Row(Counter.Fold, c => new ReservedTable(c.Id))), StringComparison.Ordinal);

        static string Refused(Action define)
        {
            Exception refused = Assert.ThrowsAny<Exception>(define);
            return (refused.InnerException ?? refused).Message;
        }
    }

    [Fact]
    public async Task Every_name_that_PostgreSQL_reserves_is_known()
    {
        string[] reserved = (string[])(await _fixture.Sql("select array_agg(word order by word) from pg_get_keywords() where catcode in ('R', 'T')"))!;
        Assert.InRange(reserved.Length, 90, 200);
        Assert.DoesNotContain(reserved, Ledger.EventStore.Views.ReservedWords.CanName);
        string[] free = (string[])(await _fixture.Sql("select array_agg(word order by word) from pg_get_keywords() where catcode in ('U', 'C')"))!;
        Assert.DoesNotContain(free, word => !Ledger.EventStore.Views.ReservedWords.CanName(word));
    }

    [Fact]
    public void A_record_type_is_the_rows_of_one_table()
    {
        View view = CounterViews.Counters();
        Assert.Contains("View 'counters' has a table of Parity already", Assert.Throws<ArgumentException>(() => view.Sum((CounterRow row) => new Parity(true, 1, row.Value))).Message, StringComparison.Ordinal);
        Assert.Contains("There are two tables 'counter', of view 'counters' and view 'others'",
            Assert.Throws<ArgumentException>(() => Runtime(view, new View("others", "").Row(Counter.Fold, c => new CounterRow(c.Id, 1, true, null, [])))).Message, StringComparison.Ordinal);
    }

    private ViewRuntime Runtime(params View[] views) => new(_fixture.Log, _fixture.Database, views);

    [Table("reserved")]
    private sealed record ReservedRow([property: Key] string Id, int Order);

    [Table("user")]
    private sealed record ReservedTable([property: Key] string Id);
}
