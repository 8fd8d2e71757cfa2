namespace Ledger.App.Jobs;

/// <summary>What runs by the clock: one class in its slice's folder, registered by one line of <see cref="JobList"/>.</summary>
internal abstract class LedgerJob
{
    /// <summary>As in <c>ledger jobs run NAME</c>: lower case, and dashes.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence for the page and the command line.</summary>
    public abstract string Does { get; }

    /// <summary>When, as Quartz writes it: seconds, minutes, hours, day of the month, month, day of the week.</summary>
    public abstract string Cron { get; }

    /// <summary>The IANA zone whose clocks the schedule goes by.</summary>
    public virtual string TimeZone => "Etc/UTC";

    /// <summary>Whether the clock starts it where nothing is configured.</summary>
    public virtual bool IsEnabled => true;

    /// <summary>Whether it works with the key that the log is signed with: a server that does not hold it leaves the job to one that does.</summary>
    public virtual bool NeedsKey => false;

    /// <summary>Takes what is configured under the job's name, once, before anything runs.</summary>
    /// <exception cref="Ledger.Domain.Values.InvalidValueException">A setting cannot be used; it is named by its whole key.</exception>
    public virtual void Configure(JobSettings settings)
    {
    }

    /// <summary>
    /// Does the work, from wherever an earlier run may have been stopped. Another server may take it for dead and begin a newer run:
    /// effects go through <see cref="JobRun.Write"/>, or are appends to the log, which their expected versions fence.
    /// </summary>
    /// <param name="run">This run.</param>
    /// <param name="cancellation">It is cancelled, its server stops, or a newer run has begun.</param>
    /// <returns>The result in one sentence.</returns>
    /// <exception cref="JobFailedException">What was found is a failure, and would be found again.</exception>
    public abstract Task<string> Run(JobRun run, CancellationToken cancellation);
}

/// <summary>A job has found what must not be. The message is one sentence; trying again at once would find the same.</summary>
internal sealed class JobFailedException(string message) : Exception(message);

/// <summary>A newer run of the job has begun: this one must not write any more.</summary>
internal sealed class FencedOffException(string job, long run) : Exception($"Run {run} of job '{job}' was taken for dead, and a newer one has begun: it writes nothing any more.");
