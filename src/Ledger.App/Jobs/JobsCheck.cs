using Ledger.App.Views;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ledger.App.Jobs;

/// <summary>Jobs that failed and were given up, until somebody acknowledges that or they succeed. The server can do its other work meanwhile.</summary>
internal sealed class JobsCheck(JobQueries jobs) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failing = (await jobs.List(cancellationToken)).Where(job => job.Failing is not null).ToList();
        return failing is [var first, ..]
            ? HealthCheckResult.Degraded($"{Shown.Count(failing.Count, "job")} failed, the first of them '{first.Name}' in run {first.Failing}: see 'ledger jobs show {first.Failing}', and 'ledger jobs acknowledge {first.Name}' when it is seen to.",
                data: failing.ToDictionary(job => job.Name, job => (object)job.Failing!.Value))
            : HealthCheckResult.Healthy("No job has failed.");
    }
}
