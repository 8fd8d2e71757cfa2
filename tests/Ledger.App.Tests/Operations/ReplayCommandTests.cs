using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;
using Ledger.Testing;
using Npgsql;

namespace Ledger.App.Tests.Operations;

/// <summary><c>ledger replay</c>, <c>ledger projections</c> and <c>ledger sql</c>.</summary>
public sealed class ReplayCommandTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private LedgerOnTestDatabase _ledger = null!;

    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerOnTestDatabase.Create(Cancel);
        Assert.Equal(0, (await _ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task A_view_is_replayed_compared_switched_and_rolled_back()
    {
        var run = await _ledger.Run("replay", "company");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("company: version 2 is live, built from 13 events", run.Output, StringComparison.Ordinal);
        Assert.Contains("It is the same, row for row, as the version before.", run.Output, StringComparison.Ordinal);
        Assert.Equal("company 1 kept, company 2 live", await Versions("company"));

        Assert.Equal(0, (await _ledger.Run("projections", "rollback", "company")).ExitCode);
        Assert.Equal("company 1 live, company 2 kept", await Versions("company"));
    }

    [Fact]
    public async Task A_row_that_somebody_changed_is_told_of()
    {
        await Execute("update view_investor_1.investor set led = led + 1 where id = 'alibaba'");

        var run = await _ledger.Run("replay");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("investor: version 2 is live", run.Output, StringComparison.Ordinal);
        Assert.Contains("  investor: 1 row only in the version before, such as", run.Output, StringComparison.Ordinal);
        Assert.Contains("\"id\": \"alibaba\"", run.Output, StringComparison.Ordinal);
        Assert.Contains("deal: version 2 is live, built from 92 events", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "VIEW: 'nix' is none; there are article, company, deal, investor, party, rates, rollup", "replay", "nix")]
    [InlineData(2, "VIEW: 'nix' is none; there are article, company, deal, investor, party, rates, rollup", "projections", "rollback", "nix")]
    [InlineData(1, "View 'deal' has no earlier version to go back to.", "projections", "rollback", "deal")]
    public async Task What_cannot_be_is_refused(int code, string sentence, params string[] arguments)
    {
        var run = await _ledger.Run(arguments);
        Assert.Equal((code, sentence), (run.ExitCode, run.Errors.Trim()));
    }

    [Fact]
    public async Task A_program_for_SQL_reads_the_views_and_nothing_else()
    {
        var access = await _ledger.Ask("sql");
        Assert.Contains("views.company_total", access["tables"]!.AsArray().Select(table => (string)table!));
        Assert.Contains($"user={access["user"]}", (string)access["command"]!, StringComparison.Ordinal);

        await using var reader = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_ledger.OwnerConnectionString) { Username = (string)access["user"]! }.ConnectionString);
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
        await using var bare = _ledger.Database.CreateCommand("""
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

    [Fact]
    public async Task Views_of_ones_own_in_one_file_have_tables_rows_and_a_replay()
    {
        var pairs = await Own("syndicates.cs");
        Assert.Contains("""{"investor_id":"alibaba","other_id":"tencent","deals":2}""", pairs.Output, StringComparison.Ordinal);

        var pledged = await Own("pledges.cs", "--format", "csv", "--replay");
        Assert.Equal("currency,deals,low\nUSD,1,280000000", pledged.Output.Trim());
        Assert.Contains("pledges: version 1 is live, built from 13 events", pledged.Errors, StringComparison.Ordinal);

        Assert.Equal("pledges 1 live, syndicates 1 live", await Versions("pledges", "syndicates"));
    }

    [Fact]
    public async Task A_view_of_ones_own_runs_against_the_address_of_a_ledger_and_goes_on_from_there()
    {
        await using var server = _ledger.Start("serve", "--urls", "http://127.0.0.1:0", "--json");
        await server.Printed("http://127.0.0.1:");
        var address = (string)JsonNode.Parse(server.Output)!["addresses"]![0]!;
        using var data = new TemporaryFolder();
        if (Environment.IsPrivilegedProcess)
            File.SetUnixFileMode(data.Path, File.GetUnixFileMode(data.Path) | UnixFileMode.OtherExecute);
        string[] there = ["--address", address, "--data", Path.Combine(data.Path, "copy")];

        var pledged = await Run("pledges.cs", [.. there, "--format", "csv", "--replay"]);
        Assert.Equal("currency,deals,low\nUSD,1,280000000", pledged.Output.Trim());
        Assert.Contains("pledges: version 1 is live, built from 13 events", pledged.Errors, StringComparison.Ordinal);

        var again = await Run("pledges.cs", [.. there, "--table", "pledge"]);
        Assert.Contains("\"currency\":\"USD\"", again.Output, StringComparison.Ordinal);
        Assert.Empty(await Versions("pledges"));
    }

    private Task<LedgerRun> Own(string file, params string[] arguments) =>
        Run(file, [.. arguments, "--connection", _ledger.OwnerConnectionString, "--data", _ledger.DataFolder]);

    private static async Task<LedgerRun> Run(string file, string[] arguments)
    {
        var configuration = AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("dotnet",
            ["run", "-c", configuration, Path.Combine(Repository.Root, "seeds/projections", file), "--", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(Cancel);
        var errors = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, $"{await output}\n{errors}");
        return new LedgerRun(process.ExitCode, await output, errors);
    }

    private async Task<string> Versions(params string[] views) => string.Join(", ", (await _ledger.Ask("projections")).AsArray()
        .Where(version => views.Contains((string)version!["view"]!)).Select(version => $"{version!["view"]} {version["version"]} {version["state"]}"));

    private async Task Execute(string sql)
    {
        await using var owner = NpgsqlDataSource.Create(_ledger.OwnerConnectionString);
        await using var command = owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
