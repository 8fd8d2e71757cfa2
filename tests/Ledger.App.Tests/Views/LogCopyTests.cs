using System.Text.Json.Nodes;
using Ledger.App.Tests.Intake;
using Ledger.App.Tests.Support;
using Ledger.App.Views.Own;
using Ledger.EventStore;
using Ledger.Testing;
using Npgsql;

namespace Ledger.App.Tests.Views;

/// <summary>The log of a ledger that is served elsewhere, kept as an exact copy.</summary>
public sealed class LogCopyTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private LedgerOnTestDatabase _served = null!;
    private LedgerOnTestDatabase _here = null!;
    private NpgsqlConnection _owner = null!;

    public async ValueTask InitializeAsync()
    {
        _served = await LedgerOnTestDatabase.Create(Cancel);
        _here = await LedgerOnTestDatabase.Create(Cancel);
        _owner = new NpgsqlConnection(_here.OwnerConnectionString);
        await _owner.OpenAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _here.DisposeAsync();
        await _served.DisposeAsync();
    }

    [Fact]
    public async Task It_is_the_same_byte_for_byte_goes_on_where_it_was_left_and_folds_to_the_same_views()
    {
        await Seed(_served, "000_c012138556fb5198");
        await using var server = await Serve(_served);
        using var remote = new RemoteLog(Address(server));
        var told = new List<long>();
        await Copy(remote).Bring(told.Add, Cancel);
        Assert.Equal(await _served.Get<EventLog>().Head(Cancel), Assert.Single(told));
        await Same();

        await Seed(_served, "001_9252d5565b4ef926");
        await Copy(remote).Bring(told.Add, Cancel);
        Assert.Equal(2, told.Count);
        await Same();
        Assert.Equal(0, (await _here.Run("verify")).ExitCode);
        Assert.Equal(JsonAssert.Show(await _served.Ask("deals")), JsonAssert.Show(await _here.Ask("deals")));
    }

    [Fact]
    public async Task It_follows_also_when_the_ledger_was_away_meanwhile()
    {
        var server = await Serve(_served);
        var address = Address(server);
        using var remote = new RemoteLog(address);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var complaints = new List<string>();
        var following = Copy(remote).Follow(complaints.Add, stop.Token);
        await Seed(_served, "000_c012138556fb5198");
        await CaughtUp(following);

        Assert.Equal(0, (await server.Terminate()).ExitCode);
        await server.DisposeAsync();
        await Seed(_served, "001_9252d5565b4ef926");
        while (complaints.Count == 0)
            await Task.Delay(20, Cancel);
        await using var again = await Serve(_served, address);
        await CaughtUp(following);
        await Same();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        Assert.Contains(address, Assert.Single(complaints), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_of_another_ledger_is_refused_and_nothing_is_changed()
    {
        await Seed(_here, "000_c012138556fb5198");
        await Seed(_served, "000_c012138556fb5198");
        await Seed(_served, "001_9252d5565b4ef926");
        await using var server = await Serve(_served);
        using var remote = new RemoteLog(Address(server));
        var before = await Rows.Of(_here.OwnerConnectionString, Cancel, "ledger");

        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => Copy(remote).Bring(_ => { }, Cancel));

        Assert.Contains("is another one than", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await Rows.Of(_here.OwnerConnectionString, Cancel, "ledger"));
    }

    [Fact]
    public async Task Lines_that_do_not_continue_a_log_are_refused()
    {
        await Seed(_served, "000_c012138556fb5198");
        var lines = await _served.Get<EventLog>().Lines(0, 1000, Cancel);
        await LogImport.Continue(_owner, lines[..3], Ledger.App.Log.StoredEvents.Types, Cancel);
        foreach (var (wrong, sentence) in new (List<string>, string)[]
        {
            (lines[..3], "Line 1 holds position 1, where 4 is expected."),
            (lines[4..], "Line 1 holds position 5, where 4 is expected."),
            ([lines[3].Replace("\"version\":", "\"version\":7", StringComparison.Ordinal)], "where 1 is expected."),
            ([lines[3].Replace("\"data\":{", "\"data\": {", StringComparison.Ordinal)], "is not as it was exported"),
            (["[]"], "Line 1 is not an exported event."),
        })
            Assert.Contains(sentence, (await Assert.ThrowsAsync<InvalidDataException>(() => LogImport.Continue(_owner, wrong, Ledger.App.Log.StoredEvents.Types, Cancel))).Message, StringComparison.Ordinal);
        Assert.Equal(3, await _here.Get<EventLog>().Head(Cancel));
    }

    [Theory]
    [InlineData("nix")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://127.0.0.1:8080/deals")]
    public void What_is_no_address_is_refused(string address) =>
        Assert.Contains($"'{address}' is no address of a ledger", Assert.Throws<Ledger.Domain.Values.InvalidValueException>(() => new RemoteLog(address)).Message, StringComparison.Ordinal);

    private LogCopy Copy(RemoteLog remote) => new(remote, _here.Get<EventLog>(), _owner, "here");

    private async Task CaughtUp(Task following)
    {
        while (await _here.Get<EventLog>().Head(Cancel) < await _served.Get<EventLog>().Head(Cancel))
        {
            Assert.False(following.IsCompleted, following.Exception?.Message);
            await Task.Delay(20, Cancel);
        }
    }

    private async Task Same()
    {
        var served = await Lines(_served);
        Assert.NotEmpty(served);
        Assert.Equal(served, await Lines(_here));
        Assert.Equal(await Streams(_served), await Streams(_here));

        static Task<List<string>> Lines(LedgerOnTestDatabase ledger) => ledger.Get<EventLog>().Lines(0, 10_000, Cancel);
        static async Task<List<string>> Streams(LedgerOnTestDatabase ledger) =>
            [.. (await Rows.Of(ledger.OwnerConnectionString, Cancel, "ledger")).Where(row => row.StartsWith("ledger.mt_streams", StringComparison.Ordinal))];
    }

    /// <summary>Records one of the seeds.</summary>
    private static async Task Seed(LedgerOnTestDatabase ledger, string name)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in new[] { $"articles/{name}.txt", $"announcements/{name}.yaml" })
            Input.WriteTo(folder, file, await File.ReadAllBytesAsync(Path.Combine(LedgerOnTestDatabase.Seeds, file), Cancel));
        var run = await ledger.Run("seed", folder.Path);
        Assert.True(run.ExitCode == 0, run.Errors);
    }

    private static async Task<LedgerProgram> Serve(LedgerOnTestDatabase ledger, string address = "http://127.0.0.1:0")
    {
        var server = ledger.Start("serve", "--urls", address, "--json");
        await server.Printed("http://127.0.0.1:");
        return server;
    }

    private static string Address(LedgerProgram server) => (string)JsonNode.Parse(server.Output)!["addresses"]![0]!;
}
