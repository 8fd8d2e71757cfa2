using System.Globalization;
using Ledger.App.Views;

namespace Ledger.App.Alerts.Mail;

public enum MailDigest
{
    /// <summary>Each change as it comes.</summary>
    Immediate,

    /// <summary>Once a day, what has come since.</summary>
    Daily,

    /// <summary>Once a week, what has come since.</summary>
    Weekly,
}

/// <summary>When mails go to somebody.</summary>
/// <param name="Hour">Of a digest, by the clocks of the zone.</param>
/// <param name="Day">Of a weekly digest.</param>
/// <param name="Quiet">When nothing is to come; null where everything may at any time.</param>
public sealed record MailTiming(MailDigest Digest, TimeOnly Hour, DayOfWeek Day, TimeZoneInfo Zone, QuietHours? Quiet)
{
    public static MailTiming Default { get; } = new(MailDigest.Immediate, new TimeOnly(8, 0), DayOfWeek.Monday, TimeZoneInfo.Utc, null);

    /// <summary>When something that is made now is to go.</summary>
    public DateTimeOffset Next(DateTimeOffset now) => NotQuiet(Digest == MailDigest.Immediate ? now : NextDigest(now));

    /// <summary>The time itself, or the end of the quiet hours that it falls into.</summary>
    public DateTimeOffset NotQuiet(DateTimeOffset time)
    {
        // Where clocks jump over the end of one night, it may already be the next one.
        while (Quiet is { } quiet && quiet.Holds(LocalTime.Hour(time, Zone)))
            time = After(time, day => LocalTime.Of(day, quiet.Until, Zone));
        return time;
    }

    /// <summary>"at once, not from 22:00 to 07:00, Europe/Berlin".</summary>
    public override string ToString()
    {
        var when = Digest switch
        {
            MailDigest.Daily => $"daily at {Hour:HH\\:mm}",
            MailDigest.Weekly => $"on {Day}s at {Hour:HH\\:mm}",
            _ => "at once",
        };
        return $"{when}{(Quiet is null ? "" : $", not from {Quiet.From:HH\\:mm} to {Quiet.Until:HH\\:mm}")}{(Digest == MailDigest.Immediate && Quiet is null ? "" : $", {Zone.Id}")}";
    }

    private DateTimeOffset NextDigest(DateTimeOffset now) => After(now, day => Digest == MailDigest.Daily || day.DayOfWeek == Day ? LocalTime.Of(day, Hour, Zone).Take(1) : []);

    /// <summary>The first time after another one among those of each day.</summary>
    private DateTimeOffset After(DateTimeOffset time, Func<DateOnly, IEnumerable<DateTimeOffset>> times)
    {
        for (var day = LocalTime.Day(time, Zone).AddDays(-1); ; day = day.AddDays(1))
        {
            foreach (var found in times(day))
            {
                if (found > time)
                    return found;
            }
        }
    }
}

/// <summary>Hours of every day, by the clocks of a zone; those over midnight begin on the day before.</summary>
public sealed record QuietHours(TimeOnly From, TimeOnly Until)
{
    public bool Holds(TimeOnly time) => time.IsBetween(From, Until);

    public override string ToString() => $"{From.ToString("HH:mm", CultureInfo.InvariantCulture)}-{Until.ToString("HH:mm", CultureInfo.InvariantCulture)}";
}

/// <summary>What the clocks of a zone show. It asks of the zone only what that is ahead of UTC at a moment.</summary>
internal static class LocalTime
{
    private static readonly TimeSpan OneDay = TimeSpan.FromDays(1);

    public static DateOnly Day(DateTimeOffset time, TimeZoneInfo zone) => DateOnly.FromDateTime(Shown(time, zone));

    public static TimeOnly Hour(DateTimeOffset time, TimeZoneInfo zone) => TimeOnly.FromDateTime(Shown(time, zone));

    public static DateTime Shown(DateTimeOffset time, TimeZoneInfo zone) => new(time.UtcTicks + zone.GetUtcOffset(time).Ticks);

    /// <summary>
    /// When clocks show an hour on a day: once, or twice where they are put back over it, the first time first; where they jump over it, when
    /// they do; never where there is no such day.
    /// </summary>
    public static IEnumerable<DateTimeOffset> Of(DateOnly day, TimeOnly hour, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(hour);
        var utc = new DateTimeOffset(local, TimeSpan.Zero);
        // The clocks are changed once in two days at the most.
        TimeSpan[] offsets = [zone.GetUtcOffset(utc - OneDay), zone.GetUtcOffset(utc + OneDay)];
        var shown = offsets.Distinct().Select(offset => utc - offset).Where(time => Shown(time, zone) == local).Order().ToList();
        if (shown.Count > 0)
            return shown;
        var jump = Jump(utc - offsets.Max(), utc - offsets.Min(), local, zone);
        return Day(jump, zone) == day || Day(jump - TimeSpan.FromTicks(1), zone) == day ? [jump] : [];
    }

    /// <summary>The first moment at which clocks show more than a time that they never show.</summary>
    private static DateTimeOffset Jump(DateTimeOffset before, DateTimeOffset after, DateTime local, TimeZoneInfo zone)
    {
        while (after - before > TimeSpan.FromTicks(1))
        {
            var middle = before + ((after - before) / 2);
            if (Shown(middle, zone) > local)
                after = middle;
            else
                before = middle;
        }
        return after;
    }
}
