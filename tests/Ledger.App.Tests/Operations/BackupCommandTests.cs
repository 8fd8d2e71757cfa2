using Ledger.App.Operations.EmbeddedPostgres;
using Ledger.App.Tests.Support;
using Ledger.Testing;
using Xunit;

namespace Ledger.App.Tests.Operations;

public sealed class BackupCommandTests : IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_ledger_restored_into_an_empty_folder_answers_as_the_first_did()
    {
        var archive = _folder.Combine("ledger.tar.gz");
        // Whoever leaves last stops the database: it goes on here from one command to the next.
        await using var one = await EmbeddedCluster.Open(_folder.Combine("one"), Cancel);
        Assert.Equal("", (await Ledger("one", "demo", "--once")).Errors);
        Assert.Equal("", (await Ledger("one", "backup", archive)).Errors);
        Assert.Equal("", (await Ledger("two", "restore", archive, "--json")).Errors);

        await using var two = await EmbeddedCluster.Open(_folder.Combine("two"), Cancel);
        foreach (var question in new[] { "deals", "events" })
        {
            var answer = await Ledger("one", question, "--json");
            Assert.NotEqual("", answer.Output);
            Assert.Equal(answer, await Ledger("two", question, "--json"));
        }

        Assert.Equal("", (await Ledger("two", "verify")).Errors);
        var again = await Ledger("two", "restore", archive);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("a backup is restored into an empty", again.Errors, StringComparison.Ordinal);
        Assert.Equal("", again.Output);
    }

    private Task<LedgerRun> Ledger(string data, params string[] arguments) => ProgramHere.Run([.. arguments, "--data", _folder.Combine(data)]);
}
