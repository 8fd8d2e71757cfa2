using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.EventStore.Tests.Support;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Tests;

/// <summary>
/// Events that were stored in old shapes, as they stand in <c>Golden</c>, are read for ever. The counter once was called
/// a tally, then counted in a nested object, then was given a reason under another name.
/// </summary>
public sealed class EventTypesTests(LogFixture fixture) : IClassFixture<LogFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static EventTypes Types() => Samples.Types()
        .Upcast("tally_changed", "tally_moved", old => new JsonObject { ["step"] = old["delta"]!.DeepClone() })
        .Upcast("tally_moved", "counter_moved", old => new JsonObject { ["by"] = old["step"]!.DeepClone() })
        .Upcast("counter_moved", old => old["by"] is JsonObject, old =>
        {
            old["by"] = old["by"]!["amount"]!.DeepClone();
            return old;
        })
        .Upcast("counter_moved", old => old.ContainsKey("reason"), old =>
        {
            old["why"] = old["reason"]!.DeepClone();
            old.Remove("reason");
            return old;
        });

    public static TheoryData<string> GoldenSamples { get; } =
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests/Ledger.EventStore.Tests/Golden")).Select(f => Path.GetFileName(f)!).Order()];

    [Theory]
    [MemberData(nameof(GoldenSamples))]
    public async Task Every_shape_that_was_ever_stored_is_read(string sample)
    {
        using var golden = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/Ledger.EventStore.Tests/Golden", sample), Cancel));
        string type = golden.RootElement.GetProperty("type").GetString()!;
        string stream = Samples.Name();
        await Store(stream, type, golden.RootElement.GetProperty("data").GetRawText());
        await using var log = new EventLog(fixture.Database, Types());

        RecordedEvent e = Assert.Single(await log.ReadStream(stream, cancel: Cancel).ToListAsync(Cancel));
        Assert.Equal(type, e.Type);
        Assert.Equal(golden.RootElement.GetProperty("reads").Deserialize(SamplesJson.Default.CounterMoved), e.Data);
        // Asked for by its present name it is found under its old ones. (Other tests store what cannot be read.)
        var query = new LogQuery { Types = ["counter_moved"], After = e.Position - 1, UpTo = e.Position };
        Assert.Equal(e.Id, Assert.Single(await log.Read(query, Cancel).ToListAsync(Cancel)).Id);
    }

    [Fact]
    public async Task An_unknown_name_is_an_error_that_names_it()
    {
        string stream = Samples.Name();
        long position = await Store(stream, "never_heard_of", "{}");
        var unknown = await Assert.ThrowsAsync<UnknownEventTypeException>(async () => await fixture.Log.ReadStream(stream, cancel: Cancel).ToListAsync(Cancel));
        Assert.Equal(("never_heard_of", position), (unknown.Type, unknown.Position));
        Assert.Contains("never_heard_of", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_that_does_not_fit_its_type_is_an_error_that_names_event_and_position()
    {
        string stream = Samples.Name();
        long position = await Store(stream, "counter_moved", """{"why": 7}""");
        var problem = await Assert.ThrowsAsync<InvalidDataException>(async () => await fixture.Log.ReadStream(stream, cancel: Cancel).ToListAsync(Cancel));
        Assert.Contains($"counter_moved at position {position}", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CounterMoved")]
    [InlineData("counter-moved")]
    [InlineData("_moved")]
    [InlineData("")]
    public void A_name_that_is_not_snake_case_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => new EventTypes().Add(name, () => SamplesJson.Default.CounterMoved));

    [Fact]
    public void A_name_or_a_type_is_registered_once()
    {
        EventTypes types = Types();
        Assert.Throws<ArgumentException>(() => types.Add("counter_moved", () => SamplesJson.Default.JsonObject));
        Assert.Throws<ArgumentException>(() => types.Add("tally_moved", () => SamplesJson.Default.JsonObject));
        Assert.Throws<ArgumentException>(() => types.Add("another_name", () => SamplesJson.Default.CounterMoved));
        Assert.Throws<ArgumentException>(() => types.Upcast("counter_moved", "counter_opened", old => old));
    }

    [Fact]
    public async Task A_query_for_a_name_nobody_registered_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await fixture.Log.Read(new LogQuery { Types = ["counter_mvoed"] }, Cancel).ToListAsync(Cancel));

    /// <summary>Stores an event as an older program did.</summary>
    private async Task<long> Store(string stream, string type, string data)
    {
        await using NpgsqlCommand command = fixture.Database.CreateCommand("call ledger.append($1,$2,$3,$4,$5,'{1}',$6,$6,$7,'{}','{}','{}',$2,$3,'{}','{}','{}','{}','{}',false,null,null)");
        Add(Guid.CreateVersion7(), NpgsqlDbType.Uuid);
        Add(stream, NpgsqlDbType.Text);
        Add(1L, NpgsqlDbType.Bigint);
        Add(type, NpgsqlDbType.Text);
        Add(data, NpgsqlDbType.Jsonb);
        Add((string?)null, NpgsqlDbType.Text);
        Add("""{"author": "an older program"}""", NpgsqlDbType.Jsonb);
        return (long)(await command.ExecuteScalarAsync(Cancel))! + 1;

        void Add<T>(T value, NpgsqlDbType type) => command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [value], NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}
