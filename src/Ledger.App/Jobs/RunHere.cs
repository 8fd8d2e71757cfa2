namespace Ledger.App.Jobs;

/// <summary>Runs one run in a command, where there is no server to do it.</summary>
internal sealed class RunHere(JobRuns runs, JobRunner runner)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Takes the run on as soon as no other run of its job goes on, unless a server that has come up meanwhile is faster.</summary>
    public async Task Run(long id, string author, CancellationToken cancel)
    {
        var since = DateTime.UtcNow;
        while (!cancel.IsCancellationRequested)
        {
            if (await runs.Claim($"{Environment.MachineName}, in a command of {author}", id, cancel) is { } claimed)
            {
                await runner.Run(claimed, cancel, author);
                return;
            }
            if (await runs.IsAnyServer(cancel))
                return;
            // What nobody looks after may stand in the way.
            if (DateTime.UtcNow - since > JobRuns.LostAfter)
                await runs.TakeForDead(cancel);
            await Task.Delay(Pause, cancel);
        }
    }
}
