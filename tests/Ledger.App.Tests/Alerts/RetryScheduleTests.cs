using Ledger.App.Alerts.Webhooks;

namespace Ledger.App.Tests.Alerts;

/// <summary>When a webhook that was not taken is sent again.</summary>
public sealed class RetryScheduleTests
{
    [Fact]
    public void Waits_grow_to_a_day_and_end_after_ten_attempts() =>
        Assert.Equal([5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400, null], Enumerable.Range(1, 10).Select(tries => RetrySchedule.After(tries, 0, null)?.TotalSeconds));

    [Fact]
    public void Waits_differ_by_up_to_a_fifth()
    {
        Assert.Equal(6, RetrySchedule.After(1, 1, null)!.Value.TotalSeconds, 3);
        Assert.Equal(5.5, RetrySchedule.After(1, 0.5, null)!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void Who_asks_for_longer_is_left_alone_for_so_long_and_at_most_a_day()
    {
        Assert.Equal(TimeSpan.FromHours(1), RetrySchedule.After(1, 0, TimeSpan.FromHours(1)));
        Assert.Equal(TimeSpan.FromSeconds(5), RetrySchedule.After(1, 0, TimeSpan.FromSeconds(1)));
        Assert.Equal(TimeSpan.FromDays(1), RetrySchedule.After(1, 0, TimeSpan.FromDays(30)));
        Assert.Null(RetrySchedule.After(10, 0, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void An_endpoint_rests_once_it_has_failed_three_times() =>
        Assert.Equal([0, 0, 0, 8, 16, 32, 64, 128, 256, 300, 300], Enumerable.Range(0, 11).Select(failures => RetrySchedule.Rest(failures).TotalSeconds));
}
