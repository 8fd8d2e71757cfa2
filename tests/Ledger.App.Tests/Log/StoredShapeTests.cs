using Ledger.App.Tests.Support;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Tests.Log;

/// <summary>What happens to events that somebody else put into the log: they stop whoever reads them, and are named.</summary>
public sealed class StoredShapeTests(StoredShapeTests.Ledger given) : IClassFixture<StoredShapeTests.Ledger>
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private const string Claim = """{"id": "c", "value": {VALUE}, "quote": {"text": "Series B", "start": 0, "occurrence": 1}, "asWritten": "Series B"}""";

    public static readonly TheoryData<string, string> Shapes = new()
    {
        { "party_registered", "{}" },
        { "party_registered", """{"name": null}""" },
        { "party_registered", """{"name": 7}""" },
        { "party_registered", """{"name": ""}""" },
        { "party_registered", """{"name": "two\nlines"}""" },
        { "party_registered", "[]" },
        { "party_registered", "\"Tencent\"" },
        { "party_registered", "null" },
        { "deal_announced", """{"claims": []}""" },
        { "deal_announced", """{"source": "a"}""" },
        { "deal_announced", """{"source": "Not a slug", "claims": []}""" },
        { "deal_announced", """{"source": "a", "claims": null}""" },
        { "deal_announced", Deal("""{"is": "horoscope"}""") },
        { "deal_announced", Deal("""{"party": "a"}""") },
        { "deal_announced", Deal("null") },
        { "deal_announced", Deal("""{"is": "kind", "value": "loan"}""") },
        { "deal_announced", Deal("""{"is": "kind", "value": 1}""") },
        { "deal_announced", Deal("""{"is": "kind"}""") },
        { "deal_announced", Deal("""{"is": "announced", "when": "soon"}""") },
        { "deal_announced", Deal("""{"is": "announced", "when": null}""") },
        { "deal_announced", Deal("""{"is": "amount", "amount": {"qualifier": "exact", "currency": "CNY", "low": -5, "high": -5}}""") },
        { "deal_announced", Deal("""{"is": "amount", "amount": {"qualifier": "exact", "currency": "RMB", "low": 5, "high": 5}}""") },
        { "deal_announced", Deal("""{"is": "amount", "amount": {"qualifier": "exact", "currency": "CNY", "low": "5", "high": "5"}}""") },
        { "deal_announced", Deal("""{"is": "investor", "role": "lead", "existing": false}""") },
        { "deal_announced", Deal("""{"is": "kind", "value": "round"}""").Replace("\"asWritten\": \"Series B\"", "\"asWritten\": \"Series C\"", StringComparison.Ordinal) },
        { "article_described", """{"description": {"address": "javascript:alert(1)", "publication": "unknown"}}""" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task An_event_of_another_shape_is_refused_with_its_name_and_position(string type, string data)
    {
        var position = await given.Put(type, data);

        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => given.Log.Read(new LogQuery { After = position - 1, UpTo = position }, Cancel).ToListAsync(Cancel).AsTask());

        Assert.StartsWith($"The {type} at position {position} cannot be read: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_of_an_unknown_name_is_refused_with_its_name_and_position()
    {
        var position = await given.Put("deal_sung", "{}");

        var refused = await Assert.ThrowsAsync<UnknownEventTypeException>(() => given.Log.Read(new LogQuery { After = position - 1, UpTo = position }, Cancel).ToListAsync(Cancel).AsTask());

        Assert.Equal(("deal_sung", position), (refused.Type, refused.Position));
    }

    [Fact]
    public async Task A_field_that_was_left_out_has_its_default()
    {
        var position = await given.Put("deal_announced", Deal("""{"is": "investor", "party": "tencent", "role": "lead"}"""));

        var read = Assert.Single(await given.Log.Read(new LogQuery { After = position - 1, UpTo = position }, Cancel).ToListAsync(Cancel));

        Assert.Equal(position, read.Position);
    }

    [Fact]
    public async Task The_views_stand_still_at_an_event_that_cannot_be_read_and_say_so()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        await Put(ledger, 1, "party-tencent", "party_registered", """{"name": "Tencent"}""");
        await Put(ledger, 2, "deal-a", "deal_announced", Deal("""{"is": "amount", "amount": {"qualifier": "exact", "currency": "CNY", "low": -5, "high": -5}}"""));

        var stopped = await Assert.ThrowsAsync<ViewStoppedException>(() => ledger.CatchUp(Cancel));
        var status = await ledger.Get<ViewRuntime>().Status(Cancel);

        Assert.Equal(2, stopped.Position);
        Assert.All(status, view => Assert.Equal((1, 2), (view.Position, view.Failure!.Position)));
        Assert.Contains("amount.low: -5 is out of range", status[0].Failure!.Message, StringComparison.Ordinal);
        var run = await ledger.Run("deals");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("View 'article' stands still at position 2: ", run.Errors, StringComparison.Ordinal);
    }

    private static string Deal(string value) => $$"""{"source": "a", "claims": [{{Claim.Replace("{VALUE}", value, StringComparison.Ordinal)}}]}""";

    /// <summary>Past the log's own door, as its owner.</summary>
    private static async Task Put(LedgerOnTestDatabase ledger, long position, string stream, string type, string data)
    {
        await using var owner = new NpgsqlConnection(ledger.OwnerConnectionString);
        await owner.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(
            """
            with stream as (insert into ledger.mt_streams (id, version) values ($2, 1)), head as (update ledger.log_head set position = $1, recorded_at = now())
            insert into ledger.mt_events (seq_id, id, stream_id, version, type, data, headers) values ($1, gen_random_uuid(), $2, 1, $3, $4::jsonb, '{"author": "somebody"}')
            """, owner)
        {
            Parameters = { new() { Value = position }, new() { Value = stream }, new() { Value = type }, new() { Value = data } },
        };
        await command.ExecuteNonQueryAsync(Cancel);
    }

    public sealed class Ledger : IAsyncLifetime
    {
        private LedgerOnTestDatabase _ledger = null!;
        private long _position;

        public EventLog Log => _ledger.Get<EventLog>();

        public async ValueTask InitializeAsync() => _ledger = await LedgerOnTestDatabase.Create(Cancel);

        public ValueTask DisposeAsync() => _ledger.DisposeAsync();

        public async Task<long> Put(string type, string data)
        {
            await StoredShapeTests.Put(_ledger, ++_position, $"deal-{_position}", type, data);
            return _position;
        }
    }
}
