using System.Diagnostics;
using Ledger.App.Tests.Support;
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
    }

    /// <summary>Runs a file of the seeds. What it refers to was built with these tests.</summary>
    private static async Task<LedgerRun> Run(string file, bool isBuilt, string[] arguments)
    {
        var configuration = AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";
        string[] build = isBuilt ? ["--no-build"] : ["-p:BuildProjectReferences=false"];
        using var process = Process.Start(new ProcessStartInfo("dotnet",
            ["run", "-c", configuration, .. build, Path.Combine(Repository.Root, "seeds/projections", file), "--", .. arguments])
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
}
