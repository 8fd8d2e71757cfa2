using System.Text.Json.Nodes;
using Ledger.App.Access;
using Ledger.App.Tests.Support;
using Ledger.EventStore;
using Ledger.Testing;
using Npgsql;

namespace Ledger.App.Tests.Access;

/// <summary><c>ledger keys</c>, and whom the command line writes for.</summary>
public sealed class KeysCommandTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private LedgerOnTestDatabase _ledger = null!;

    public async ValueTask InitializeAsync() => _ledger = await LedgerOnTestDatabase.Create(Cancel);

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task A_key_is_shown_once_is_kept_as_a_hash_only_and_is_revoked_once()
    {
        var made = await Ask("keys", "add", "Ada", "--role", "editor", "--scope", "deals", "--scope", "articles", "--expires", "2999-01-31");
        var (key, id) = ((string)made["key"]!, (string)made["of"]!["id"]!);
        Assert.Matches("^ledger_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$", key);
        JsonAssert.Has($$"""{ "id": "{{id}}", "name": "Ada", "role": "editor", "scope": ["articles", "deals"], "madeBy": "{{Environment.UserName}}", "expiresAt": "2999-02-01T00:00:00Z", "revokedAt": null, "lastUsedOn": null }""", made["of"]);
        var secret = key[(key.IndexOf(id, StringComparison.Ordinal) + id.Length + 1)..];
        Assert.DoesNotContain(await _ledger.Contents(Cancel, "ledger"), row => row.Contains(secret, StringComparison.Ordinal));
        Assert.Equal(id, (string)Assert.Single((await Ask("keys", "list"))["items"]!.AsArray())!["id"]!);

        var revoked = await Ask("keys", "revoke", id);
        Assert.Equal(JsonAssert.Show(revoked), JsonAssert.Show(await Ask("keys", "revoke", id)));
        Assert.Equal(Environment.UserName, (string)revoked["revokedBy"]!);
        Assert.Equal(2, (await _ledger.Run("keys", "revoke", "nobody")).ExitCode);
        Assert.Equal(0, await _ledger.Get<EventLog>().Head(Cancel));
    }

    [Theory]
    [InlineData("Ada", "--role", "owner")]
    [InlineData("Ada")]
    [InlineData(" ", "--role", "editor")]
    [InlineData("Ada\u0007", "--role", "editor")]
    [InlineData("Ada", "--role", "editor", "--scope", "everything")]
    [InlineData("Ada", "--role", "editor", "--expires", "2001-01-01")]
    [InlineData("Ada", "--role", "editor", "--expires", "soon")]
    public async Task A_key_that_cannot_be_is_not_made(params string[] arguments)
    {
        var run = await _ledger.Run(["keys", "add", .. arguments]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Single(run.Errors.Trim().Split('\n'));
        Assert.Empty((await Ask("keys", "list"))["items"]!.AsArray());
    }

    [Fact]
    public async Task The_servers_role_recognises_keys_and_can_neither_make_nor_change_them()
    {
        await _ledger.Key(Role.Admin);
        Assert.Single(await KeyTable.List(_ledger.Database, Cancel));
        foreach (var sql in new[] { "insert into ledger.keys (id, name, role, hash, made_by) values ('a', 'a', 'admin', sha256('a'), 'a')", "update ledger.keys set revoked_at = null", "update ledger.keys set role = 'admin'", "delete from ledger.keys", "truncate ledger.keys" })
        {
            await using var command = _ledger.Database.CreateCommand(sql);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel))).SqlState);
        }
        var run = await AsServer("keys", "add", "Ada", "--role", "admin");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("the database's owner only", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_writes_as_the_user_who_runs_it_and_the_owner_of_the_database_for_others()
    {
        await Ask("party", "register", "one", "One");
        await Ask("party", "register", "two", "Two", "--as", "Grace Hopper");
        Assert.Equal([Environment.UserName, "Grace Hopper"], (await Ask("events"))["items"]!.AsArray().Select(e => (string)e!["author"]!));
        Assert.Equal(0, (await AsServer("party", "register", "three", "Three")).ExitCode);
        var refused = await AsServer("party", "register", "four", "Four", "--as", "Grace Hopper");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--as is taken, over the connection of the database's owner only", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await _ledger.Run("party", "register", "five", "Five", "--as", " ")).ExitCode);
        Assert.Equal(3, await _ledger.Get<EventLog>().Head(Cancel));
    }

    private async Task<JsonNode> Ask(params string[] arguments) => await _ledger.Ask(arguments);

    /// <summary>Runs the program over the connection of the server's role.</summary>
    private Task<LedgerRun> AsServer(params string[] arguments) => ProgramHere.Run(_ledger, _ledger.AppConnectionString, [.. arguments, "--json"]);
}
