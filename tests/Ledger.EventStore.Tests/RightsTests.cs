using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests;

public sealed class RightsTests(LogFixture fixture) : IClassFixture<LogFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly string[] Rewritings =
    [
        "update ledger.mt_events set data = '{}'",
        "delete from ledger.mt_events",
        "truncate ledger.mt_events",
        "delete from ledger.mt_streams",
        "truncate ledger.mt_streams cascade",
        "update ledger.mt_streams set is_archived = true",
        "update ledger.mt_streams set id = 'x'",
        "delete from ledger.log_head",
        "insert into ledger.log_head values (7, now())",
        "delete from ledger.texts",
    ];

    public static TheoryData<string, bool> Attempts { get; } =
        [.. Rewritings.SelectMany(sql => new[] { new TheoryDataRow<string, bool>(sql, true), new(sql, false) })];

    [Theory]
    [MemberData(nameof(Attempts))]
    public async Task Nobody_rewrites_the_log(string sql, bool asServer)
    {
        await fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
        await using NpgsqlCommand command = (asServer ? fixture.Database : fixture.Owner).CreateCommand(sql);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel));
        Assert.Equal("42501", refusal.SqlState);
        // The server has not even the right; the owner is refused by a trigger.
        Assert.StartsWith(asServer ? "permission denied" : "The log is append-only", refusal.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Triggers_refuse_rewriting_also_where_triggers_are_told_to_rest()
    {
        await using NpgsqlCommand command = fixture.Owner.CreateCommand(
            "set session_replication_role = replica; delete from ledger.mt_events; ");
        await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel));
        await fixture.Sql("reset session_replication_role");
    }
}
