using Ledger.App.CommandLine;
using Ledger.App.Jobs;
using Ledger.App.Views;
using Ledger.EventStore;

namespace Ledger.App.Operations.Proof;

/// <summary>Holds the whole log against its tree and every signed checkpoint, every night.</summary>
internal sealed class VerifyJob : LedgerJob
{
    private const int FaultsShown = 20;

    public override string Name => "verify";

    public override string Does => "Holds the whole log against its tree and every signed checkpoint.";

    public override string Cron => "0 0 3 * * ?";

    public override bool NeedsKey => true;

    public override async Task<string> Run(JobRun run, CancellationToken cancellation)
    {
        var tree = run.Services.GetService<LogTree>() ?? throw new KeyElsewhereException(LedgerKey.FolderOf(run.Get<DatabaseChoice>()));
        var head = await run.Get<EventLog>().Head(cancellation);
        var verdict = await tree.Verify(new Told(done => run.Progress(done, head, "events")), cancellation);
        foreach (var fault in verdict.Faults.Take(FaultsShown))
            run.Log($"Events {fault.FirstPosition} to {fault.LastPosition}: {fault.What}");
        return verdict.Holds
            ? $"{Shown.Count(verdict.Events, "event")} and {Shown.Count(verdict.Checkpoints, "signed checkpoint")}: the log is what was signed."
            : throw new JobFailedException(new LogDoesNotHoldException(verdict).Message);
    }

    /// <summary>Tells at once, on the thread that works.</summary>
    private sealed class Told(Action<long> tell) : IProgress<long>
    {
        public void Report(long value) => tell(value);
    }
}
