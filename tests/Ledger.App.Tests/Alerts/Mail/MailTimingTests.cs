using FsCheck;
using FsCheck.Fluent;
using Ledger.App.Alerts.Mail;

namespace Ledger.App.Tests.Alerts.Mail;

/// <summary>When mails go: by the clocks of whoever reads them, whatever is done to those.</summary>
public sealed class MailTimingTests
{
    // Clocks put forward and back, by an hour and by half of one, at midnight and over it; a zone that has skipped a day; and some that stay.
    private static readonly string[] Zones =
        ["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "America/Nuuk", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca", "Asia/Beirut", "Antarctica/Troll"];

    private static readonly Gen<TimeZoneInfo> AnyZone = Gen.Elements(Zones).Select(TimeZoneInfo.FindSystemTimeZoneById);
    private static readonly Gen<TimeOnly> AnyHour = Gen.Choose(0, (24 * 12) - 1).Select(number => new TimeOnly(number / 12, number % 12 * 5));

    // From the end of 2010, which has the day that Samoa skipped.
    private static readonly Gen<DateTimeOffset> AnyTime = Gen.Choose(0, 16 * 366 * 24 * 60).Select(minutes => new DateTimeOffset(2010, 12, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes));

    private static Gen<(MailTiming Timing, DateTimeOffset Now)> Any(MailDigest digest) =>
        from zone in AnyZone from hour in AnyHour from day in Gen.Choose(0, 6) from now in AnyTime select (new MailTiming(digest, hour, (DayOfWeek)day, zone, null), now);

    private static Gen<(MailTiming Timing, DateTimeOffset Now)> AnyQuiet =>
        from zone in AnyZone
        from begin in AnyHour
        from end in AnyHour
        from now in AnyTime
        where begin != end
        select (MailTiming.Default with { Zone = zone, Quiet = new QuietHours(begin, end) }, now);

    [Fact]
    public void A_daily_digest_goes_once_on_every_day_that_there_is() => Prop.ForAll(Any(MailDigest.Daily).ToArbitrary(), asked =>
    {
        var (timing, time) = (asked.Timing, asked.Timing.Next(asked.Now));
        Assert.True(time > asked.Now);
        for (var i = 0; i < 10; i++)
        {
            var next = timing.Next(time);
            Assert.Equal(next, timing.Next(time.AddTicks((next - time).Ticks / 2)));
            Assert.InRange(next - time, TimeSpan.FromHours(20), TimeSpan.FromHours(28));
            var day = DayOf(time, timing).AddDays(1);
            Assert.True(DayOf(next, timing) == day || IsSkipped(day, timing.Zone), $"{timing} after {time:O} went at {next:O}");
            time = next;
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_digest_goes_at_its_hour_or_when_clocks_jump_over_it() => Prop.ForAll(Any(MailDigest.Daily).ToArbitrary(), asked =>
    {
        var (timing, time) = (asked.Timing, asked.Timing.Next(asked.Now));
        var shown = LocalTime.Hour(time, timing.Zone);
        Assert.True(shown == timing.Hour || timing.Zone.GetUtcOffset(time) > timing.Zone.GetUtcOffset(time.AddTicks(-1)), $"{timing} after {asked.Now:O} went at {shown}");
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_weekly_digest_is_the_daily_one_of_its_day() => Prop.ForAll(Any(MailDigest.Weekly).ToArbitrary(), asked =>
    {
        var daily = asked.Timing with { Digest = MailDigest.Daily };
        var time = daily.Next(asked.Now);
        while (DayOf(time, daily).DayOfWeek != asked.Timing.Day)
            time = daily.Next(time);
        Assert.Equal(time, asked.Timing.Next(asked.Now));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_goes_in_quiet_hours_and_nothing_waits_for_longer_than_they_last() => Prop.ForAll(AnyQuiet.ToArbitrary(), asked =>
    {
        var (timing, quiet) = (asked.Timing, asked.Timing.Quiet!);
        var time = timing.Next(asked.Now);
        Assert.False(quiet.Holds(LocalTime.Hour(time, timing.Zone)));
        for (var waited = asked.Now; waited < time; waited = waited.AddMinutes(7))
            Assert.True(quiet.Holds(LocalTime.Hour(waited, timing.Zone)), $"{timing}: from {asked.Now:O} to {time:O}, and {waited:O} is not quiet");
        Assert.Equal(time, timing.NotQuiet(time));
    }).QuickCheckThrowOnFailure();

    [Theory]
    // Clocks go from 2:00 to 3:00: there is no 2:30, and so it goes when they do.
    [InlineData("Europe/Berlin", "02:30", "2026-03-28T12:00Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z")]
    // Clocks go from 3:00 to 2:00: of two times it is the first one, and only that.
    [InlineData("Europe/Berlin", "02:30", "2026-10-24T12:00Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z")]
    [InlineData("Europe/Berlin", "08:00", "2026-10-24T12:00Z", "2026-10-25T07:00Z", "2026-10-26T07:00Z")]
    // Samoa had no 30 December 2011.
    [InlineData("Pacific/Apia", "08:00", "2011-12-29T12:00Z", "2011-12-29T18:00Z", "2011-12-30T18:00Z")]
    // Greenland's clocks go from 23:00 to midnight.
    [InlineData("America/Nuuk", "23:30", "2024-03-30T12:00Z", "2024-03-31T01:00Z", "2024-04-01T00:30Z")]
    public void Digests_on_days_on_which_clocks_are_changed(string zone, string hour, string now, string first, string second)
    {
        var timing = MailTiming.Default with { Digest = MailDigest.Daily, Hour = TimeOnly.Parse(hour), Zone = TimeZoneInfo.FindSystemTimeZoneById(zone) };
        var time = timing.Next(DateTimeOffset.Parse(now));
        Assert.Equal((DateTimeOffset.Parse(first), DateTimeOffset.Parse(second)), (time, timing.Next(time)));
    }

    [Theory]
    [InlineData("22:00", "07:00", "2026-11-22T23:30Z", "2026-11-23T06:00Z")]
    [InlineData("22:00", "07:00", "2026-11-22T12:00Z", "2026-11-22T12:00Z")]
    [InlineData("12:00", "13:00", "2026-11-22T11:00Z", "2026-11-22T12:00Z")]
    // Clocks show 2:10 for the second time, and 2:30 in twenty minutes.
    [InlineData("22:00", "02:30", "2026-10-25T01:10Z", "2026-10-25T01:30Z")]
    // There is no 2:30.
    [InlineData("22:00", "02:30", "2026-03-29T00:30Z", "2026-03-29T01:00Z")]
    // There is nothing between 2:00 and 3:00, and so one night goes on into the next one.
    [InlineData("03:00", "02:00", "2026-03-29T00:30Z", "2026-03-30T00:00Z")]
    public void Quiet_hours_end_by_the_clocks_of_Berlin(string begin, string end, string now, string expected) => Assert.Equal(
        DateTimeOffset.Parse(expected),
        (MailTiming.Default with { Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), Quiet = new QuietHours(TimeOnly.Parse(begin), TimeOnly.Parse(end)) }).Next(DateTimeOffset.Parse(now)));

    /// <summary>The day whose digest it is: clocks may jump over its hour into the next one.</summary>
    private static DateOnly DayOf(DateTimeOffset time, MailTiming timing) => LocalTime.Day(time, timing.Zone).AddDays(LocalTime.Hour(time, timing.Zone) < timing.Hour ? -1 : 0);

    private static bool IsSkipped(DateOnly day, TimeZoneInfo zone) => !Enumerable.Range(-15, 60).Any(hours => LocalTime.Day(new DateTimeOffset(day.ToDateTime(default), TimeSpan.Zero).AddHours(hours), zone) == day);
}
