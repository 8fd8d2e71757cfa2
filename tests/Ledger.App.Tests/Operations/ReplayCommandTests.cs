using System.Text.Json.Nodes;
using Ledger.App.Operations.Migrate;
using Ledger.App.Operations.Replay;
using Ledger.App.Tests.Support;
using Ledger.EventStore;
using Ledger.Testing;
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

        await Execute(ledger, "update view_investor_1.investor set led = led + 1 where id = 'alibaba'");
        var all = await ledger.Run("replay");
        Assert.Equal(0, all.ExitCode);
        Assert.Contains("investor: version 2 is live", all.Output, StringComparison.Ordinal);
        Assert.Contains("  investor: 1 row only in the version before, such as", all.Output, StringComparison.Ordinal);
        Assert.Contains("\"id\": \"alibaba\"", all.Output, StringComparison.Ordinal);
        Assert.Contains("deal: version 2 is live, built from 92 events", all.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_whose_definition_has_changed_is_replayed_once_and_compared_with_what_it_was()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        Assert.Equal(0, (await ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);
        await Execute(ledger, "update ledger.view_versions set fingerprint = 'of before' where view in ('company', 'investor'); update view_company_1.company set deals = deals + 1 where id = 'biren'");

        var run = await ledger.Run("replay", "company", "deal");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("company: version 2 is live, built from 13 events", run.Output, StringComparison.Ordinal);
        Assert.Contains("  company: 1 row only in the version before, such as", run.Output, StringComparison.Ordinal);
        Assert.Equal("company 1 kept, company 2 live, deal 1 kept, deal 2 live, investor 1 kept, investor 2 live", await ledger.Versions("company", "deal", "investor"));
        Assert.Contains("company: version 1 is live, and frozen at position 92", (await ledger.Run("projections", "rollback", "company")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_a_view_stands_still_commands_say_so_and_read_the_others()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        Assert.Equal(0, (await ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);
        await Execute(ledger, "alter table view_rollup_1.rollup_fact add constraint full_up check (deal_id <> 'biren-pledge' or 'robotics' <> all(sectors))");

        var tag = await ledger.Run("tag", "biren-pledge", "--sector", "robotics", "--reason", "They build some.");
        var deal = await ledger.Run("deal", "biren-pledge", "--json");
        var company = await ledger.Run("company", "biren", "--json");

        Assert.Equal((0, 0, 0), (tag.ExitCode, deal.ExitCode, company.ExitCode));
        Assert.StartsWith("View 'rollup' stands still at position 93: ", deal.Errors, StringComparison.Ordinal);
        Assert.Contains("robotics", (string)JsonNode.Parse(deal.Output)!["sectors"]!.AsArray()[^1]!, StringComparison.Ordinal);
        Assert.Equal(93, (int)JsonNode.Parse(company.Output)!["position"]!);
    }

    [Fact]
    public async Task A_replay_that_is_stopped_says_how_it_goes_on_and_is_not_shown_as_running()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        Assert.Equal(0, (await ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);
        await using (var owner = new NpgsqlConnection(ledger.OwnerConnectionString))
        {
            await owner.OpenAsync(Cancel);
            // The new version is built, and waits for the live one to be held against it.
            await using var transaction = await owner.BeginTransactionAsync(Cancel);
            await using var hold = new NpgsqlCommand("select from ledger.view_positions for update", owner, transaction);
            await hold.ExecuteNonQueryAsync(Cancel);
            await using var program = ledger.Start("replay", "company");
            while (await ledger.Versions("company") != "company 1 live, company 2 building")
            {
                Assert.False(program.HasEnded, program.Errors);
                await Task.Delay(20, Cancel);
            }
            Assert.Contains("│ building, ", (await ledger.Run("projections")).Output, StringComparison.Ordinal);
            var stopped = await program.Terminate();
            Assert.Equal(1, stopped.ExitCode);
            Assert.EndsWith("Stopped before it was done: readers see what they saw before, and the same command goes on from there.", stopped.Errors.Trim(), StringComparison.Ordinal);
        }

        Assert.Contains("│ stopped, ", (await ledger.Run("projections")).Output, StringComparison.Ordinal);
        Assert.Contains("company: version 2 is live", (await ledger.Run("replay", "company")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_said_of_a_replay_that_goes_on_counts_only_what_it_does_itself()
    {
        var words = new ReplayWords();
        string[] said = [.. new[] { ("load", 900_000, 10.0), ("load", 910_000, 10.5), ("load", 920_000, 11), ("index", 1_000_000, 15) }
            .Select(step => words.Of(new ReplayProgress(step.Item1, step.Item2, 1_000_000, TimeSpan.FromSeconds(step.Item3))))];

        Assert.Equal(
            ["load: 900,000 of 1,000,000 events", "load: 910,000 of 1,000,000 events, 20,000 events/s, 0:00:05 left",
                "load: 920,000 of 1,000,000 events, 20,000 events/s, 0:00:04 left", "index: 1,000,000 of 1,000,000 events"], said);
        Assert.Equal("load: 5 of 1,000,000 events", words.Of(new ReplayProgress("load", 5, 1_000_000, TimeSpan.FromSeconds(1))));
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
        await CanWriteNothing((string)access["user"]!);
    }

    /// <summary>Whatever transactions it begins. A copy of a database, which other tests' are, has the rights that every new one has.</summary>
    private static async Task CanWriteNothing(string user)
    {
        await using var database = await TestDatabase.CreateEmpty(Cancel);
        await using (var owner = new NpgsqlConnection(database.OwnerConnectionString))
        {
            await owner.OpenAsync(Cancel);
            await LedgerSchema.Migrate(owner, Cancel);
        }
        await using var writer = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.OwnerConnectionString) { Username = user, Options = "-c default_transaction_read_only=off", Pooling = false }.ConnectionString);
        foreach (var sql in new[] { "create temporary table x ()", "select lo_creat(-1)", "select lo_create(0)", "select lo_from_bytea(0, 'x')", "select lo_put(1, 0, 'x')", "select lowrite(0, 'x')", "select lo_truncate(0, 0)", "select lo_unlink(1)" })
        {
            await using var refused = writer.CreateCommand(sql);
            Assert.Equal((sql, PostgresErrorCodes.InsufficientPrivilege), (sql, (await Assert.ThrowsAsync<PostgresException>(() => refused.ExecuteNonQueryAsync(Cancel))).SqlState));
        }
    }

    [Fact]
    public async Task Every_column_of_every_view_that_other_programs_see_is_described()
    {
        await using var bare = (await seeded.Ledger).Database.CreateCommand("""
            select c.relname || '.' || a.attname from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
            where n.nspname = 'views' and a.attnum > 0 and col_description(c.oid, a.attnum) is null
            """);
        await using var rows = await bare.ExecuteReaderAsync(Cancel);
        List<string> found = [];
        while (await rows.ReadAsync(Cancel))
            found.Add(rows.GetString(0));
        Assert.Empty(found);
    }

    /// <summary>Past the program, as the database's owner.</summary>
    private static async Task Execute(LedgerOnTestDatabase ledger, string sql)
    {
        await using var owner = NpgsqlDataSource.Create(ledger.OwnerConnectionString);
        await using var command = owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
