using System.Diagnostics;
using Ledger.Testing;

namespace Ledger.App.Tests.Alerts;

/// <summary>The grammar of RFC 4287, which code that is not the feed's maker's holds feeds against.</summary>
internal static class AtomGrammar
{
    /// <summary>What is wrong with a feed; empty where nothing is.</summary>
    public static async Task<string> Complaints(string feed, CancellationToken cancel)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests/Ledger.App.Tests/obj/receiver/atom.mjs")]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await node.StandardInput.WriteAsync(feed.AsMemory(), cancel);
        node.StandardInput.Close();
        var complaints = await node.StandardOutput.ReadToEndAsync(cancel);
        await node.WaitForExitAsync(cancel);
        Assert.Equal(0, node.ExitCode);
        return complaints;
    }
}
