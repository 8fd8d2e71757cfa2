using Ledger.App.Jobs;
using Ledger.App.Views;
using Ledger.EventStore;

namespace Ledger.App.Deals.Review;

/// <summary>Finds the deals that somebody should look at.</summary>
internal sealed class ReviewJob : LedgerJob
{
    public const string Called = "review";

    private ReviewPolicy _policy = null!;

    public override string Name => Called;

    public override string Does => "Lists deals to look at: pledges gone stale, deals contested for long, likely duplicates.";

    public override string Cron => "0 30 4 * * ?";

    public override void Configure(JobSettings settings) => _policy = new ReviewPolicy(settings.Number("PledgedDays", 180, 1), settings.Number("ContestedDays", 30, 1));

    public override async Task<string> Run(JobRun run, CancellationToken cancellation)
    {
        await run.Get<ViewRuntime>().Prepare(cancel: cancellation);
        await run.Get<ViewRuntime>().CatchUp(cancellation);
        var found = await run.Get<ReviewList>().Find(_policy, DateOnly.FromDateTime(DateTime.UtcNow), cancellation);
        var (came, went) = (0, 0);
        await run.Write(async (connection, _, end) => (came, went) = await ReviewList.Replace(connection, found, end), cancellation);
        run.Changed(came + went);
        return $"{Shown.Count(found.Count, "deal")} to look at: {came:#,0} new, {went:#,0} gone.";
    }
}
