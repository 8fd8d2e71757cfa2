using Ledger.App.Shell;
using Ledger.App.Views;

namespace Ledger.App.Jobs;

/// <summary>Jobs over HTTP: under /api, and what the buttons of their pages post to.</summary>
internal static class JobsEndpoints
{
    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/jobs", ListJobs).WithTags("Jobs").WithExample(("after", "92"));
        routes.MapGet("/api/jobs/{name}", GetJob).WithTags("Jobs").WithExample(("name", "verify")).WithProblems("not-found");
        routes.MapGet("/api/jobs/{name}/runs", ListRuns).WithTags("Jobs").WithExample(("name", "verify"), ("limit", "20")).WithProblems("not-found");
        routes.MapGet("/api/jobs/{name}/log", GetLog).WithTags("Jobs").WithExample(("name", "verify")).WithProblems("not-found");
        routes.MapOrder("run", "Has a job run now", "As soon as a server takes it; asked for again before that, it is the same run, and where it was to be tried again later, it is tried now.",
            async (context, name) =>
            {
                await context.RequestServices.GetRequiredService<JobOrders>().Run(name, Author.Of(context), Key(context), context.RequestAborted);
                // Where this server runs jobs it need not wait for the next look.
                context.RequestServices.GetRequiredService<JobClock>().Wake();
            });
        routes.MapOrder("pause", "Pauses a job", "The clock starts it no more, nor is it tried again; what goes on goes on.",
            (context, name) => context.RequestServices.GetRequiredService<JobOrders>().Pause(name, Author.Of(context), context.RequestAborted));
        routes.MapOrder("resume", "Resumes a job", "The clock starts it again; what was missed meanwhile runs once.",
            (context, name) => context.RequestServices.GetRequiredService<JobOrders>().Resume(name, context.RequestAborted));
        routes.MapOrder("cancel", "Cancels a job's run", "Ends what of it goes on, within seconds, and what waits.",
            (context, name) => context.RequestServices.GetRequiredService<JobOrders>().Cancel(name, Author.Of(context), context.RequestAborted));
        routes.MapOrder("acknowledge", "Says that a job's failure is seen to", "Health tells of it no more.",
            (context, name) => context.RequestServices.GetRequiredService<JobOrders>().Acknowledge(name, Author.Of(context), context.RequestAborted));
    }

    /// <summary>Jobs, and how each stands</summary>
    /// <remarks>A handful; there is no next page.</remarks>
    /// <param name="jobs">The ledger's.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<Page<JobRecord>> ListJobs(JobQueries jobs, CancellationToken cancel) => new(await jobs.List(cancel), null);

    /// <summary>A job, and how it stands</summary>
    /// <remarks>With the run that goes on or waits, and the last one that ended.</remarks>
    /// <param name="jobs">The ledger's.</param>
    /// <param name="name">The job's.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<JobRecord> GetJob(JobQueries jobs, string name, CancellationToken cancel) => jobs.Get(name, cancel);

    /// <summary>Runs of a job, the latest first</summary>
    /// <remarks>Those that have ended are cleared away after a time.</remarks>
    /// <param name="jobs">The ledger's.</param>
    /// <param name="name">The job's.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<RunRecord>> ListRuns(JobQueries jobs, string name, string? next, string? limit, CancellationToken cancel) =>
        jobs.Runs(name, PageLimit.Parse(limit), next, cancel);

    /// <summary>What a run of a job says</summary>
    /// <remarks>While it goes on, its lines are those of a second ago.</remarks>
    /// <param name="jobs">The ledger's.</param>
    /// <param name="name">The job's.</param>
    /// <param name="run">The run's number; else it is the run that goes on or waits, or the last one.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<RunLog> GetLog(JobQueries jobs, string name, long? run, CancellationToken cancel)
    {
        var job = await jobs.Get(name, cancel);
        if ((run ?? job.Now?.Id ?? job.Last?.Id) is not { } id)
            return new RunLog(null, []);
        var found = await jobs.Run(name, id, cancel);
        return new RunLog(found.Run, found.Lines);
    }

    /// <param name="Run">Null where the job has none.</param>
    /// <param name="Lines">In their order.</param>
    internal sealed record RunLog(RunRecord? Run, IReadOnlyList<RunLine> Lines);

    /// <summary>The same order at two addresses: under /api, where it answers the job, and as a button of the job's page, which it leads back to.</summary>
    private static void MapOrder(this IEndpointRouteBuilder routes, string order, string summary, string description, Func<HttpContext, string, Task> give)
    {
        routes.MapPost($"/jobs/{{name}}/{order}", async (HttpContext context, string name) =>
        {
            await give(context, name);
            return Results.LocalRedirect($"~/jobs/{name}");
        }).ExcludeFromDescription();
        routes.MapPost($"/api/jobs/{{name}}/{order}", async (HttpContext context, JobQueries jobs, string name) =>
        {
            await AddressFields.Check(context.Request, name, context.RequestAborted);
            await give(context, name);
            return await jobs.Get(name, context.RequestAborted);
        }).WithTags("Jobs").WithSummary(summary).WithDescription(description).Accepts<AddressFields>("application/json").WithBody("""{"id": "verify"}""").WithExample(("name", "verify")).WithProblems("not-found");
    }

    private static string? Key(HttpContext context) => Preconditions.WriterOf(context, new AddressFields()).Key;
}
