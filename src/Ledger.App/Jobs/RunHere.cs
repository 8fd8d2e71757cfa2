namespace Ledger.App.Jobs;

/// <summary>Runs one run in a command, where there is no server to do it.</summary>
internal sealed class RunHere(JobRuns runs, JobRunner runner)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Until the run has ended, here or elsewhere. It is taken on as soon as no server is there, be it that the last one has gone away since, and no
    /// other run of its job goes on.
    /// </summary>
    public async Task Run(long id, string author, CancellationToken cancel)
    {
        for (DateTime? alone = null; ;)
        {
            if (await runs.IsAnyServer(cancel))
            {
                alone = null;
            }
            else
            {
                if (await runs.Claim($"{Environment.MachineName}, in a command of {author}", id, cancel) is { } claimed)
                {
                    await runner.Run(claimed, cancel, author);
                    return;
                }
                // What nobody looks after may stand in the way.
                if (DateTime.UtcNow - (alone ??= DateTime.UtcNow) > JobRuns.LostAfter)
                    await runs.TakeForDead(cancel);
            }
            if (!await runs.IsOpen(id, cancel))
                return;
            await Task.Delay(Pause, cancel);
        }
    }
}
