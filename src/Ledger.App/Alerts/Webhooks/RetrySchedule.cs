namespace Ledger.App.Alerts.Webhooks;

/// <summary>When a webhook that was not taken is sent again: the example of the Standard Webhooks specification.</summary>
internal static class RetrySchedule
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>What fails for that long is sent nothing any more.</summary>
    public static readonly TimeSpan DisabledAfter = TimeSpan.FromDays(5);

    /// <summary>No receiver is left alone for longer, whatever it asks.</summary>
    public static readonly TimeSpan RetryAfterMax = TimeSpan.FromDays(1);

    /// <summary>How long to wait after so many attempts; null where that was the last one.</summary>
    /// <param name="tries">At least 1.</param>
    /// <param name="jitter">From 0 to 1: waits differ by up to a fifth, lest all come back at once.</param>
    /// <param name="asked">How long the receiver asked to be left alone; null where it did not.</param>
    public static TimeSpan? After(int tries, double jitter, TimeSpan? asked)
    {
        if (tries > Waits.Length)
            return null;
        var wait = Waits[tries - 1] * (1 + (0.2 * jitter));
        return asked is { } longer && longer > wait ? Min(longer, RetryAfterMax) : wait;
    }

    /// <summary>How long an address is sent nothing at all that has failed so many times in a row; short at first, since it may be one thing that it does not like.</summary>
    public static TimeSpan Rest(int failures) => failures < 3 ? TimeSpan.Zero : Min(TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures, 12))), TimeSpan.FromMinutes(5));

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
