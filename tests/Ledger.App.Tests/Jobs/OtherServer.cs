using System.Diagnostics;
using System.Globalization;
using Ledger.App.Jobs;
using Ledger.App.Views;

namespace Ledger.App.Tests.Jobs;

/// <summary>A process beside the tests' own that runs jobs, to be killed and stopped.</summary>
internal sealed class OtherServer : IDisposable
{
    private readonly Process _process;

    private OtherServer(Process process) => _process = process;

    /// <param name="connection">As the role of the server.</param>
    /// <param name="job">The one that it has.</param>
    public static OtherServer Start(string connection, string job) =>
        new(Process.Start(new ProcessStartInfo("dotnet", [typeof(OtherServer).Assembly.Location, "run-jobs", connection, job]) { RedirectStandardInput = true, RedirectStandardOutput = true })!);

    /// <summary>Writes a step after the other, so that it can be seen who writes when.</summary>
    /// <param name="job">What it is called.</param>
    /// <param name="steps">How many a run writes.</param>
    public static LedgerJob Steps(string job, int steps) => new TestJob(job, async (run, cancel) =>
    {
        for (var step = 0; step < steps; step++)
        {
            await run.Write((connection, _, end) => connection.Execute("insert into public.step (run) values ($1)", end, run.Id), cancel);
            await Task.Delay(10, cancel);
        }
        return $"{steps} steps.";
    });

    public async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>The process itself. It runs until it is killed, or the tests are gone.</summary>
    public static async Task<int> Run(string connection, string job)
    {
        // A run without an end: whoever takes over ends.
        await using var machine = await JobMachine.Start(connection, [Steps(job, int.MaxValue)], CancellationToken.None);
        await Console.In.ReadLineAsync();
        return 0;
    }
}
