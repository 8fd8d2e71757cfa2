using Ledger.App.Tests.Support;
using Npgsql;

namespace Ledger.App.Tests.Operations;

/// <summary><c>ledger replay</c>, <c>ledger projections</c> and <c>ledger sql</c>.</summary>
public sealed class ReplayCommandTests(SeededLedger seeded)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_is_replayed_compared_switched_and_rolled_back_and_a_row_that_somebody_changed_is_told_of()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        Assert.Equal(0, (await ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);

        var run = await ledger.Run("replay", "company");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("company: version 2 is live, built from 13 events", run.Output, StringComparison.Ordinal);
        Assert.Contains("It is the same, row for row, as the version before.", run.Output, StringComparison.Ordinal);
        Assert.Equal("company 1 kept, company 2 live", await ledger.Versions("company"));

        Assert.Equal(0, (await ledger.Run("projections", "rollback", "company")).ExitCode);
        Assert.Equal("company 1 live, company 2 kept", await ledger.Versions("company"));

        await using (var owner = NpgsqlDataSource.Create(ledger.OwnerConnectionString))
        await using (var command = owner.CreateCommand("update view_investor_1.investor set led = led + 1 where id = 'alibaba'"))
            await command.ExecuteNonQueryAsync(Cancel);
        var all = await ledger.Run("replay");
        Assert.Equal(0, all.ExitCode);
        Assert.Contains("investor: version 2 is live", all.Output, StringComparison.Ordinal);
        Assert.Contains("  investor: 1 row only in the version before, such as", all.Output, StringComparison.Ordinal);
        Assert.Contains("\"id\": \"alibaba\"", all.Output, StringComparison.Ordinal);
        Assert.Contains("deal: version 2 is live, built from 92 events", all.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "VIEW: 'nix' is none; there are article, company, deal, investor, party, rates, rollup", "replay", "nix")]
    [InlineData(2, "VIEW: 'nix' is none; there are article, company, deal, investor, party, rates, rollup", "projections", "rollback", "nix")]
    [InlineData(1, "View 'deal' has no earlier version to go back to.", "projections", "rollback", "deal")]
    public async Task What_cannot_be_is_refused(int code, string sentence, params string[] arguments)
    {
        var run = await (await seeded.Ledger).Run(arguments);
        Assert.Equal((code, sentence), (run.ExitCode, run.Errors.Trim()));
    }

    [Fact]
    public async Task A_program_for_SQL_reads_the_views_and_nothing_else()
    {
        var access = await seeded.Ask("sql");
        Assert.Contains("views.company_total", access["tables"]!.AsArray().Select(table => (string)table!));
        Assert.Contains($"user={access["user"]}", (string)access["command"]!, StringComparison.Ordinal);

        await using var reader = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder((await seeded.Ledger).OwnerConnectionString) { Username = (string)access["user"]! }.ConnectionString);
        await using (var read = reader.CreateCommand("select count(*) from views.deal"))
            Assert.Equal(13L, await read.ExecuteScalarAsync(Cancel));
        foreach (var sql in new[] { "select * from ledger.mt_events", "select * from view_deal_1.deal", "delete from views.deal", "create table views.x ()", "create table x ()" })
        {
            await using var refused = reader.CreateCommand(sql);
            Assert.Contains((await Assert.ThrowsAsync<PostgresException>(() => refused.ExecuteNonQueryAsync(Cancel))).SqlState,
                new[] { PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.ReadOnlySqlTransaction });
        }
    }

    [Fact]
    public async Task Every_column_of_every_view_that_other_programs_see_is_described_or_says_what_it_is()
    {
        await using var bare = (await seeded.Ledger).Database.CreateCommand("""
            select c.relname || '.' || a.attname from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
            where n.nspname = 'views' and a.attnum > 0 and col_description(c.oid, a.attnum) is null
                and a.attname not in ('id', 'name', 'title', 'publisher') and a.attname not like '%\_id'
            """);
        await using var rows = await bare.ExecuteReaderAsync(Cancel);
        List<string> found = [];
        while (await rows.ReadAsync(Cancel))
            found.Add(rows.GetString(0));
        Assert.Empty(found);
    }
}
