using System.CommandLine;
using System.Globalization;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Views;
using Spectre.Console;

namespace Ledger.App.Jobs;

/// <summary><c>ledger jobs</c>: what runs by the clock, and what people do with it.</summary>
internal static class JobsCommand
{
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromSeconds(5);

    public const string NoServer = "No server runs jobs at the moment: what is due waits for one.";

    public static Command Make() => new Command("jobs", "List what runs by the clock: what each job does, when, and how its last run ended.")
    {
        Run(),
        Order("pause", "Have the clock start a job no more, nor try it again; what goes on goes on.", (orders, name, author, cancel) => orders.Pause(name, author, cancel)),
        Order("resume", "Have the clock start a job again; what was missed meanwhile runs once.", (orders, name, _, cancel) => orders.Resume(name, cancel)),
        Order("cancel", "End what of a job goes on, within seconds, and what waits.", (orders, name, author, cancel) => orders.Cancel(name, author, cancel), "nothing of it goes on or waits"),
        Order("acknowledge", "Say that a job's failure is seen to: health tells of it no more.", (orders, name, author, cancel) => orders.Acknowledge(name, author, cancel), "no failure of it is left to be seen to"),
        History(),
        Show(),
    }.Doing(async (ledger, cancel) =>
    {
        await ledger.Open(migrate: false, cancel);
        var (jobs, isAnyServer) = (await ledger.Get<JobQueries>().List(cancel), await ledger.Get<JobRuns>().IsAnyServer(cancel));
        ledger.Print(new Page<JobRecord>(jobs, null), (page, console) => Write(page, isAnyServer, console));
    });

    private static Command Run()
    {
        var (name, follow) = (Name(), new Option<bool>("--follow") { Description = "Show what the run says, and end with it." });
        return new Command("run", "Have a job run now: on a server, or where none runs, in this command.") { name, follow }.Writing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            var id = await ledger.Get<JobOrders>().Run(ledger.Parsed.GetRequiredValue(name), ledger.Author, null, cancel);
            var isFollowed = ledger.Parsed.GetValue(follow) || !await ledger.Get<JobRuns>().IsAnyServer(cancel);
            var run = isFollowed ? await Follow(ledger, id, cancel) : (await ledger.Get<JobQueries>().Run(id, 0, cancel)).Run;
            var hasFailed = isFollowed && run.State != RunState.Succeeded;
            // What went wrong is the command's own reason, which is told people once.
            if (!hasFailed || ledger.Json)
                ledger.Print(run, (one, console) => console.WriteLine(isFollowed ? Told(one) : $"Run {one.Id} of {one.Job} is handed over: ledger jobs show {one.Id}"));
            if (hasFailed)
                throw new JobFailedException(Told(run));
        });
    }

    /// <param name="order">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="give">Gives it, and tells whether there was anything to do.</param>
    /// <param name="nothing">What is told where there was not; null where how the job stands says it.</param>
    private static Command Order(string order, string description, Func<JobOrders, string, string, CancellationToken, Task<bool>> give, string? nothing = null)
    {
        var name = Name();
        return new Command(order, description) { name }.Writing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            var isDone = await give(ledger.Get<JobOrders>(), ledger.Parsed.GetRequiredValue(name), ledger.Author, cancel);
            ledger.Print(await ledger.Get<JobQueries>().Get(ledger.Parsed.GetRequiredValue(name), cancel), (job, console) => console.WriteLine($"{job.Name}: {(isDone || nothing is null ? "" : $"{nothing}; ")}{State(job)}"));
        });
    }

    private static Command History()
    {
        var name = new Argument<string?>("NAME") { Description = "The job; left out for all.", Arity = ArgumentArity.ZeroOrOne };
        var (limit, next) = (CommonOptions.Limit(20), new Option<string?>("--next") { Description = "Go on where an earlier list ended.", HelpName = "NEXT" });
        return new Command("history", "List runs, the latest first.") { name, limit, next }.Doing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            ledger.Print(await ledger.Get<JobQueries>().Runs(ledger.Parsed.GetValue(name), ledger.Parsed.GetValue(limit), ledger.Parsed.GetValue(next), cancel), Write);
        });
    }

    private static Command Show()
    {
        var id = new Argument<long>("RUN") { Description = "The run's number." };
        return new Command("show", "Show a run with what it said.") { id }.Doing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            ledger.Print(await ledger.Get<JobQueries>().Run(ledger.Parsed.GetRequiredValue(id), 0, cancel), Write);
        });
    }

    private static Argument<string> Name() => new("NAME") { Description = "The job, as ledger jobs lists it." };

    private static async Task<RunRecord> Follow(Invocation ledger, long id, CancellationToken cancel)
    {
        var here = ledger.Get<RunHere>().Run(id, ledger.Author, cancel);
        try
        {
            return await Follow(ledger, id, here, cancel);
        }
        finally
        {
            // Whoever stops the command stops what runs in it, and that is kept.
            await here.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Shows the lines of a run on standard error as they come, until it has ended.</summary>
    private static async Task<RunRecord> Follow(Invocation ledger, long id, Task here, CancellationToken cancel)
    {
        var queries = ledger.Get<JobQueries>();
        var (far, told) = ("", DateTime.MinValue);
        for (var shown = 0; ;)
        {
            // Asked before: what has ended then has said all that it says.
            var hasEnded = here.IsCompleted;
            if (here.IsFaulted)
                await here;
            var (run, lines) = await queries.Run(id, shown, hasEnded ? CancellationToken.None : cancel);
            foreach (var line in lines)
                await Console.Error.WriteLineAsync($"{Shown.Time(line.At)} {line.Text}");
            shown = lines.Count > 0 ? lines[^1].Number : shown;
            if (run.State == RunState.Running && Told(run) is { Length: > 0 } now && now != far && DateTime.UtcNow - told > BetweenProgress)
            {
                await Console.Error.WriteLineAsync($"{Shown.Time(DateTime.UtcNow)} {now}");
                (far, told) = (now, DateTime.UtcNow);
            }
            if (run.State is not (RunState.Waiting or RunState.Running))
            {
                await here;
                return run;
            }
            await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(200), cancel), hasEnded ? Task.Delay(-1, cancel) : here);
        }
    }

    internal static string Told(RunRecord run) => run.State switch
    {
        RunState.Succeeded => run.Result ?? "Done.",
        RunState.Cancelled => $"Cancelled by {run.CancelledBy}.",
        RunState.Failed or RunState.Lost => $"{run.Failure?.TrimEnd('.')}.{(run.NextRun is { } next ? $" Run {next} tries again." : "")}",
        RunState.Running when run.Done is { } done => run.Total is { } total ? $"{done:#,0} of {total:#,0} {run.Unit}" : $"{done:#,0} {run.Unit}",
        _ => "",
    };

    internal static string State(JobRecord job) => job switch
    {
        { Now: { State: RunState.Running } run } => $"running{(job.PausedBy is null ? "" : ", and paused")}{(Told(run) is { Length: > 0 } far ? $": {far}" : "")}",
        { PausedBy: { } by } => $"paused by {by}{(job.Failing is { } run ? $", and failed in run {run}" : "")}",
        { Failing: { } run } => $"failed in run {run}",
        { Now: { State: RunState.Waiting } run } => run.Attempt > 1 ? $"tried again at {Shown.Time(run.NotBefore)}" : "waiting",
        { Enabled: false } => "not by the clock",
        _ => "well",
    };

    internal static string Asked(RunRecord run) => run switch
    {
        { Cause: RunCause.Retry } => $"attempt {run.Attempt}",
        { Cause: RunCause.Takeover } => $"attempt {run.Attempt}, taken over",
        { AskedBy: { } by } => by,
        _ => "the clock",
    };

    private static void Write(Page<JobRecord> jobs, bool isAnyServer, IAnsiConsole console)
    {
        var table = Tables.Of("Job", "Does", "When", "Next", "State", "Last run");
        foreach (var job in jobs.Items)
        {
            table.Row(job.Name, job.Does, $"{job.Cron} {job.TimeZone}", job.NextAt is { } next ? Shown.Time(next) : "", State(job),
                job.Last is { } last ? $"{Written.Name(last.State)} {Shown.Time(last.EndedAt!.Value)}: {Told(last)}" : "never");
        }
        console.Write(table);
        if (!isAnyServer)
            console.WriteLine(NoServer);
    }

    private static void Write(Page<RunRecord> runs, IAnsiConsole console)
    {
        var table = Tables.Of("Run", "Job", "By", "Began", "Seconds", "State", "Changed", "What it came to");
        foreach (var run in runs.Items)
        {
            table.Row(run.Id.ToString(CultureInfo.InvariantCulture), run.Job, Asked(run), run.BeganAt is { } began ? Shown.Time(began) : "", run.Seconds?.ToString("0.0", CultureInfo.InvariantCulture),
                Written.Name(run.State), $"{run.Changed:#,0}", Told(run));
        }
        console.Write(table);
        console.WriteNext(runs.Next, "--next");
    }

    private static void Write(RunWithLines run, IAnsiConsole console)
    {
        var one = run.Run;
        console.WriteFacts(
            ("Job", one.Job), ("State", Written.Name(one.State)), ("By", Asked(one)), ("Due", one.DueAt is { } due ? Shown.Time(due) : null), ("Began", one.BeganAt is { } began ? Shown.Time(began) : null),
            ("Seconds", one.Seconds?.ToString("0.0", CultureInfo.InvariantCulture)), ("Server", one.Server), ("Changed", $"{one.Changed:#,0}"), ("Came to", Told(one)),
            ("Acknowledged", one.AcknowledgedBy is { } by ? $"{Shown.Time(one.AcknowledgedAt!.Value)} by {by}" : null));
        foreach (var line in run.Lines)
            console.WriteLine($"{Shown.Time(line.At)} {line.Text}");
    }
}
