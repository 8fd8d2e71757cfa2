using Ledger.App.Jobs;
using Ledger.App.Operations.Drift;

namespace Ledger.App.Views.Rollups;

/// <summary>
/// Makes the facts of all rollups again from the first event on, beside those that are kept up to date, and compares the two. What rollups say is
/// made of facts when it is asked, so where these are the same, so is every cell of every rollup, as of every moment.
/// </summary>
internal sealed class RollupsJob : LedgerJob
{
    public override string Name => "rollups";

    public override string Does => "Makes what rollups are summed up from again from the log, beside what is kept up to date, and reports any deal that differs.";

    public override string Cron => "0 15 2 * * ?";

    public override Task<string> Run(JobRun run, CancellationToken cancellation) => DriftJob.Check(run, [RollupView.Definition.Name], cancellation);
}
