using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using System.Diagnostics;
using Ledger.App.Log;
using Ledger.App.Tests.Support;
using Ledger.App.Views.Own;
using Ledger.EventStore;
using Ledger.Testing;

namespace Ledger.App.Tests.Views;

/// <summary>Views of one's own, as the README has them: one file of C#, run.</summary>
public sealed class OwnViewTests(SeededLedger seeded)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Views_of_ones_own_in_one_file_have_tables_rows_and_a_replay_here_and_of_a_ledger_that_is_served_elsewhere()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        Assert.Equal(0, (await ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);
        string[] here = ["--connection", ledger.OwnerConnectionString, "--data", ledger.DataFolder];
        var pairs = await Run("syndicates.cs", isBuilt: false, here);
        Assert.Contains("""{"investor_id":"alibaba","other_id":"tencent","deals":2}""", pairs.Output, StringComparison.Ordinal);

        var pledged = await Run("pledges.cs", isBuilt: false, [.. here, "--format", "csv", "--replay"]);
        Assert.Equal("currency,deals,low\nUSD,1,280000000", pledged.Output.Trim());
        Assert.Contains("pledges: version 1 is live, built from 13 events", pledged.Errors, StringComparison.Ordinal);
        Assert.Equal("pledges 1 live, syndicates 1 live", await ledger.Versions("pledges", "syndicates"));

        using var data = new TemporaryFolder();
        if (Environment.IsPrivilegedProcess)
            File.SetUnixFileMode(data.Path, File.GetUnixFileMode(data.Path) | UnixFileMode.OtherExecute);
        string[] there = ["--address", (await seeded.Served.Http()).BaseAddress!.ToString(), "--data", data.Combine("copy")];
        var elsewhere = await Run("pledges.cs", isBuilt: true, [.. there, "--format", "csv", "--replay"]);
        Assert.Equal(pledged.Output, elsewhere.Output);
        Assert.Contains("pledges: version 1 is live, built from 13 events", elsewhere.Errors, StringComparison.Ordinal);
        var again = await Run("pledges.cs", isBuilt: true, [.. there, "--table", "pledge"]);
        Assert.Contains("\"currency\":\"USD\"", again.Output, StringComparison.Ordinal);
        Assert.Empty(await (await seeded.Ledger).Versions("pledges"));

        using var following = Start("syndicates.cs", isBuilt: true, [.. here, "--follow"]);
        Assert.Contains("""{"investor_id":"alibaba","other_id":"tencent","deals":2}""", await Lines(following, pairs.Output.Trim().Split('\n').Length));
        Assert.Equal(0, (await ledger.Run("retract", "baichuan-300-million-dollars", "--reason", "It was told of twice.")).ExitCode);
        Assert.Equal(
            ["""{"begins":{"investor_id":"alibaba","other_id":"tencent","deals":1}}""", """{"ends":{"investor_id":"alibaba","other_id":"tencent","deals":2}}"""],
            await Lines(following, 2));
        following.Kill(entireProcessTree: true);
        await following.WaitForExitAsync(Cancel);

        // A promise that was taken back is none.
        Assert.Equal(0, (await ledger.Run("retract", "biren-pledge", "--reason", "Nobody promised it.")).ExitCode);
        Assert.Equal("currency,deals,low", (await Run("pledges.cs", isBuilt: true, [.. here, "--format", "csv"])).Output.Trim());
    }

    [Fact]
    public async Task A_view_of_ones_own_does_not_take_the_place_of_the_ledgers()
    {
        var ledger = await seeded.Ledger;
        (View View, string[] Options, string Sentence)[] refused =
        [
            (new View("deal", "own").Row(RecordStreams.Deals, deal => new OwnRow(deal.Id.Value)), [], "the view's name: 'deal' is that of a view of the ledger; name yours another way"),
            (new View("own", "own").Row(RecordStreams.Deals, deal => new OwnDealRow(deal.Id.Value)), [], "a table's name: 'backer' is that of a table of the ledger; name yours another way"),
            (new View("own", "own").Row(RecordStreams.Deals, deal => new OwnRootRow(deal.Id.Value)), [], "a table's name: 'party_root' is that of a table of the ledger; name yours another way"),
            (new View("own", "own").Row(RecordStreams.Deals, deal => new OwnRow(deal.Id.Value)), ["--follow", "--format", "csv"], "--follow: writes lines of JSON; leave --format csv out"),
        ];

        foreach (var (view, options, sentence) in refused)
        {
            var run = await ProgramHere.Run(() => OwnView.Run(["--connection", ledger.OwnerConnectionString, "--data", ledger.DataFolder, .. options], view));
            Assert.Equal((2, sentence), (run.ExitCode, run.Errors.Trim()));
        }
        Assert.Equal("deal 1 live", await ledger.Versions("deal", "own"));
    }

    private static async Task<List<string>> Lines(Process process, int count)
    {
        var lines = new List<string>();
        while (lines.Count < count)
            lines.Add(await process.StandardOutput.ReadLineAsync(Cancel) ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(Cancel)));
        return lines;
    }

    /// <summary>Runs a file of the seeds to its end.</summary>
    private static async Task<LedgerRun> Run(string file, bool isBuilt, string[] arguments)
    {
        using var process = Start(file, isBuilt, arguments);
        var output = process.StandardOutput.ReadToEndAsync(Cancel);
        var errors = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, $"{await output}\n{errors}");
        return new LedgerRun(process.ExitCode, await output, errors);
    }

    /// <summary>What the file refers to was built with these tests.</summary>
    private static Process Start(string file, bool isBuilt, string[] arguments)
    {
        var configuration = AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";
        string[] build = isBuilt ? ["--no-build"] : ["-p:BuildProjectReferences=false"];
        return Process.Start(new ProcessStartInfo("dotnet",
            ["run", "-c", configuration, .. build, Path.Combine(Repository.Root, "seeds/projections", file), "--", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    [Table("own")]
    private sealed record OwnRow([property: Key] string DealId);

    [Table("backer")]
    private sealed record OwnDealRow([property: Key] string DealId);

    [Table("party_root")]
    private sealed record OwnRootRow([property: Key] string DealId);
}
